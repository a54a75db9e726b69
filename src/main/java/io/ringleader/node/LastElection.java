package io.ringleader.node;

import io.ringleader.raft.Effects;
import io.ringleader.raft.HardState;
import io.ringleader.raft.Role;

/** When a group of this node last got a leader, and why there was an election, as far as this node knows. Owned by the raft loop. */
final class LastElection {
    private long term;
    private long wallMillis;
    private String reason = "";
    /** Why this node began to campaign; null while it does not. */
    private String cause;

    void hear(Effects.RoleChange change, long nowMillis) {
        switch (change.role()) {
            case PRE_CANDIDATE -> cause = change.reason();
            // Without asking first whether it could win: then the reason is another one than that it could.
            case CANDIDATE -> cause = cause == null ? change.reason() : cause;
            case LEADER -> elected(change, cause == null ? change.reason() : cause, nowMillis);
            case FOLLOWER -> {
                cause = null;
                if (change.leader() != HardState.NOBODY) {
                    elected(change, change.reason(), nowMillis);
                }
            }
        }
        if (change.role() == Role.LEADER) {
            cause = null;
        }
    }

    private void elected(Effects.RoleChange change, String why, long nowMillis) {
        if (change.term() > term) {
            term = change.term();
            wallMillis = nowMillis;
            reason = why;
        }
    }

    /** Wall clock of this node; 0 if there was none since it started. */
    long wallMillis() {
        return wallMillis;
    }

    /** In words; empty if there was none since this node started. */
    String reason() {
        return reason;
    }
}
