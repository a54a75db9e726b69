package io.ringleader.linearizability;

import java.util.List;
import java.util.Optional;

/**
 * What the {@link Checker} found. Immutable.
 *
 * @param result {@link Result#INVALID} if one key is, else {@link Result#UNDECIDED} if one key is, else {@link Result#VALID}
 * @param keys in the order of their first operations
 */
public record Verdict(Result result, List<KeyVerdict> keys) {
    /** Three values, because a search may grow too large for an answer. */
    public enum Result {
        VALID,
        INVALID,
        /** No contradiction was found within the limits, and no order that explains everything either. */
        UNDECIDED
    }

    /**
     * What was found for one key.
     *
     * @param linearization an order that explains every answer; empty unless valid
     * @param evidence why there is none; null unless invalid
     * @param reason why the search was given up; null unless undecided
     * @param steps steps of the model that the search took
     */
    public record KeyVerdict(
            String key, Result result, List<Linearized> linearization, Evidence evidence, String reason, long steps) {}

    /**
     * An operation with the point at which it can have taken effect.
     *
     * @param atNanos within the operation, and never less than that of the operation before
     * @param state the key after it, in words
     */
    public record Linearized(Operation operation, long atNanos, String state) {}

    /**
     * The shortest beginning of the key's history that nothing explains: it ends with the return of {@link #unplaceable},
     * and everything before that return can be explained.
     *
     * @param unplaceable the operation whose answer contradicts all that came before
     * @param pending what was also under way at that return, or has an unknown outcome, and might yet have taken effect
     * @param prefix the shortest order that explains all that returned before
     * @param states the states in which the key can have been at that return, in words; at most {@link Search#MAX_STATES}
     */
    public record Evidence(
            Operation unplaceable, List<Operation> pending, List<Linearized> prefix, List<String> states) {}

    public boolean isValid() {
        return result == Result.VALID;
    }

    public Optional<KeyVerdict> firstInvalid() {
        return keys.stream().filter(key -> key.result() == Result.INVALID).findFirst();
    }

    /** The verdict for people, in several lines if there is something to explain. */
    public String explain() {
        return Text.explain(this);
    }
}
