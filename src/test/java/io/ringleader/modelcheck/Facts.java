package io.ringleader.modelcheck;

import io.ringleader.raft.Entry;
import io.ringleader.raft.Role;
import io.ringleader.raft.SnapshotPoint;
import java.util.List;

/**
 * What can be seen of a node from outside.
 *
 * @param log entries in memory, after {@code base}
 * @param batchesWaiting whether there is something for the disk to complete
 * @param writesWaiting what a crash may lose
 */
record Facts(
        boolean up,
        long term,
        Role role,
        long commitIndex,
        SnapshotPoint base,
        SnapshotPoint snapshot,
        List<Entry> log,
        StableStorage disk,
        boolean batchesWaiting,
        int writesWaiting) {

    boolean isLeader() {
        return up && role == Role.LEADER;
    }

    long lastIndex() {
        return base.index() + log.size();
    }

    /** Of an index from the base to the last. */
    long termAt(long index) {
        return index == base.index()
                ? base.term()
                : log.get((int) (index - base.index() - 1)).term();
    }

    @Override
    public String toString() {
        StringBuilder terms = new StringBuilder();
        log.forEach(entry -> terms.append(' ').append(entry.term()));
        return up
                ? role + " of term " + term + ", log " + (base.index() > 0 ? base + " |" : "|") + terms + ", commit "
                        + commitIndex + (writesWaiting > 0 ? ", " + writesWaiting + " writes waiting" : "")
                : "down; on disk: " + disk;
    }
}
