package io.ringleader.node;

import io.ringleader.config.Limits;

/**
 * Limits of the raft loop, in bytes.
 *
 * @param uncommittedMaxBytes of all groups together
 */
record RaftLimits(long partitionMaxBytes, int itemMaxBytes, long snapshotLogBytes, long uncommittedMaxBytes) {
    /** Of a node with so many replicas. */
    static RaftLimits of(Limits limits, int replicas) {
        return new RaftLimits(
                limits.memoryBytes() / Math.max(1, replicas),
                (int) limits.itemMaxBytes(),
                limits.snapshotLogBytes(),
                limits.uncommittedNodeMaxBytes());
    }
}
