package io.ringleader.store;

import java.io.IOException;

/**
 * The state of a partition at one applied index, unchanging whatever is applied afterwards. Made by the store thread in an
 * instant ({@link PartitionStore#beginCapture()}), written by any other to which it is safely handed over. It keeps the items
 * it holds in memory until it is dropped.
 */
public final class SnapshotCapture {
    final int partition;
    final long appliedIndex;
    final long timeMillis;
    final long lastCas;
    final long flushAtMillis;
    final Session[] sessions;
    final long itemCount;
    final Item[][] shards;

    SnapshotCapture(
            int partition,
            long appliedIndex,
            long timeMillis,
            long lastCas,
            long flushAtMillis,
            Session[] sessions,
            long itemCount,
            Item[][] shards) {
        this.partition = partition;
        this.appliedIndex = appliedIndex;
        this.timeMillis = timeMillis;
        this.lastCas = lastCas;
        this.flushAtMillis = flushAtMillis;
        this.sessions = sessions;
        this.itemCount = itemCount;
        this.shards = shards;
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

    /** A hash of the bytes that {@link #writeTo} writes. */
    public long digest() throws IOException {
        long[] hash = {Hash64.SEED};
        writeTo((bytes, offset, length) -> hash[0] = Hash64.hash(hash[0], bytes, offset, length));
        return hash[0];
    }
}
