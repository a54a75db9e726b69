package io.ringleader.raft;

import io.ringleader.raft.Message.TimeoutNow;

/**
 * Leadership transfer (thesis §3.10): stop accepting proposals, bring the target's log up to date, tell it to start an election
 * at once. If that has not worked within an election timeout, go on leading.
 */
final class LeadershipTransfer {
    private final RaftState state;
    private int target = HardState.NOBODY;
    private long deadlineNanos;
    private boolean told;
    /** The last term in which a node was told to run for election, 0 if none was. */
    private long orderedInTerm;

    LeadershipTransfer(RaftState state) {
        this.state = state;
    }

    boolean inProgress() {
        return target != HardState.NOBODY;
    }

    void start(int newTarget, long nowNanos) {
        target = newTarget;
        deadlineNanos = nowNanos + state.config.electionTimeoutMaxNanos();
        told = false;
    }

    void tick(long nowNanos) {
        if (inProgress() && nowNanos >= deadlineNanos) {
            stop();
        }
    }

    /** Called at every flush: once the target has the whole log on its disk, it can win. */
    void flush() {
        if (inProgress() && !told && state.progress.get(target).matchIndex() == state.log.lastIndex()) {
            told = true;
            orderedInTerm = state.term();
            state.effects().send(new TimeoutNow(state.self, target, state.term()));
        }
    }

    /** Whether this leader has told a node to run for election in the term: voters do not stay with it then. */
    boolean wasOrderedIn(long term) {
        return orderedInTerm == term;
    }

    void describe(StringBuilder text, long nowNanos) {
        if (inProgress()) {
            text.append(", hands over to ").append(target).append(told ? ", told" : "");
            text.append(", until in ").append(Math.max(0, deadlineNanos - nowNanos));
        }
    }

    void stop() {
        target = HardState.NOBODY;
    }
}
