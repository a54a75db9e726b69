package io.ringleader.store;

import java.util.Arrays;

/**
 * A look at one stored item, where it lies in {@link ItemPages}. In the store it is good until the items are changed; in a
 * {@link SnapshotCapture} until that is released. An item's cell is, big-endian:
 *
 * <pre>
 * u8  keyLength         u8 marks         u8 whether it was accessed         u8 whether it is dead
 * i32 valueLength       u64 cas          u32 clientFlags
 * u32 when it was accessed last, Unix seconds
 * i64 expiresAtMillis (0 = never)        key        value
 * </pre>
 *
 * <p>When it was accessed last, and whether ever, are hints and no part of the state: each node notes the accesses it serves
 * itself. They are in no snapshot, nothing is decided by them, and only the store thread reads or writes them. The same goes
 * for being dead, which {@link ItemPages} note of a cell that is in no table any more.
 */
public final class Item {
    /**
     * What an item costs beside its key and value: its header, its share of the table, of the expiry index and of holes in
     * pages, all rounded up. A constant, because replicas must agree on what fits.
     */
    public static final int OVERHEAD_BYTES = 96;
    /** Value of {@link #expiresAtMillis} for an item that never expires. */
    public static final long NEVER = 0;

    /** Mark: the value is out of date and waits to be renewed. */
    static final int STALE = 1;
    /** Mark: somebody has won the right to renew the value. */
    static final int TAKEN = 1 << 1;

    static final int ALL_MARKS = STALE | TAKEN;

    static final int HEADER_BYTES = 32;

    private static final int MARKS_AT = 1;
    private static final int ACCESSED_AT = 2;
    private static final int DEAD_AT = 3;
    private static final int VALUE_LENGTH_AT = 4;
    private static final int CAS_AT = 8;
    private static final int CLIENT_FLAGS_AT = 16;
    private static final int ACCESS_SECONDS_AT = 20;
    private static final int EXPIRY_AT = 24;

    private static final long MILLIS_PER_SECOND = 1000;

    private final byte[] page;
    private final int at;
    private final long address;

    Item(byte[] page, long address) {
        this.page = page;
        this.at = ItemPages.offsetOf(address);
        this.address = address;
    }

    /** Writes the header of a live cell. */
    static void writeHeader(byte[] page, int at, ItemDraft draft) {
        page[at] = (byte) draft.keyLength;
        page[at + MARKS_AT] = (byte) draft.marks;
        page[at + ACCESSED_AT] = (byte) (draft.hitBefore ? 1 : 0);
        page[at + DEAD_AT] = 0;
        ByteWriter.setInt(page, at + VALUE_LENGTH_AT, draft.valueLength());
        ByteWriter.setLong(page, at + CAS_AT, draft.cas);
        ByteWriter.setInt(page, at + CLIENT_FLAGS_AT, draft.clientFlags);
        ByteWriter.setInt(page, at + ACCESS_SECONDS_AT, draft.accessedAtSeconds);
        ByteWriter.setLong(page, at + EXPIRY_AT, draft.expiresAtMillis);
    }

    static int cellBytes(byte[] page, int at) {
        return ItemPages.cellBytes(HEADER_BYTES + (page[at] & 0xff) + ByteWriter.getInt(page, at + VALUE_LENGTH_AT));
    }

    static boolean isDead(byte[] page, int at) {
        return page[at + DEAD_AT] != 0;
    }

    static void markDead(byte[] page, int at) {
        page[at + DEAD_AT] = 1;
    }

    static boolean hasKey(byte[] page, int at, byte[] key, int offset, int length) {
        int from = at + HEADER_BYTES;
        return (page[at] & 0xff) == length && Arrays.equals(page, from, from + length, key, offset, offset + length);
    }

    /** Where it lies in {@link ItemPages}. */
    long address() {
        return address;
    }

    void accessedAt(long timeMillis) {
        page[at + ACCESSED_AT] = 1;
        ByteWriter.setInt(page, at + ACCESS_SECONDS_AT, seconds(timeMillis));
    }

    static int seconds(long timeMillis) {
        return (int) (timeMillis / MILLIS_PER_SECOND);
    }

    boolean hitBefore() {
        return page[at + ACCESSED_AT] != 0;
    }

    /** Unix time in seconds, unsigned. */
    int accessedAtSeconds() {
        return ByteWriter.getInt(page, at + ACCESS_SECONDS_AT);
    }

    /** Seconds since the last access, or since the item was made; not negative whatever the clocks do. */
    int idleSeconds(long timeMillis) {
        long idle = timeMillis / MILLIS_PER_SECOND - Integer.toUnsignedLong(accessedAtSeconds());
        return (int) Math.max(0, idle);
    }

    /** Seconds until it expires, rounded up and not negative; -1 if it never does. */
    long ttlSeconds(long timeMillis) {
        return ttlSeconds(expiresAtMillis(), timeMillis);
    }

    static long ttlSeconds(long expiresAtMillis, long timeMillis) {
        if (expiresAtMillis == NEVER) {
            return -1;
        }
        long left = Math.max(0, expiresAtMillis - timeMillis);
        return left / MILLIS_PER_SECOND + (left % MILLIS_PER_SECOND == 0 ? 0 : 1);
    }

    /** {@link #STALE} and {@link #TAKEN}. */
    int marks() {
        return page[at + MARKS_AT];
    }

    boolean has(int mark) {
        return (marks() & mark) != 0;
    }

    /** The key at {@link #keyOffset}, the value at {@link #valueOffset}, and other items around. Not to be changed. */
    public byte[] data() {
        return page;
    }

    public int keyOffset() {
        return at + HEADER_BYTES;
    }

    public int keyLength() {
        return page[at] & 0xff;
    }

    public int valueOffset() {
        return keyOffset() + keyLength();
    }

    public int valueLength() {
        return ByteWriter.getInt(page, at + VALUE_LENGTH_AT);
    }

    public int clientFlags() {
        return ByteWriter.getInt(page, at + CLIENT_FLAGS_AT);
    }

    public long cas() {
        return ByteWriter.getLong(page, at + CAS_AT);
    }

    /** Unix time in milliseconds, or {@link #NEVER}. The item is gone as soon as the time is reached. */
    public long expiresAtMillis() {
        return ByteWriter.getLong(page, at + EXPIRY_AT);
    }

    /** {@link Hash64} of the key. */
    long hash() {
        return Hash64.hash(page, keyOffset(), keyLength());
    }

    /** What the item counts against the memory limit. */
    public long sizeBytes() {
        return sizeBytes(keyLength(), valueLength());
    }

    static long sizeBytes(int keyLength, long valueLength) {
        return OVERHEAD_BYTES + keyLength + valueLength;
    }

    boolean isVisibleAt(long timeMillis) {
        long expiresAtMillis = expiresAtMillis();
        return expiresAtMillis == NEVER || expiresAtMillis > timeMillis;
    }

    static int compareKeys(Item a, Item b) {
        int aKey = a.keyOffset();
        int bKey = b.keyOffset();
        return Arrays.compareUnsigned(a.page, aKey, aKey + a.keyLength(), b.page, bKey, bKey + b.keyLength());
    }
}
