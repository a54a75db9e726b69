package io.ringleader.store;

/**
 * A fast 64-bit hash of bytes: eight at a time, each mixed with the 128-bit product of the state and an odd constant (the
 * construction of wyhash). Its values decide the order of items in snapshots, so they never change. Not cryptographic.
 */
final class Hash64 {
    static final long SEED = 0x9E3779B97F4A7C15L;
    private static final long MULTIPLIER = 0xA0761D6478BD642FL;
    private static final long FINAL = 0xE7037ED1A0B428DBL;

    private Hash64() {}

    static long hash(byte[] bytes, int offset, int length) {
        return hash(SEED, bytes, offset, length);
    }

    /** Continues a hash over several pieces. The pieces, not only their concatenation, decide the result. */
    static long hash(long seed, byte[] bytes, int offset, int length) {
        long state = seed ^ (length * MULTIPLIER);
        int at = offset;
        int whole = offset + (length & ~7);
        while (at < whole) {
            state = mix(state ^ ByteWriter.getLong(bytes, at), MULTIPLIER);
            at += Long.BYTES;
        }
        long tail = 0;
        for (int end = offset + length; at < end; at++) {
            tail = (tail << 8) | (bytes[at] & 0xff);
        }
        return mix(mix(state ^ tail, FINAL), MULTIPLIER);
    }

    private static long mix(long a, long b) {
        return (a * b) ^ Math.multiplyHigh(a, b);
    }
}
