package io.ringleader.linearizability;

import static io.ringleader.linearizability.Edn.keyword;

import io.ringleader.linearizability.Operation.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a history as Jepsen's events, one map on a line. In Jepsen a process does one thing at a time, and none after an
 * operation whose outcome it does not know; so a client of ours, which may have several operations under way, is as many
 * processes as it needs. Used once, by one thread.
 */
final class EdnEvents {
    private final StringBuilder out = new StringBuilder();
    private final Map<Integer, Deque<Integer>> idle = new HashMap<>();
    private final Map<Integer, Integer> processOf = new HashMap<>();
    private int processes;
    private int index;

    /** What an operation looks like as an event. */
    interface Shape {
        /** The function that was called. */
        String function(Operation operation);

        /** What it was called with. */
        Object invoked(Operation operation);

        /** What it returned; only asked of operations that completed. */
        Object returned(Operation operation);

        /** Whether a completed operation is written as one that failed. */
        boolean isFailure(Operation operation);
    }

    private record Event(Operation operation, boolean invocation) {
        int at() {
            return invocation ? operation.invokedAt() : operation.completedAt();
        }
    }

    private EdnEvents() {}

    static String write(List<Operation> operations, Shape shape) {
        List<Event> events = new ArrayList<>();
        for (Operation o : operations) {
            events.add(new Event(o, true));
            if (o.completedAt() != Operation.NEVER) {
                events.add(new Event(o, false));
            }
        }
        events.sort(Comparator.comparingInt(Event::at));
        EdnEvents writer = new EdnEvents();
        events.forEach(event -> writer.write(event, shape));
        return writer.out.toString();
    }

    private void write(Event event, Shape shape) {
        Operation o = event.operation;
        Deque<Integer> idleOfClient = idle.computeIfAbsent(o.client(), client -> new ArrayDeque<>());
        boolean isKnown = o.outcome() != Outcome.UNKNOWN;
        String type = "invoke";
        Object value = shape.invoked(o);
        if (event.invocation) {
            processOf.put(o.id(), idleOfClient.isEmpty() ? processes++ : idleOfClient.pop());
        } else if (!isKnown) {
            type = "info";
        } else if (!o.isCompleted() || shape.isFailure(o)) {
            type = "fail";
        } else {
            type = "ok";
            value = shape.returned(o);
        }
        int process = processOf.get(o.id());
        if (!event.invocation && isKnown) {
            idleOfClient.push(process);
        }
        Map<Object, Object> map = new LinkedHashMap<>();
        map.put(keyword("index"), index++);
        map.put(keyword("time"), event.invocation ? o.invokedNanos() : o.completedNanos());
        map.put(keyword("process"), process);
        map.put(keyword("client"), o.client());
        map.put(keyword("type"), keyword(type));
        map.put(keyword("f"), keyword(shape.function(o)));
        map.put(keyword("value"), value);
        EdnWriter.write(out, map);
        out.append('\n');
    }
}
