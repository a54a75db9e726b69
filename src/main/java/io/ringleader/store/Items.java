package io.ringleader.store;

/**
 * The items of a partition with what must stay in step with them: the bytes they use, the order in which they expire, the
 * partition's time and its cas counter. Owned by the store thread.
 *
 * <p>Expired items are invisible at once and are removed a few at a time. Which and how many is a function of the log alone,
 * because they count against the memory limit until they are gone.
 */
final class Items {
    /** Exptimes above this are Unix times, not distances: 30 days. */
    static final long MAX_RELATIVE_SECONDS = 60 * 60 * 24 * 30;
    /** How many expired items a write that finds no room may remove before it is refused. */
    static final int MAX_PURGED_PER_REFUSAL = 1024;

    private static final long MILLIS_PER_SECOND = 1000;
    /** An expiry that has passed at every time, since times are not negative. */
    private static final long ALREADY_EXPIRED = -1;
    /** No flush is pending. */
    private static final long NO_FLUSH = 0;

    /**
     * What {@link #moveTogether} moves at once, some ten microseconds of work, and that many bytes more for each that was freed:
     * where a quarter is holes, three bytes are moved for one that is won.
     */
    private static final int MOVED_BYTES = 16 << 10;

    private static final int MOVED_PER_FREED = 4;

    private final Leases leases = new Leases();
    private ItemPages pages = new ItemPages(leases);
    private ItemTable table = new ItemTable(pages, leases);
    private ExpiryIndex expiring = new ExpiryIndex(pages);
    private long usedBytes;
    private long timeMillis;
    private long lastCas;
    private long flushAtMillis;
    private long expiredTotal;
    /** Since {@link #moveTogether} last looked. */
    private long freedBytes;

    Items() {}

    /** The state of a snapshot, to which its items are {@link #put} afterwards. */
    Items(long timeMillis, long lastCas, long flushAtMillis) {
        this.timeMillis = timeMillis;
        this.lastCas = lastCas;
        this.flushAtMillis = flushAtMillis;
    }

    /** Moves time forward, never back, and carries out the pending flush if it is due. */
    void advanceTo(long newTimeMillis) {
        timeMillis = Math.max(timeMillis, newTimeMillis);
        if (flushAtMillis != NO_FLUSH && flushAtMillis <= timeMillis) {
            clear();
        }
    }

    /** Removes up to {@code max} expired items, oldest expiry first. */
    void purge(int max) {
        int purged = 0;
        while (purged < max && purgeFirst()) {
            purged++;
        }
    }

    /** Whether an item or everything disappears in (time, nowMillis]. */
    boolean dueAt(long nowMillis) {
        if (flushAtMillis != NO_FLUSH && flushAtMillis <= nowMillis) {
            return true;
        }
        // Expired ones may wait to be purged, in front of those that are yet to expire.
        long next = expiring.nextAfter(timeMillis);
        return next != ExpiryIndex.NONE && next <= nowMillis;
    }

    /** The item as a client sees it, or null. */
    Item visible(byte[] key, int offset, int length) {
        Item item = find(key, offset, length);
        return item != null && item.isVisibleAt(timeMillis) ? item : null;
    }

    /**
     * Whether the key may have a value of that length without passing the limit; removes expired items to that end. What
     * does not grow always fits, so that a partition above a lowered limit can still be emptied.
     */
    boolean hasRoom(byte[] key, int offset, int keyLength, long valueLength, long limitBytes) {
        if (usedBytes + Item.sizeBytes(keyLength, valueLength) <= limitBytes) {
            return true; // whatever it replaces, which need not be looked up
        }
        for (int purged = 0; ; purged++) {
            Item old = find(key, offset, keyLength);
            long growth = Item.sizeBytes(keyLength, valueLength) - (old == null ? 0 : old.sizeBytes());
            if (growth <= 0 || usedBytes + growth <= limitBytes) {
                return true;
            }
            if (purged == MAX_PURGED_PER_REFUSAL || !purgeFirst()) {
                return false;
            }
        }
    }

    /**
     * Stores the item in place of what is there under its key, if anything is. Returns the address for {@link #itemAt}, and not
     * the item, which would be an object for every write.
     */
    long put(ItemDraft draft) {
        long hash = draft.hash();
        long old = table.find(draft.key(), draft.keyOffset(), draft.keyLength, hash);
        if (old != 0) {
            forget(itemAt(old));
        }
        int cellBytes = draft.cellBytes();
        boolean inPlace = old != 0 && draft.maySucceedInPlace() && pages.mayOverwrite(old, cellBytes);
        long address = inPlace ? old : pages.allocate(cellBytes);
        draft.writeTo(pages.pageOf(address), ItemPages.offsetOf(address));
        if (old == 0) {
            table.add(hash, address);
        } else if (!inPlace) {
            table.replace(hash, old, address);
            pages.free(old);
        }
        usedBytes += Item.sizeBytes(draft.keyLength, draft.valueLength());
        if (draft.expiresAtMillis != Item.NEVER) {
            expiring.add(itemAt(address));
        }
        return address;
    }

    /**
     * Moves some items together if too much memory is holes between them: to be called after every change. Items that were
     * looked at before are no longer good.
     */
    void moveTogether() {
        long left = freedBytes * MOVED_PER_FREED + MOVED_BYTES;
        freedBytes = 0;
        for (long from = pages.nextToMove(); from != 0 && left > 0; from = pages.nextToMove()) {
            Item moved = itemAt(pages.copy(from));
            table.replace(moved.hash(), from, moved.address());
            if (moved.expiresAtMillis() != Item.NEVER) {
                expiring.replace(from, moved);
            }
            pages.free(from);
            left -= moved.sizeBytes();
        }
    }

    /** Removes what is stored under the key, visible or not, if anything is. */
    void removeKey(byte[] key, int offset, int length) {
        Item item = find(key, offset, length);
        if (item != null) {
            remove(item);
        }
    }

    void remove(Item item) {
        table.remove(item.hash(), item.address());
        forget(item);
        pages.free(item.address());
    }

    /** Flushes now, or plans it in place of an earlier plan. */
    void flushAll(long exptime) {
        long atMillis = exptime <= 0 ? timeMillis : expiryOf(exptime);
        if (atMillis <= timeMillis) {
            clear();
        } else {
            flushAtMillis = atMillis;
        }
    }

    /** When an item given this exptime expires, see {@link CommandWriter}. */
    long expiryOf(long exptime) {
        if (exptime == 0) {
            return Item.NEVER;
        }
        if (exptime < 0) {
            return ALREADY_EXPIRED;
        }
        if (exptime <= MAX_RELATIVE_SECONDS) {
            return afterSeconds(exptime);
        }
        return exptime > Long.MAX_VALUE / MILLIS_PER_SECOND ? Long.MAX_VALUE : exptime * MILLIS_PER_SECOND;
    }

    boolean isPast(long expiresAtMillis) {
        return expiresAtMillis != Item.NEVER && expiresAtMillis <= timeMillis;
    }

    long nextCas() {
        return ++lastCas;
    }

    long lastCas() {
        return lastCas;
    }

    long timeMillis() {
        return timeMillis;
    }

    long flushAtMillis() {
        return flushAtMillis;
    }

    long usedBytes() {
        return usedBytes;
    }

    long count() {
        return table.size();
    }

    /** Items removed so far because their time had passed. */
    long expiredTotal() {
        return expiredTotal;
    }

    /** Where all items are now, for a capture that takes a lease. */
    long[][] shareTable() {
        return table.share();
    }

    /** All items as they are now, for a capture that takes a lease. */
    byte[][] sharePages() {
        return pages.share();
    }

    /** Keeps what is shared at this moment as it is, until it is given back. */
    Leases.Lease lease() {
        return leases.take();
    }

    /** The memory that items take without the table and the index of expiries; depends on more than the log. */
    long pageBytes() {
        return pages.pageBytes();
    }

    private Item find(byte[] key, int offset, int length) {
        long address = table.find(key, offset, length, Hash64.hash(key, offset, length));
        return address == 0 ? null : itemAt(address);
    }

    /** What lies there until the items are changed. */
    Item itemAt(long address) {
        return new Item(pages.pageOf(address), address);
    }

    private long afterSeconds(long seconds) {
        boolean representable = seconds <= (Long.MAX_VALUE - timeMillis) / MILLIS_PER_SECOND;
        return representable ? timeMillis + seconds * MILLIS_PER_SECOND : Long.MAX_VALUE;
    }

    private boolean purgeFirst() {
        if (expiring.isEmpty() || expiring.first().isVisibleAt(timeMillis)) {
            return false;
        }
        remove(expiring.first());
        expiredTotal++;
        return true;
    }

    private void forget(Item item) {
        usedBytes -= item.sizeBytes();
        freedBytes += item.sizeBytes();
        if (item.expiresAtMillis() != Item.NEVER) {
            expiring.remove(item);
        }
    }

    /** New collections, since emptying the old ones would take time in proportion to their size. */
    private void clear() {
        pages = new ItemPages(leases);
        table = new ItemTable(pages, leases);
        expiring = new ExpiryIndex(pages);
        usedBytes = 0;
        flushAtMillis = NO_FLUSH;
    }
}
