package io.ringleader.jepsen;

import io.ringleader.linearizability.Answer;
import io.ringleader.linearizability.Operation.Outcome;

/**
 * What became of one operation, as its client knows it. Immutable.
 *
 * @param answer null unless the outcome is {@link Outcome#COMPLETED}
 */
record Heard(Outcome outcome, Answer answer) {
    /** {@code :fail}: documented to have had no effect. */
    static final Heard NOT_APPLIED = new Heard(Outcome.NOT_APPLIED, null);
    /** {@code :info}. */
    static final Heard UNKNOWN = new Heard(Outcome.UNKNOWN, null);

    static Heard answered(Answer answer) {
        return new Heard(Outcome.COMPLETED, answer);
    }

    boolean is(Answer.Status status) {
        return answer != null && answer.status() == status;
    }
}
