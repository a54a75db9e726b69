package io.ringleader.mutants;

import io.ringleader.node.StoreHostSchedule;
import io.ringleader.raft.RandomSchedule;
import io.ringleader.sim.Simulation;
import io.ringleader.store.StoreBesideModel;
import java.util.function.LongConsumer;

/** What is let loose on a mutant, from the quickest on. Each fails by throwing, and depends on its seed only. */
enum Harness {
    /** Raft alone, on networks that lose, duplicate and reorder. */
    SCHEDULES("random schedules", 400, seed -> new RandomSchedule(seed).run(2_000)),

    /** The state machine of a partition, beside a plain model of it. */
    STORE("store beside its model", 1_000, StoreBesideModel::run),

    /** The store loop alone: entries, reads, captures and snapshots to load, in any order. */
    STORE_LOOP("store loop", 400, StoreHostSchedule::run),

    /** Whole nodes, on simulated networks, disks and clocks. */
    SIMULATION(
            "simulation",
            400,
            seed -> Simulation.run(seed).failure().ifPresent(failure -> {
                throw failure;
            }));

    private final String text;
    private final int seeds;
    private final LongConsumer run;

    Harness(String text, int seeds, LongConsumer run) {
        this.text = text;
        this.seeds = seeds;
        this.run = run;
    }

    /** How many seeds it may take at most: those from 1 on. */
    int seeds() {
        return seeds;
    }

    void run(long seed) {
        run.accept(seed);
    }

    @Override
    public String toString() {
        return text;
    }
}
