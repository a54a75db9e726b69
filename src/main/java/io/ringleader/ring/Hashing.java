package io.ringleader.ring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * xxHash64, by the <a href="https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md">specification</a>. Pure; any thread
 * may call it.
 *
 * <p>The database keeps its own copy, because which node holds a key depends on every bit of the result: it must not change
 * with a library. It spreads keys well and fast; it does not resist someone who picks keys so that they collide.
 */
public final class Hashing {
    private static final long PRIME_1 = 0x9E3779B185EBCA87L;
    private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;
    private static final long PRIME_3 = 0x165667B19E3779F9L;
    private static final long PRIME_4 = 0x85EBCA77C2B2AE63L;
    private static final long PRIME_5 = 0x27D4EB2F165667C5L;

    private static final int STRIPE_BYTES = 32;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private Hashing() {}

    /**
     * The hash of {@code length} bytes from {@code offset} on. Allocates nothing.
     *
     * @throws IndexOutOfBoundsException if the range is not within the array
     */
    public static long xxHash64(byte[] bytes, int offset, int length, long seed) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        int end = offset + length;
        int position = offset;
        long hash;
        if (length >= STRIPE_BYTES) {
            int lastStripe = end - STRIPE_BYTES;
            hash = stripes(bytes, offset, lastStripe, seed);
            position += length / STRIPE_BYTES * STRIPE_BYTES;
        } else {
            hash = seed + PRIME_5;
        }
        return avalanche(remainder(bytes, position, end, hash + length));
    }

    private static long stripes(byte[] bytes, int offset, int lastStripe, long seed) {
        long lane1 = seed + PRIME_1 + PRIME_2;
        long lane2 = seed + PRIME_2;
        long lane3 = seed;
        long lane4 = seed - PRIME_1;
        for (int position = offset; position <= lastStripe; position += STRIPE_BYTES) {
            lane1 = round(lane1, (long) LONG.get(bytes, position));
            lane2 = round(lane2, (long) LONG.get(bytes, position + 8));
            lane3 = round(lane3, (long) LONG.get(bytes, position + 16));
            lane4 = round(lane4, (long) LONG.get(bytes, position + 24));
        }
        long hash = Long.rotateLeft(lane1, 1)
                + Long.rotateLeft(lane2, 7)
                + Long.rotateLeft(lane3, 12)
                + Long.rotateLeft(lane4, 18);
        hash = mergeLane(hash, lane1);
        hash = mergeLane(hash, lane2);
        hash = mergeLane(hash, lane3);
        return mergeLane(hash, lane4);
    }

    private static long remainder(byte[] bytes, int from, int end, long hash) {
        int position = from;
        for (; position + 8 <= end; position += 8) {
            hash ^= round(0, (long) LONG.get(bytes, position));
            hash = Long.rotateLeft(hash, 27) * PRIME_1 + PRIME_4;
        }
        if (position + 4 <= end) {
            hash ^= ((int) INT.get(bytes, position) & 0xFFFFFFFFL) * PRIME_1;
            hash = Long.rotateLeft(hash, 23) * PRIME_2 + PRIME_3;
            position += 4;
        }
        for (; position < end; position++) {
            hash ^= (bytes[position] & 0xFF) * PRIME_5;
            hash = Long.rotateLeft(hash, 11) * PRIME_1;
        }
        return hash;
    }

    private static long round(long lane, long input) {
        return Long.rotateLeft(lane + input * PRIME_2, 31) * PRIME_1;
    }

    private static long mergeLane(long hash, long lane) {
        return (hash ^ round(0, lane)) * PRIME_1 + PRIME_4;
    }

    private static long avalanche(long hash) {
        hash = (hash ^ (hash >>> 33)) * PRIME_2;
        hash = (hash ^ (hash >>> 29)) * PRIME_3;
        return hash ^ (hash >>> 32);
    }
}
