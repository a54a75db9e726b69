package io.ringleader.memcached;

/**
 * What one connection may ask for. All sizes are in bytes.
 *
 * @param keyMaxBytes the longest key, 1..250 (a command stores its key length in one byte, and 250 is memcached's limit)
 * @param itemMaxBytes the longest value of a storage command; a longer one is swallowed and refused
 * @param lineMaxBytes a line longer than this with no newline in sight closes the connection, unless it is a {@code get} or
 *     {@code gets}; memcached has 2048
 * @param getLineMaxBytes the longest line of all, which only {@code get} and {@code gets} reach byte by byte; memcached has
 *     no such limit
 * @param keysPerBurst how many keys of a {@code get} are offered to the handler at a time
 */
public record Limits(int keyMaxBytes, int itemMaxBytes, int lineMaxBytes, int getLineMaxBytes, int keysPerBurst) {
    private static final int KEY_MAX_BYTES = 250;
    private static final int LINE_MAX_BYTES = 2048;
    private static final int GET_LINE_MAX_BYTES = 1 << 20;
    private static final int KEYS_PER_BURST = 64;
    /** Of the user's name and password together. */
    static final int CREDENTIALS_MAX_BYTES = 16384;

    private static final int PACKET_BYTES_BESIDES_VALUE =
            BinaryPacket.HEADER_BYTES + BinaryPacket.EXTRAS_MAX_BYTES + KEY_MAX_BYTES;

    /** @throws IllegalArgumentException if a limit is out of its range; the message has the value */
    public Limits {
        if (keyMaxBytes < 1 || keyMaxBytes > KEY_MAX_BYTES) {
            throw new IllegalArgumentException(
                    "keyMaxBytes is " + keyMaxBytes + ", it must be 1.." + KEY_MAX_BYTES + ".");
        }
        if (lineMaxBytes < 1) {
            throw new IllegalArgumentException("lineMaxBytes is " + lineMaxBytes + ", it must be at least 1.");
        }
        if (getLineMaxBytes < lineMaxBytes) {
            throw new IllegalArgumentException("getLineMaxBytes is " + getLineMaxBytes
                    + ", it must be at least lineMaxBytes, " + lineMaxBytes + ".");
        }
        int itemMaxBytesMax = Integer.MAX_VALUE - 2 - Math.max(lineMaxBytes, PACKET_BYTES_BESIDES_VALUE);
        if (itemMaxBytes < 0 || itemMaxBytes > itemMaxBytesMax) {
            throw new IllegalArgumentException(
                    "itemMaxBytes is " + itemMaxBytes + ", it must be 0.." + itemMaxBytesMax + ".");
        }
        if (getLineMaxBytes == Integer.MAX_VALUE) {
            throw new IllegalArgumentException("getLineMaxBytes is " + getLineMaxBytes + ", it must be less.");
        }
        if (keysPerBurst < 1) {
            throw new IllegalArgumentException("keysPerBurst is " + keysPerBurst + ", it must be at least 1.");
        }
    }

    /** The limits of memcached with the given longest value. */
    public static Limits ofItemMaxBytes(int itemMaxBytes) {
        return new Limits(KEY_MAX_BYTES, itemMaxBytes, LINE_MAX_BYTES, GET_LINE_MAX_BYTES, KEYS_PER_BURST);
    }

    /**
     * The most bytes a reader ever asks to see at once: an input buffer that can grow to this is large enough for every
     * request that is not refused.
     */
    public int requestMaxBytes() {
        int textBytes = Math.max(lineMaxBytes + itemMaxBytes + 2, getLineMaxBytes + 1);
        int besidesValueBytes = BinaryPacket.HEADER_BYTES + BinaryPacket.EXTRAS_MAX_BYTES + keyMaxBytes;
        int loginBytes = Math.max(lineMaxBytes + 2, besidesValueBytes) + CREDENTIALS_MAX_BYTES;
        return Math.max(Math.max(textBytes, besidesValueBytes + itemMaxBytes), loginBytes);
    }
}
