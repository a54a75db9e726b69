package io.ringleader.memcached;

import io.ringleader.store.ByteWriter;
import io.ringleader.store.CommandWriter;
import io.ringleader.store.Result;
import io.ringleader.store.ResultReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes the answers of the classic text protocol. Results and fixed lines are written without allocating anything. */
public final class TextReplies {
    private static final byte[] VALUE = "VALUE ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] STAT = "STAT ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VERSION = "VERSION ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SERVER_ERROR = "SERVER_ERROR ".getBytes(StandardCharsets.US_ASCII);

    private TextReplies() {}

    private static final Reply[] REPLIES = replies(false);
    private static final Reply[] SILENT_REPLIES = replies(true);

    private static Reply[] replies(boolean noreply) {
        return Arrays.stream(Operation.values())
                .map(op -> new ClassicReply(op, noreply))
                .toArray(Reply[]::new);
    }

    /** How a classic command is answered; nothing is made anew. With {@code noreply} nothing is written, not even an error. */
    public static Reply of(Operation op, boolean noreply) {
        return (noreply ? SILENT_REPLIES : REPLIES)[op.ordinal()];
    }

    /**
     * For one key of a retrieval a {@code VALUE} block or, on a miss, nothing; the {@link Replies#END} after the last key is up
     * to the caller.
     */
    private record ClassicReply(Operation operation, boolean noreply) implements Reply {
        @Override
        public boolean write(ResultReader result, ByteWriter out) {
            return TextReplies.write(operation, noreply, result, out);
        }

        @Override
        public void writeFailure(String sentence, ByteWriter out) {
            if (!noreply) {
                serverError(sentence, out);
            }
        }

        @Override
        public void writeRead(byte[] key, int keyOffset, int keyLength, ByteWriter commands) {
            CommandWriter.get(commands, key, keyOffset, keyLength);
        }

        @Override
        public boolean isPart() {
            return operation.isRetrieval();
        }
    }

    /** The statistics of the text protocol. */
    public static final StatsWriter STATS = new StatsWriter() {
        @Override
        public void stat(String name, String value, ByteWriter out) {
            TextReplies.stat(name, value, out);
        }

        @Override
        public void end(ByteWriter out) {
            line(Replies.END, out);
        }

        @Override
        public void reset(ByteWriter out) {
            line(Replies.RESET, out);
        }

        @Override
        public void unknown(ByteWriter out) {
            line(Replies.ERROR, out);
        }
    };

    private static boolean write(Operation op, boolean noreply, ResultReader result, ByteWriter out) {
        if (op.isRetrieval()) {
            return writeRetrieval(op, result, out);
        }
        byte code = result.code();
        if (code == Result.NUMBER) {
            if (!noreply) {
                number(result.number(), out);
                lineEnd(out);
            }
            return true;
        }
        byte[] reply = lineFor(op, code);
        if (!noreply) {
            line(reply, out);
        }
        return true;
    }

    private static boolean writeRetrieval(Operation op, ResultReader result, ByteWriter out) {
        switch (result.code()) {
            case Result.MISS -> {
                return true;
            }
            case Result.VALUE -> {
                line(VALUE, out);
                out.putBytes(result.buffer(), result.keyOffset(), result.keyLength());
                out.putByte(' ');
                number(Integer.toUnsignedLong(result.clientFlags()), out);
                out.putByte(' ');
                number(result.valueLength(), out);
                if (op.answersCas()) {
                    out.putByte(' ');
                    number(result.cas(), out);
                }
                lineEnd(out);
                out.putBytes(result.buffer(), result.valueOffset(), result.valueLength());
                lineEnd(out);
                return true;
            }
            case Result.OUT_OF_MEMORY -> {
                line(Replies.OUT_OF_MEMORY_READING, out);
                return false;
            }
            default -> throw impossible(op, result.code());
        }
    }

    private static byte[] lineFor(Operation op, byte code) {
        return switch (code) {
            case Result.STORED -> Replies.STORED;
            case Result.NOT_STORED -> Replies.NOT_STORED;
            case Result.EXISTS -> Replies.EXISTS;
            case Result.NOT_FOUND -> Replies.NOT_FOUND;
            case Result.DELETED -> Replies.DELETED;
            case Result.TOUCHED -> Replies.TOUCHED;
            case Result.OK -> Replies.OK;
            case Result.TOO_LARGE -> Replies.TOO_LARGE;
            case Result.NON_NUMERIC -> Replies.NON_NUMERIC;
            // memcached has two lines for this; that of incr and decr does not speak of storing
            case Result.OUT_OF_MEMORY ->
                op == Operation.INCR || op == Operation.DECR ? Replies.OUT_OF_MEMORY : Replies.OUT_OF_MEMORY_STORING;
            default -> throw impossible(op, code);
        };
    }

    private static IllegalArgumentException impossible(Operation op, byte code) {
        return new IllegalArgumentException(Result.name(code) + " cannot be the result of " + op + ".");
    }

    /** Writes one of {@link Replies}. */
    public static void line(byte[] reply, ByteWriter out) {
        out.putBytes(reply, 0, reply.length);
    }

    /** {@code STAT <name> <value>}; after the last one comes {@link Replies#END}. */
    public static void stat(String name, String value, ByteWriter out) {
        line(STAT, out);
        text(name, out);
        out.putByte(' ');
        text(value, out);
        lineEnd(out);
    }

    /** {@code VERSION <version>}. Some clients insist that it ends in three numbers with dots between them. */
    public static void version(String version, ByteWriter out) {
        line(VERSION, out);
        text(version, out);
        lineEnd(out);
    }

    /** {@code SERVER_ERROR <sentence>}: why a correct request could not be done. */
    public static void serverError(String sentence, ByteWriter out) {
        line(SERVER_ERROR, out);
        text(sentence, out);
        lineEnd(out);
    }

    /** Printable ASCII; anything else, above all a line end within a message, would break the protocol and becomes '?'. */
    private static void text(String text, ByteWriter out) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            out.putByte(c >= ' ' && c <= '~' ? c : '?');
        }
    }

    static void lineEnd(ByteWriter out) {
        out.putByte('\r');
        out.putByte('\n');
    }

    /** Writes an unsigned number in decimal. */
    static void number(long value, ByteWriter out) {
        long head = value;
        if (value < 0) {
            // too large for signed division: all but the last digit first
            head = Long.divideUnsigned(value, 10);
        }
        long power = 1;
        while (head / power >= 10) {
            power *= 10;
        }
        for (; power > 0; power /= 10) {
            out.putByte('0' + (int) (head / power % 10));
        }
        if (value < 0) {
            out.putByte('0' + (int) (value - head * 10));
        }
    }
}
