package io.ringleader.jepsen;

import java.io.PrintStream;

/** Says every few seconds how far a run is. Used by one thread. */
final class Progress {
    /** How often {@link #show} is to be called; it prints less often. */
    static final long INTERVAL_NANOS = 500_000_000L;

    private static final long PRINT_NANOS = 5_000_000_000L;
    private static final int ATTACK_CHARS_MAX = 70;

    private final PrintStream out;
    private final String title;
    private String attack = "";
    private long printedNanos = System.nanoTime();

    Progress(PrintStream out, String title) {
        this.out = out;
        this.title = title;
    }

    /** @param description what is being done to the cluster; empty if nothing is */
    void attack(String description) {
        attack = description.length() > ATTACK_CHARS_MAX
                ? description.substring(0, ATTACK_CHARS_MAX) + "..."
                : description;
    }

    void show(Journal journal) {
        if (System.nanoTime() - printedNanos < PRINT_NANOS) {
            return;
        }
        printedNanos = System.nanoTime();
        Journal.Counts counts = journal.counts();
        out.printf(
                "%s %3d s  %6d operations: %d ok, %d fail, %d info  %s%n",
                title,
                journal.nanos() / 1_000_000_000L,
                counts.asked(),
                counts.ok(),
                counts.fail(),
                counts.info(),
                attack);
    }
}
