package io.ringleader.node;

import io.ringleader.loop.Clock;
import io.ringleader.raft.HardState;
import java.util.HashMap;
import java.util.Map;

/**
 * By which node a leader is reached that this node cannot reach itself: links fail one by one, and a majority may elect a leader
 * that hears all but us. A detour is forgotten after a while, so that the straight way is tried again. Owned by the client loop.
 */
final class Detours {
    private record Detour(int via, long untilNanos) {}

    private final Clock clock;
    private final long validNanos;
    private final Map<Integer, Detour> detours = new HashMap<>();

    Detours(Clock clock, long validNanos) {
        this.clock = clock;
        this.validNanos = validNanos;
    }

    /** Nobody if the node is to be asked itself. */
    int via(int node) {
        Detour detour = detours.get(node);
        if (detour != null && clock.monotonicNanos() >= detour.untilNanos) {
            detours.remove(node);
            return HardState.NOBODY;
        }
        return detour == null ? HardState.NOBODY : detour.via;
    }

    /** What was sent by this way was answered. */
    void found(int node, int via) {
        detours.putIfAbsent(node, new Detour(via, clock.monotonicNanos() + validNanos));
    }

    void forget(int node) {
        detours.remove(node);
    }
}
