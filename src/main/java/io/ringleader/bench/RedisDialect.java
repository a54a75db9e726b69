package io.ringleader.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Redis' RESP 2: {@code GET} and {@code SET}. Answers come in the order of the requests. */
final class RedisDialect implements Dialect {
    private static final byte[] GET = bytes("*2\r\n$3\r\nGET\r\n$" + Contents.KEY_BYTES + "\r\n");
    private static final byte[] SET = bytes("*3\r\n$3\r\nSET\r\n$" + Contents.KEY_BYTES + "\r\n");
    private static final byte[] CRLF = bytes("\r\n");
    private static final byte[] CRLF_LENGTH = bytes("\r\n$");
    private static final int FRAMING_BYTES = 512;

    private final Contents contents;
    private final boolean verify;

    RedisDialect(Contents contents, boolean verify) {
        this.contents = contents;
        this.verify = verify;
    }

    @Override
    public void begin(ByteBuffer out) {}

    @Override
    public boolean isReady(int requestBytes) {
        return true;
    }

    @Override
    public int requestMaxBytes(int valueBytes) {
        return FRAMING_BYTES + valueBytes;
    }

    @Override
    public int answerMaxBytes(int valueBytes) {
        return FRAMING_BYTES + valueBytes;
    }

    @Override
    public void get(long sequence, long key, ByteBuffer out) {
        out.put(GET);
        Contents.putKey(key, out);
        out.put(CRLF);
    }

    @Override
    public void set(long sequence, long key, int valueBytes, ByteBuffer out) {
        out.put(SET);
        Contents.putKey(key, out);
        out.put(CRLF_LENGTH);
        Decimal.put(valueBytes, out);
        out.put(CRLF);
        contents.putValue(key, valueBytes, out);
        out.put(CRLF);
    }

    @Override
    public int parse(byte[] in, int from, int to, ByteBuffer out, Answers answers) throws ProtocolException {
        int at = from;
        while (at < to) {
            int lineEnd = Decimal.lineEnd(in, at, to);
            if (lineEnd < 0) {
                break;
            }
            long sequence = answers.oldest();
            if (sequence < 0) {
                throw new ProtocolException("an answer to no request: " + Decimal.text(in, at, lineEnd));
            }
            boolean get = answers.isGet(sequence);
            if (in[at] == '$' && in[at + 1] != '-') {
                long length = Decimal.parse(in, at + 1, lineEnd - 2);
                if (length < 0 || length > Integer.MAX_VALUE / 2) {
                    throw new ProtocolException("a value of no length: " + Decimal.text(in, at, lineEnd));
                }
                int end = lineEnd + (int) length + CRLF.length;
                if (end > to) {
                    break;
                }
                boolean right = get && (!verify || contents.isValue(answers.key(sequence), in, lineEnd, (int) length));
                answers.answered(
                        sequence,
                        right ? AnswerKind.HIT : AnswerKind.WRONG_ANSWER,
                        right ? null : "another value: " + Decimal.text(in, lineEnd, end));
                at = end;
            } else {
                AnswerKind kind = kindOf(in[at], get);
                answers.answered(sequence, kind, kind.isError() ? Decimal.text(in, at, lineEnd) : null);
                at = lineEnd;
            }
        }
        return at;
    }

    private static AnswerKind kindOf(byte first, boolean get) {
        return switch (first) {
            case '+' -> get ? AnswerKind.WRONG_ANSWER : AnswerKind.STORED;
            case '$' -> get ? AnswerKind.MISS : AnswerKind.WRONG_ANSWER;
            default -> AnswerKind.REFUSED;
        };
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
