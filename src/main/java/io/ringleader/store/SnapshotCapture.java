package io.ringleader.store;

import java.io.IOException;

/**
 * The state of a partition at one applied index, unchanging whatever is applied afterwards. Made by the store thread in an
 * instant ({@link PartitionStore#beginCapture()}), written by any other to which it is safely handed over. It keeps the items
 * it holds in memory until it is dropped, and the store from writing over them until it is {@link #release released}.
 */
public final class SnapshotCapture {
    final int partition;
    final long appliedIndex;
    final long timeMillis;
    final long lastCas;
    final long flushAtMillis;
    final Session[] sessions;
    final long itemCount;
    /** Of the table, see {@link ItemTable}. */
    final long[][] shards;
    /** By number, see {@link ItemPages}. */
    final byte[][] pages;

    private final Leases.Lease lease;

    SnapshotCapture(
            int partition,
            long appliedIndex,
            long timeMillis,
            long lastCas,
            long flushAtMillis,
            Session[] sessions,
            long itemCount,
            long[][] shards,
            byte[][] pages,
            Leases.Lease lease) {
        this.partition = partition;
        this.appliedIndex = appliedIndex;
        this.timeMillis = timeMillis;
        this.lastCas = lastCas;
        this.flushAtMillis = flushAtMillis;
        this.sessions = sessions;
        this.itemCount = itemCount;
        this.shards = shards;
        this.pages = pages;
        this.lease = lease;
    }

    public int partition() {
        return partition;
    }

    /** The last entry that is part of the snapshot. */
    public long appliedIndex() {
        return appliedIndex;
    }

    public long itemCount() {
        return itemCount;
    }

    /** Writes the snapshot. Equal states give equal bytes. May be called more than once. */
    public void writeTo(SnapshotSink sink) throws IOException {
        StoreSnapshot.write(this, sink);
    }

    Item itemIn(long slot) {
        long address = ItemTable.addressIn(slot);
        return new Item(ItemPages.pageOf(pages, address), address);
    }

    /** It will not be read any more, nor will its items. Any thread; more than once does nothing more. */
    public void release() {
        lease.giveBack();
    }

    /** A hash of the bytes that {@link #writeTo} writes. */
    public long digest() throws IOException {
        long[] hash = {Hash64.SEED};
        writeTo((bytes, offset, length) -> hash[0] = Hash64.hash(hash[0], bytes, offset, length));
        return hash[0];
    }
}
