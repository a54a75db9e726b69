package io.ringleader.linearizability;

import io.ringleader.linearizability.Operation.Outcome;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes down a history while it happens. The order of the calls is the order of the events, so an invocation is noted before
 * the request is sent, and an answer after it has come. Owned by one thread.
 */
public final class HistoryRecorder {
    private final List<Operation> operations = new ArrayList<>();
    private int events;
    private long lastNanos;

    /**
     * Notes that a client is about to ask.
     *
     * @param key null for {@link Command.FlushAll}
     * @param nanos since the beginning of the history; never less than that of the event before
     * @return the number of the operation, for the call that completes it
     */
    public int invoke(int client, String key, Command command, long nanos) {
        int id = operations.size();
        int at = next(nanos);
        operations.add(new Operation(
                id, client, key, command, Outcome.UNKNOWN, null, at, Operation.NEVER, nanos, Long.MAX_VALUE));
        return id;
    }

    /** Notes the answer to an operation. */
    public void completed(int id, Answer answer, long nanos) {
        complete(id, Outcome.COMPLETED, answer, nanos);
    }

    /** Notes that the operation certainly had no effect and never will: only for errors that promise this. */
    public void notApplied(int id, long nanos) {
        complete(id, Outcome.NOT_APPLIED, null, nanos);
    }

    /** Notes that the client gave up. The same as never noting anything, but for the record. */
    public void unknown(int id, long nanos) {
        complete(id, Outcome.UNKNOWN, null, nanos);
    }

    /** What was recorded so far; operations without a completion have an unknown outcome. */
    public History history() {
        return new History(operations);
    }

    private void complete(int id, Outcome outcome, Answer answer, long nanos) {
        Operation o = operations.get(id);
        if (o.completedAt() != Operation.NEVER) {
            throw new IllegalStateException(
                    "Operation " + id + " is completed a second time, as " + outcome + ": " + o);
        }
        int at = next(nanos);
        operations.set(
                id,
                new Operation(
                        id,
                        o.client(),
                        o.key(),
                        o.command(),
                        outcome,
                        answer,
                        o.invokedAt(),
                        at,
                        o.invokedNanos(),
                        nanos));
    }

    private int next(long nanos) {
        if (nanos < lastNanos) {
            throw new IllegalArgumentException("Time in a history does not go back, but after an event at " + lastNanos
                    + " ns came one at " + nanos + " ns.");
        }
        lastNanos = nanos;
        return events++;
    }
}
