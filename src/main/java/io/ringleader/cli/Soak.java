package io.ringleader.cli;

import io.ringleader.sim.Coverage;
import io.ringleader.sim.Outcome;
import io.ringleader.sim.Simulation;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** Runs one simulation after the other on several threads, says how it goes, and tells of every seed that fails. */
final class Soak {
    private static final long REPORT_MILLIS = 10_000;

    private final AtomicLong nextSeed;
    private final int threads;
    private final PrintWriter out;
    private final long begunNanos = System.nanoTime();

    // Guarded by this.
    private final Coverage coverage = new Coverage();
    private long seeds;
    private long failures;
    private long events;
    private long simulatedMillis;
    private long acknowledged;

    Soak(long firstSeed, int threads, PrintWriter out) {
        nextSeed = new AtomicLong(firstSeed);
        this.threads = threads;
        this.out = out;
    }

    /** Returns whether all seeds passed. */
    boolean run(long millis) throws InterruptedException {
        long deadlineNanos = begunNanos + millis * 1_000_000;
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread worker = new Thread(() -> work(deadlineNanos), "soak-" + i);
            worker.start();
            workers.add(worker);
        }
        for (Thread worker : workers) {
            while (worker.isAlive()) {
                worker.join(REPORT_MILLIS);
                report();
            }
        }
        synchronized (this) {
            out.print(coverage);
            coverage.missing(Simulation.expectedCoverage()).forEach(missing -> out.println("  never: " + missing));
            out.flush();
            return failures == 0;
        }
    }

    private void work(long deadlineNanos) {
        while (System.nanoTime() - deadlineNanos < 0) {
            long seed = nextSeed.getAndIncrement();
            try {
                ran(Simulation.run(seed));
            } catch (Throwable escaped) { // a thread that ends unseen would leave a soak that finds nothing
                failed(seed, escaped.toString());
            }
        }
    }

    private synchronized void failed(long seed, String what) {
        failures++;
        out.println(what);
        out.println("To see it again: ringleader simulate --seed " + seed);
        out.flush();
    }

    private synchronized void ran(Outcome outcome) {
        seeds++;
        events += outcome.events();
        simulatedMillis += outcome.simulatedMillis();
        acknowledged += outcome.acknowledged();
        coverage.add(outcome.coverage());
        if (!outcome.passed()) {
            failed(outcome.seed(), outcome.toString());
        }
    }

    private synchronized void report() {
        double seconds = (System.nanoTime() - begunNanos) / 1e9;
        out.printf(
                Locale.ROOT,
                "%.0f s: %d seeds, %d failed; %.0f seeds a minute, %.1f simulated hours an hour, %.0f events a second,"
                        + " %d commands acknowledged; %d of %d things seen%n",
                seconds,
                seeds,
                failures,
                seeds / seconds * 60,
                simulatedMillis / 1e3 / seconds,
                events / seconds,
                acknowledged,
                Simulation.expectedCoverage().size()
                        - coverage.missing(Simulation.expectedCoverage()).size(),
                Simulation.expectedCoverage().size());
        out.flush();
    }
}
