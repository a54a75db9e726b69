package io.ringleader.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns steps into entries: keeps the leader's clock and each session's numbers. */
final class LogOfSteps {
    /** An entry with what went into it; the payload of a no-op is empty, the node of a tick is 0. */
    record LogEntry(
            byte[] payload,
            long timeMillis,
            long partitionMaxBytes,
            int itemMaxBytes,
            int node,
            long incarnation,
            long sequence,
            List<Command> commands) {}

    private record Sent(long incarnation, long sequence, List<Command> commands) {}

    private final Map<Integer, Sent> last = new HashMap<>();
    private long clockMillis = StoreDriver.START_MILLIS;

    static List<LogEntry> of(List<Step> steps) {
        LogOfSteps log = new LogOfSteps();
        List<LogEntry> entries = new ArrayList<>();
        steps.forEach(step -> entries.add(log.next(step)));
        return entries;
    }

    LogEntry next(Step step) {
        clockMillis += step.timeDeltaMillis();
        if (step.kind() == Step.Kind.NO_OP) {
            return new LogEntry(new byte[0], 0, 0, 0, 0, 0, 0, List.of());
        }
        if (step.kind() == Step.Kind.TICK) {
            return new LogEntry(CommandBatch.tick(clockMillis), clockMillis, 0, 0, 0, 0, 0, List.of());
        }
        Sent before = last.getOrDefault(step.node(), new Sent(10, 100, List.of()));
        List<Command> commands = step.kind() == Step.Kind.REPEAT ? before.commands : step.commands();
        long incarnation = before.incarnation
                + switch (step.kind()) {
                    case NEW_INCARNATION -> 2;
                    case OLD_INCARNATION -> -1;
                    default -> 0;
                };
        long sequence = switch (step.kind()) {
            case REPEAT, REPEAT_WITH_OTHER_COMMANDS -> before.sequence;
            case SKIP_SEQUENCES -> before.sequence + 5;
            case OLD_SEQUENCE -> before.sequence - 1;
            case NEW_INCARNATION -> 1;
            default -> before.sequence + 1;
        };
        boolean moves = !last.containsKey(step.node())
                || incarnation > before.incarnation
                || (incarnation == before.incarnation && sequence > before.sequence);
        if (moves) {
            last.put(step.node(), new Sent(incarnation, sequence, commands));
        }
        byte[] batch = Command.batch(step.node(), incarnation, sequence, commands);
        byte[] payload =
                CommandBatch.stamp(batch, 0, batch.length, clockMillis, step.partitionMaxBytes(), step.itemMaxBytes());
        return new LogEntry(
                payload,
                clockMillis,
                step.partitionMaxBytes(),
                step.itemMaxBytes(),
                step.node(),
                incarnation,
                sequence,
                commands);
    }
}
