package io.ringleader.storage;

import java.util.List;

/**
 * What the log holds about one group.
 *
 * @param group number of the group
 * @param term latest term the group has seen, 0 if none was written
 * @param votedFor node voted for in that term, 0 if none
 * @param snapshotIndex entries up to here are in a snapshot file and no longer in the log; 0 if there is no snapshot
 * @param snapshotTerm term of the entry at {@code snapshotIndex}, 0 if there is no snapshot
 * @param entries without gaps from {@code snapshotIndex + 1}
 * @param replicas the last that was noted of each node, by node
 */
public record RecoveredGroup(
        int group,
        long term,
        int votedFor,
        long snapshotIndex,
        long snapshotTerm,
        List<RecoveredEntry> entries,
        List<ReplicaRecord> replicas) {
    public RecoveredGroup {
        entries = List.copyOf(entries);
        replicas = List.copyOf(replicas);
    }

    /** Index of the last entry, or of the snapshot if there is none after it. */
    public long lastIndex() {
        return snapshotIndex + entries.size();
    }

    /** Whether a snapshot file up to {@code newestFileIndex} (0 if there is none) holds all that this log no longer has. */
    public boolean isCoveredBy(long newestFileIndex) {
        return snapshotIndex <= newestFileIndex;
    }

    /**
     * The group as it is once a snapshot mark at (index, term) is applied: if the log has that entry the suffix after it stays,
     * else nothing of the log stays (Raft, figure 13, steps 6 and 7).
     */
    public RecoveredGroup withSnapshot(long index, long markTerm) {
        if (index <= snapshotIndex) {
            throw new IllegalArgumentException("Group " + group + " has a snapshot mark at index " + snapshotIndex
                    + " and cannot go back to one at index " + index + ".");
        }
        boolean matches = index <= lastIndex()
                && entries.get((int) (index - snapshotIndex - 1)).term() == markTerm;
        List<RecoveredEntry> rest =
                matches ? entries.subList((int) (index - snapshotIndex), entries.size()) : List.of();
        return new RecoveredGroup(group, term, votedFor, index, markTerm, rest, replicas);
    }
}
