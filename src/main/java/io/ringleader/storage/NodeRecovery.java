package io.ringleader.storage;

import io.ringleader.storage.SnapshotFiles.SnapshotId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Opens all that a node has on disk and brings the log and the snapshot files together, group by group:
 *
 * <pre>
 * newest file      mark in the log    decision
 * none             none               the group starts from its first entry
 * at the mark      the mark           the group starts from the snapshot
 * after the mark   any or none        the node stopped between the two: the mark is made up for (buffered, so that it comes
 *                                     before all that is written next) and the group starts from the snapshot
 * before the mark,
 * or none          the mark           refuse to start: entries that only the missing file has are gone
 * of a later term than the log has    refuse to start: a term is durable before a snapshot of it, so the end of the log is lost
 * any              group unknown      refuse to start: the log that was written before the file is gone, and with it the votes
 * </pre>
 */
public final class NodeRecovery {
    private static final String LOG_DIRECTORY = "wal";
    private static final String SNAPSHOT_DIRECTORY = "snapshots";

    /**
     * One group as it starts.
     *
     * @param group its number
     * @param term latest term, 0 if none
     * @param votedFor vote in that term, 0 if none
     * @param snapshot where the state starts from, null if from nothing
     * @param entries without gaps, from the one after the snapshot
     * @param replicas the last that was noted of each node
     */
    public record RecoveredReplica(
            int group,
            long term,
            int votedFor,
            SnapshotId snapshot,
            List<RecoveredEntry> entries,
            List<ReplicaRecord> replicas) {}

    /**
     * @param log ready to be written to; may have snapshot marks buffered, which the next sync writes
     * @param snapshots the snapshot files
     * @param replicas every group that has anything on disk, by number
     * @param summary one line for the node's log
     */
    public record Recovered(
            WriteAheadLog log, SnapshotFiles snapshots, Map<Integer, RecoveredReplica> replicas, String summary) {}

    private NodeRecovery() {}

    /**
     * @param disk the data directory
     * @param layout what decides where keys lie, see {@link Layout}
     * @param options of the log
     * @param snapshotBlockBytes see {@link SnapshotFiles}
     * @param saltSource see {@link WriteAheadLog#open}
     * @throws DataDirectoryException if the data was written with another layout
     * @throws CorruptLogException if the log is damaged
     * @throws CorruptSnapshotException if a snapshot that is needed is damaged or missing
     */
    public static Recovered open(
            Disk disk,
            SortedMap<String, String> layout,
            WriteAheadLog.Options options,
            int snapshotBlockBytes,
            RandomGenerator saltSource)
            throws IOException {
        Layout.check(disk, LOG_DIRECTORY, layout);
        SnapshotFiles snapshots = new SnapshotFiles(disk, SNAPSHOT_DIRECTORY, snapshotBlockBytes);
        Map<Integer, Long> snapshotIndexes = snapshots.newestIndexes();
        WriteAheadLog.Recovery found = WriteAheadLog.open(
                disk, LOG_DIRECTORY, options, saltSource, group -> snapshotIndexes.getOrDefault(group, 0L));
        Map<Integer, SnapshotId> newest = new TreeMap<>();
        for (SnapshotId id : snapshots.recover()) {
            newest.put(id.group(), id);
            if (!found.groups().containsKey(id.group())) {
                throw new CorruptSnapshotException(
                        disk.describe(snapshots.pathOf(id)),
                        0,
                        "There is " + id + ", but the log in " + disk.describe(LOG_DIRECTORY)
                                + " knows nothing of the group: its terms and votes are lost.");
            }
        }
        Map<Integer, RecoveredReplica> replicas = new TreeMap<>();
        for (RecoveredGroup group : found.groups().values()) {
            SnapshotId snapshot = newest.get(group.group());
            RecoveredGroup settled = settle(disk, snapshots, group, snapshot);
            if (settled.snapshotIndex() > group.snapshotIndex()) {
                found.log().snapshotMark(group.group(), settled.snapshotIndex(), settled.snapshotTerm());
            }
            replicas.put(
                    group.group(),
                    new RecoveredReplica(
                            group.group(),
                            settled.term(),
                            settled.votedFor(),
                            snapshot,
                            settled.entries(),
                            settled.replicas()));
        }
        String summary = found.summary() + "; " + newest.size() + " snapshots";
        return new Recovered(found.log(), snapshots, replicas, summary);
    }

    private static RecoveredGroup settle(Disk disk, SnapshotFiles snapshots, RecoveredGroup group, SnapshotId newest)
            throws IOException {
        if (!group.isCoveredBy(newest == null ? 0 : newest.index())
                || (newest != null
                        && newest.index() == group.snapshotIndex()
                        && newest.term() != group.snapshotTerm())) {
            SnapshotId needed = new SnapshotId(group.group(), group.snapshotIndex(), group.snapshotTerm());
            throw new CorruptSnapshotException(
                    disk.describe(snapshots.pathOf(needed)),
                    0,
                    "The log has given up the entries that are in " + needed + ", but the newest file there is "
                            + (newest == null ? "none" : newest.toString()) + ".");
        }
        if (newest != null && newest.term() > group.term()) {
            throw new CorruptSnapshotException(
                    disk.describe(snapshots.pathOf(newest)),
                    0,
                    "There is " + newest + ", but the latest term in the log is " + group.term()
                            + ": the end of the log is lost, and with it perhaps votes.");
        }
        return newest == null || newest.index() == group.snapshotIndex()
                ? group
                : group.withSnapshot(newest.index(), newest.term());
    }
}
