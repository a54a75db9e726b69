package io.ringleader.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;

/**
 * Rebuilds what each group has, record by record. Segments are deleted from the front once all in them is obsolete, so the
 * first records of a group may build on entries that are gone; those must turn out to be covered by a later snapshot mark, which
 * {@link #finish} checks.
 */
final class Replay {
    private record Located(RecoveredEntry entry, long segment, String file, int offset) {}

    private static final class Group {
        long term;
        int votedFor;
        long snapshotIndex;
        long snapshotTerm;
        /** Index of the last entry the group had at this point, held or not. */
        long lastIndex;
        /** Without gaps; the last of them, if any, is at {@code lastIndex}. */
        final List<Located> held = new ArrayList<>();

        final Map<Integer, ReplicaRecord> replicas = new TreeMap<>();

        String lastFile;
        int lastOffset;

        /** Whether no record yet said which entries it has: a checkpoint says so first, after the hard state. */
        boolean isNew() {
            return snapshotIndex == 0 && lastIndex == 0;
        }

        long firstHeld() {
            return held.get(0).entry().index();
        }
    }

    private static final byte[] NO_PAYLOAD = {};

    private final IntToLongFunction inSnapshots;
    private final Map<Integer, Group> groups = new TreeMap<>();
    private long records;

    /** @param inSnapshots by group, the index up to which payloads are not needed */
    Replay(IntToLongFunction inSnapshots) {
        this.inSnapshots = inSnapshots;
    }

    long records() {
        return records;
    }

    void record(ByteBuffer file, int at, long segment, String name) throws CorruptLogException {
        records++;
        byte type = RecordFormat.type(file, at);
        if (type == RecordFormat.SEAL) {
            return;
        }
        int number = RecordFormat.group(file, at);
        Group group = groups.computeIfAbsent(number, missing -> new Group());
        group.lastFile = name;
        group.lastOffset = at;
        switch (type) {
            case RecordFormat.HARD_STATE -> {
                group.term = RecordFormat.term(file, at);
                group.votedFor = Math.toIntExact(RecordFormat.index(file, at));
            }
            case RecordFormat.ENTRY -> entry(group, number, file, at, segment, name);
            case RecordFormat.SNAPSHOT_MARK -> mark(group, number, file, at, name);
            case RecordFormat.REPLICA -> replica(group, number, file, at, name);
            default -> throw new IllegalStateException("A record of type " + type + " passed for valid.");
        }
    }

    private void entry(Group group, int number, ByteBuffer file, int at, long segment, String name)
            throws CorruptLogException {
        long index = RecordFormat.index(file, at);
        boolean isInSnapshot = index <= inSnapshots.applyAsLong(number);
        RecoveredEntry entry = new RecoveredEntry(
                index,
                RecordFormat.term(file, at),
                RecordFormat.entryType(file, at),
                isInSnapshot ? NO_PAYLOAD : RecordFormat.payload(file, at));
        if (index > group.lastIndex + 1 || index <= group.snapshotIndex) {
            throw new CorruptLogException(
                    name,
                    at,
                    "Group " + number + " has a snapshot up to index " + group.snapshotIndex
                            + " and entries up to index " + group.lastIndex + ", and here is its entry " + index
                            + ": entries between are missing.");
        }
        if (!group.held.isEmpty() && index <= group.lastIndex) {
            int keep = (int) Math.max(0, index - group.firstHeld());
            group.held.subList(keep, group.held.size()).clear();
        }
        group.held.add(new Located(entry, segment, name, at));
        group.lastIndex = index;
    }

    private static void replica(Group group, int number, ByteBuffer file, int at, String name)
            throws CorruptLogException {
        if (RecordFormat.length(file, at) != GroupLog.REPLICA_BYTES) {
            throw new CorruptLogException(
                    name,
                    at,
                    "Here is what group " + number + " has noted of a replica, in " + RecordFormat.length(file, at)
                            + " bytes in place of " + GroupLog.REPLICA_BYTES + ".");
        }
        ReplicaRecord replica = GroupLog.replica(
                Math.toIntExact(RecordFormat.index(file, at)),
                Math.toIntExact(RecordFormat.term(file, at)),
                RecordFormat.payload(file, at));
        group.replicas.put(replica.node(), replica);
    }

    private static void mark(Group group, int number, ByteBuffer file, int at, String name) throws CorruptLogException {
        long index = RecordFormat.index(file, at);
        long lastIndex =
                RecordFormat.length(file, at) == Long.BYTES ? file.getLong(at + RecordFormat.HEADER_BYTES) : -1;
        boolean plausible = lastIndex >= index && index >= group.snapshotIndex;
        // of a group that was not seen before, the entries the mark speaks of may have been in segments that are gone
        boolean fits = group.isNew() || lastIndex == index || lastIndex == group.lastIndex;
        if (!plausible || !fits) {
            throw new CorruptLogException(
                    name,
                    at,
                    "Group " + number + " has a snapshot up to index " + group.snapshotIndex
                            + " and entries up to index "
                            + group.lastIndex + ", and here is a snapshot mark at index " + index
                            + " that keeps entries up to index " + lastIndex + ".");
        }
        if (lastIndex == index) {
            group.held.clear();
        } else if (!group.held.isEmpty() && group.firstHeld() <= index) {
            group.held.subList(0, (int) (index + 1 - group.firstHeld())).clear();
        }
        group.snapshotIndex = index;
        group.snapshotTerm = RecordFormat.term(file, at);
        group.lastIndex = lastIndex;
    }

    /** All records were seen: checks that the entries of each group join its mark, and hands everything over. */
    Map<Integer, RecoveredGroup> finish(Map<Integer, GroupLog> logs) throws IOException {
        Map<Integer, RecoveredGroup> recovered = new TreeMap<>();
        for (Map.Entry<Integer, Group> each : groups.entrySet()) {
            int number = each.getKey();
            Group group = each.getValue();
            long firstHeld = group.held.isEmpty() ? group.lastIndex + 1 : group.firstHeld();
            if (firstHeld != group.snapshotIndex + 1) {
                Located first = group.held.isEmpty() ? null : group.held.get(0);
                throw new CorruptLogException(
                        first == null ? group.lastFile : first.file(),
                        first == null ? group.lastOffset : first.offset(),
                        "Group " + number + " has a snapshot up to index " + group.snapshotIndex
                                + ", and its entries from there to index " + (firstHeld - 1)
                                + " are missing: segments are gone that are still needed.");
            }
            RecoveredGroup found = new RecoveredGroup(
                    number,
                    group.term,
                    group.votedFor,
                    group.snapshotIndex,
                    group.snapshotTerm,
                    group.held.stream().map(Located::entry).toList(),
                    List.copyOf(group.replicas.values()));
            GroupLog log = new GroupLog(number);
            log.restore(found, group.held.stream().map(Located::segment).toList());
            recovered.put(number, found);
            logs.put(number, log);
        }
        return recovered;
    }
}
