package io.ringleader.store;

import java.io.IOException;

/**
 * The state of a partition at one applied index, unchanging whatever is applied afterwards. Made by the store thread in an
 * instant ({@link PartitionStore#beginCapture()}), written by any other to which it is safely handed over. It keeps the items
 * it holds in memory until it is dropped, and the store from writing over them until it is {@link #release released}.
 */
public final class SnapshotCapture {
    private static final int LINE_BYTES = 64;
    /** An item of usual length. */
    private static final int NEAR_BYTES = 3 * LINE_BYTES;

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

    /** Of what was read to bring it near; the compiler would leave out a reading of which nothing is kept. */
    private int lastRead;

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
        encoder().writePiece(Long.MAX_VALUE, sink);
    }

    /** To write the snapshot piece by piece, from its beginning. */
    public SnapshotEncoder encoder() {
        return new SnapshotEncoder(this);
    }

    Item itemIn(long slot) {
        long address = ItemTable.addressIn(slot);
        return new Item(ItemPages.pageOf(pages, address), address);
    }

    /**
     * Has the processor fetch items that are about to be read, all at once. They lie in memory in no order, so each would be
     * waited for in its turn.
     */
    void bringNear(long[] slots) {
        int read = 0;
        for (long slot : slots) {
            long address = ItemTable.addressIn(slot);
            byte[] page = ItemPages.pageOf(pages, address);
            int at = ItemPages.offsetOf(address);
            int end = Math.min(at + NEAR_BYTES, page.length);
            for (int line = at; line < end; line += LINE_BYTES) {
                read += page[line];
            }
        }
        lastRead = read;
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
