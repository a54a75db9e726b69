package io.ringleader.raft;

import java.util.List;
import java.util.Set;

/** What the owner of a {@link Raft} may ask it: looks at everything and changes nothing. */
public abstract sealed class RaftView permits Raft {
    final RaftState state;
    final Standing standing;
    final SnapshotTransfer snapshots;
    final Replication replication;
    final LeadershipTransfer transfer;

    RaftView(RaftState state, List<Replica> replicas) {
        this.state = state;
        snapshots = new SnapshotTransfer(state);
        replication = new Replication(state, snapshots);
        standing = new Standing(state, replicas);
        transfer = new LeadershipTransfer(state);
    }

    public long term() {
        return state.term();
    }

    public int id() {
        return state.self;
    }

    public List<Integer> voters() {
        return state.voters;
    }

    /** The candidate that received this node's vote in the current term, {@link HardState#NOBODY} if none. */
    public int votedFor() {
        return state.votedFor();
    }

    public Role role() {
        return state.role();
    }

    public boolean isLeader() {
        return state.isLeader();
    }

    /** The leader of the current term as far as known, {@link HardState#NOBODY} if unknown. */
    public int leader() {
        return state.leader();
    }

    public long commitIndex() {
        return state.commitIndex();
    }

    /** Whether a hand-over of the leadership has begun and may still succeed. */
    public boolean isTransferring() {
        return transfer.inProgress();
    }

    /**
     * Leader: whether the voter has been in step for that long: replicated to without a break, with everything committed on
     * its disk. Such a voter can take over without making anybody wait.
     */
    public boolean isInStep(int voter, long nanos, long nowNanos) {
        Progress follower = state.progress.get(voter);
        return follower != null
                && follower.counts()
                && follower.state() == Progress.State.REPLICATE
                && nowNanos - follower.replicatingSinceNanos() >= nanos
                && follower.matchIndex() >= state.commitIndex();
    }

    /** Who this node says it is: goes with every message at the moment in which it leaves. */
    public Replica replica() {
        return standing.self();
    }

    /** All directories that this node knows and has handed to its disk: its own, then the newest of each other node. */
    public List<Replica> replicas() {
        return standing.written();
    }

    /** Whether this node's directory is known to be worth nothing any more, because another has taken its place. */
    public boolean isReplaced() {
        return standing.isReplaced();
    }

    /** Whether this node's directory took the place of another one and does not vote yet. */
    public boolean isRejoining() {
        return standing.isRejoining();
    }

    /** Before this node votes for the first time: the nodes that have not answered that they know no directory before this. */
    public List<Integer> unansweredBy() {
        return standing.isVoter() ? List.of() : standing.unanswered();
    }

    /**
     * Whether nothing happens in this group, so that its timers rest: until then {@link Raft#tick} does nothing. Its owner watches
     * the nodes meanwhile, see {@link Raft#suspect}.
     */
    public boolean isQuiet() {
        return state.isQuiet();
    }

    public boolean hasVoter(int node) {
        return state.voters.contains(node);
    }

    public long lastIndex() {
        return state.log.lastIndex();
    }

    public SnapshotPoint snapshot() {
        return state.log.snapshot();
    }

    /** The entry before the first one in memory: what the log has been compacted to, at or before the snapshot. */
    public SnapshotPoint logBase() {
        return state.log.base();
    }

    /** The entry at an index after {@link #logBase} and up to {@link #lastIndex}. */
    public Entry entry(long index) {
        return state.log.entry(index);
    }

    /** Leader: the highest index known to be durable at the voter and equal to its own; 0 if this node does not lead. */
    public long matchIndex(int voter) {
        Progress follower = state.progress.get(voter);
        return follower == null ? 0 : follower.matchIndex();
    }

    /** Leader: how far the others are, by node; empty if this node does not lead. */
    public List<FollowerStatus> followers() {
        return state.progress.values().stream()
                .filter(voter -> voter.node != state.self)
                .map(voter -> new FollowerStatus(
                        voter.node,
                        state.log.lastIndex() - voter.matchIndex(),
                        FollowerStatus.Sync.valueOf(voter.state().name())))
                .toList();
    }

    /** Leader: bytes of entries that are not yet both committed and on its own disk; 0 if this node does not lead. */
    public long uncommittedBytes() {
        return replication.unsettledBytes();
    }

    /** Bytes of log entries in memory. */
    public long logBytes() {
        return state.log.bytes();
    }

    /** Bytes of log entries after the snapshot: when there are many, it is time for the next one. */
    public long logBytesAfterSnapshot() {
        return state.log.bytesAfterSnapshot();
    }

    /** Snapshots that live followers are being sent. A newer one had better wait; if it cannot, these and the log after them stay. */
    public Set<SnapshotPoint> snapshotsBeingSent(long nowNanos) {
        return snapshots.sending(nowNanos);
    }

    /** Whether a leader may answer reads by a lease. */
    public boolean usesLeases() {
        return state.config.leaseNanos() > 0;
    }

    /** The state itself, for tests in this package. */
    RaftState state() {
        return state;
    }
}
