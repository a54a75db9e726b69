package io.ringleader.node;

import io.ringleader.raft.Durable;
import io.ringleader.raft.Entry;
import java.util.List;

/**
 * When the next of a node's partitions may take a snapshot whose log has become long. Partitions that are written to alike
 * would take theirs all at once, and take the processors away from clients meanwhile. So each waits until the node has logged a
 * share of what the snapshot before was long: twice as often as the partitions need it in the long run, and so they come apart.
 * Owned by the raft loop.
 */
final class SnapshotTurns {
    static final int SNAPSHOT_BYTES_PER_LOG_BYTE = 2 * PartitionGroup.SNAPSHOT_BYTES_PER_LOG_BYTE;

    private long loggedBytes;
    private long nextAtBytes;

    /** Of any partition of the node. */
    void logged(List<Durable> durables) {
        for (Durable durable : durables) {
            if (durable instanceof Entry entry) {
                loggedBytes += entry.sizeBytes();
            }
        }
    }

    /** A snapshot is begun that will be about so long. */
    void begun(long snapshotBytes) {
        nextAtBytes = loggedBytes + snapshotBytes / SNAPSHOT_BYTES_PER_LOG_BYTE;
    }

    boolean isFree() {
        return loggedBytes >= nextAtBytes;
    }
}
