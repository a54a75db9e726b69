package io.ringleader.node;

import io.ringleader.config.Limits;
import io.ringleader.raft.Durable;
import io.ringleader.raft.Entry;
import java.util.List;

/**
 * Keeps a node's partitions from taking their snapshots all at once, and the processors away from clients meanwhile, as those
 * that are written to alike would. After one has begun, the next waits until the node has logged a share of its length: nearly
 * what the partitions log in the long run from one snapshot to the next, so that they come apart as far as they can, and who had
 * to wait catches up. Where little is logged there is little to wait for, and the turn is over after a while. Owned by the raft loop.
 */
final class SnapshotTurns {
    static final long TURN_MAX_NANOS = 5_000_000_000L;
    private static final double SHARE = 0.9;

    private long loggedBytes;
    private long overAtBytes;
    private long overAtNanos;

    /** Of any partition of the node. */
    void logged(List<Durable> durables) {
        for (Durable durable : durables) {
            if (durable instanceof Entry entry) {
                loggedBytes += entry.sizeBytes();
            }
        }
    }

    /** A snapshot is begun, where the one before was so long. */
    void begun(long previousBytes, long nowNanos) {
        long turnBytes = (long) (SHARE * previousBytes / Limits.SNAPSHOT_BYTES_PER_LOG_BYTE);
        // a short one that could not wait does not cut the turn of a long one short
        overAtBytes = Math.max(isFree(nowNanos) ? 0 : overAtBytes, loggedBytes + turnBytes);
        overAtNanos = nowNanos + TURN_MAX_NANOS;
    }

    /** Whether another one may begin. */
    boolean isFree(long nowNanos) {
        return loggedBytes >= overAtBytes || nowNanos >= overAtNanos;
    }
}
