package io.ringleader.sim;

import io.ringleader.linearizability.History;
import io.ringleader.linearizability.HistoryEdn;
import io.ringleader.linearizability.Verdict;
import io.ringleader.ring.Ring;
import io.ringleader.trace.TraceEvent;
import java.util.List;
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
 * @param verdict what was found of the history; empty if it was not judged
 * @param ring says which partition a key is in
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
        Optional<Verdict> verdict,
        Ring ring,
        Optional<SimulationFailure> failure) {

    /** As a file that Jepsen's checkers read. */
    public String historyAsEdn() {
        return HistoryEdn.write(history);
    }

    /** The events of the run, as they were recorded, with what its clients asked and heard and when that took effect. */
    public List<TraceEvent> withClients(List<TraceEvent> events) {
        return new ClientsInTrace(events, ring, verdict).add(history);
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
