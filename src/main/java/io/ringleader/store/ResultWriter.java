package io.ringleader.store;

/**
 * Appends results, in the order of their commands: {@code u8 code}, then for VALUE {@code u8 keyLength | key | u32
 * clientFlags | u64 cas | i32 valueLength | value}, for NUMBER {@code u64}, for all others nothing. Big-endian.
 */
public final class ResultWriter {
    private static final int VALUE_FIXED_BYTES = 1 + 1 + Integer.BYTES + Long.BYTES + Integer.BYTES;

    private ResultWriter() {}

    /** A result that is only a code. */
    public static void code(ByteWriter w, byte code) {
        if (!Result.isKnown(code) || code == Result.VALUE || code == Result.NUMBER) {
            throw new IllegalArgumentException(Result.name(code) + " is not a result that is only a code.");
        }
        w.putByte(code);
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

    /** How many bytes a VALUE takes. */
    public static long valueBytes(int keyLength, int valueLength) {
        return (long) VALUE_FIXED_BYTES + keyLength + valueLength;
    }
}
