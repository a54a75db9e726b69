package io.ringleader.sim;

import io.ringleader.linearizability.History;
import io.ringleader.linearizability.HistoryEdn;
import java.util.Optional;

/**
 * What became of one run.
 *
 * @param seed repeats it exactly
 * @param eventHash depends on every event, when it happened, and every byte that arrived: two runs of a seed have the same
 * @param events how many there were
 * @param simulatedMillis how long it took, in the time of the simulated world
 * @param acknowledged commands that were answered with something other than an error
 * @param coverage what happened, and how often
 * @param plan what was drawn at the beginning, for people
 * @param history what the clients asked and heard; empty if it was not taken down
 * @param failure what went wrong, with what had happened before; empty if nothing did
 */
public record Outcome(
        long seed,
        long eventHash,
        long events,
        long simulatedMillis,
        long acknowledged,
        Coverage coverage,
        String plan,
        History history,
        Optional<SimulationFailure> failure) {

    /** As a file that Jepsen's checkers read. */
    public String historyAsEdn() {
        return HistoryEdn.write(history);
    }

    public boolean passed() {
        return failure.isEmpty();
    }

    /** One line if all went well, and all there is to know if not. */
    @Override
    public String toString() {
        String line = "seed " + seed + ": " + (passed() ? "passed" : "FAILED") + ", " + events + " events, "
                + simulatedMillis + " ms, " + acknowledged + " commands acknowledged, hash "
                + Long.toHexString(eventHash);
        return passed() ? line : line + "\n" + plan + "\n" + failure.get().getMessage();
    }
}
