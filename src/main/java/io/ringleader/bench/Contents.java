package io.ringleader.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/**
 * The keys and the values that belong to them, as functions of the number of the key: so that a value can be told to be the
 * right one by whoever reads it. Immutable; shared by all threads.
 */
final class Contents {
    /** Of every key: a prefix and the number of the key in decimal digits. */
    static final int KEY_BYTES = 20;

    static final long KEYS_MAX = 1_000_000_000_000L;

    private static final byte[] KEY = "key:0000000000000000".getBytes(StandardCharsets.US_ASCII);
    private static final int KEY_PREFIX_BYTES = 4;
    /** Values are windows onto this many bytes; the key decides where the window begins. */
    private static final int WINDOWS = 1 << 16;

    private final byte[] bytes;
    private final int minBytes;
    private final int maxBytes;

    Contents(int valueMinBytes, int valueMaxBytes) {
        minBytes = valueMinBytes;
        maxBytes = valueMaxBytes;
        bytes = new byte[WINDOWS + valueMaxBytes];
        Random random = new Random(1);
        for (int i = 0; i < bytes.length; i++) {
            // letters, so that it can be read where somebody looks at it
            bytes[i] = (byte) ('a' + random.nextInt(26));
        }
    }

    int valueMaxBytes() {
        return maxBytes;
    }

    static void putKey(long key, ByteBuffer out) {
        int at = out.position();
        out.put(KEY);
        long rest = key;
        for (int i = at + KEY_BYTES - 1; rest != 0; i--) {
            out.put(i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
    }

    static boolean isKey(long key, byte[] in, int from, int length) {
        if (length != KEY_BYTES || !Arrays.equals(in, from, from + KEY_PREFIX_BYTES, KEY, 0, KEY_PREFIX_BYTES)) {
            return false;
        }
        long rest = key;
        for (int i = from + KEY_BYTES - 1; i >= from + KEY_PREFIX_BYTES; i--) {
            if (in[i] != '0' + rest % 10) {
                return false;
            }
            rest /= 10;
        }
        return true;
    }

    void putValue(long key, int length, ByteBuffer out) {
        out.put(bytes, window(key), length);
    }

    /** Whether a set may have stored this value under the key. */
    boolean isValue(long key, byte[] in, int from, int length) {
        int window = window(key);
        return length >= minBytes
                && length <= maxBytes
                && Arrays.equals(in, from, from + length, bytes, window, window + length);
    }

    /** The finalizer of SplitMix64, so that neighbours have different values. */
    private static int window(long key) {
        long mixed = (key ^ key >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return (int) (mixed >>> 48);
    }
}
