package io.ringleader.store;

/**
 * What a partition has done since this process holds it, for statistics. Counts of one replica: not replicated, not in
 * snapshots. Commands that only the leader answers, such as reads, are counted there alone. Owned by the store thread.
 */
public final class StoreCounters {
    long gets;
    long getHits;
    long stores;
    long casHits;
    long casMisses;
    long casMismatches;
    long incrHits;
    long incrMisses;
    long decrHits;
    long decrMisses;
    long deleteHits;
    long deleteMisses;
    long touches;
    long touchHits;
    long flushes;
    long itemsStored;
    long itemsExpired;
    long outOfMemory;
    long tooLarge;
    long batchesApplied;
    long batchesRepeated;
    long batchesStale;

    /** Adds another partition's counts to these. */
    public void add(StoreCounters other) {
        gets += other.gets;
        getHits += other.getHits;
        stores += other.stores;
        casHits += other.casHits;
        casMisses += other.casMisses;
        casMismatches += other.casMismatches;
        incrHits += other.incrHits;
        incrMisses += other.incrMisses;
        decrHits += other.decrHits;
        decrMisses += other.decrMisses;
        deleteHits += other.deleteHits;
        deleteMisses += other.deleteMisses;
        touches += other.touches;
        touchHits += other.touchHits;
        flushes += other.flushes;
        itemsStored += other.itemsStored;
        itemsExpired += other.itemsExpired;
        outOfMemory += other.outOfMemory;
        tooLarge += other.tooLarge;
        batchesApplied += other.batchesApplied;
        batchesRepeated += other.batchesRepeated;
        batchesStale += other.batchesStale;
    }

    /** Gets and gats of single keys. */
    public long gets() {
        return gets;
    }

    public long getHits() {
        return getHits;
    }

    /** Commands set, add, replace, cas, append and prepend, whatever their result. */
    public long stores() {
        return stores;
    }

    public long casHits() {
        return casHits;
    }

    public long casMisses() {
        return casMisses;
    }

    /** Commands cas that came with another cas id than the item's. */
    public long casMismatches() {
        return casMismatches;
    }

    public long incrHits() {
        return incrHits;
    }

    public long incrMisses() {
        return incrMisses;
    }

    public long decrHits() {
        return decrHits;
    }

    public long decrMisses() {
        return decrMisses;
    }

    public long deleteHits() {
        return deleteHits;
    }

    public long deleteMisses() {
        return deleteMisses;
    }

    /** Touches and gats. */
    public long touches() {
        return touches;
    }

    public long touchHits() {
        return touchHits;
    }

    public long flushes() {
        return flushes;
    }

    /** Values stored by whatever command. */
    public long itemsStored() {
        return itemsStored;
    }

    /** Items removed because their time had passed. */
    public long itemsExpired() {
        return itemsExpired;
    }

    public long outOfMemory() {
        return outOfMemory;
    }

    public long tooLarge() {
        return tooLarge;
    }

    public long batchesApplied() {
        return batchesApplied;
    }

    public long batchesRepeated() {
        return batchesRepeated;
    }

    public long batchesStale() {
        return batchesStale;
    }
}
