package io.ringleader.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** memcached's text protocol: {@code get} and {@code set}. Answers come in the order of the requests. */
final class MemcachedDialect implements Dialect {
    private static final byte[] GET = bytes("get ");
    private static final byte[] SET = bytes("set ");
    private static final byte[] FLAGS_AND_EXPTIME = bytes(" 0 0 ");
    private static final byte[] CRLF = bytes("\r\n");
    private static final byte[] VALUE = bytes("VALUE ");
    private static final byte[] END = bytes("END\r\n");
    private static final byte[] STORED = bytes("STORED\r\n");
    /** Words and numbers around key and value, generously. */
    private static final int FRAMING_BYTES = 512;

    private final Contents contents;
    private final boolean verify;

    MemcachedDialect(Contents contents, boolean verify) {
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
        out.put(FLAGS_AND_EXPTIME);
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
            if (startsWith(in, at, lineEnd, VALUE)) {
                int next = value(in, at, lineEnd, to, sequence, answers);
                if (next < 0) {
                    break;
                }
                at = next;
            } else {
                line(in, at, lineEnd, sequence, answers);
                at = lineEnd;
            }
        }
        return at;
    }

    private static void line(byte[] in, int at, int lineEnd, long sequence, Answers answers) {
        boolean get = answers.isGet(sequence);
        if (startsWith(in, at, lineEnd, STORED)) {
            answers.answered(sequence, get ? AnswerKind.WRONG_ANSWER : AnswerKind.STORED, get ? "STORED" : null);
        } else if (startsWith(in, at, lineEnd, END)) {
            answers.answered(sequence, get ? AnswerKind.MISS : AnswerKind.WRONG_ANSWER, get ? null : "END");
        } else {
            answers.answered(sequence, AnswerKind.REFUSED, Decimal.text(in, at, lineEnd));
        }
    }

    /** Where the next answer begins, or -1 if this one is not there in whole. */
    private int value(byte[] in, int at, int lineEnd, int to, long sequence, Answers answers) throws ProtocolException {
        int lengthAt = lineEnd - 2;
        while (lengthAt > at && in[lengthAt - 1] != ' ') {
            lengthAt--;
        }
        long length = Decimal.parse(in, lengthAt, lineEnd - 2);
        if (length < 0 || length > Integer.MAX_VALUE / 2) {
            throw new ProtocolException("a value of no length: " + Decimal.text(in, at, lineEnd));
        }
        int valueEnd = lineEnd + (int) length;
        int end = valueEnd + CRLF.length + END.length;
        if (end > to) {
            return -1;
        }
        if (!startsWith(in, valueEnd, to, CRLF) || !startsWith(in, valueEnd + CRLF.length, to, END)) {
            throw new ProtocolException("no END behind the value of " + Decimal.text(in, at, lineEnd));
        }
        boolean right = answers.isGet(sequence);
        if (right && verify) {
            long key = answers.key(sequence);
            int keyAt = at + VALUE.length;
            int keyBytes = 0;
            while (in[keyAt + keyBytes] != ' ') {
                keyBytes++;
            }
            right = Contents.isKey(key, in, keyAt, keyBytes) && contents.isValue(key, in, lineEnd, (int) length);
        }
        answers.answered(
                sequence,
                right ? AnswerKind.HIT : AnswerKind.WRONG_ANSWER,
                right ? null : Decimal.text(in, at, lineEnd));
        return end;
    }

    private static boolean startsWith(byte[] in, int at, int to, byte[] start) {
        return to - at >= start.length && Arrays.equals(in, at, at + start.length, start, 0, start.length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
