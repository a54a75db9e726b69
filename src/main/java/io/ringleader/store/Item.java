package io.ringleader.store;

import java.util.Arrays;

/**
 * One stored item. Immutable, so that a snapshot holds references while the store goes on. Key and value share one array
 * to spare an object per item.
 *
 * <p>When it was accessed last, and whether ever, are hints and no part of that: each node notes the accesses it serves itself.
 * They are in no snapshot, nothing is decided by them, and only the store thread reads or writes them.
 */
public final class Item {
    /**
     * What an item costs beside its key and value: the object, the array header and its padding, its share of the table
     * and of the expiry index, all rounded up. A constant, because replicas must agree on what fits.
     */
    public static final int OVERHEAD_BYTES = 96;
    /** Value of {@link #expiresAtMillis} for an item that never expires. */
    public static final long NEVER = 0;

    /** Mark: the value is out of date and waits to be renewed. */
    static final int STALE = 1;
    /** Mark: somebody has won the right to renew the value. */
    static final int TAKEN = 1 << 1;

    static final int ALL_MARKS = STALE | TAKEN;

    private static final long MILLIS_PER_SECOND = 1000;

    private final byte[] data;
    private final short keyLength;
    private final byte marks;
    private boolean hitBefore;
    /** Unix time in seconds, unsigned. */
    private int accessedAtSeconds;

    private final int clientFlags;
    private final long cas;
    private final long expiresAtMillis;
    private final long hash;

    /** Takes ownership of {@code data}: the key, then the value. */
    Item(byte[] data, int keyLength, int clientFlags, long cas, long expiresAtMillis, long hash, int marks) {
        this.data = data;
        this.keyLength = (short) keyLength;
        this.marks = (byte) marks;
        this.clientFlags = clientFlags;
        this.cas = cas;
        this.expiresAtMillis = expiresAtMillis;
        this.hash = hash;
    }

    Item withExpiry(long newExpiresAtMillis) {
        return new Item(data, keyLength, clientFlags, cas, newExpiresAtMillis, hash, marks).withHintsOf(this);
    }

    Item withMarks(int newMarks) {
        return new Item(data, keyLength, clientFlags, cas, expiresAtMillis, hash, newMarks).withHintsOf(this);
    }

    /** Takes over what is known of accesses to an earlier version. */
    Item withHintsOf(Item other) {
        hitBefore = other.hitBefore;
        accessedAtSeconds = other.accessedAtSeconds;
        return this;
    }

    /** Notes that the item was made at that time, or is known since then. */
    Item madeAt(long timeMillis) {
        accessedAtSeconds = (int) (timeMillis / MILLIS_PER_SECOND);
        return this;
    }

    void accessedAt(long timeMillis) {
        hitBefore = true;
        accessedAtSeconds = (int) (timeMillis / MILLIS_PER_SECOND);
    }

    boolean hitBefore() {
        return hitBefore;
    }

    /** Seconds since the last access, or since the item was made; not negative whatever the clocks do. */
    int idleSeconds(long timeMillis) {
        long idle = timeMillis / MILLIS_PER_SECOND - Integer.toUnsignedLong(accessedAtSeconds);
        return (int) Math.max(0, idle);
    }

    /** Seconds until it expires, rounded up and not negative; -1 if it never does. */
    long ttlSeconds(long timeMillis) {
        return expiresAtMillis == NEVER ? -1 : ttlSeconds(expiresAtMillis, timeMillis);
    }

    static long ttlSeconds(long expiresAtMillis, long timeMillis) {
        long left = Math.max(0, expiresAtMillis - timeMillis);
        return left / MILLIS_PER_SECOND + (left % MILLIS_PER_SECOND == 0 ? 0 : 1);
    }

    /** {@link #STALE} and {@link #TAKEN}. */
    int marks() {
        return marks;
    }

    boolean has(int mark) {
        return (marks & mark) != 0;
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
