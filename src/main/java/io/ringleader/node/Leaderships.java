package io.ringleader.node;

import io.ringleader.loop.Clock;
import io.ringleader.raft.HardState;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who ought to lead what: hands partitions over to the nodes that the ring prefers for them, a few at a time, and all of them to
 * others when this node is to stop. Tells in the log who leads what. Owned by the raft loop.
 */
final class Leaderships {
    private static final Logger log = LoggerFactory.getLogger(Leaderships.class);

    /** What it needs to know of the other nodes, and to tell them. */
    interface Others {
        boolean isConnected(int node);

        /** That this node stops, so that nobody hands anything over to it. */
        void tellLeaving();
    }

    private static final long HOUSEKEEPING_NANOS = 1_000_000_000L;
    /** How long the preferred leader must have been in step before a partition is handed to it. */
    private static final long STABLE_NANOS = 5 * HOUSEKEEPING_NANOS;
    /** Per second: a client of a partition that is being handed over waits for it, so only a few do at a time. */
    private static final int HANDOVERS_AT_ONCE = 8;
    /** A node that leaves says so again and again, and is believed for this long. */
    private static final long LEAVING_NANOS = HOUSEKEEPING_NANOS;

    private final Collection<PartitionGroup> groups;
    /** Has the effects of what was done to a group carried out. */
    private final Consumer<PartitionGroup> touch;

    private final Others others;
    private final Clock clock;
    private final long heartbeatNanos;
    private final Map<Integer, Long> leavingUntilNanos = new HashMap<>();
    private long nextNanos = Long.MIN_VALUE;
    private boolean changed;
    /** Null while this node is to stay. */
    private Retirement retirement;

    Leaderships(
            Collection<PartitionGroup> groups,
            Consumer<PartitionGroup> touch,
            Others others,
            Clock clock,
            long heartbeatNanos) {
        this.groups = groups;
        this.touch = touch;
        this.others = others;
        this.clock = clock;
        this.heartbeatNanos = heartbeatNanos;
    }

    /** A replica of this node knows of another leader than before. */
    void leadershipChanged() {
        changed = true;
    }

    /** Another node says that it is about to stop. */
    void onLeaving(int node, long nowNanos) {
        leavingUntilNanos.put(node, nowNanos + LEAVING_NANOS);
    }

    /** Whether the node could lead: it can be reached, and is not about to stop. */
    boolean isPresent(int node, long nowNanos) {
        return others.isConnected(node) && leavingUntilNanos.getOrDefault(node, Long.MIN_VALUE) <= nowNanos;
    }

    /**
     * From now on this node strives for no leadership and gives away those it has.
     *
     * @param over called once, when it has none any more, when nobody is there who could take them, or at the deadline
     */
    void retire(long nowNanos, long deadlineNanos, Runnable over) {
        if (retirement == null) {
            retirement = new Retirement(groups, this, others, heartbeatNanos, deadlineNanos, over);
            retirement.tick(nowNanos, touch);
        }
    }

    boolean isRetiring() {
        return retirement != null;
    }

    void tick(long nowNanos) {
        if (retirement != null) {
            retirement.tick(nowNanos, touch);
        }
        if (nowNanos < nextNanos) {
            return;
        }
        nextNanos = nowNanos + HOUSEKEEPING_NANOS;
        if (changed) {
            changed = false;
            report();
        }
        if (retirement == null) {
            handOverToPreferred(nowNanos);
        }
    }

    private void handOverToPreferred(long nowNanos) {
        int started = 0;
        for (PartitionGroup group : groups) {
            if (started < HANDOVERS_AT_ONCE
                    && group.preferredLeader != group.raft.id()
                    && isPresent(group.preferredLeader, nowNanos)
                    && group.handOver(nowNanos, clock.wallMillis(), STABLE_NANOS)) {
                started++;
                touch.accept(group);
            }
        }
    }

    private void report() {
        long led = groups.stream().filter(group -> group.raft.isLeader()).count();
        long orphaned = groups.stream()
                .filter(group -> group.raft.leader() == HardState.NOBODY)
                .count();
        String orphans = orphaned == 0 ? "" : "; " + orphaned + " have no leader yet";
        log.info("Leads {} of {} partitions{}", led, groups.size(), orphans);
    }
}
