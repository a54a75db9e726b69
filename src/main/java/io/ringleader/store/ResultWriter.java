package io.ringleader.store;

/**
 * Appends results, in the order of their commands: {@code u8 code}, then for VALUE {@code u8 keyLength | key | u32
 * clientFlags | u64 cas | i32 valueLength | value}, for NUMBER {@code u64}, for NEEDS_LOG {@code u8 facts | u8 keyLength |
 * key | u32 seconds since the last access}, for all others but ITEM nothing. Big-endian. For ITEM:
 *
 * <pre>
 * u8  facts, see {@link Facts}
 * u8  keyLength (0 if not the result of a fetch), key
 * u32 clientFlags
 * u64 cas
 * i64 seconds until it expires, rounded up; -1 = never
 * i32 bytes of the value
 * u32 seconds since the last access, a hint like {@link Facts#HIT_BEFORE}
 * u64 number                     if NUMBER
 * i32 valueLength, value         if VALUE
 * </pre>
 */
public final class ResultWriter {
    private static final int VALUE_FIXED_BYTES = 1 + 1 + Integer.BYTES + Long.BYTES + Integer.BYTES;

    static final int ITEM_FIXED_BYTES =
            1 + 1 + 1 + Integer.BYTES + Long.BYTES + Long.BYTES + Integer.BYTES + Integer.BYTES;

    private static final byte[] NO_BYTES = {};
    private static final Hints NO_HINTS = new Hints(false, 0);

    private ResultWriter() {}

    /** A result that is only a code. */
    public static void code(ByteWriter w, byte code) {
        if (!Result.isKnown(code) || hasMore(code)) {
            throw new IllegalArgumentException(Result.name(code) + " is not a result that is only a code.");
        }
        w.putByte(code);
    }

    private static boolean hasMore(byte code) {
        return code == Result.VALUE || code == Result.NUMBER || code == Result.ITEM || code == Result.NEEDS_LOG;
    }

    /** @param number unsigned */
    public static void number(ByteWriter w, long number) {
        w.putByte(Result.NUMBER);
        w.putLong(number);
    }

    public static void value(
            ByteWriter w,
            byte[] key,
            int keyOffset,
            int keyLength,
            int clientFlags,
            long cas,
            byte[] value,
            int valueOffset,
            int valueLength) {
        if (keyLength < 1 || keyLength > CommandWriter.MAX_KEY_BYTES) {
            throw new IllegalArgumentException(
                    "A key has 1 to " + CommandWriter.MAX_KEY_BYTES + " bytes, but this one has " + keyLength + ".");
        }
        w.putByte(Result.VALUE);
        w.putByte(keyLength);
        w.putBytes(key, keyOffset, keyLength);
        w.putInt(clientFlags);
        w.putLong(cas);
        w.putInt(valueLength);
        w.putBytes(value, valueOffset, valueLength);
    }

    /** A fetch has to be repeated through the log, with the {@link Hints} it has seen. */
    static void needsLog(ByteWriter w, Item item, int idleSeconds) {
        w.putByte(Result.NEEDS_LOG);
        w.putByte(item.hitBefore() ? Facts.HIT_BEFORE : 0);
        w.putByte(item.keyLength());
        w.putBytes(item.data(), item.keyOffset(), item.keyLength());
        w.putInt(idleSeconds);
    }

    /** The result of a fetch, with the value if the facts say so. */
    static void fetched(ByteWriter w, int facts, Item item, long ttlSeconds, int idleSeconds) {
        key(w, facts, item.data(), item.keyOffset(), item.keyLength());
        rest(w, item.clientFlags(), item.cas(), ttlSeconds, item.valueLength(), idleSeconds);
        if ((facts & Facts.VALUE) != 0) {
            w.putInt(item.valueLength());
            w.putBytes(item.data(), item.valueOffset(), item.valueLength());
        }
    }

    /** The result of a fetch that has made an item with an empty value. */
    static void vivified(ByteWriter w, int facts, ItemDraft made, long ttlSeconds) {
        key(w, facts, made.key(), made.keyOffset(), made.keyLength);
        rest(w, made.clientFlags, made.cas, ttlSeconds, 0, 0);
        if ((facts & Facts.VALUE) != 0) {
            w.putInt(0);
        }
    }

    /** The result of a change. */
    static void changed(ByteWriter w, int facts, ItemDraft made, long ttlSeconds) {
        key(w, facts, NO_BYTES, 0, 0);
        rest(w, made.clientFlags, made.cas, ttlSeconds, made.valueLength(), 0);
    }

    /** The result of arithmetic. */
    static void counted(ByteWriter w, int facts, ItemDraft made, long ttlSeconds, long number) {
        changed(w, facts | Facts.NUMBER, made, ttlSeconds);
        w.putLong(number);
    }

    private static void key(ByteWriter w, int facts, byte[] bytes, int offset, int length) {
        w.putByte(Result.ITEM);
        w.putByte(facts);
        w.putByte(length);
        w.putBytes(bytes, offset, length);
    }

    private static void rest(
            ByteWriter w, int clientFlags, long cas, long ttlSeconds, int valueLength, int idleSeconds) {
        w.putInt(clientFlags);
        w.putLong(cas);
        w.putLong(ttlSeconds);
        w.putInt(valueLength);
        w.putInt(idleSeconds);
    }

    /** Takes the hints of this node out of results that become part of the replicated state. */
    static void forgetHints(byte[] results) {
        ResultReader reader = new ResultReader().reset(results, 0, results.length);
        int at = 0;
        while (reader.next()) {
            if (reader.code() == Result.ITEM) {
                NO_HINTS.put(results, at, reader.keyLength());
            }
            at = reader.position();
        }
    }

    /** How many bytes the result of a fetch takes. */
    static long fetchedBytes(int keyLength, int valueLength) {
        return (long) ITEM_FIXED_BYTES + keyLength + Integer.BYTES + valueLength;
    }

    /** How many bytes a VALUE takes. */
    public static long valueBytes(int keyLength, int valueLength) {
        return (long) VALUE_FIXED_BYTES + keyLength + valueLength;
    }
}
