package io.ringleader.node;

import io.ringleader.net.Peers;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Passes requests on to a node that their sender cannot reach, and the answers back. A router has one request under way per partition
 * and kind, so a newer one takes the place of an older, and there are never more than nodes times partitions times two. Owned by
 * the raft loop.
 */
final class Relay {
    /** Ids of requests that a router makes are positive. */
    private static final long OWN_IDS = Long.MIN_VALUE;

    private record Lane(int from, int partition, boolean write) {}

    private record Passed(Lane lane, long requestId) {}

    private final int self;
    private final Set<Integer> others;
    private final Peers peers;
    private final Outbox outbox;
    private final Map<Long, Passed> passed = new HashMap<>();
    private final Map<Lane, Long> newest = new HashMap<>();
    private long nextId;

    /**
     * @param others all nodes but this
     * @param firstId as of a router: answers to an earlier process must not pass for answers to this one
     */
    Relay(int self, Set<Integer> others, long firstId, Peers peers, Outbox outbox) {
        this.self = self;
        this.others = Set.copyOf(others);
        this.peers = peers;
        this.outbox = outbox;
        nextId = OWN_IDS | firstId;
    }

    void pass(int target, Request request) {
        if (!others.contains(target) || !peers.isReached(target)) {
            outbox.add(request.from(), Response.failed(request.id(), Response.Status.UNREACHABLE));
            return;
        }
        Lane lane = new Lane(request.from(), request.partition(), request.write());
        long id = nextId++;
        Long older = newest.put(lane, id);
        if (older != null) {
            passed.remove(older);
        }
        passed.put(id, new Passed(lane, request.id()));
        outbox.add(
                target,
                new Request(self, id, request.partition(), request.write(), request.commandCount(), request.bytes()));
    }

    /** Whether it was the answer to what has been passed on, and not to this node itself. */
    boolean takes(Response response) {
        if (response.requestId() >= 0) {
            return false;
        }
        Passed request = passed.remove(response.requestId());
        if (request != null) {
            newest.remove(request.lane);
            outbox.add(
                    request.lane.from,
                    new Response(
                            request.requestId,
                            response.status(),
                            response.leader(),
                            response.answered(),
                            response.results()));
        }
        return true;
    }
}
