package io.ringleader.sim;

import io.ringleader.config.ClusterConfig;
import io.ringleader.raft.StepObserver;
import io.ringleader.trace.TraceEvent;
import io.ringleader.trace.TraceEvent.LinkState;
import io.ringleader.trace.TraceEvent.Phase;
import io.ringleader.trace.TraceRecorder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Tells a {@link TraceRecorder} what happens in a {@link SimCluster}. It only looks on: it plans no event of the world and draws
 * no random number, so that a seed does the same whether it is looked at or not.
 */
final class Tracing {
    private static final int TEXT_MAX_CHARS = 200;

    private final TraceRecorder recorder;
    private final VirtualWorld world;
    private final ClusterConfig config;
    private final TracedMessages messages = new TracedMessages(this);
    /** What ends by itself, by when: told of as soon as something later is. */
    private final TreeMap<Long, List<TraceEvent>> later = new TreeMap<>();
    /** Numbers of clients that are gone, to be given to others: each has a column. */
    private final TreeSet<Integer> freeClients = new TreeSet<>();

    private int clients;
    private long operations;
    private boolean failed;

    Tracing(TraceRecorder recorder, VirtualWorld world, ClusterConfig config, long seed) {
        this.recorder = recorder;
        this.world = world;
        this.config = config;
        if (recorder.isOn()) {
            recorder.record(new TraceEvent.Run(
                    0, seed, config.nodes().size(), config.partitions(), config.replicas(), "simulated"));
            world.watchLinks(this::linkChanged);
        }
    }

    boolean isOn() {
        return recorder.isOn();
    }

    long nowNanos() {
        return world.elapsedNanos();
    }

    TracedMessages messages() {
        return messages;
    }

    void record(TraceEvent event) {
        while (!later.isEmpty() && later.firstKey() <= event.atNanos()) {
            later.pollFirstEntry().getValue().forEach(recorder::record);
        }
        recorder.record(event);
    }

    private void recordLater(TraceEvent event) {
        later.computeIfAbsent(event.atNanos(), at -> new ArrayList<>()).add(event);
    }

    /** Forgets what was to be told of later. */
    private void forgetLater(Predicate<TraceEvent> which) {
        for (Iterator<List<TraceEvent>> each = later.values().iterator(); each.hasNext(); ) {
            List<TraceEvent> events = each.next();
            events.removeIf(which);
            if (events.isEmpty()) {
                each.remove();
            }
        }
    }

    // ---- nodes and links

    void life(int node, Phase phase, String detail) {
        if (!isOn()) {
            return;
        }
        forgetLater(event -> event instanceof TraceEvent.Life resume && resume.node() == node);
        record(new TraceEvent.Life(nowNanos(), node, phase, detail));
        if (phase != Phase.START) {
            messages.receiverIsDown(node);
        }
    }

    void paused(int node, long nanos) {
        if (!isOn()) {
            return;
        }
        forgetLater(event -> event instanceof TraceEvent.Life resume && resume.node() == node);
        if (nanos > 0) {
            record(new TraceEvent.Life(nowNanos(), node, Phase.PAUSE, "for " + nanos / 1_000_000 + " ms"));
        }
        recordLater(new TraceEvent.Life(nowNanos() + nanos, node, Phase.RESUME, ""));
    }

    void clockSkewed(int node, long millis) {
        if (isOn()) {
            record(new TraceEvent.ClockSkewed(nowNanos(), node, millis, ""));
        }
    }

    void diskFault(int node, String fault) {
        if (isOn()) {
            record(new TraceEvent.DiskFault(nowNanos(), node, fault));
        }
    }

    private void linkChanged(String fromHost, String toHost, LinkState state, long untilNanos) {
        int from = nodeOf(fromHost);
        int to = nodeOf(toHost);
        if (from == 0 || to == 0) {
            return;
        }
        record(new TraceEvent.LinkChanged(nowNanos(), from, to, state, ""));
        forgetLater(
                event -> event instanceof TraceEvent.LinkChanged mended && mended.from() == from && mended.to() == to);
        if (state == LinkState.CLOGGED) {
            recordLater(new TraceEvent.LinkChanged(untilNanos, from, to, LinkState.MENDED, ""));
        }
    }

    /** 0 for a host that is no node. */
    private int nodeOf(String host) {
        for (int i = 0; i < config.nodes().size(); i++) {
            int id = config.nodes().get(i).id();
            if (SimCluster.host(id).equals(host)) {
                return id;
            }
        }
        return 0;
    }

    void note(String text) {
        if (isOn()) {
            record(new TraceEvent.Note(nowNanos(), 0, text));
        }
    }

    /** The first failure is the one that counts. */
    void failed(String what) {
        if (isOn() && !failed) {
            failed = true;
            record(new TraceEvent.Failed(nowNanos(), what));
        }
    }

    // ---- replicas

    /** Looks on at a replica of the machine, before somebody else does. */
    StepObserver of(Machine machine, int partition, StepObserver next) {
        return isOn() ? new TracedReplica(this, machine, partition, next) : next;
    }

    // ---- clients

    /** The number of a new client. */
    int clientIsThere() {
        Integer free = freeClients.pollFirst();
        return free != null ? free : ++clients;
    }

    void clientIsGone(int client) {
        freeClients.add(client);
    }

    /** Tells of a command and of its answer, which goes on to who asked. */
    Consumer<String> asked(int client, String command, Consumer<String> asker) {
        if (!isOn()) {
            return asker;
        }
        long operation = ++operations;
        String line = command.lines().findFirst().orElse("");
        String[] words = line.split(" ", 3);
        boolean hasKey = words.length > 1 && !words[0].equals("stats");
        byte[] key = hasKey ? words[1].getBytes(StandardCharsets.ISO_8859_1) : new byte[0];
        int partition = hasKey ? config.ring().partitionOf(key, 0, key.length) : TraceEvent.NO_PARTITION;
        record(new TraceEvent.Invoked(
                nowNanos(),
                client,
                operation,
                partition,
                hasKey ? words[1] : "",
                words.length > 2 ? words[0] + " " + shortened(words[2]) : words[0]));
        return answer -> {
            boolean unknown = answer.equals(TextClient.LOST) || answer.startsWith("SERVER_ERROR outcome unknown");
            record(new TraceEvent.Completed(
                    nowNanos(), client, operation, TraceEvent.NOT_KNOWN, shortened(answer), unknown));
            asker.accept(answer);
        };
    }

    private static String shortened(String text) {
        return text.length() <= TEXT_MAX_CHARS ? text : text.substring(0, TEXT_MAX_CHARS) + "...";
    }
}
