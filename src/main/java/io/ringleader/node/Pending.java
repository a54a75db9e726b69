package io.ringleader.node;

import java.util.ArrayList;
import java.util.List;

/**
 * What waits for an entry that this leader proposed: the write that it carries, or reads that asked for a tick of the clock.
 * Belongs to the raft loop until the entry is committed, then to the store loop.
 */
final class Pending {
    /** Of the entry. */
    final long index;

    final long term;
    /** Unix time the entry carries. */
    final long timeMillis;
    /** The write to answer, null for a tick. */
    final Request write;
    /** Reads to serve once the entry is applied. */
    final List<ReadWork> reads = new ArrayList<>(0);

    Pending(long index, long term, long timeMillis, Request write) {
        this.index = index;
        this.term = term;
        this.timeMillis = timeMillis;
        this.write = write;
    }

    /** A read to be served from the store. {@code nowMillis}: the leader's wall clock when it arrived. */
    record ReadWork(Request request, long nowMillis) {}
}
