package io.ringleader.failover;

import io.ringleader.namespaces.Fault;
import io.ringleader.namespaces.NamespaceCluster;
import io.ringleader.namespaces.Standings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** What a {@link Scenario} may do, and what of it matters for the measurement: from when to when, and which nodes had an excuse. */
final class Stage {
    /** After it, whoever is connected to a majority has a leader and keeps it. */
    private static final Duration SETTLED = Duration.ofSeconds(5);

    /** The node could not be expected to serve in this time: it was down, or had no majority. */
    record Excuse(int node, long fromNanos, long toNanos) {}

    /**
     * By how much the term of some partition has grown at most.
     *
     * @param inAll while there was a fault
     * @param settled of that, when the first seconds were over
     * @param leadersMoved partitions that another node led at the end than when the first seconds were over; a leadership that
     *     went home, to the node that the ring prefers, is none, and neither is its term
     */
    record Growth(long inAll, long settled, long leadersMoved) {}

    private final NamespaceCluster cluster;
    private final Duration hold;
    private final List<Excuse> excuses = new ArrayList<>();
    private Growth growth = new Growth(0, 0, 0);

    /** @param hold how long a fault stays */
    Stage(NamespaceCluster cluster, Duration hold) {
        this.cluster = cluster;
        this.hold = hold;
    }

    NamespaceCluster cluster() {
        return cluster;
    }

    /** The node that leads most partitions. */
    int leader() throws IOException {
        return cluster.standings().busiest();
    }

    List<Excuse> excuses() {
        return excuses;
    }

    Growth growth() {
        return growth;
    }

    void nothing() {
        pause(hold);
    }

    /** Lets a fault happen, keeps it for a while, undoes it and waits until all is well. */
    void during(Fault fault, Collection<Integer> excused) throws IOException {
        during(fault, excused, hold);
    }

    void briefly(Fault fault, Collection<Integer> excused) throws IOException {
        during(fault, excused, Duration.ZERO);
    }

    private void during(Fault fault, Collection<Integer> excused, Duration time) throws IOException {
        Standings before = cluster.standings();
        long fromNanos = System.nanoTime();
        cluster.inject(fault);
        Duration first = time.compareTo(SETTLED.multipliedBy(2)) < 0 ? time.dividedBy(2) : SETTLED;
        pause(first);
        if (!time.isZero()) {
            Standings settled = cluster.standings();
            pause(time.minus(first));
            Standings after = cluster.standings();
            growth = new Growth(growth(before, after), settledGrowth(settled, after), moved(settled, after));
        }
        cluster.heal(fault);
        cluster.awaitReady();
        long toNanos = System.nanoTime();
        excused.forEach(node -> excuses.add(new Excuse(node, fromNanos, toNanos)));
    }

    private static long growth(Standings before, Standings after) {
        return after.terms().entrySet().stream()
                .mapToLong(term -> term.getValue() - before.terms().getOrDefault(term.getKey(), term.getValue()))
                .max()
                .orElse(0);
    }

    private long settledGrowth(Standings before, Standings after) {
        return after.terms().entrySet().stream()
                .mapToLong(term -> term.getValue()
                        - before.terms().getOrDefault(term.getKey(), term.getValue())
                        - (wentHome(term.getKey(), before, after) ? 1 : 0))
                .max()
                .orElse(0);
    }

    private long moved(Standings before, Standings after) {
        return before.leaders().entrySet().stream()
                .filter(led -> !led.getValue().equals(after.leaders().get(led.getKey())))
                .filter(led -> !wentHome(led.getKey(), before, after))
                .count();
    }

    private boolean wentHome(int partition, Standings before, Standings after) {
        Integer leader = after.leaders().get(partition);
        return leader != null
                && leader == cluster.preferredLeader(partition)
                && !leader.equals(before.leaders().get(partition));
    }

    static void pause(Duration time) {
        long endNanos = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = endNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
