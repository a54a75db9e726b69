package io.ringleader.raft;

import io.ringleader.raft.Message.PreVote;
import io.ringleader.raft.Message.PreVoteReply;
import io.ringleader.raft.Message.RequestVote;
import io.ringleader.raft.Message.VoteReply;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Leader election (§5.2, §5.4.1), with a preliminary vote (thesis §9.6). */
final class Election {
    private final RaftState state;
    private final Standing standing;
    /** Who granted a vote in this (pre-)election, by node: a duplicated reply counts once. */
    private final Map<Integer, Replica> votes = new TreeMap<>();

    /** Who refused its vote in this election. */
    private final Set<Integer> refusals = new TreeSet<>();

    private long askedNanos;

    Election(RaftState state, Standing standing) {
        this.state = state;
        this.standing = standing;
    }

    /** Followers and candidates: if the election timeout elapses, start an election (Figure 2). */
    void tick(long nowNanos) {
        if (!standing.isVoter() || state.isLeader() || nowNanos < state.electionDeadlineNanos()) {
            return;
        }
        if (state.role() == Role.CANDIDATE && !votes.containsKey(state.self)) {
            // The disk has not taken this term yet, perhaps because it is full: the next would only wait behind it.
            state.resetElectionTimer(nowNanos);
        } else {
            startPreVote(nowNanos);
        }
    }

    private void startPreVote(long nowNanos) {
        state.become(Role.PRE_CANDIDATE, HardState.NOBODY, "heard of no leader within the election timeout");
        state.resetElectionTimer(nowNanos);
        askedNanos = nowNanos;
        votes.clear();
        votes.put(state.self, standing.self());
        if (isWon()) {
            start(nowNanos, false);
            return;
        }
        for (int voter : state.voters) {
            if (voter != state.self) {
                state.effects()
                        .send(new PreVote(
                                state.self, voter, state.term() + 1, state.log.lastIndex(), state.log.lastTerm()));
            }
        }
    }

    /**
     * Increment currentTerm, vote for self, reset the election timer, send RequestVote to all other servers (Figure 2). The
     * own vote comes back as a message once it is on disk.
     */
    void start(long nowNanos, boolean transfer) {
        state.enterTerm(state.term() + 1, state.self);
        state.become(
                Role.CANDIDATE,
                HardState.NOBODY,
                transfer ? "the leader handed over" : "a majority would vote for this node");
        state.resetElectionTimer(nowNanos);
        votes.clear();
        refusals.clear();
        state.effects().send(new VoteReply(state.self, state.self, state.term(), true));
        for (int voter : state.voters) {
            if (voter != state.self) {
                state.effects()
                        .send(new RequestVote(
                                state.self,
                                voter,
                                state.term(),
                                state.log.lastIndex(),
                                state.log.lastTerm(),
                                transfer));
            }
        }
    }

    void describe(StringBuilder text, long nowNanos) {
        if (state.role() == Role.PRE_CANDIDATE || state.role() == Role.CANDIDATE) {
            text.append(", votes of ").append(votes);
        }
        if (state.role() == Role.CANDIDATE) {
            text.append(", refused by ").append(refusals);
        }
        if (state.role() == Role.PRE_CANDIDATE) {
            text.append(", asked ").append(Math.min(state.config.heartbeatNanos(), nowNanos - askedNanos));
        }
    }

    void onPreVote(PreVote request, long nowNanos) {
        boolean granted = mayVote()
                && request.term() > state.term()
                && !state.heardFromLeaderLately(nowNanos)
                && isUpToDate(request.lastLogIndex(), request.lastLogTerm())
                && !goesBefore(request, nowNanos);
        if (granted) {
            giveWay(request.from(), nowNanos);
        }
        // A refusal carries our term: one that is behind must learn it, or a node with a longer log and a lower term
        // and one with a higher term and a shorter log would refuse each other for ever.
        long term = granted ? request.term() : state.term();
        state.effects().send(new PreVoteReply(state.self, request.from(), term, granted));
    }

    /**
     * Of two nodes that ask each other at about the same time, with equal logs, the one with the lower id goes first: would each
     * let the other, both would run and split the votes. Only for a heartbeat interval, so that a node that cannot win, since it
     * reaches too few others, does not keep for ever those from it that could.
     */
    private boolean goesBefore(PreVote request, long nowNanos) {
        return state.role() == Role.PRE_CANDIDATE
                && nowNanos - askedNanos < state.config.heartbeatNanos()
                && state.self < request.from()
                && request.term() == state.term() + 1
                && request.lastLogIndex() == state.log.lastIndex()
                && request.lastLogTerm() == state.log.lastTerm();
    }

    /**
     * Whoever asked is given the time to be elected; but not until it asks again, since it may ask for ever and hear no answer.
     */
    private void giveWay(int asker, long nowNanos) {
        state.noElectionBefore(nowNanos + state.config.electionTimeoutMinNanos() / 2);
        if (state.role() == Role.PRE_CANDIDATE) {
            state.become(Role.FOLLOWER, HardState.NOBODY, "gives way to node " + asker);
        }
    }

    void onPreVoteReply(PreVoteReply reply, Replica voter, long nowNanos) {
        if (state.role() == Role.PRE_CANDIDATE && reply.granted() && reply.term() == state.term() + 1) {
            votes.put(reply.from(), voter);
            if (isWon()) {
                start(nowNanos, false);
            }
        }
    }

    /** RequestVote RPC, receiver implementation (Figure 2); the term is not above ours any more. */
    void onRequestVote(RequestVote request, long nowNanos) {
        // 1. Reply false if term < currentTerm (§5.1)
        // 2. If votedFor is null or candidateId, and candidate's log is at least as up-to-date as receiver's log, grant
        // (§5.2, §5.4)
        boolean granted = mayVote()
                && request.term() == state.term()
                && (state.votedFor() == HardState.NOBODY || state.votedFor() == request.from())
                && isUpToDate(request.lastLogIndex(), request.lastLogTerm())
                && !isBoundToLeader(request, nowNanos);
        if (granted) {
            state.voteFor(request.from());
            state.resetElectionTimer(nowNanos);
        }
        state.effects().send(new VoteReply(state.self, request.from(), state.term(), granted, standing.replacements()));
    }

    /**
     * Whether a leader may have a lease that counts on this node. Also in a later term than that of the leader: this node may have
     * come to it by other messages, which made it vote for nobody.
     */
    private boolean isBoundToLeader(RequestVote request, long nowNanos) {
        return state.config.leaseNanos() > 0 && !request.transfer() && state.heardFromLeaderLately(nowNanos);
    }

    /** Returns whether the vote made this node the winner: it has a majority of the full cluster in this term (§5.2). */
    boolean onVoteReply(VoteReply reply, Replica voter, long nowNanos) {
        standing.learn(reply.known());
        if (state.role() != Role.CANDIDATE || reply.term() != state.term()) {
            return false;
        }
        if (!reply.granted()) {
            onRefusal(reply.from(), nowNanos);
            return false;
        }
        votes.put(reply.from(), voter);
        if (reply.from() == state.self) {
            // Only now are the others asked: what the disk took of the time is not theirs.
            state.resetElectionTimer(nowNanos);
        }
        return isWon();
    }

    /** Who cannot win any more tries again soon: the votes were split, and no leader is there to be waited for. */
    private void onRefusal(int voter, long nowNanos) {
        boolean couldWin = state.isMajority(state.voters.size() - refusals.size());
        refusals.add(voter);
        if (couldWin && !state.isMajority(state.voters.size() - refusals.size())) {
            state.electionSoon(nowNanos);
        }
    }

    /** A vote of a directory that was replaced does not count: the one that took its place does not know of it. */
    private boolean isWon() {
        return state.isMajority(
                (int) votes.values().stream().filter(standing::isCurrent).count());
    }

    /**
     * A node that does not know what it has promised votes for nobody. Except in a group of two: there every majority had the
     * other node in it, so whatever that promised holds, and it could not even become the leader that lets this one in.
     */
    private boolean mayVote() {
        return standing.isVoter() || state.voters.size() == 2;
    }

    /** The log with the later last term is more up-to-date; if the terms are equal, the longer one is (§5.4.1). */
    private boolean isUpToDate(long lastLogIndex, long lastLogTerm) {
        long ownTerm = state.log.lastTerm();
        return lastLogTerm > ownTerm || (lastLogTerm == ownTerm && lastLogIndex >= state.log.lastIndex());
    }
}
