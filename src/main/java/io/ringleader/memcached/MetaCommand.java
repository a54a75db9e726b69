package io.ringleader.memcached;

import io.ringleader.store.ByteWriter;
import io.ringleader.store.Facts;
import io.ringleader.store.Item;
import io.ringleader.store.ItemCommand;
import io.ringleader.store.Op;
import io.ringleader.store.Result;
import io.ringleader.store.ResultReader;
import java.nio.charset.StandardCharsets;

/**
 * One meta command: what it wants of the store, and how it is answered, which it says itself by its flags. Made for each
 * request and not changed afterwards.
 */
final class MetaCommand implements Reply {
    private static final byte[] MISS = {'E', 'N'};
    private static final byte[] DONE = {'H', 'D'};
    private static final byte[] VALUE = {'V', 'A'};
    private static final byte[] NOT_FOUND = {'N', 'F'};
    private static final byte[] NOT_STORED = {'N', 'S'};
    private static final byte[] EXISTS = {'E', 'X'};

    private final Operation operation;
    private final ItemCommand item;
    private final byte[] flags;
    private final byte[] keyText;
    private final boolean binaryKey;
    private final byte[] opaque;
    private final boolean quiet;
    private final boolean answersValue;
    private final int valueLength;

    /**
     * @param flags the letters in the order sent
     * @param keyText the key as it was sent; empty if it is not to be shown
     * @param binaryKey whether that is base64
     * @param opaque the whole word; empty if there is none
     * @param valueLength of the value that came with the command
     */
    MetaCommand(
            Operation operation,
            ItemCommand item,
            byte[] flags,
            byte[] keyText,
            boolean binaryKey,
            byte[] opaque,
            boolean quiet,
            boolean answersValue,
            int valueLength) {
        this.operation = operation;
        this.item = item;
        this.flags = flags;
        this.keyText = keyText;
        this.binaryKey = binaryKey;
        this.opaque = opaque;
        this.quiet = quiet;
        this.answersValue = answersValue;
        this.valueLength = valueLength;
    }

    boolean isRead() {
        return item.isRead();
    }

    /** Whether the answer may be as large as a value. */
    boolean answersValue() {
        return answersValue && item.op() == Op.FETCH;
    }

    void encode(Request request, ByteWriter out) {
        if (item.op() == Op.STORE) {
            item.writeTo(
                    out,
                    request.keyBuffer(),
                    request.keyOffset(),
                    request.keyLength(),
                    request.buffer(),
                    request.valueOffset(),
                    request.valueLength());
        } else {
            item.writeTo(out, request.keyBuffer(), request.keyOffset(), request.keyLength());
        }
    }

    @Override
    public Operation operation() {
        return operation;
    }

    @Override
    public boolean isMeta() {
        return true;
    }

    @Override
    public void writeRead(byte[] key, int keyOffset, int keyLength, ByteWriter commands) {
        item.writeTo(commands, key, keyOffset, keyLength);
    }

    /** A failure is never quiet: silence would mean success, or a miss. */
    @Override
    public void writeFailure(String sentence, ByteWriter out) {
        TextReplies.serverError(sentence, out);
    }

    @Override
    public boolean write(ResultReader result, ByteWriter out) {
        switch (result.code()) {
            case Result.ITEM -> writeItem(result, out);
            case Result.DELETED -> {
                if (!quiet) {
                    writeLine(DONE, result, out);
                }
            }
            case Result.MISS -> {
                if (!quiet) {
                    writeLine(MISS, result, out);
                }
            }
            case Result.NOT_FOUND -> writeLine(NOT_FOUND, result, out);
            case Result.NOT_STORED -> writeLine(NOT_STORED, result, out);
            case Result.EXISTS -> writeLine(EXISTS, result, out);
            case Result.NON_NUMERIC -> TextReplies.line(Replies.NON_NUMERIC, out);
            case Result.TOO_LARGE -> TextReplies.line(Replies.TOO_LARGE, out);
            case Result.OUT_OF_MEMORY ->
                TextReplies.line(item.op() == Op.STORE ? Replies.OUT_OF_MEMORY_STORING : Replies.OUT_OF_MEMORY, out);
            default ->
                throw new IllegalArgumentException(
                        Result.name(result.code()) + " cannot be the result of a meta command for " + operation + ".");
        }
        return true;
    }

    private void writeItem(ResultReader result, ByteWriter out) {
        if (operation == Operation.INSPECT) {
            writeInspection(result, out);
            return;
        }
        // of a fetch, quiet hides misses only
        if (quiet && item.op() != Op.FETCH) {
            return;
        }
        if (item.op() == Op.ARITHMETIC && answersValue) {
            ByteWriter digits = new ByteWriter(Long.SIZE);
            TextReplies.number(result.number(), digits);
            writeValue(result, digits.array(), 0, digits.length(), out);
        } else if (result.has(Facts.VALUE)) {
            writeValue(result, result.buffer(), result.valueOffset(), result.valueLength(), out);
        } else {
            writeLine(DONE, result, out);
        }
    }

    private void writeValue(ResultReader result, byte[] value, int offset, int length, ByteWriter out) {
        out.putBytes(VALUE, 0, VALUE.length);
        out.putByte(' ');
        TextReplies.number(length, out);
        writeFlags(result, out);
        out.putBytes(value, offset, length);
        TextReplies.lineEnd(out);
    }

    private void writeLine(byte[] returnCode, ResultReader result, ByteWriter out) {
        out.putBytes(returnCode, 0, returnCode.length);
        writeFlags(result, out);
    }

    private void writeFlags(ResultReader result, ByteWriter out) {
        for (byte flag : flags) {
            switch (flag) {
                case 'O' -> {
                    out.putByte(' ');
                    out.putBytes(opaque, 0, opaque.length);
                }
                case 'k' -> writeKey(out);
                default -> writeFact(flag, result, out);
            }
        }
        if (item.op() == Op.FETCH) {
            mark('Z', Facts.TAKEN, result, out);
            mark('X', Facts.STALE, result, out);
            mark('W', Facts.WON, result, out);
        }
        TextReplies.lineEnd(out);
    }

    private void writeKey(ByteWriter out) {
        out.putByte(' ');
        out.putByte('k');
        out.putBytes(keyText, 0, keyText.length);
        if (binaryKey) {
            out.putByte(' ');
            out.putByte('b');
        }
    }

    private static void mark(char mark, int fact, ResultReader result, ByteWriter out) {
        if (result.has(fact)) {
            out.putByte(' ');
            out.putByte(mark);
        }
    }

    /** What each operation shows: a fetch most, a store cas and size whether it stored or not, arithmetic cas and time left. */
    private void writeFact(byte flag, ResultReader result, ByteWriter out) {
        boolean hasItem = result.code() == Result.ITEM;
        boolean shown = switch (item.op()) {
            case Op.FETCH -> hasItem;
            case Op.STORE -> flag == 'c' || flag == 's';
            case Op.ARITHMETIC -> hasItem && (flag == 'c' || flag == 't');
            default -> false;
        };
        if (!shown) {
            return;
        }
        switch (flag) {
            case 'c' -> fact(flag, result.cas(), out);
            case 's' -> fact(flag, hasItem ? result.sizeBytes() : valueLength, out);
            case 'f' -> fact(flag, Integer.toUnsignedLong(result.clientFlags()), out);
            case 'h' -> fact(flag, result.has(Facts.HIT_BEFORE) ? 1 : 0, out);
            case 'l' -> fact(flag, result.idleSeconds(), out);
            case 't' -> {
                out.putByte(' ');
                out.putByte(flag);
                writeTtl(result, out);
            }
            default -> {}
        }
    }

    private static void fact(byte flag, long value, ByteWriter out) {
        out.putByte(' ');
        out.putByte(flag);
        TextReplies.number(value, out);
    }

    private static void writeTtl(ResultReader result, ByteWriter out) {
        if (result.ttlSeconds() < 0) {
            out.putByte('-');
            out.putByte('1');
        } else {
            TextReplies.number(result.ttlSeconds(), out);
        }
    }

    private void writeInspection(ResultReader result, ByteWriter out) {
        text("ME ", out);
        out.putBytes(keyText, 0, keyText.length);
        text(" exp=", out);
        writeTtl(result, out);
        text(" la=", out);
        TextReplies.number(result.idleSeconds(), out);
        text(" cas=", out);
        TextReplies.number(result.cas(), out);
        text(result.has(Facts.HIT_BEFORE) ? " fetch=yes" : " fetch=no", out);
        text(" cls=1 size=", out);
        TextReplies.number(Item.OVERHEAD_BYTES + result.keyLength() + (long) result.sizeBytes(), out);
        TextReplies.lineEnd(out);
    }

    private static void text(String ascii, ByteWriter out) {
        byte[] bytes = ascii.getBytes(StandardCharsets.US_ASCII);
        out.putBytes(bytes, 0, bytes.length);
    }
}
