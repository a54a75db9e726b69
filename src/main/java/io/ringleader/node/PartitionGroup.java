package io.ringleader.node;

import io.ringleader.config.Limits;
import io.ringleader.node.Pending.ReadWork;
import io.ringleader.raft.Entry;
import io.ringleader.raft.HardState;
import io.ringleader.raft.Raft;
import io.ringleader.raft.Raft.Proposed;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.store.CommandBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * This node's replica of one partition as the raft loop sees it: its {@link Raft}, and who waits for what. Owned by the raft
 * loop.
 */
final class PartitionGroup {
    final int partition;
    final int preferredLeader;
    final Raft raft;
    final LastElection lastElection = new LastElection();
    /** Whom the others of this node have been told of. */
    int knownLeader = HardState.NOBODY;
    /** Something happened in this burst: flush it and carry out its effects at the end. */
    boolean dirty;

    /** The log as a whole is too long, and this group keeps it so. */
    boolean snapshotWanted;

    /** The file of the newest snapshot is damaged: another one is needed, also if nothing has happened since. */
    boolean snapshotDamaged;

    boolean snapshotting;
    /** The snapshot that is written can no longer take its time. Set on the raft loop, read by the snapshot loop. */
    final AtomicBoolean snapshotUrgent = new AtomicBoolean();

    /** Of the file of this node's newest snapshot; 0 if there is none. */
    long snapshotBytes;

    /** A chunk of a snapshot from the leader waits for the log to be durable. */
    boolean chunkWaits;
    /** After a snapshot that could not be written, none is begun before this time. */
    long noSnapshotUntilNanos = Long.MIN_VALUE;

    /** What waits for an entry of ours to be applied, by rising index and term. */
    private final ArrayDeque<Pending> pendings = new ArrayDeque<>();
    /** What waited for entries of terms in which this node leads no more. */
    private List<Request> orphans = List.of();

    /** By read id: reads that wait for the proof that we lead, or for what the leader has committed. */
    private final Map<Long, ReadWork> reads = new HashMap<>();

    private final UncommittedRoom room;
    /** What the room has been told of. */
    private long countedBytes;

    private long nextReadId = 1;
    private long lastTimeMillis;
    /** What the preferred leader must have on its disk to be handed the group; 0 while that is not asked of it. */
    private long proofIndex;

    PartitionGroup(int partition, int preferredLeader, Raft raft, UncommittedRoom room) {
        this.partition = partition;
        this.preferredLeader = preferredLeader;
        this.raft = raft;
        this.room = room;
    }

    /**
     * If this node leads, but the ring prefers another which is up to date and with which nothing has changed for a while: begins
     * to hand over (thesis §3.10). To be called once in a while. Where nothing is written, a disk that answers no more looks like
     * one that is up to date; so an entry goes ahead, and only when the other's disk has it is it handed the group.
     *
     * @return whether anything was begun
     */
    boolean handOver(long nowNanos, long nowMillis, long stableNanos) {
        boolean due = raft.isLeader()
                && !raft.isTransferring()
                && preferredLeader != raft.leader()
                && raft.isInStep(preferredLeader, stableNanos, nowNanos);
        if (!due) {
            proofIndex = 0;
            return false;
        }
        if (proofIndex > 0 && raft.matchIndex(preferredLeader) >= proofIndex) {
            proofIndex = 0;
            return raft.transferLeadership(preferredLeader, nowNanos);
        }
        boolean proposed = proofIndex == 0 && tick(null, nowMillis) == Proposed.ACCEPTED;
        if (proposed) {
            proofIndex = raft.lastIndex();
        }
        return proposed;
    }

    /** Whether to begin a snapshot: for its own log, or that of the node, or because the last one is of no use any more. */
    boolean isSnapshotDue(long snapshotLogBytes, SnapshotTurns turns, long nowNanos) {
        return !snapshotting
                && nowNanos >= noSnapshotUntilNanos
                && (snapshotWanted || snapshotDamaged || isLogLong(snapshotLogBytes, turns, nowNanos));
    }

    /**
     * Whether the log is so long that a snapshot should be taken. In proportion to what that will be: else one of a large
     * partition would be written again for every little. Until the log is twice as long it waits for its turn, and for a snapshot
     * that is being sent, since the new one would take its place.
     */
    boolean isLogLong(long snapshotLogBytes, SnapshotTurns turns, long nowNanos) {
        return raft.logBytesAfterSnapshot() > logMaxBytes(snapshotLogBytes)
                && (isLogTooLong(snapshotLogBytes)
                        || (turns.isFree(nowNanos)
                                && raft.snapshotsBeingSent(nowNanos).isEmpty()));
    }

    /** Without this the log would have no bound while its snapshot is written. To be called as it grows. */
    void hastenSnapshot(long snapshotLogBytes) {
        if (snapshotting && (snapshotWanted || isLogTooLong(snapshotLogBytes))) {
            snapshotUrgent.set(true);
        }
    }

    /** Whether the log is so long that a snapshot can neither wait nor take its time. */
    private boolean isLogTooLong(long snapshotLogBytes) {
        return raft.logBytesAfterSnapshot() >= Limits.LOG_GROWTH_MAX * logMaxBytes(snapshotLogBytes);
    }

    private long logMaxBytes(long snapshotLogBytes) {
        return Math.max(snapshotLogBytes, snapshotBytes / Limits.SNAPSHOT_BYTES_PER_LOG_BYTE);
    }

    /**
     * A snapshot of so many bytes is durable. While an older one is being sent, the log that follows that stays: else its receiver
     * would need the new one, and after it the next, as long as there is much to write. It is as long as the log may be when a
     * snapshot is taken, and what came meanwhile; if there is more, the new one is sooner sent.
     */
    void snapshotTaken(SnapshotPoint point, long bytes, long nowNanos) {
        snapshotting = false;
        snapshotBytes = bytes;
        snapshotDamaged = false;
        noSnapshotUntilNanos = Long.MIN_VALUE;
        boolean isSending = !raft.snapshotsBeingSent(nowNanos).isEmpty();
        long followingBytes = (Limits.LOG_GROWTH_MAX + 1) * bytes / Limits.SNAPSHOT_BYTES_PER_LOG_BYTE;
        raft.snapshotTaken(point.index(), isSending ? followingBytes : 0);
    }

    Proposed propose(Request write, long nowMillis, long partitionMaxBytes, int itemMaxBytes) {
        long timeMillis = Math.max(nowMillis, lastTimeMillis);
        byte[] bytes = write.bytes();
        byte[] payload = CommandBatch.stamp(bytes, 0, bytes.length, timeMillis, partitionMaxBytes, itemMaxBytes);
        return propose(payload, timeMillis, write);
    }

    /** Moves the partition's clock to the time, and then serves the read (if there is one), unless it is refused. */
    Proposed tick(ReadWork read, long timeMillis) {
        Pending last = pendings.peekLast();
        boolean onItsWay = last != null && last.term == raft.term() && last.timeMillis >= timeMillis;
        if (!onItsWay) {
            long time = Math.max(timeMillis, lastTimeMillis);
            Proposed proposed = propose(CommandBatch.tick(time), time, null);
            if (proposed != Proposed.ACCEPTED) {
                return proposed;
            }
        }
        if (read != null) {
            pendings.peekLast().reads.add(read);
        }
        return Proposed.ACCEPTED;
    }

    private Proposed propose(byte[] payload, long timeMillis, Request write) {
        // whoever asks a node that cannot take it had better hear that than wait for room here
        boolean mayTake = raft.isLeader() && !raft.isTransferring();
        if (mayTake && !room.admits(payload.length, countedBytes == 0 || write == null)) {
            return Proposed.TOO_MUCH_UNCOMMITTED;
        }
        Proposed proposed = raft.propose(payload);
        if (proposed == Proposed.ACCEPTED) {
            orphanThoseOfOtherTerms();
            lastTimeMillis = timeMillis;
            pendings.add(new Pending(raft.lastIndex(), raft.term(), timeMillis, write));
        }
        return proposed;
    }

    /** To be called after each step of its Raft. */
    void countUncommitted() {
        long bytes = raft.uncommittedBytes();
        room.add(bytes - countedBytes);
        countedBytes = bytes;
    }

    void read(ReadWork read, long nowNanos) {
        long readId = nextReadId++;
        reads.put(readId, read);
        raft.read(readId, nowNanos);
    }

    /** Whom to ask instead of this node, which does not take what was asked; nobody if it leads. */
    int otherLeader() {
        return raft.isLeader() ? HardState.NOBODY : raft.leader();
    }

    /** In one word: whether this replica votes, and if not, why. */
    String standing() {
        return standing(raft);
    }

    static String standing(Raft raft) {
        if (raft.isReplaced()) {
            return "replaced";
        } else if (raft.replica().voter()) {
            return "voter";
        }
        return raft.isRejoining() ? "rejoining" : "new";
    }

    /** Batches of reads that this node has served as the leader, and as a follower, since it started. */
    long servedLeading;

    long servedFollowing;

    ReadWork takeServed(long readId) {
        if (raft.isLeader()) {
            servedLeading++;
        } else {
            servedFollowing++;
        }
        return takeRead(readId);
    }

    ReadWork takeRead(long readId) {
        return reads.remove(readId);
    }

    /** Who waits for this committed entry; null if nobody, also if the entry at its index is not the one proposed. */
    Pending takePending(Entry entry) {
        Pending first = pendings.peek();
        return first != null && first.index == entry.index() && first.term == entry.term() ? pendings.poll() : null;
    }

    /**
     * All that waits for entries of a term in which this node leads no more, however short it was: also one that began and ended
     * within a burst. They must ask the new leader.
     */
    List<Request> takeOrphans() {
        orphanThoseOfOtherTerms();
        List<Request> taken = orphans;
        orphans = List.of();
        return taken;
    }

    private void orphanThoseOfOtherTerms() {
        while (!pendings.isEmpty() && !(raft.isLeader() && pendings.peek().term == raft.term())) {
            if (orphans.isEmpty()) {
                orphans = new ArrayList<>();
            }
            Pending lost = pendings.poll();
            if (lost.write != null) {
                orphans.add(lost.write);
            }
            lost.reads.forEach(read -> orphans.add(read.request()));
        }
    }

    /** Who waits for what, for tests; empty if nobody does. */
    String unfinished() {
        if (pendings.isEmpty() && reads.isEmpty()) {
            return "";
        }
        return " partition " + partition + ": " + pendings.size() + " entries and " + reads.size()
                + " reads are awaited;";
    }
}
