package io.ringleader.jepsen;

import io.ringleader.linearizability.Answer.Status;
import io.ringleader.linearizability.Command;
import io.ringleader.linearizability.History;
import io.ringleader.linearizability.Operation;
import io.ringleader.linearizability.Operation.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether each counter that is seen lies between what was certainly counted before and what may have been counted by then. Follows
 * from linearizability too, but this is said in one sentence, and of a key whose search was given up as well. Stateless.
 */
final class CounterCheck {
    private static final int SHOWN_MAX = 20;

    private record Bounds(long low, long high) {}

    private CounterCheck() {}

    static Finding check(History history) {
        Map<String, List<Operation>> counts = new TreeMap<>();
        for (Operation o : history.operations()) {
            if (o.command() instanceof Command.Count) {
                counts.computeIfAbsent(o.key(), key -> new ArrayList<>()).add(o);
            }
        }
        long seen = 0;
        List<Object> outside = new ArrayList<>();
        for (Operation o : history.operations()) {
            Long value = o.key() != null && counts.containsKey(o.key()) ? value(o) : null;
            if (value == null) {
                continue;
            }
            seen++;
            Bounds bounds = bounds(counts.get(o.key()), o);
            if (value < bounds.low || value > bounds.high) {
                outside.add(o + " is not within " + bounds.low + " to " + bounds.high);
            }
        }
        Map<String, Object> details = new LinkedHashMap<>();
        details.put(Finding.SUBJECTS, (long) counts.size());
        details.put("values-seen", seen);
        details.put("outside", (long) outside.size());
        details.put("values-outside", outside.stream().limit(SHOWN_MAX).toList());
        return new Finding("counter", Finding.of(outside.isEmpty()), details);
    }

    /** Null if it has seen none. A number may be padded with spaces. */
    private static Long value(Operation o) {
        if (!o.isCompleted()) {
            return null;
        }
        return switch (o.answer().status()) {
            case NUMBER -> o.answer().number();
            case HIT -> Long.parseLong(o.answer().value().strip());
            default -> null;
        };
    }

    private static Bounds bounds(List<Operation> counts, Operation seen) {
        long low = Workloads.COUNTER_START;
        long high = Workloads.COUNTER_START;
        for (Operation o : counts) {
            Command.Count count = (Command.Count) o.command();
            boolean counted = o.isCompleted() && o.answer().status() == Status.NUMBER;
            boolean before = counted && o.completedAt() < seen.invokedAt();
            boolean perhaps = (counted || o.outcome() == Outcome.UNKNOWN) && o.invokedAt() < seen.completedAt();
            long delta = count.delta();
            if (count.subtract()) {
                low -= perhaps ? delta : 0;
                high -= before ? delta : 0;
            } else {
                low += before ? delta : 0;
                high += perhaps ? delta : 0;
            }
        }
        return new Bounds(low, high);
    }
}
