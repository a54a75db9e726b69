package io.ringleader.modelcheck;

import static io.ringleader.modelcheck.Budget.CRASHES;
import static io.ringleader.modelcheck.Budget.DUPLICATES;
import static io.ringleader.modelcheck.Budget.FOLLOWER_READS;
import static io.ringleader.modelcheck.Budget.PROPOSALS;
import static io.ringleader.modelcheck.Budget.READS;
import static io.ringleader.modelcheck.Budget.RECONNECTS;
import static io.ringleader.modelcheck.Budget.SILENCES;
import static io.ringleader.modelcheck.Budget.SNAPSHOTS;
import static io.ringleader.modelcheck.Budget.TICKS;
import static io.ringleader.modelcheck.Budget.TRANSFERS;

import io.ringleader.modelcheck.ModelChecker.Reached;
import java.util.Set;

/**
 * What is explored: small clusters, each with something in it that the others leave out. The number of states is exact: another
 * one means that Raft behaves differently now.
 */
enum World {
    CRASHES_OF_TWO(
            Bounds.of(2, 2, 2).with(PROPOSALS, 1).with(CRASHES, 1).withSlowDisks(),
            357_912,
            Set.of(Reached.ELECTED_IN_A_LATER_TERM, Reached.COMMITTED, Reached.RESTARTED, Reached.WRITES_LOST)),
    REPLICATION(
            Bounds.of(3, 2, 1).with(PROPOSALS, 1).with(DUPLICATES, 1),
            205_508,
            Set.of(Reached.TWO_LEADERS, Reached.COMMITTED, Reached.TRUNCATED)),
    SNAPSHOTS_OF_THREE(
            Bounds.of(3, 2, 1).with(SNAPSHOTS, 1).with(TICKS, 1),
            423_246,
            Set.of(Reached.TWO_LEADERS, Reached.TRUNCATED, Reached.SNAPSHOT_INSTALLED)),
    READS_OF_THREE(Bounds.of(3, 2, 1).with(READS, 1), 134_826, Set.of(Reached.TWO_LEADERS, Reached.READ_SERVED)),
    FOLLOWER_READS_OF_THREE(
            Bounds.of(3, 2, 1).with(FOLLOWER_READS, 1),
            204_750,
            Set.of(Reached.TWO_LEADERS, Reached.READ_SERVED_BY_FOLLOWER)),
    CRASHES_OF_THREE(
            Bounds.of(3, 2, 1).with(CRASHES, 1),
            327_666,
            Set.of(Reached.RESTARTED, Reached.TWO_LEADERS, Reached.COMMITTED)),

    LARGE_TRANSFERS(
            Bounds.of(3, 2, 1).with(TRANSFERS, 1).with(RECONNECTS, 1),
            628_218,
            Set.of(Reached.HANDED_OVER, Reached.TWO_LEADERS)),
    LARGE_ELECTIONS(Bounds.of(3, 3, 1), 1_044_573, Set.of(Reached.TWO_LEADERS, Reached.TRUNCATED)),
    LARGE_NETWORK(Bounds.of(3, 2, 2), 2_359_812, Set.of(Reached.TWO_LEADERS, Reached.TRUNCATED)),
    LARGE_DISKS(
            Bounds.of(3, 2, 1).with(CRASHES, 1).withSlowDisks(),
            5_570_661,
            Set.of(Reached.WRITES_LOST, Reached.TWO_LEADERS, Reached.TRUNCATED)),
    LARGE_READS(
            Bounds.of(3, 2, 1).with(READS, 1).with(TICKS, 1).with(SILENCES, 1),
            4_641_546,
            Set.of(Reached.READ_SERVED, Reached.TWO_LEADERS));

    final Bounds bounds;
    final int states;
    final Set<Reached> mustBeReached;

    World(Bounds bounds, int states, Set<Reached> mustBeReached) {
        this.bounds = bounds;
        this.states = states;
        this.mustBeReached = mustBeReached;
    }
}
