package io.ringleader.linearizability;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Clients of one linearizable object: every operation takes effect at a random moment between its invocation and its return.
 * So the histories are linearizable by construction, unless a fault is asked for.
 */
final class SimulatedClients {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int MAX_GAP_MILLIS = 400;
    private static final int MAX_LATE_MILLIS = 20_000;

    private final Random random;
    private final RandomCommands commands;
    private final StoreObject object;
    private final HistoryRecorder recorder = new HistoryRecorder();
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Options options;
    private int left;
    private int sequence;
    private int executed;

    /**
     * @param unknownPercent operations whose answer is lost
     * @param skewMillis by how much the object's clock is early or late
     * @param forgetAt the number of the execution that is answered but forgotten; -1 for none
     */
    record Options(
            int clients,
            int operations,
            List<String> keys,
            int unknownPercent,
            boolean timed,
            boolean meta,
            int skewMillis,
            int forgetAt) {
        static Options of(int clients, int operations) {
            return new Options(clients, operations, List.of("k"), 0, false, false, 0, -1);
        }

        Options keys(int count) {
            List<String> names = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                names.add("k" + i);
            }
            return new Options(clients, operations, names, unknownPercent, timed, meta, skewMillis, forgetAt);
        }

        Options unknown(int percent) {
            return new Options(clients, operations, keys, percent, timed, meta, skewMillis, forgetAt);
        }

        Options timed(int newSkewMillis) {
            return new Options(clients, operations, keys, unknownPercent, true, meta, newSkewMillis, forgetAt);
        }

        Options withMeta() {
            return new Options(clients, operations, keys, unknownPercent, timed, true, skewMillis, forgetAt);
        }

        Options forgetting(int execution) {
            return new Options(clients, operations, keys, unknownPercent, timed, meta, skewMillis, execution);
        }

        MemcachedModel.Settings settings() {
            return new MemcachedModel.Settings(2 * skewMillis * NANOS_PER_MILLI, 0, 64);
        }
    }

    private record Event(long millis, int order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(millis, other.millis);
            return byTime != 0 ? byTime : Integer.compare(order, other.order);
        }
    }

    private SimulatedClients(long seed, Options options) {
        this.options = options;
        random = new Random(seed);
        commands = new RandomCommands(random, options.timed, options.meta);
        object = new StoreObject(options.settings().itemMaxBytes());
        left = options.operations;
    }

    static History run(long seed, Options options) {
        SimulatedClients clients = new SimulatedClients(seed, options);
        for (int client = 0; client < options.clients; client++) {
            clients.thinkThenAsk(client, 0);
        }
        while (!clients.events.isEmpty()) {
            Event event = clients.events.poll();
            event.action.run();
        }
        return clients.recorder.history();
    }

    private void at(long millis, Runnable action) {
        events.add(new Event(millis, sequence++, action));
    }

    private void thinkThenAsk(int client, long nowMillis) {
        long then = nowMillis + random.nextInt(MAX_GAP_MILLIS);
        at(then, () -> ask(client, then));
    }

    private void ask(int client, long nowMillis) {
        if (left-- <= 0) {
            return;
        }
        Command command = commands.next();
        String key = command instanceof Command.FlushAll ? null : options.keys.get(random.nextInt(options.keys.size()));
        int id = recorder.invoke(client, key, command, nowMillis * NANOS_PER_MILLI);
        long returnsAt = nowMillis + random.nextInt(MAX_GAP_MILLIS);
        if (random.nextInt(100) >= options.unknownPercent) {
            long effectAt = nowMillis + random.nextInt((int) (returnsAt - nowMillis) + 1);
            at(effectAt, () -> {
                Answer answer = execute(key, command, effectAt);
                at(returnsAt, () -> hear(client, id, answer, returnsAt));
            });
            return;
        }
        if (random.nextBoolean()) {
            long effectAt = nowMillis + random.nextInt(MAX_LATE_MILLIS);
            at(effectAt, () -> execute(key, command, effectAt));
        }
        at(returnsAt, () -> {
            recorder.unknown(id, returnsAt * NANOS_PER_MILLI);
            thinkThenAsk(client, returnsAt);
        });
    }

    private Answer execute(String key, Command command, long nowMillis) {
        long skew = options.skewMillis == 0 ? 0 : random.nextInt(2 * options.skewMillis + 1) - options.skewMillis;
        long stampMillis = Math.max(0, nowMillis + skew);
        if (executed++ == options.forgetAt) {
            StoreObject another = new StoreObject(options.settings().itemMaxBytes());
            return another.execute(key, command, stampMillis);
        }
        return object.execute(key, command, stampMillis);
    }

    private void hear(int client, int id, Answer answer, long nowMillis) {
        commands.seen(answer);
        recorder.completed(id, answer, nowMillis * NANOS_PER_MILLI);
        thinkThenAsk(client, nowMillis);
    }
}
