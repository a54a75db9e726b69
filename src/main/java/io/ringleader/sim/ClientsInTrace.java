package io.ringleader.sim;

import io.ringleader.linearizability.History;
import io.ringleader.linearizability.Operation;
import io.ringleader.linearizability.Verdict;
import io.ringleader.linearizability.Verdict.KeyVerdict;
import io.ringleader.linearizability.Verdict.Linearized;
import io.ringleader.linearizability.Verdict.Result;
import io.ringleader.ring.Ring;
import io.ringleader.trace.TraceEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts what clients asked and heard into the events of a run that is over: only then it is known when each operation took effect,
 * in an order that explains all answers. Of a key for which there is no such order, it is one that explains most.
 */
final class ClientsInTrace {
    private final List<TraceEvent> events;
    private final Ring ring;
    /** By operation. One of all keys has taken effect when it has for the last of them. */
    private final Map<Integer, Long> effectNanos = new HashMap<>();
    /** The trace knows clients already, and each has a column. */
    private final int clientsBefore;

    /** @param events in the order of their times */
    ClientsInTrace(List<TraceEvent> events, Ring ring, Optional<Verdict> verdict) {
        this.events = events;
        this.ring = ring;
        clientsBefore = events.stream()
                .mapToInt(event -> event instanceof TraceEvent.Invoked invoked ? invoked.client() : 0)
                .max()
                .orElse(0);
        for (KeyVerdict key : verdict.map(Verdict::keys).orElse(List.of())) {
            List<Linearized> order =
                    key.result() == Result.INVALID ? key.evidence().prefix() : key.linearization();
            order.forEach(each -> effectNanos.merge(each.operation().id(), each.atNanos(), Math::max));
        }
    }

    /** A trace may have forgotten its beginning: what had an answer by then is left out. */
    List<TraceEvent> add(History history) {
        long fromNanos = events.stream()
                .filter(event -> !isOfBefore(event))
                .mapToLong(TraceEvent::atNanos)
                .findFirst()
                .orElse(0);
        List<TraceEvent> all = new ArrayList<>(events);
        for (Operation each : history.operations()) {
            boolean isOver = each.completedAt() != Operation.NEVER;
            if (!isOver || each.completedNanos() >= fromNanos) {
                all.add(invoked(each));
            }
            if (isOver && each.completedNanos() >= fromNanos) {
                all.add(completed(each));
            }
        }
        // Of what happens at once, a failure is the last and a trace's own events are the first.
        all.sort(Comparator.comparingLong(TraceEvent::atNanos).thenComparing(TraceEvent.Failed.class::isInstance));
        return all;
    }

    /** The beginning of any trace, and the open operations at the beginning of one that has forgotten something. */
    private static boolean isOfBefore(TraceEvent event) {
        return event instanceof TraceEvent.Run || event instanceof TraceEvent.Invoked;
    }

    private TraceEvent invoked(Operation operation) {
        String key = operation.key() == null ? "" : operation.key();
        byte[] bytes = key.getBytes(StandardCharsets.ISO_8859_1);
        return new TraceEvent.Invoked(
                operation.invokedNanos(),
                clientsBefore + 1 + operation.client(),
                operation.id(),
                operation.key() == null ? TraceEvent.NO_PARTITION : ring.partitionOf(bytes, 0, bytes.length),
                key,
                operation.asked());
    }

    private TraceEvent completed(Operation operation) {
        return new TraceEvent.Completed(
                operation.completedNanos(),
                clientsBefore + 1 + operation.client(),
                operation.id(),
                effectNanos.getOrDefault(operation.id(), TraceEvent.NOT_KNOWN),
                operation.heard(),
                operation.outcome() == Operation.Outcome.UNKNOWN);
    }
}
