package io.ringleader.raft;

import io.ringleader.raft.Message.HeartbeatReply;
import io.ringleader.raft.Message.ReadIndex;
import io.ringleader.raft.Message.ReadIndexReply;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * Linearizable reads without log entries (§8, thesis §6.4): the leader's side. A read takes the commit index of the moment it
 * arrives; a round of heartbeats sent after that and answered by a majority proves that this node was still the leader then. All
 * reads that arrive in one burst share a round, those of followers among them ({@link FollowerReads}). A leader with a {@link
 * Lease} needs no round.
 */
final class Reads {
    /** @param asker this node, or the follower that will serve it. @param id of the read, or of the follower's question */
    private record Asked(int asker, long id) {}

    private record Pending(Asked asked, long readIndex, long round) {}

    private final RaftState state;
    private final Replication replication;
    private final Lease lease;
    /** Reads that wait for a round, in the order of their rounds. */
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    /** Reads that came before the leader had committed an entry of its own term: it does not know the commit index yet. */
    private final ArrayDeque<Asked> early = new ArrayDeque<>();
    /** By follower: what it was told to wait for and was not known to have. */
    private final Map<Integer, Long> behind = new TreeMap<>();

    private long round;
    private boolean roundWanted;

    Reads(RaftState state, Replication replication, Lease lease) {
        this.state = state;
        this.replication = replication;
        this.lease = lease;
    }

    /** Of heartbeats that fall due anyhow: with a lease, each begins a round, as its answers are to say when it was sent. */
    long roundOfHeartbeats(long nowNanos) {
        if (lease.isOn()) {
            beginRound(nowNanos);
        }
        return round;
    }

    /** Begins a round though no read wants one; to be called when none waits. */
    long newRound(long nowNanos) {
        beginRound(nowNanos);
        return round;
    }

    boolean isIdle() {
        return early.isEmpty() && pending.isEmpty() && !roundWanted;
    }

    private void beginRound(long nowNanos) {
        roundWanted = false;
        round++;
        lease.sent(round, nowNanos);
    }

    void lead() {
        round = 0;
        roundWanted = false;
        behind.clear();
        lease.lead();
    }

    /** @param nowNanos not earlier than the read came */
    void request(long readId, long nowNanos) {
        accept(new Asked(state.self, readId), nowNanos);
    }

    /** A follower asks. What it has asked before and waits for covers what came from it late, or twice. */
    void onReadIndex(ReadIndex question, long nowNanos) {
        Asked asked = new Asked(question.from(), question.ask());
        boolean covered = early.stream().anyMatch(other -> covers(other, asked))
                || pending.stream().anyMatch(other -> covers(other.asked(), asked));
        if (!covered) {
            accept(asked, nowNanos);
        }
    }

    private static boolean covers(Asked other, Asked asked) {
        return other.asker() == asked.asker() && other.id() >= asked.id();
    }

    private void accept(Asked asked, long nowNanos) {
        if (!replication.hasCommittedInTerm()) {
            early.add(asked);
        } else if (lease.isValid(nowNanos)) {
            boolean isQuestion = asked.asker() != state.self;
            pending.removeIf(earlier -> isQuestion && covers(asked, earlier.asked()));
            answer(asked, state.commitIndex());
        } else {
            enqueue(asked);
        }
    }

    private void enqueue(Asked asked) {
        // The round must start after the read arrived; the one that is on its way proves nothing about it.
        pending.add(new Pending(asked, state.commitIndex(), round + 1));
        roundWanted = true;
    }

    /** Starts a round for the reads that came since the last flush. */
    void flush(long nowNanos) {
        if (!early.isEmpty() && replication.hasCommittedInTerm()) {
            early.forEach(this::enqueue);
            early.clear();
        }
        if (roundWanted) {
            beginRound(nowNanos);
            replication.sendHeartbeats(round, false);
            release();
        }
    }

    void onHeartbeatReply(HeartbeatReply reply) {
        Progress follower = state.progress.get(reply.from());
        follower.readRound = Math.max(follower.readRound, reply.readRound());
        release();
    }

    private void release() {
        if (pending.isEmpty() && !lease.isOn()) {
            return;
        }
        long confirmed = Quorum.reachedByMajority(
                state.progress.values(),
                voter -> voter.node == state.self ? round : voter.counts() ? voter.readRound : 0);
        lease.confirmed(confirmed);
        while (!pending.isEmpty() && pending.peek().round() <= confirmed) {
            Pending read = pending.poll();
            answer(read.asked(), read.readIndex());
        }
    }

    private void answer(Asked asked, long readIndex) {
        if (asked.asker() == state.self) {
            state.effects().read(asked.id(), readIndex);
            return;
        }
        Progress follower = state.progress.get(asked.asker());
        long commitIndex = Math.min(follower.matchIndex(), state.commitIndex());
        state.effects()
                .send(new ReadIndexReply(state.self, asked.asker(), state.term(), asked.id(), readIndex, commitIndex));
        if (commitIndex < readIndex) {
            behind.merge(asked.asker(), readIndex, Math::max);
        }
    }

    /** A follower that waits to commit what its disk has just taken need not wait for the next heartbeat too. */
    void onAcknowledged(Progress follower) {
        Long awaited = behind.get(follower.node);
        if (awaited != null && follower.matchIndex() >= awaited) {
            behind.remove(follower.node);
            replication.sendHeartbeat(follower, round, false);
        }
    }

    void describe(StringBuilder text) {
        if (state.isLeader()) {
            text.append(", round ").append(round).append(roundWanted ? " and one more" : "");
            text.append(", early reads ").append(early).append(", reads ").append(pending);
            text.append(", behind ").append(behind);
        }
    }

    /** A follower that asked finds out by itself that this node leads no more. */
    void refuseAll() {
        refuse(early);
        early.clear();
        refuse(pending.stream().map(Pending::asked).toList());
        pending.clear();
        roundWanted = false;
    }

    private void refuse(Collection<Asked> reads) {
        for (Asked asked : reads) {
            if (asked.asker() == state.self) {
                state.effects().refuseRead(asked.id());
            }
        }
    }
}
