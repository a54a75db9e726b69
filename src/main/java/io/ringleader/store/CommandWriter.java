package io.ringleader.store;

/**
 * Appends commands to a batch, one method per operation. The layout is {@code u8 op | u8 keyLength | key | operands},
 * the operands being, big-endian and in this order:
 *
 * <pre>
 * GET, DELETE              -
 * GAT, TOUCH               i64 exptime
 * SET, ADD, REPLACE        u32 clientFlags, i64 exptime, i32 valueLength, value
 * CAS                      u32 clientFlags, i64 exptime, u64 cas, i32 valueLength, value
 * APPEND, PREPEND          i32 valueLength, value
 * INCR, DECR               u64 delta
 * FLUSH_ALL (no key)       i64 exptime
 * </pre>
 *
 * <p>The general operations are written by {@link ItemCommand}.
 *
 * <p>{@code exptime} is the number a memcached client sends: 0 never, 1 to 2592000 seconds from now, more is Unix time
 * in seconds, negative is expired at once. "Now" is the time stamped on the entry.
 */
public final class CommandWriter {
    /** Longest key, in bytes. */
    public static final int MAX_KEY_BYTES = 250;

    private CommandWriter() {}

    public static void get(ByteWriter w, byte[] key, int keyOffset, int keyLength) {
        key(w, Op.GET, key, keyOffset, keyLength);
    }

    public static void gat(ByteWriter w, byte[] key, int keyOffset, int keyLength, long exptime) {
        key(w, Op.GAT, key, keyOffset, keyLength);
        w.putLong(exptime);
    }

    public static void set(
            ByteWriter w,
            byte[] key,
            int keyOffset,
            int keyLength,
            int clientFlags,
            long exptime,
            byte[] value,
            int valueOffset,
            int valueLength) {
        store(w, Op.SET, key, keyOffset, keyLength, clientFlags, exptime, value, valueOffset, valueLength);
    }

    public static void add(
            ByteWriter w,
            byte[] key,
            int keyOffset,
            int keyLength,
            int clientFlags,
            long exptime,
            byte[] value,
            int valueOffset,
            int valueLength) {
        store(w, Op.ADD, key, keyOffset, keyLength, clientFlags, exptime, value, valueOffset, valueLength);
    }

    public static void replace(
            ByteWriter w,
            byte[] key,
            int keyOffset,
            int keyLength,
            int clientFlags,
            long exptime,
            byte[] value,
            int valueOffset,
            int valueLength) {
        store(w, Op.REPLACE, key, keyOffset, keyLength, clientFlags, exptime, value, valueOffset, valueLength);
    }

    public static void cas(
            ByteWriter w,
            byte[] key,
            int keyOffset,
            int keyLength,
            int clientFlags,
            long exptime,
            long cas,
            byte[] value,
            int valueOffset,
            int valueLength) {
        key(w, Op.CAS, key, keyOffset, keyLength);
        w.putInt(clientFlags);
        w.putLong(exptime);
        w.putLong(cas);
        value(w, value, valueOffset, valueLength);
    }

    public static void append(
            ByteWriter w, byte[] key, int keyOffset, int keyLength, byte[] value, int valueOffset, int valueLength) {
        key(w, Op.APPEND, key, keyOffset, keyLength);
        value(w, value, valueOffset, valueLength);
    }

    public static void prepend(
            ByteWriter w, byte[] key, int keyOffset, int keyLength, byte[] value, int valueOffset, int valueLength) {
        key(w, Op.PREPEND, key, keyOffset, keyLength);
        value(w, value, valueOffset, valueLength);
    }

    public static void delete(ByteWriter w, byte[] key, int keyOffset, int keyLength) {
        key(w, Op.DELETE, key, keyOffset, keyLength);
    }

    /** @param delta unsigned */
    public static void incr(ByteWriter w, byte[] key, int keyOffset, int keyLength, long delta) {
        key(w, Op.INCR, key, keyOffset, keyLength);
        w.putLong(delta);
    }

    /** @param delta unsigned */
    public static void decr(ByteWriter w, byte[] key, int keyOffset, int keyLength, long delta) {
        key(w, Op.DECR, key, keyOffset, keyLength);
        w.putLong(delta);
    }

    public static void touch(ByteWriter w, byte[] key, int keyOffset, int keyLength, long exptime) {
        key(w, Op.TOUCH, key, keyOffset, keyLength);
        w.putLong(exptime);
    }

    /** @param exptime when everything goes, in the same form; 0 or negative: at once */
    public static void flushAll(ByteWriter w, long exptime) {
        w.putByte(Op.FLUSH_ALL);
        w.putByte(0);
        w.putLong(exptime);
    }

    /** SET, ADD or REPLACE, for callers that have the operation as a value. */
    public static void store(
            ByteWriter w,
            byte op,
            byte[] key,
            int keyOffset,
            int keyLength,
            int clientFlags,
            long exptime,
            byte[] value,
            int valueOffset,
            int valueLength) {
        if (op != Op.SET && op != Op.ADD && op != Op.REPLACE) {
            throw new IllegalArgumentException(Op.name(op) + " is not one of SET, ADD, REPLACE.");
        }
        key(w, op, key, keyOffset, keyLength);
        w.putInt(clientFlags);
        w.putLong(exptime);
        value(w, value, valueOffset, valueLength);
    }

    static void key(ByteWriter w, byte op, byte[] key, int offset, int length) {
        if (length < 1 || length > MAX_KEY_BYTES) {
            throw new IllegalArgumentException(
                    "A key has 1 to " + MAX_KEY_BYTES + " bytes, but this one has " + length + ".");
        }
        w.putByte(op);
        w.putByte(length);
        w.putBytes(key, offset, length);
    }

    private static void value(ByteWriter w, byte[] value, int offset, int length) {
        w.putInt(length);
        w.putBytes(value, offset, length);
    }
}
