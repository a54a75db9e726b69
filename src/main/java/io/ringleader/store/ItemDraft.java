package io.ringleader.store;

import java.util.Arrays;

/**
 * What an item is to become, before {@link Items#put} gives it a place: written where it will lie, without an object or an
 * array on the way. Meant to be kept and begun again. Owned by the store thread.
 */
final class ItemDraft {
    int keyLength;
    int clientFlags;
    long cas;
    long expiresAtMillis;
    int marks;
    boolean hitBefore;
    int accessedAtSeconds;

    private byte[] key;
    private int keyOffset;
    /** The value is these two pieces one after the other, and then spaces. */
    private final Piece first = new Piece();

    private final Piece second = new Piece();
    private int spaces;
    /** The item, if any, whose cell the value is in, and whether it has all of that item's value and nothing else. */
    private boolean readsAnItem;

    private boolean sameValue;

    private static final class Piece {
        private byte[] bytes;
        private int offset;
        private int length;

        void set(byte[] newBytes, int newOffset, int newLength) {
            bytes = newBytes;
            offset = newOffset;
            length = newLength;
        }

        int copyTo(byte[] page, int at) {
            if (length > 0) {
                System.arraycopy(bytes, offset, page, at, length);
            }
            return at + length;
        }
    }

    /** Begins an item that never expires and is made at that time, with an empty value. */
    ItemDraft begin(byte[] newKey, int newKeyOffset, int newKeyLength, long timeMillis) {
        key = newKey;
        keyOffset = newKeyOffset;
        keyLength = newKeyLength;
        clientFlags = 0;
        cas = 0;
        expiresAtMillis = Item.NEVER;
        marks = 0;
        hitBefore = false;
        accessedAtSeconds = Item.seconds(timeMillis);
        return value(null, 0, 0);
    }

    /** Begins with the key of the command. */
    ItemDraft begin(CommandReader c, long timeMillis) {
        return begin(c.buffer(), c.keyOffset(), c.keyLength(), timeMillis);
    }

    /** Begins with everything as it is in the item. */
    ItemDraft beginLike(Item item) {
        key = item.data();
        keyOffset = item.keyOffset();
        keyLength = item.keyLength();
        clientFlags = item.clientFlags();
        cas = item.cas();
        expiresAtMillis = item.expiresAtMillis();
        marks = item.marks();
        return valueOf(item).hintsOf(item);
    }

    ItemDraft clientFlags(int newClientFlags) {
        clientFlags = newClientFlags;
        return this;
    }

    ItemDraft cas(long newCas) {
        cas = newCas;
        return this;
    }

    ItemDraft expiresAtMillis(long newExpiresAtMillis) {
        expiresAtMillis = newExpiresAtMillis;
        return this;
    }

    ItemDraft marks(int newMarks) {
        marks = newMarks;
        return this;
    }

    /** Takes over what is known of accesses to an earlier version. */
    ItemDraft hintsOf(Item item) {
        hitBefore = item.hitBefore();
        accessedAtSeconds = item.accessedAtSeconds();
        return this;
    }

    /** These bytes, which are not an item's. */
    ItemDraft value(byte[] bytes, int offset, int length) {
        first.set(bytes, offset, length);
        second.set(null, 0, 0);
        spaces = 0;
        readsAnItem = false;
        sameValue = false;
        return this;
    }

    ItemDraft valueOf(CommandReader c) {
        return value(c.buffer(), c.valueOffset(), c.valueLength());
    }

    /** The value of the item that this one replaces. */
    ItemDraft valueOf(Item old) {
        value(old.data(), old.valueOffset(), old.valueLength());
        readsAnItem = true;
        sameValue = true;
        return this;
    }

    /** The values of the item that this one replaces and of the command, in this order or the other. */
    ItemDraft joined(Item old, CommandReader c, boolean append) {
        value(null, 0, 0);
        (append ? first : second).set(old.data(), old.valueOffset(), old.valueLength());
        (append ? second : first).set(c.buffer(), c.valueOffset(), c.valueLength());
        readsAnItem = true;
        return this;
    }

    /** Adds spaces up to the length. */
    ItemDraft padTo(int valueLength) {
        spaces += Math.max(0, valueLength - valueLength());
        return this;
    }

    int valueLength() {
        return first.length + second.length + spaces;
    }

    /** Seconds until it expires, rounded up and not negative; -1 if it never does. */
    long ttlSeconds(long timeMillis) {
        return Item.ttlSeconds(expiresAtMillis, timeMillis);
    }

    int cellBytes() {
        return ItemPages.cellBytes(Item.HEADER_BYTES + keyLength + valueLength());
    }

    long hash() {
        return Hash64.hash(key, keyOffset, keyLength);
    }

    byte[] key() {
        return key;
    }

    int keyOffset() {
        return keyOffset;
    }

    /** Whether it may be written over the item that it replaces: not if it moves that one's value about. */
    boolean maySucceedInPlace() {
        return !readsAnItem || sameValue;
    }

    /** Writes the cell. */
    void writeTo(byte[] page, int at) {
        Item.writeHeader(page, at, this);
        System.arraycopy(key, keyOffset, page, at + Item.HEADER_BYTES, keyLength);
        int end = second.copyTo(page, first.copyTo(page, at + Item.HEADER_BYTES + keyLength));
        Arrays.fill(page, end, end + spaces, (byte) ' ');
    }
}
