package io.ringleader.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * etcd's own protocol: {@code Put} and (linearizable) {@code Range} of the gRPC service {@code etcdserverpb.KV}, each request a
 * stream of one HTTP/2 connection (RFC 9113), as etcd's own clients do it. Answers come in any order. Only what a client needs
 * is here: headers are written without compression and those of answers are not looked into; a request went well if a message
 * came.
 */
final class EtcdDialect implements Dialect {
    /** So that every request fits into one frame. */
    static final int VALUE_MAX_BYTES = 8 << 10;

    private static final int FRAME_HEADER_BYTES = 9;
    private static final int FRAME_MAX_BYTES = 16 << 10;
    private static final int GRPC_PREFIX_BYTES = 5;
    /** Of an answer beside the value: header of the cluster, key, revisions. */
    private static final int MESSAGE_MAX_BYTES = 512;

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;

    private static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int SETTINGS_HEADER_TABLE_SIZE = 1;
    private static final int SETTINGS_INITIAL_WINDOW_SIZE = 4;
    private static final int WINDOW_FIRST_BYTES = 65_535;
    private static final int WINDOW_BYTES = 1 << 30;

    /** Fields of the messages in etcd's rpc.proto and kv.proto, with the wire type for bytes. */
    private static final int FIELD_KEY = 1 << 3 | 2;

    private static final int FIELD_VALUE = 2 << 3 | 2;
    private static final int FIELD_RANGE_KVS = 2 << 3 | 2;
    private static final int FIELD_KV_VALUE = 5 << 3 | 2;

    private static final byte[] RANGE_HEADERS = headers("/etcdserverpb.KV/Range");
    private static final byte[] PUT_HEADERS = headers("/etcdserverpb.KV/Put");

    private final Contents contents;
    private final boolean verify;
    /** The message of each request under way, by its number modulo their count, as far as it is there. */
    private final byte[][] messages;

    private final int[] messageBytes;

    private long sendWindowBytes = WINDOW_FIRST_BYTES;
    private long receivedBytes;

    /** @param slots a power of two; the numbers of the requests under way differ by less */
    EtcdDialect(Contents contents, boolean verify, int slots) {
        this.contents = contents;
        this.verify = verify;
        messages = new byte[slots][];
        messageBytes = new int[slots];
    }

    private static byte[] headers(String path) {
        ByteBuffer out = ByteBuffer.allocate(256);
        // static table (RFC 7541, appendix A): 3 is ":method: POST", 6 ":scheme: http"; 4, 1 and 31 are names
        out.put((byte) 0x83).put((byte) 0x86);
        literal(out.put((byte) 4), path);
        literal(out.put((byte) 1), "etcd");
        literal(out.put((byte) 0x0f).put((byte) (31 - 15)), "application/grpc");
        literal(out.put((byte) 0), "te");
        literal(out, "trailers");
        return Arrays.copyOf(out.array(), out.position());
    }

    private static void literal(ByteBuffer out, String text) {
        out.put((byte) text.length()).put(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void begin(ByteBuffer out) {
        out.put(PREFACE);
        frame(out, 12, SETTINGS, 0, 0);
        out.putShort((short) SETTINGS_HEADER_TABLE_SIZE).putInt(0);
        out.putShort((short) SETTINGS_INITIAL_WINDOW_SIZE).putInt(WINDOW_BYTES);
        frame(out, 4, WINDOW_UPDATE, 0, 0);
        out.putInt(WINDOW_BYTES);
    }

    private static void frame(ByteBuffer out, int length, int type, int flags, int stream) {
        out.put((byte) (length >>> 16)).putShort((short) length);
        out.put((byte) type).put((byte) flags).putInt(stream);
    }

    @Override
    public boolean isReady(int requestBytes) {
        return sendWindowBytes >= requestBytes;
    }

    @Override
    public int requestMaxBytes(int valueBytes) {
        return MESSAGE_MAX_BYTES + valueBytes;
    }

    @Override
    public int answerMaxBytes(int valueBytes) {
        return 2 * (FRAME_HEADER_BYTES + FRAME_MAX_BYTES);
    }

    @Override
    public void get(long sequence, long key, ByteBuffer out) {
        int message = 2 + Contents.KEY_BYTES;
        beginRequest(sequence, RANGE_HEADERS, message, out);
        out.put((byte) FIELD_KEY).put((byte) Contents.KEY_BYTES);
        Contents.putKey(key, out);
    }

    @Override
    public void set(long sequence, long key, int valueBytes, ByteBuffer out) {
        int message = 2 + Contents.KEY_BYTES + 1 + varintBytes(valueBytes) + valueBytes;
        beginRequest(sequence, PUT_HEADERS, message, out);
        out.put((byte) FIELD_KEY).put((byte) Contents.KEY_BYTES);
        Contents.putKey(key, out);
        out.put((byte) FIELD_VALUE);
        int rest = valueBytes;
        while (rest >= 0x80) {
            out.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
        contents.putValue(key, valueBytes, out);
    }

    private static int varintBytes(int number) {
        return number < 1 << 7 ? 1 : number < 1 << 14 ? 2 : 3;
    }

    private void beginRequest(long sequence, byte[] headers, int message, ByteBuffer out) {
        int stream = (int) (2 * sequence + 1);
        frame(out, headers.length, HEADERS, END_HEADERS, stream);
        out.put(headers);
        frame(out, GRPC_PREFIX_BYTES + message, DATA, END_STREAM, stream);
        out.put((byte) 0).putInt(message);
        sendWindowBytes -= GRPC_PREFIX_BYTES + message;
        messageBytes[slot(sequence)] = 0;
    }

    private int slot(long sequence) {
        return (int) sequence & messages.length - 1;
    }

    @Override
    public int parse(byte[] in, int from, int to, ByteBuffer out, Answers answers) throws ProtocolException {
        int at = from;
        while (to - at >= FRAME_HEADER_BYTES) {
            int length = (in[at] & 0xff) << 16 | (in[at + 1] & 0xff) << 8 | in[at + 2] & 0xff;
            if (length > FRAME_MAX_BYTES) {
                throw new ProtocolException("a frame of " + length + " bytes, which is not HTTP/2 as agreed");
            }
            int payload = at + FRAME_HEADER_BYTES;
            if (to - payload < length) {
                break;
            }
            int stream = int32(in, at + 5) & Integer.MAX_VALUE;
            readFrame(in[at + 3], in[at + 4], stream, in, payload, length, out, answers);
            at = payload + length;
        }
        return at;
    }

    private void readFrame(
            int type, int flags, int stream, byte[] in, int payload, int length, ByteBuffer out, Answers answers)
            throws ProtocolException {
        switch (type) {
            case DATA -> {
                data(flags, stream, in, payload, length);
                received(length, out);
            }
            case SETTINGS -> {
                if ((flags & ACK) == 0) {
                    frame(out, 0, SETTINGS, ACK, 0);
                }
            }
            case PING -> {
                if ((flags & ACK) == 0) {
                    frame(out, length, PING, ACK, 0);
                    out.put(in, payload, length);
                }
            }
            case WINDOW_UPDATE -> sendWindowBytes += stream == 0 ? int32(in, payload) : 0;
            case GOAWAY ->
                throw new ProtocolException(
                        "GOAWAY " + Decimal.text(in, Math.min(payload + 8, payload + length), payload + length));
            default -> {
                // headers, and what is only of interest to those who use more of HTTP/2
            }
        }
        boolean ended = (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        if (ended || type == RST_STREAM) {
            finished((stream - 1) / 2, type == RST_STREAM, answers);
        }
    }

    private void received(int length, ByteBuffer out) {
        receivedBytes += length;
        if (receivedBytes > WINDOW_BYTES / 2) {
            frame(out, 4, WINDOW_UPDATE, 0, 0);
            out.putInt((int) receivedBytes);
            receivedBytes = 0;
        }
    }

    private void data(int flags, int stream, byte[] in, int payload, int length) throws ProtocolException {
        if ((flags & PADDED) != 0) {
            throw new ProtocolException("padding, which gRPC servers do not send");
        }
        int slot = slot((stream - 1) / 2);
        if (messages[slot] == null) {
            messages[slot] = new byte[GRPC_PREFIX_BYTES + MESSAGE_MAX_BYTES + contents.valueMaxBytes()];
        }
        if (messageBytes[slot] + length > messages[slot].length) {
            throw new ProtocolException("an answer of more than " + messages[slot].length + " bytes");
        }
        System.arraycopy(in, payload, messages[slot], messageBytes[slot], length);
        messageBytes[slot] += length;
    }

    private void finished(long sequence, boolean reset, Answers answers) {
        int slot = slot(sequence);
        int bytes = messageBytes[slot];
        if (reset || bytes < GRPC_PREFIX_BYTES) {
            answers.answered(sequence, AnswerKind.REFUSED, reset ? "RST_STREAM" : "a gRPC status without a message");
        } else if (!answers.isGet(sequence)) {
            answers.answered(sequence, AnswerKind.STORED, null);
        } else {
            AnswerKind kind = rangeAnswer(messages[slot], bytes, answers.key(sequence));
            answers.answered(sequence, kind, kind.isError() ? "another value" : null);
        }
    }

    private AnswerKind rangeAnswer(byte[] message, int end, long key) {
        int kvs = find(message, GRPC_PREFIX_BYTES, end, FIELD_RANGE_KVS);
        if (kvs < 0) {
            return AnswerKind.MISS;
        }
        if (!verify) {
            return AnswerKind.HIT;
        }
        int kvsEnd = bodyOf(message, kvs) + lengthAt(message, kvs);
        int keyAt = find(message, bodyOf(message, kvs), kvsEnd, FIELD_KEY);
        int valueAt = find(message, bodyOf(message, kvs), kvsEnd, FIELD_KV_VALUE);
        // a field that is empty is left out
        int valueBytes = valueAt < 0 ? 0 : lengthAt(message, valueAt);
        boolean right = keyAt >= 0
                && Contents.isKey(key, message, bodyOf(message, keyAt), lengthAt(message, keyAt))
                && contents.isValue(key, message, valueAt < 0 ? 0 : bodyOf(message, valueAt), valueBytes);
        return right ? AnswerKind.HIT : AnswerKind.WRONG_ANSWER;
    }

    /** Where the length of the first such field stands, or -1. All fields here are varints or have a length. */
    private static int find(byte[] in, int from, int to, int field) {
        int at = from;
        while (at < to) {
            int tag = in[at++];
            if (tag == field) {
                return at;
            }
            at = (tag & 7) == 2 ? bodyOf(in, at) + lengthAt(in, at) : bodyOf(in, at);
        }
        return -1;
    }

    /** The varint. */
    private static int lengthAt(byte[] in, int at) {
        int number = 0;
        for (int i = at, shift = 0; ; i++, shift += 7) {
            number |= (in[i] & 0x7f) << shift;
            if (in[i] >= 0) {
                return number;
            }
        }
    }

    /** Behind the varint. */
    private static int bodyOf(byte[] in, int at) {
        int end = at;
        while (in[end] < 0) {
            end++;
        }
        return end + 1;
    }

    private static int int32(byte[] in, int at) {
        return (in[at] & 0xff) << 24 | (in[at + 1] & 0xff) << 16 | (in[at + 2] & 0xff) << 8 | in[at + 3] & 0xff;
    }
}
