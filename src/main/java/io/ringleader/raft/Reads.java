package io.ringleader.raft;

import io.ringleader.raft.Message.HeartbeatReply;
import java.util.ArrayDeque;

/**
 * Linearizable reads without log entries (§8, thesis §6.4). A read takes the commit index of the moment it arrives; a round of
 * heartbeats sent after that and answered by a majority proves that this node was still the leader then. All reads that arrive
 * in one burst share a round.
 */
final class Reads {
    private record Pending(long readId, long readIndex, long round) {}

    private final RaftState state;
    private final Replication replication;
    /** Reads that wait for a round, in the order of their rounds. */
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    /** Reads that came before the leader had committed an entry of its own term: it does not know the commit index yet. */
    private final ArrayDeque<Long> early = new ArrayDeque<>();

    private long round;
    private boolean roundWanted;

    Reads(RaftState state, Replication replication) {
        this.state = state;
        this.replication = replication;
    }

    long round() {
        return round;
    }

    void lead() {
        round = 0;
        roundWanted = false;
    }

    void request(long readId) {
        if (!state.isLeader()) {
            state.effects().refuseRead(readId);
        } else if (!replication.hasCommittedInTerm()) {
            early.add(readId);
        } else {
            enqueue(readId);
        }
    }

    private void enqueue(long readId) {
        // The round must start after the read arrived; the one that is on its way proves nothing about it.
        pending.add(new Pending(readId, state.commitIndex(), round + 1));
        roundWanted = true;
    }

    /** Starts a round for the reads that came since the last flush. */
    void flush() {
        if (!early.isEmpty() && replication.hasCommittedInTerm()) {
            early.forEach(this::enqueue);
            early.clear();
        }
        if (roundWanted) {
            roundWanted = false;
            round++;
            replication.sendHeartbeats(round);
            release();
        }
    }

    void onHeartbeatReply(HeartbeatReply reply) {
        Progress follower = state.progress.get(reply.from());
        follower.readRound = Math.max(follower.readRound, reply.readRound());
        release();
    }

    private void release() {
        if (pending.isEmpty()) {
            return;
        }
        long[] rounds = state.progress.values().stream()
                .mapToLong(voter -> voter.node == state.self ? round : voter.counts() ? voter.readRound : 0)
                .toArray();
        long confirmed = Quorum.reachedByMajority(rounds);
        while (!pending.isEmpty() && pending.peek().round() <= confirmed) {
            Pending read = pending.poll();
            state.effects().read(read.readId(), read.readIndex());
        }
    }

    void describe(StringBuilder text) {
        if (state.isLeader()) {
            text.append(", round ").append(round).append(roundWanted ? " and one more" : "");
            text.append(", early reads ").append(early).append(", reads ").append(pending);
        }
    }

    void refuseAll() {
        early.forEach(state.effects()::refuseRead);
        early.clear();
        pending.forEach(read -> state.effects().refuseRead(read.readId()));
        pending.clear();
        roundWanted = false;
    }
}
