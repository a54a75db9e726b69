package io.ringleader.node;

import io.ringleader.loop.Clock;
import io.ringleader.raft.HardState;
import io.ringleader.ring.Ring;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * By which way each node is reached. Links fail one by one, and a majority may elect a leader that hears all but us: then somebody
 * that reaches both passes requests on. Owned by the client loop.
 */
final class Routes {
    private record Detour(int via, long untilNanos) {}

    private final Ring ring;
    private final Clock clock;
    private final long missedNanos;
    private final long validNanos;
    private final Set<Integer> lost = new HashSet<>();
    private final Map<Integer, Detour> detours = new HashMap<>();

    /**
     * @param missedNanos how long a batch that a node did not answer takes other ways
     * @param validNanos how long a detour to a node that is connected, and did not answer, is preferred
     */
    Routes(int self, Ring ring, Clock clock, long missedNanos, long validNanos) {
        this.ring = ring;
        this.clock = clock;
        this.missedNanos = missedNanos;
        this.validNanos = validNanos;
        ring.nodes().stream().filter(node -> node != self).forEach(lost::add); // until they are connected
    }

    /** Whether it is not reached straight. */
    private boolean isLost(int node) {
        return lost.contains(node);
    }

    /** As far as this node knows, and as the batch has found out; be it by a detour. */
    boolean isReached(Batch batch, int node) {
        boolean straight = !isLost(node) && !batch.misses(node, clock.monotonicNanos());
        return straight || via(node) != HardState.NOBODY;
    }

    /** The replica to ask next: one that is reached, if there is one. */
    int another(int partition, Batch batch) {
        List<Integer> replicas = ring.replicas(partition);
        for (int i = 0; i < replicas.size(); i++) {
            int next = replicas.get((batch.attempts + i) % replicas.size());
            if (isReached(batch, next)) {
                return next;
            }
        }
        return replicas.get(batch.attempts % replicas.size());
    }

    void lost(int node) {
        lost.add(node);
        detours.values().removeIf(detour -> detour.via == node);
    }

    void reached(int node) {
        lost.remove(node);
        detours.remove(node);
    }

    /** Who passes on what is for the node; nobody if it is to be asked itself. */
    int via(int node) {
        Detour detour = detours.get(node);
        if (detour != null && !isLost(node) && clock.monotonicNanos() >= detour.untilNanos) {
            detours.remove(node);
            return HardState.NOBODY;
        }
        return detour == null ? HardState.NOBODY : detour.via;
    }

    /** What was sent by this way was answered. */
    void foundDetour(int node, int via) {
        detours.putIfAbsent(node, new Detour(via, clock.monotonicNanos() + validNanos));
    }

    /** The way that the batch took was in vain. */
    void missed(Batch batch) {
        if (batch.via == HardState.NOBODY) {
            batch.missed(clock.monotonicNanos() + missedNanos);
        } else if (via(batch.target) == batch.via) {
            detours.remove(batch.target);
        }
    }
}
