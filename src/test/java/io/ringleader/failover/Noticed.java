package io.ringleader.failover;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What clients noticed of a fault, at nodes that were up and connected to a majority.
 *
 * @param gapMillis longest time without a successful answer of each client: median, 99th percentile, maximum, number of clients
 * @param latencyMillis of operations, in the same way
 * @param errors what was no success, by kind
 * @param verdict what of all operations, also at other nodes, is missing or there too often
 */
record Noticed(
        Scenario scenario,
        double[] gapMillis,
        double[] latencyMillis,
        Map<Outcome, Integer> errors,
        Ledger.Verdict verdict,
        Stage.Growth growth) {
    static final String HEAD = """
            | fault | longest wait for a success, ms: p50 / p99 / max of clients | operations | latency, ms: p50 / p99 / max | errors | unknown | lost, doubled, gone back | terms | goals |
            | --- | --- | --- | --- | --- | --- | --- | --- | --- |
            """;

    private static final int SHOWN_MAX = 10;

    String row() {
        String shownErrors = errors.isEmpty()
                ? "none"
                : errors.entrySet().stream()
                        .map(error -> error.getValue() + " " + error.getKey())
                        .collect(Collectors.joining(", "));
        return "| " + scenario.name() + " | " + show(gapMillis) + " | " + (long) latencyMillis[3] + " | "
                + show(latencyMillis) + " | " + shownErrors + " | " + verdict.unknown() + " | "
                + verdict.lost().size() + ", " + verdict.doubled().size() + ", "
                + verdict.wentBack().size() + " | +" + growth.inAll() + ", +" + growth.settled() + " | " + goals()
                + " |";
    }

    private static String show(double[] millis) {
        return String.format(Locale.ROOT, "%.1f / %.0f / %.0f", millis[0], millis[1], millis[2]);
    }

    private String goals() {
        List<String> missed = new ArrayList<>();
        Scenario.Goal goal = scenario.goal();
        if (goal.gapMillis() > 0 && gapMillis[1] >= goal.gapMillis()) {
            missed.add("wait < " + goal.gapMillis() + " ms");
        }
        if (goal.noErrors() && !errors.isEmpty()) {
            missed.add("no error");
        }
        if (goal.stableTerms() && (growth.settled() > 0 || growth.leadersMoved() > 0)) {
            missed.add("stable leaders (" + growth.leadersMoved() + " moved)");
        }
        if (goal.equals(Scenario.Goal.NONE)) {
            return "";
        }
        return missed.isEmpty() ? "met" : "missed: " + String.join(", ", missed);
    }

    /** Only what must never be; empty if there is nothing of it. */
    List<String> violations() {
        List<String> all = new ArrayList<>();
        add(all, "lost", verdict.lost());
        add(all, "doubled", verdict.doubled());
        add(all, "went back", verdict.wentBack());
        return all;
    }

    private void add(List<String> all, String what, List<String> found) {
        if (!found.isEmpty()) {
            all.add(scenario + ": " + found.size() + " " + what + ": "
                    + found.subList(0, Math.min(SHOWN_MAX, found.size())));
        }
    }
}
