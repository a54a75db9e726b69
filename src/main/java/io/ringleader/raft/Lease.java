package io.ringleader.raft;

import java.util.ArrayDeque;

/**
 * A leader's right to answer reads without a round of heartbeats (thesis §6.4.1), if {@link RaftConfig#leaseNanos} is above 0.
 *
 * <p>Who acknowledges a heartbeat will vote for nobody else for the shortest election timeout from the moment it heard it, which
 * is not before it was sent; also after a restart ({@link RaftState}), and in whatever term ({@link Election}). So once a majority
 * has acknowledged a round, no other leader can be elected until that much time has passed since the round was <em>sent</em>. The
 * lease is shorter by what the clocks of two nodes may differ in that time. There is one way around such a voter: the leader
 * itself tells a node to run for election at once. So whoever has said {@link Message.TimeoutNow} has no lease any more in
 * this term, as the message may be late, and the election that it causes later still.
 */
final class Lease {
    private static final long NEVER = Long.MIN_VALUE / 2;

    private record Round(long number, long sentNanos) {}

    private final RaftState state;
    private final LeadershipTransfer transfer;
    /** Rounds of heartbeats that no majority has answered yet: no more than fit between two checks of the quorum. */
    private final ArrayDeque<Round> unconfirmed = new ArrayDeque<>();
    /** When the newest round was sent that a majority has answered. */
    private long startNanos = NEVER;

    Lease(RaftState state, LeadershipTransfer transfer) {
        this.state = state;
        this.transfer = transfer;
    }

    boolean isOn() {
        return state.config.leaseNanos() > 0;
    }

    void lead() {
        unconfirmed.clear();
        startNanos = NEVER;
    }

    void sent(long round, long nowNanos) {
        if (isOn()) {
            unconfirmed.add(new Round(round, nowNanos));
        }
    }

    /** A majority of the voters has answered the round. */
    void confirmed(long round) {
        while (!unconfirmed.isEmpty() && unconfirmed.peek().number() <= round) {
            startNanos = unconfirmed.poll().sentNanos();
        }
    }

    /**
     * Whether no other leader has been elected by now.
     *
     * <p>The process may be stopped right after this was asked, and answer a read when another leader has long taken over. The
     * read is right all the same: it takes effect at the moment {@code nowNanos}, which lies between its arrival and its answer
     * as long as the clock is looked at after it has arrived. What was committed by then is in the state that it is served from.
     */
    boolean isValid(long nowNanos) {
        return isOn() && nowNanos - startNanos < state.config.leaseNanos() && !transfer.wasOrderedIn(state.term());
    }

    void describe(StringBuilder text, long nowNanos) {
        if (isOn() && state.isLeader()) {
            text.append(", lease for ")
                    .append(Math.max(0, startNanos + state.config.leaseNanos() - nowNanos))
                    .append(transfer.wasOrderedIn(state.term()) ? ", void" : "");
            for (Round round : unconfirmed) {
                text.append(", round ").append(round.number()).append(" sent ");
                text.append(Math.min(state.config.leaseNanos(), nowNanos - round.sentNanos()))
                        .append(" ago");
            }
        }
    }
}
