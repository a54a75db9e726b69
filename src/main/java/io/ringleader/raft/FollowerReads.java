package io.ringleader.raft;

import io.ringleader.raft.Message.ReadIndex;
import io.ringleader.raft.Message.ReadIndexReply;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Linearizable reads at a follower (thesis §6.4): it asks the leader which index a read has to see, waits until that much is
 * committed here, and its own state machine answers. All reads that arrive in one burst share a question. What may get lost is
 * asked again; a read that cannot be served soon is refused, so that whoever asked for it goes to the leader.
 */
final class FollowerReads {
    /** Whoever asks has one batch of reads under way; more than that only if it has given up on earlier ones. */
    static final int MAX_WAITING = 64;

    private static final long NONE = -1;

    private static final class Waiting {
        final long readId;
        final long sinceNanos;
        /** The number of the first question that left after the read had come; negative before that. */
        long ask = NONE;
        /** What it has to see; negative while that is unknown. */
        long readIndex = NONE;

        long answeredNanos;

        Waiting(long readId, long sinceNanos) {
            this.readId = readId;
            this.sinceNanos = sinceNanos;
        }
    }

    private final RaftState state;
    private final Standing standing;
    private final List<Waiting> waiting = new ArrayList<>();
    /** Of whom all that waits has been, or is to be, asked. */
    private long leaderTerm;

    private int leader = HardState.NOBODY;
    /** Negative before the first question: an answer to another life of this node must not pass for one to this. */
    private long firstAsk = NONE;

    private long lastAsk = NONE;

    private boolean askWanted;
    private long askAgainNanos;

    FollowerReads(RaftState state, Standing standing) {
        this.state = state;
        this.standing = standing;
    }

    void request(long readId, long nowNanos) {
        refuseIfLeaderChanged();
        boolean mayAsk = state.leader() != HardState.NOBODY && standing.isVoter();
        if (!mayAsk || waiting.size() >= MAX_WAITING) {
            state.effects().refuseRead(readId);
            return;
        }
        leaderTerm = state.term();
        leader = state.leader();
        waiting.add(new Waiting(readId, nowNanos));
        askWanted = true;
    }

    boolean isIdle() {
        return waiting.isEmpty();
    }

    /** An answer holds for all reads that had come when its question left: a read that came later may have to see more. */
    void onReply(ReadIndexReply reply, long nowNanos) {
        boolean isOurs = firstAsk != NONE && reply.ask() >= firstAsk && reply.ask() <= lastAsk;
        if (!isOurs) {
            // What the leader says of the log may be of another directory: that of the life that asked.
            return;
        }
        state.commitTo(Math.min(reply.commitIndex(), state.log.lastIndex()));
        for (Waiting read : waiting) {
            if (read.readIndex == NONE && read.ask != NONE && read.ask <= reply.ask()) {
                read.readIndex = reply.readIndex();
                read.answeredNanos = nowNanos;
            }
        }
    }

    /** Serves what can be served, gives up on what has waited too long, and asks for the rest. */
    void flush(long nowNanos) {
        refuseIfLeaderChanged();
        boolean unanswered = false;
        for (Iterator<Waiting> reads = waiting.iterator(); reads.hasNext(); ) {
            Waiting read = reads.next();
            if (read.readIndex != NONE && read.readIndex <= state.commitIndex()) {
                state.effects().read(read.readId, read.readIndex);
                reads.remove();
            } else if (isOverdue(read, nowNanos)) {
                state.effects().refuseRead(read.readId);
                reads.remove();
            } else {
                unanswered |= read.readIndex == NONE;
            }
        }
        if (unanswered && (askWanted || nowNanos >= askAgainNanos)) {
            ask(nowNanos);
        }
        askWanted = false;
    }

    /** Whoever lacks for a heartbeat interval what others have committed is behind: the leader is quicker. */
    private boolean isOverdue(Waiting read, long nowNanos) {
        return read.readIndex == NONE
                ? nowNanos - read.sinceNanos >= state.config.electionTimeoutMinNanos()
                : nowNanos - read.answeredNanos >= state.config.heartbeatNanos();
    }

    private void ask(long nowNanos) {
        if (lastAsk == NONE) {
            lastAsk = state.random.nextLong() >>> 2;
            firstAsk = lastAsk + 1;
        }
        lastAsk++;
        for (Waiting read : waiting) {
            if (read.ask == NONE) {
                read.ask = lastAsk;
            }
        }
        askAgainNanos = nowNanos + state.config.heartbeatNanos();
        state.effects().send(new ReadIndex(state.self, leader, leaderTerm, lastAsk));
    }

    private void refuseIfLeaderChanged() {
        if (leaderTerm != state.term() || leader != state.leader()) {
            waiting.forEach(read -> state.effects().refuseRead(read.readId));
            waiting.clear();
        }
    }

    void describe(StringBuilder text, long nowNanos) {
        if (lastAsk != NONE) {
            text.append(", asked ").append(firstAsk).append(" to ").append(lastAsk);
        }
        for (Waiting read : waiting) {
            text.append(", read ").append(read.readId).append(" asked with ").append(read.ask);
            text.append(" must see ").append(read.readIndex).append(" since ").append(nowNanos - read.sinceNanos);
            text.append(" and ").append(read.readIndex == NONE ? 0 : nowNanos - read.answeredNanos);
        }
        if (!waiting.isEmpty()) {
            text.append(", asks again in ").append(Math.max(0, askAgainNanos - nowNanos));
        }
    }
}
