package io.ringleader.sim.workload;

import io.ringleader.linearizability.Answer;
import io.ringleader.linearizability.Operation.Outcome;

/**
 * What a client knows of an operation when it has its answer, or knows that none will come.
 *
 * @param answer null unless the outcome is {@link Outcome#COMPLETED}
 */
public record Heard(Outcome outcome, Answer answer) {
    /** The error promises that the command had no effect. */
    public static final Heard NOT_APPLIED = new Heard(Outcome.NOT_APPLIED, null);

    /** It may have had its effect, or may have it yet. */
    public static final Heard UNKNOWN = new Heard(Outcome.UNKNOWN, null);

    public static Heard of(Answer answer) {
        return new Heard(Outcome.COMPLETED, answer);
    }

    boolean isKnown() {
        return outcome == Outcome.COMPLETED;
    }
}
