package io.ringleader.mutants;

import io.ringleader.node.RaftLoopSchedule;
import io.ringleader.node.StoreHostSchedule;
import io.ringleader.raft.RandomSchedule;
import io.ringleader.sim.Simulation;
import io.ringleader.store.StoreBesideModel;
import java.util.Set;
import java.util.function.LongConsumer;

/** What is let loose on a mutant, from the quickest on. Each fails by throwing, and depends on its seed only. */
enum Harness {
    /** Raft alone, on networks that lose, duplicate and reorder. */
    SCHEDULES("random schedules", 300, Set.of("raft"), seed -> new RandomSchedule(seed).run(2_000)),

    /** When a lease ends and who may vote, step by step: by chance hardly ever does one moment of the wrong kind meet the other. */
    LEASES("scripts of leases", 1, Set.of("raft"), seed -> Scripts.run("io.ringleader.raft.LeaseTest")),

    /** Who goes quiet, and what wakes whom: a wrong rule is mostly made up for by another one, a little later. */
    QUIET("scripts of quiet groups", 1, Set.of("raft"), seed -> {
        Scripts.run("io.ringleader.raft.QuietLeaderTest");
        Scripts.run("io.ringleader.raft.QuietFollowerTest");
        Scripts.run("io.ringleader.raft.QuietGroupsTest");
    }),

    /** When a snapshot is taken and how long it stays: one too many or too soon gone costs time and room, and breaks no promise. */
    SNAPSHOTS("scripts of snapshots", 1, Set.of("node"), seed -> {
        Scripts.run("io.ringleader.node.PartitionGroupTest");
        Scripts.run("io.ringleader.node.SnapshotSizeTest");
        Scripts.run("io.ringleader.node.SnapshotWritingTest");
        Scripts.run("io.ringleader.node.SnapshotKeeperTest");
    }),

    /** The state machine of a partition, beside a plain model of it. */
    STORE("store beside its model", 200, Set.of("store"), StoreBesideModel::run),

    /** The store loop alone: entries, reads, captures and snapshots to load, in any order. */
    STORE_LOOP("store loop", 100, Set.of("node", "store"), StoreHostSchedule::run),

    /** The raft loops of three nodes, which stand still and hear much at once, above slow logs. */
    RAFT_LOOPS("raft loops", 200, Set.of("node", "raft"), RaftLoopSchedule::run),

    /** Whole nodes whose groups have nothing to do. */
    QUIET_NODES("scripts of quiet nodes", 1, Set.of("node", "raft"), seed -> {
        Scripts.run("io.ringleader.node.LullTest");
        Scripts.run("io.ringleader.node.QuietClusterTest");
    }),

    /** Whole nodes, on simulated networks, disks and clocks. */
    SIMULATION(
            "simulation",
            250,
            Set.of("node", "raft", "storage", "store"),
            seed -> Simulation.run(seed).failure().ifPresent(failure -> {
                throw failure;
            })),

    /** What is a limit or a shorter way, or takes more than chance to go wrong; after all that finds promises broken. */
    THESIS("scripts of the thesis", 1, Set.of("raft"), seed -> {
        Scripts.run("io.ringleader.raft.RaftThesisTest");
        Scripts.run("io.ringleader.raft.FollowerReadsTest");
    });

    private final String text;
    private final int seeds;
    private final Set<String> packages;
    private final LongConsumer run;

    Harness(String text, int seeds, Set<String> packages, LongConsumer run) {
        this.text = text;
        this.seeds = seeds;
        this.packages = packages;
        this.run = run;
    }

    /** How many seeds it may take at most: those from 1 on. */
    int seeds() {
        return seeds;
    }

    /** Whether it can notice a change in that package: it runs the code. */
    boolean runs(String name) {
        return packages.contains(name);
    }

    void run(long seed) {
        run.accept(seed);
    }

    @Override
    public String toString() {
        return text;
    }
}
