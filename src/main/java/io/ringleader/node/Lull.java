package io.ringleader.node;

/**
 * Whether the groups of a node may be left alone: all are quiet, and nothing was done to any since they were looked at. Then
 * they are looked at only now and then, for what time alone makes due, such as a snapshot whose turn has come. Owned by the
 * raft loop.
 */
final class Lull {
    static final long LOOK_NANOS = 1_000_000_000L;

    private boolean lasts;
    private long nextLookNanos;

    /** Something is done to a group. */
    void ends() {
        lasts = false;
    }

    boolean lasts() {
        return lasts;
    }

    boolean isLookDue(long nowNanos) {
        return !lasts || nowNanos >= nextLookNanos;
    }

    /** @param quiet whether nothing is to be done in any group */
    void looked(boolean quiet, long nowNanos) {
        lasts = quiet;
        nextLookNanos = nowNanos + LOOK_NANOS;
    }
}
