package io.ringleader.store;

import java.util.Arrays;

/**
 * One stored item. Immutable, so that a snapshot holds references while the store goes on. Key and value share one array
 * to spare an object per item.
 */
public final class Item {
    /**
     * What an item costs beside its key and value: the object, the array header and its padding, its share of the table
     * and of the expiry index, all rounded up. A constant, because replicas must agree on what fits.
     */
    public static final int OVERHEAD_BYTES = 96;
    /** Value of {@link #expiresAtMillis} for an item that never expires. */
    public static final long NEVER = 0;

    private final byte[] data;
    private final int keyLength;
    private final int clientFlags;
    private final long cas;
    private final long expiresAtMillis;
    private final long hash;

    /** Takes ownership of {@code data}: the key, then the value. */
    Item(byte[] data, int keyLength, int clientFlags, long cas, long expiresAtMillis, long hash) {
        this.data = data;
        this.keyLength = keyLength;
        this.clientFlags = clientFlags;
        this.cas = cas;
        this.expiresAtMillis = expiresAtMillis;
        this.hash = hash;
    }

    Item withExpiry(long newExpiresAtMillis) {
        return new Item(data, keyLength, clientFlags, cas, newExpiresAtMillis, hash);
    }

    /** The key from 0 to {@link #keyLength}, the value from {@link #valueOffset}. Not to be changed, ever, by anybody. */
    public byte[] data() {
        return data;
    }

    public int keyLength() {
        return keyLength;
    }

    public int valueOffset() {
        return keyLength;
    }

    public int valueLength() {
        return data.length - keyLength;
    }

    public int clientFlags() {
        return clientFlags;
    }

    public long cas() {
        return cas;
    }

    /** Unix time in milliseconds, or {@link #NEVER}. The item is gone as soon as the time is reached. */
    public long expiresAtMillis() {
        return expiresAtMillis;
    }

    /** {@link Hash64} of the key. */
    long hash() {
        return hash;
    }

    /** What the item counts against the memory limit. */
    public long sizeBytes() {
        return sizeBytes(keyLength, valueLength());
    }

    static long sizeBytes(int keyLength, long valueLength) {
        return OVERHEAD_BYTES + keyLength + valueLength;
    }

    boolean isVisibleAt(long timeMillis) {
        return expiresAtMillis == NEVER || expiresAtMillis > timeMillis;
    }

    boolean hasKey(byte[] key, int offset, int length) {
        return Arrays.equals(data, 0, keyLength, key, offset, offset + length);
    }

    static int compareKeys(Item a, Item b) {
        return Arrays.compareUnsigned(a.data, 0, a.keyLength, b.data, 0, b.keyLength);
    }
}
