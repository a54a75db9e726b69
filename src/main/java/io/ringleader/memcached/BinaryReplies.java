package io.ringleader.memcached;

import io.ringleader.store.ByteWriter;
import io.ringleader.store.CommandWriter;
import io.ringleader.store.Facts;
import io.ringleader.store.Result;
import io.ringleader.store.ResultReader;

/** Writes the answers of the binary protocol. Each is one packet, but statistics are one for each and an empty one. */
final class BinaryReplies {
    private static final int FLAGS_BYTES = Integer.BYTES;

    private BinaryReplies() {}

    /**
     * The answer to one command. Made for each request, since it has to send back the opaque.
     *
     * @param operation what is counted
     * @param key a copy of the key if a miss has to answer it, else empty
     */
    record BinaryReply(Opcode opcode, Operation operation, int opaque, byte[] key) implements Reply {
        @Override
        public boolean write(ResultReader result, ByteWriter out) {
            switch (result.code()) {
                case Result.VALUE -> writeValue(result, out);
                case Result.ITEM -> writeItem(result, out);
                case Result.MISS -> writeMiss(out);
                case Result.DELETED, Result.OK -> writeSuccess(0, out);
                default -> statusOf(result.code()).write(opcode.code(), opaque, out);
            }
            return true;
        }

        /** A hit is never hidden: to hear of hits only is what a quiet get is for. */
        private void writeValue(ResultReader result, ByteWriter out) {
            int keyBytes = opcode.answersKey() ? result.keyLength() : 0;
            int bodyBytes = FLAGS_BYTES + keyBytes + result.valueLength();
            BinaryPacket.header(
                    opcode.code(), BinaryStatus.OK.code(), keyBytes, FLAGS_BYTES, bodyBytes, opaque, result.cas(), out);
            out.putInt(result.clientFlags());
            out.putBytes(result.buffer(), result.keyOffset(), keyBytes);
            out.putBytes(result.buffer(), result.valueOffset(), result.valueLength());
        }

        private void writeItem(ResultReader result, ByteWriter out) {
            if (opcode == Opcode.TOUCH) {
                int ok = BinaryStatus.OK.code();
                BinaryPacket.header(opcode.code(), ok, 0, FLAGS_BYTES, FLAGS_BYTES, opaque, result.cas(), out);
                out.putInt(result.clientFlags());
            } else if (!result.has(Facts.NUMBER)) {
                writeSuccess(result.cas(), out);
            } else if (!opcode.isQuiet()) {
                int ok = BinaryStatus.OK.code();
                BinaryPacket.header(opcode.code(), ok, 0, 0, Long.BYTES, opaque, result.cas(), out);
                out.putLong(result.number());
            }
        }

        private void writeSuccess(long cas, ByteWriter out) {
            if (!opcode.isQuiet()) {
                BinaryPacket.header(opcode.code(), BinaryStatus.OK.code(), 0, 0, 0, opaque, cas, out);
            }
        }

        private void writeMiss(ByteWriter out) {
            if (opcode.isQuiet()) {
                return;
            }
            if (!opcode.answersKey()) {
                BinaryStatus.NOT_FOUND.write(opcode.code(), opaque, out);
                return;
            }
            int status = BinaryStatus.NOT_FOUND.code();
            BinaryPacket.header(opcode.code(), status, key.length, 0, key.length, opaque, 0, out);
            out.putBytes(key, 0, key.length);
        }

        private BinaryStatus statusOf(byte code) {
            return switch (code) {
                case Result.EXISTS -> BinaryStatus.EXISTS;
                case Result.NOT_FOUND -> BinaryStatus.NOT_FOUND;
                case Result.NON_NUMERIC -> BinaryStatus.NON_NUMERIC;
                case Result.TOO_LARGE -> BinaryStatus.TOO_LARGE;
                case Result.NOT_STORED ->
                    switch (operation) {
                        case ADD -> BinaryStatus.EXISTS;
                        case REPLACE -> BinaryStatus.NOT_FOUND;
                        default -> BinaryStatus.NOT_STORED;
                    };
                case Result.OUT_OF_MEMORY ->
                    switch (operation) {
                        case GET, GAT, TOUCH -> BinaryStatus.OUT_OF_MEMORY_READING;
                        case INCR, DECR -> BinaryStatus.OUT_OF_MEMORY_COUNTING;
                        default -> BinaryStatus.OUT_OF_MEMORY_STORING;
                    };
                default ->
                    throw new IllegalArgumentException(
                            Result.name(code) + " cannot be the result of a binary " + opcode + ".");
            };
        }

        /** Also a quiet request hears of it. */
        @Override
        public void writeFailure(String sentence, ByteWriter out) {
            BinaryPacket.response(opcode.code(), BinaryStatus.BUSY.code(), opaque, BinaryPacket.text(sentence), out);
        }

        @Override
        public void writeUncertain(String sentence, ByteWriter out) {
            BinaryPacket.response(
                    opcode.code(), BinaryStatus.UNCERTAIN.code(), opaque, BinaryPacket.text(sentence), out);
        }

        @Override
        public void writeRead(byte[] asked, int keyOffset, int keyLength, ByteWriter commands) {
            CommandWriter.get(commands, asked, keyOffset, keyLength);
        }
    }

    /** Writes the version as the body. */
    static VersionWriter version(int opaque) {
        return (version, out) -> BinaryPacket.response(
                Opcode.VERSION.code(), BinaryStatus.OK.code(), opaque, BinaryPacket.text(version), out);
    }

    /** A success whose body is this text. */
    static byte[] text(Opcode opcode, int opaque, String text) {
        ByteWriter out = new ByteWriter();
        BinaryPacket.response(opcode.code(), BinaryStatus.OK.code(), opaque, BinaryPacket.text(text), out);
        return out.toByteArray();
    }

    static StatsWriter stats(int opaque) {
        return new BinaryStats(opaque);
    }

    /** One packet for each, with its name as the key; the last has neither. */
    private record BinaryStats(int opaque) implements StatsWriter {
        @Override
        public void stat(String name, String value, ByteWriter out) {
            byte[] key = BinaryPacket.text(name);
            byte[] text = BinaryPacket.text(value);
            int bodyBytes = key.length + text.length;
            BinaryPacket.header(Opcode.STAT.code(), BinaryStatus.OK.code(), key.length, 0, bodyBytes, opaque, 0, out);
            out.putBytes(key, 0, key.length);
            out.putBytes(text, 0, text.length);
        }

        @Override
        public void end(ByteWriter out) {
            BinaryStatus.OK.write(Opcode.STAT.code(), opaque, out);
        }

        @Override
        public void reset(ByteWriter out) {
            end(out);
        }

        @Override
        public void unknown(ByteWriter out) {
            BinaryStatus.NOT_FOUND.write(Opcode.STAT.code(), opaque, out);
        }
    }
}
