package io.ringleader.raft;

import io.ringleader.raft.Message.Admit;
import io.ringleader.raft.Message.AppendEntries;
import io.ringleader.raft.Message.AppendReply;
import io.ringleader.raft.Message.Heartbeat;
import io.ringleader.raft.Message.HeartbeatReply;
import io.ringleader.raft.Message.InstallSnapshot;
import io.ringleader.raft.Message.Introduce;
import io.ringleader.raft.Message.Introduced;
import io.ringleader.raft.Message.PreVote;
import io.ringleader.raft.Message.PreVoteReply;
import io.ringleader.raft.Message.ReadIndex;
import io.ringleader.raft.Message.ReadIndexReply;
import io.ringleader.raft.Message.RequestVote;
import io.ringleader.raft.Message.SnapshotReply;
import io.ringleader.raft.Message.TimeoutNow;
import io.ringleader.raft.Message.VoteReply;
import io.ringleader.raft.Message.Vouch;
import io.ringleader.raft.Message.Vouched;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One node's part in one Raft group: events and the time go in, {@link Effects} come out, nothing else happens.
 *
 * <p>The owner, one thread, feeds it events, calls {@link #flush} at the end of each burst of them, and then carries out what
 * {@link #takeEffects} returns. Time is the owner's monotonic clock in nanoseconds. Every method checks the {@link Invariants}
 * and throws {@link InvariantViolation} when one is broken; the node must then stop.
 *
 * <p>Where it differs from the paper's Figure 2: RPCs are pairs of one-way messages, so nothing depends on request and answer
 * being matched; the empty AppendEntries is the separate {@link Heartbeat}; a {@link PreVote} precedes an election; a leader
 * acknowledges its own entries by a message to itself that passes the disk.
 */
public final class Raft extends RaftView {
    /** What became of a proposal. */
    public enum Proposed {
        /** Appended; committed if and when an entry with this index and term is applied. */
        ACCEPTED,
        /** Not appended: this node does not lead, or is handing its leadership over. */
        NOT_LEADER,
        /** Not appended: too much is waiting to be committed, or for this node's own disk. */
        TOO_MUCH_UNCOMMITTED
    }

    private final Election election;
    private final Lease lease;
    private final Reads reads;
    private final FollowerReads followerReads;
    private final Quiet quiet;
    private final Invariants invariants = new Invariants();
    private final StepObserver observer;
    private final boolean observed;

    /**
     * A node as it comes up, with what recovery found on its disk.
     *
     * @param self this node's id, one of the voters
     * @param voters all nodes of the group
     * @param random where election timeouts come from
     * @param snapshot the snapshot the state machine was restored from, {@link SnapshotPoint#NONE} if none
     * @param entries the log after the snapshot, without gaps
     * @param replicas what the disk knows of this node's directory and of those of the others; empty on an empty disk
     * @param observer is told of everything that happens to this node
     */
    public Raft(
            int self,
            List<Integer> voters,
            RaftConfig config,
            RandomGenerator random,
            HardState hardState,
            SnapshotPoint snapshot,
            List<Entry> entries,
            List<Replica> replicas,
            long nowNanos,
            StepObserver observer) {
        super(
                new RaftState(self, voters, config, random, hardState, new RaftLog(snapshot, entries), nowNanos),
                replicas);
        election = new Election(state, standing);
        lease = new Lease(state, transfer);
        reads = new Reads(state, replication, lease);
        followerReads = new FollowerReads(state, standing);
        quiet = new Quiet(state, standing, transfer, reads, followerReads);
        this.observer = observer;
        observed = observer != StepObserver.NONE;
        invariants.check(state, standing.isVoter());
        observer.started(this, state.effects());
    }

    // ---- events

    /** Time passes. Call it several times per heartbeat interval. */
    public void tick(long nowNanos) {
        if (!state.isQuiet()) {
            pass(nowNanos);
        }
        invariants.check(state, standing.isVoter());
        if (observed) {
            tell(new Step.Ticked(nowNanos));
        }
    }

    private void pass(long nowNanos) {
        if (state.isLeader()) {
            quiet.tick(nowNanos);
            checkQuorum(nowNanos);
        }
        if (state.isLeader()) {
            transfer.tick(nowNanos);
            replication.tick(nowNanos, quiet);
        } else {
            election.tick(nowNanos);
            standing.tick(nowNanos);
        }
    }

    /**
     * A message arrived, from another node of the group or from this node itself. The payloads of its entries are copied.
     *
     * @param sender the replica that sent it, as its {@link #replica} was when it left
     */
    public void receive(Message message, Replica sender, long nowNanos) {
        if (message.to() != state.self || !state.voters.contains(message.from()) || sender.node() != message.from()) {
            throw new IllegalArgumentException("Node " + state.self + " of the voters " + state.voters + " was given "
                    + message + " from " + sender + ".");
        }
        boolean own = message.from() == state.self;
        if (!own) {
            quiet.onMessage(message, nowNanos);
        }
        if (own && message instanceof Introduced durable) {
            standing.onIntroduced(durable, nowNanos);
        } else if ((own || standing.listensTo(message, sender)) && adoptTerm(message, nowNanos)) {
            dispatch(message, sender, nowNanos);
        }
        invariants.check(state, standing.isVoter());
        if (observed) {
            tell(new Step.Received(message, sender, nowNanos));
        }
    }

    /** Appends an entry with a copy of the payload, if this node leads. */
    public Proposed propose(byte[] payload) {
        Proposed outcome = mayPropose(payload);
        if (outcome == Proposed.ACCEPTED) {
            quiet.busy();
            replication.append(EntryType.COMMANDS, payload);
            invariants.check(state, standing.isVoter());
        }
        if (observed) {
            tell(new Step.Proposed(payload, outcome));
        }
        return outcome;
    }

    private Proposed mayPropose(byte[] payload) {
        if (!state.isLeader() || transfer.inProgress()) {
            return Proposed.NOT_LEADER;
        }
        return replication.hasRoomFor(payload.length) ? Proposed.ACCEPTED : Proposed.TOO_MUCH_UNCOMMITTED;
    }

    /**
     * Asks for a linearizable read, at any node; the answer is in {@link Effects#reads} or {@link Effects#refusedReads}.
     *
     * @param nowNanos not earlier than the read came
     */
    public void read(long readId, long nowNanos) {
        quiet.onRead(nowNanos);
        if (state.isLeader()) {
            reads.request(readId, nowNanos);
        } else {
            followerReads.request(readId, nowNanos);
        }
        if (observed) {
            tell(new Step.ReadAsked(readId));
        }
    }

    /**
     * Begins to hand leadership to the target. Returns false if this node does not lead, or the target is no other node that
     * is known to vote.
     */
    public boolean transferLeadership(int target, long nowNanos) {
        boolean begun = state.isLeader()
                && target != state.self
                && state.voters.contains(target)
                && state.progress.get(target).counts();
        if (begun) {
            quiet.busy();
            transfer.start(target, nowNanos);
        }
        if (observed) {
            tell(new Step.TransferBegun(target, begun, nowNanos));
        }
        return begun;
    }

    /**
     * A node has not been heard for the shortest election timeout, or a connection to or from it was lost or made anew, so that it
     * may have been restarted. Must be said to a group that {@linkplain #isQuiet is quiet}, by each node of every other: it hears
     * nothing of its own. Harmless at any time.
     *
     * @param heardNanos when the node was last heard, on the connection on which its messages come
     */
    public void suspect(int node, long heardNanos, long nowNanos) {
        quiet.suspect(node, heardNanos, nowNanos);
        invariants.check(state, standing.isVoter());
        if (observed) {
            tell(new Step.Suspected(node, heardNanos, nowNanos));
        }
    }

    /**
     * The connection to a voter was made anew: messages in flight are gone, and it may have restarted. A group that is quiet must
     * have been told to {@link #suspect} it.
     */
    public void reconnected(int voter) {
        Progress follower = state.progress.get(voter);
        if (follower != null && voter != state.self) {
            quiet.busy();
            follower.forget(state.log.lastIndex() + 1);
        }
        invariants.check(state, standing.isVoter());
        if (observed) {
            tell(new Step.Reconnected(voter));
        }
    }

    /** A chunk from {@link Effects#chunksToStore} is in the file, or did not fit; the file wants {@code nextOffset} next. */
    public void chunkStored(SnapshotPoint snapshot, long nextOffset) {
        snapshots.onChunkStored(snapshot, nextOffset);
        invariants.check(state, standing.isVoter());
        if (observed) {
            tell(new Step.ChunkStored(snapshot, nextOffset));
        }
    }

    /** The last chunk was stored and the file is whole, verified and durable. */
    public void snapshotStored(SnapshotPoint snapshot) {
        snapshots.onSnapshotStored(snapshot);
        invariants.check(state, standing.isVoter());
        if (observed) {
            tell(new Step.SnapshotStored(snapshot));
        }
    }

    /**
     * This node's own snapshot of the state machine at the applied index is durable: the log before it may go (§7).
     *
     * @param tailBytes of log to keep behind it, if that is more than {@link RaftConfig#retainBytes}
     */
    public void snapshotTaken(long index, long tailBytes) {
        if (index > state.log.snapshot().index()) {
            SnapshotPoint taken = new SnapshotPoint(index, state.log.term(index));
            state.log.compact(taken, Math.max(tailBytes, state.config.retainBytes()));
            state.effects().persist(taken);
        }
        invariants.check(state, standing.isVoter());
        if (observed) {
            tell(new Step.SnapshotTaken(index));
        }
    }

    /** The end of a burst of events: what it added up to is sent. */
    public void flush(long nowNanos) {
        followerReads.flush(nowNanos);
        quiet.flush();
        if (state.isLeader()) {
            replication.flush(nowNanos);
            reads.flush(nowNanos);
            transfer.flush();
        }
        invariants.check(state, standing.isVoter());
        if (observed) {
            tell(new Step.Flushed(nowNanos));
        }
    }

    /** Whether {@link #flush} and {@link #takeEffects} may bring about anything. */
    public boolean hasWork() {
        return (state.isLeader() && !state.isQuiet()) || !state.effects().isEmpty() || !followerReads.isIdle();
    }

    /** What is to be done since the last call. */
    public Effects takeEffects() {
        Effects taken = state.takeEffects();
        if (observed) {
            observer.effectsTaken(this, taken);
        }
        return taken;
    }

    /** The owner's log says that what was taken with {@link Effects#durables} is durable now. Changes nothing here. */
    public void persisted(List<Durable> durables) {
        observer.persisted(this, durables);
    }

    /** Whether anybody wants to be told of {@link #persisted}. */
    public boolean isObserved() {
        return observed;
    }

    private void tell(Step step) {
        observer.took(this, step, state.effects());
    }

    // ---- rules for all servers

    /**
     * If a message has a higher term, it becomes ours and we follow; if it has a lower one, its sender is told or it is
     * ignored (§5.1). Returns whether the message is of our term now and to be handled.
     */
    private boolean adoptTerm(Message message, long nowNanos) {
        if (message instanceof PreVote
                || (message instanceof PreVoteReply reply && reply.granted())
                || message instanceof Introduce
                || message instanceof Introduced) {
            return true;
        }
        if (message.term() > state.term()) {
            if (message instanceof RequestVote request
                    && !request.transfer()
                    && state.heardFromLeaderLately(nowNanos)) {
                // It was cut off and does not know that there is a leader: no update of the term, no vote (thesis
                // §4.2.3).
                return false;
            }
            stepDown("node " + message.from() + " is at term " + message.term(), nowNanos);
            state.enterTerm(message.term(), HardState.NOBODY);
        }
        if (message.term() < state.term()) {
            answerStale(message);
            return false;
        }
        return true;
    }

    private void answerStale(Message message) {
        if (message instanceof AppendEntries
                || message instanceof Heartbeat
                || message instanceof InstallSnapshot
                || message instanceof Vouch) {
            // A leader of an old term learns from our term that it leads no more (§5.1).
            state.effects().send(AppendReply.refused(state.self, message.from(), state.term(), 0, 0, 1));
        } else if (message instanceof RequestVote) {
            state.effects().send(new VoteReply(state.self, message.from(), state.term(), false));
        }
    }

    private void dispatch(Message message, Replica sender, long nowNanos) {
        if (message instanceof PreVote request) {
            election.onPreVote(request, nowNanos);
        } else if (message instanceof PreVoteReply reply) {
            election.onPreVoteReply(reply, sender, nowNanos);
        } else if (message instanceof RequestVote request) {
            election.onRequestVote(request, nowNanos);
        } else if (message instanceof VoteReply reply) {
            if (election.onVoteReply(reply, sender, nowNanos)) {
                lead(nowNanos);
            }
        } else if (message instanceof AppendEntries request) {
            follow(message, nowNanos);
            replication.onAppendEntries(request);
        } else if (message instanceof Heartbeat heartbeat) {
            follow(message, nowNanos);
            replication.onHeartbeat(heartbeat, standing.self());
            quiet.answer(heartbeat);
        } else if (message instanceof InstallSnapshot chunk) {
            follow(message, nowNanos);
            snapshots.onInstallSnapshot(chunk);
        } else if (message instanceof ReadIndexReply reply) {
            follow(message, nowNanos);
            followerReads.onReply(reply, nowNanos);
        } else if (message instanceof TimeoutNow) {
            if (!state.isLeader() && standing.isVoter()) {
                election.start(nowNanos, true);
            }
        } else if (message instanceof Introduce
                || message instanceof Introduced
                || message instanceof Vouch
                || message instanceof Admit) {
            dispatchStanding(message, sender, nowNanos);
        } else if (state.isLeader()) {
            dispatchToLeader(message, sender, nowNanos);
        }
    }

    private void dispatchStanding(Message message, Replica sender, long nowNanos) {
        if (message instanceof Introduce introduction) {
            standing.onIntroduce(introduction, sender);
        } else if (message instanceof Introduced answer) {
            standing.onIntroduced(answer, nowNanos);
            if (standing.isReplaced() && state.role() != Role.FOLLOWER) {
                stepDown("another data directory has taken the place of this one", nowNanos);
            }
        } else if (message instanceof Vouch request) {
            follow(message, nowNanos);
            standing.onVouch(request);
        } else if (message instanceof Admit admit) {
            follow(message, nowNanos);
            standing.onAdmit(admit);
        }
    }

    private void dispatchToLeader(Message message, Replica sender, long nowNanos) {
        Progress progress = state.progress.get(message.from());
        boolean counted = progress.counts();
        progress.heardOf(sender, nowNanos, state.log.lastIndex() + 1);
        if (!counted && progress.counts()) {
            replication.matchesMayCount();
        }
        if (message instanceof AppendReply reply) {
            replication.onAppendReply(reply, nowNanos);
            reads.onAcknowledged(progress);
        } else if (message instanceof HeartbeatReply reply) {
            reads.onHeartbeatReply(reply);
            quiet.onHeartbeatReply(reply, nowNanos);
        } else if (message instanceof ReadIndex question) {
            reads.onReadIndex(question, nowNanos);
        } else if (message instanceof SnapshotReply reply) {
            snapshots.onReply(reply, nowNanos);
        } else if (message instanceof Vouched answer) {
            standing.onVouched(answer, sender);
        } else {
            throw new IllegalArgumentException("No rule handles " + message + ".");
        }
    }

    /** The sender is the leader of our term: whoever campaigned in it has lost and follows (§5.2). */
    private void follow(Message message, long nowNanos) {
        if (state.isLeader()) {
            throw new InvariantViolation("Node " + state.self + " leads term " + state.term() + " and was sent "
                    + message + ": two leaders in one term (Election Safety, §5.2).");
        }
        if (state.role() != Role.FOLLOWER) {
            state.become(Role.FOLLOWER, message.from(), "node " + message.from() + " won term " + state.term());
        }
        state.heardFromLeader(message.from(), nowNanos);
    }

    private void lead(long nowNanos) {
        state.become(Role.LEADER, state.self, "won the election of term " + state.term());
        transfer.stop();
        reads.lead();
        quiet.lead();
        standing.lead();
        replication.lead(nowNanos, standing.self());
    }

    private void stepDown(String reason, long nowNanos) {
        if (state.isLeader()) {
            // Its timer ran out while it led: it must not be the first to ask for the next election.
            state.resetElectionTimer(nowNanos);
            reads.refuseAll();
            transfer.stop();
            replication.stopLeading();
            state.progress.clear();
        }
        state.become(Role.FOLLOWER, HardState.NOBODY, reason);
    }

    /** A leader steps down if an election timeout elapses without contact to a majority (thesis §6.2). */
    private void checkQuorum(long nowNanos) {
        long silentNanos = nowNanos
                - Quorum.reachedByMajority(
                        state.progress.values(), voter -> voter.node == state.self ? nowNanos : voter.lastContactNanos);
        if (silentNanos > state.config.electionTimeoutMinNanos()) {
            stepDown("lost contact to a majority for " + silentNanos / 1_000_000 + " ms", nowNanos);
        } else if (replication.isOwnDiskStalled(nowNanos)) {
            stepDown("its own disk is stuck while the others get on", nowNanos);
        }
    }

    /**
     * Everything that decides what this node does next, as text, once its effects are taken: two nodes with the same text go on
     * alike. Times are relative to now, and not told apart when it makes no difference any more.
     */
    public String describe(long nowNanos) {
        StringBuilder text = new StringBuilder(256);
        state.describe(text, nowNanos);
        standing.describe(text, nowNanos);
        election.describe(text, nowNanos);
        replication.describe(text, nowNanos);
        reads.describe(text);
        lease.describe(text, nowNanos);
        followerReads.describe(text, nowNanos);
        quiet.describe(text, nowNanos);
        transfer.describe(text, nowNanos);
        invariants.describe(text);
        return text.toString();
    }
}
