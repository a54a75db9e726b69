package io.ringleader.linearizability;

/**
 * One command on one key, from its invocation to what became of it. A multi-get is one operation per key, since nothing is
 * promised about its keys together. Immutable.
 *
 * <p>The order of events in the history decides which of two operations came first; times are only there for expiry and for
 * people.
 *
 * @param id number in the order of invocation, from 0
 * @param client who asked; a client may have several operations under way
 * @param key Latin-1, one character per byte; null for {@link Command.FlushAll}
 * @param answer null unless the outcome is {@link Outcome#COMPLETED}
 * @param invokedAt number of the invocation among the events of the history, from 0
 * @param completedAt number of the event at which the client gave up waiting or heard an answer; {@link #NEVER} if neither
 * @param invokedNanos nanoseconds since the beginning of the history
 * @param completedNanos nanoseconds since the beginning of the history; {@link Long#MAX_VALUE} if never
 */
public record Operation(
        int id,
        int client,
        String key,
        Command command,
        Outcome outcome,
        Answer answer,
        int invokedAt,
        int completedAt,
        long invokedNanos,
        long completedNanos) {
    /** The number of an event that did not happen: after all others. */
    public static final int NEVER = Integer.MAX_VALUE;

    /** What is known of an operation in the end. */
    public enum Outcome {
        /** It took effect between invocation and return, and this is what it answered. A refusal counts as that too. */
        COMPLETED,
        /** It certainly had no effect, then or later. The checker leaves it out. */
        NOT_APPLIED,
        /** It may take effect at any time after its invocation, however late, or never. */
        UNKNOWN
    }

    public Operation {
        if ((outcome == Outcome.COMPLETED) != (answer != null)) {
            throw new IllegalArgumentException(
                    "Operation " + id + " is " + outcome + ", but its answer is " + answer + ".");
        }
        if ((key == null) != (command instanceof Command.FlushAll)) {
            throw new IllegalArgumentException("Operation " + id + " is " + command + " of the key " + key
                    + ": every command but flush_all has a key.");
        }
    }

    /** The command in words, without its key; of a long value the beginning. */
    public String asked() {
        return Text.command(command, "");
    }

    /** The answer in words, or why there is none; of a long value the beginning. */
    public String heard() {
        return answer == null ? outcome.name() : answer.toString();
    }

    public boolean isCompleted() {
        return outcome == Outcome.COMPLETED;
    }

    /** Whether it certainly changed nothing, whatever it found: because it only looked, or was refused. */
    boolean isLook() {
        if (!isCompleted()) {
            return false;
        }
        return switch (answer.status()) {
            case MISS, NOT_FOUND, NOT_STORED, EXISTS, NON_NUMERIC -> true;
            case HIT ->
                command instanceof Command.Fetch fetch
                        && fetch.exptime() == null
                        && (Boolean.FALSE.equals(answer.won()) || !fetch.canWin());
            default -> false;
        };
    }

    /** The event by which it must have taken effect. */
    int deadline() {
        return isCompleted() ? completedAt : NEVER;
    }

    /** The time by which it must have taken effect. */
    long deadlineNanos() {
        return isCompleted() ? completedNanos : Long.MAX_VALUE;
    }

    @Override
    public String toString() {
        String until = completedAt == NEVER ? "..." : completedNanos / 1000 + " us";
        return "#" + id + " client " + client + " [" + invokedNanos / 1000 + " us, " + until + "] " + Text.command(this)
                + " -> " + heard();
    }
}
