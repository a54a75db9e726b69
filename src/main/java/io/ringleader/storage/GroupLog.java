package io.ringleader.storage;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the log remembers about one group while it runs: not the entries, only which terms they have and in which segments they
 * lie. Kept twice: with the records that are still buffered, and as it was when the last {@code sync} returned.
 */
final class GroupLog {
    /** No segment: there are no live entries. */
    static final long NONE = Long.MAX_VALUE;
    /** Payload of what is noted of a replica: its identity, and whether it votes. */
    static final int REPLICA_BYTES = Long.BYTES + Byte.BYTES;
    /** The segment of entries that are buffered: not yet known. */
    private static final long PENDING = Long.MAX_VALUE - 1;

    /** Neighbouring entries of one term in one segment, from {@code first} to the next run or the end. */
    private record Run(long first, long term, long segment) {}

    /** What a checkpoint says about the group. */
    record Durable(
            long term,
            int votedFor,
            long snapshotIndex,
            long snapshotTerm,
            long lastIndex,
            List<ReplicaRecord> replicas) {}

    private final int group;
    private final List<Run> runs = new ArrayList<>();
    private long term;
    private int votedFor;
    private long snapshotIndex;
    private long snapshotTerm;
    private long lastIndex;
    private final Map<Integer, ReplicaRecord> replicas = new TreeMap<>();

    private Durable durable = new Durable(0, 0, 0, 0, 0, List.of());
    private long durableOldestSegment = NONE;
    private boolean everDurable;
    private boolean changed;

    GroupLog(int group) {
        this.group = group;
    }

    /** Takes over what recovery found, all of it durable. */
    void restore(RecoveredGroup found, List<Long> segmentOfEntry) {
        term = found.term();
        votedFor = found.votedFor();
        snapshotIndex = found.snapshotIndex();
        snapshotTerm = found.snapshotTerm();
        lastIndex = found.snapshotIndex();
        found.replicas().forEach(this::replica);
        for (int i = 0; i < found.entries().size(); i++) {
            RecoveredEntry entry = found.entries().get(i);
            append(entry.index(), entry.term(), segmentOfEntry.get(i));
        }
        madeDurable(PENDING);
    }

    int group() {
        return group;
    }

    Durable durable() {
        return durable;
    }

    /** Whether anything about the group is on disk yet. */
    boolean everDurable() {
        return everDurable;
    }

    long durableOldestSegment() {
        return durableOldestSegment;
    }

    /** Says that a record of the group was buffered; true for the first since the last {@code sync}. */
    boolean markChanged() {
        boolean first = !changed;
        changed = true;
        return first;
    }

    void hardState(long newTerm, int newVotedFor) {
        if (newTerm < term) {
            throw new IllegalArgumentException(
                    "Group " + group + " is in term " + term + " and cannot go back to term " + newTerm + ".");
        }
        term = newTerm;
        votedFor = newVotedFor;
    }

    void replica(ReplicaRecord replica) {
        replicas.put(replica.node(), replica);
    }

    static byte[] replicaPayload(ReplicaRecord replica) {
        return ByteBuffer.allocate(REPLICA_BYTES)
                .putLong(replica.identity())
                .put((byte) (replica.voter() ? 1 : 0))
                .array();
    }

    /** @param payload as {@link #replicaPayload} made it */
    static ReplicaRecord replica(int node, int generation, byte[] payload) {
        return new ReplicaRecord(node, generation, ByteBuffer.wrap(payload).getLong(), payload[Long.BYTES] == 1);
    }

    void entry(long index, long entryTerm) {
        if (index <= snapshotIndex || index > lastIndex + 1) {
            throw new IllegalArgumentException("Group " + group + " has a snapshot up to index " + snapshotIndex
                    + " and entries up to index " + lastIndex + "; an entry at index " + index + " would leave a gap.");
        }
        append(index, entryTerm, PENDING);
    }

    private void append(long index, long entryTerm, long segment) {
        for (int i = runs.size() - 1; i >= 0 && runs.get(i).first() >= index; i--) {
            runs.remove(i);
        }
        Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
        if (last == null || last.term() != entryTerm || last.segment() != segment) {
            runs.add(new Run(index, entryTerm, segment));
        }
        lastIndex = index;
    }

    /** Applies a snapshot mark; returns the index of the last entry that stays, the mark's own index if none does. */
    long snapshotMark(long index, long markTerm) {
        if (index < snapshotIndex || (index == snapshotIndex && markTerm != snapshotTerm)) {
            throw new IllegalArgumentException("Group " + group + " has a snapshot mark at index " + snapshotIndex
                    + " of term " + snapshotTerm + " and cannot go back to one at index " + index + " of term "
                    + markTerm
                    + ".");
        }
        boolean matches = index == snapshotIndex || (index <= lastIndex && termAt(index) == markTerm);
        lastIndex = matches ? lastIndex : index;
        snapshotIndex = index;
        snapshotTerm = markTerm;
        if (lastIndex == index) {
            runs.clear();
        }
        while (runs.size() > 1 && runs.get(1).first() <= index + 1) {
            runs.remove(0);
        }
        return lastIndex;
    }

    private long termAt(long index) {
        int low = 0;
        int high = runs.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (runs.get(middle).first() <= index) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return runs.get(low).term();
    }

    /** All that was buffered is durable, in this segment. */
    void madeDurable(long segment) {
        for (int i = runs.size() - 1; i >= 0 && runs.get(i).segment() == PENDING; i--) {
            Run run = runs.get(i);
            runs.set(i, new Run(run.first(), run.term(), segment));
            if (i + 1 < runs.size() && sameKind(runs.get(i), runs.get(i + 1))) {
                runs.remove(i + 1);
            }
            if (i > 0 && sameKind(runs.get(i - 1), runs.get(i))) {
                runs.remove(i);
            }
        }
        durable = new Durable(term, votedFor, snapshotIndex, snapshotTerm, lastIndex, List.copyOf(replicas.values()));
        durableOldestSegment = runs.isEmpty() ? NONE : runs.get(0).segment();
        everDurable = true;
        changed = false;
    }

    private static boolean sameKind(Run one, Run other) {
        return one.term() == other.term() && one.segment() == other.segment();
    }
}
