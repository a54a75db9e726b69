package io.ringleader.failover;

import io.ringleader.namespaces.NamespaceCluster;
import io.ringleader.namespaces.NamespaceNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Many connections that set small values. Closed: each sends so many commands, waits for their answers, and so on: what the cluster
 * can do. Open: each sends at a rate of its own, whatever comes back, until TCP holds it back.
 */
final class Load implements AutoCloseable {
    private static final long OPEN_TICK_NANOS = 10_000_000L;
    /** Sent and unanswered of one connection: times are remembered for so many. */
    private static final int OPEN_MAX = 1 << 20;

    /**
     * @param offered how many the plan had; 0 if there was none
     * @param answers how many of each kind
     * @param latencyMillis of those done, from the write to the answer: median, 99th percentile, maximum
     * @param failedMillis of the others
     */
    record Result(
            Duration time,
            long offered,
            long sent,
            Map<Outcome, Long> answers,
            double[] latencyMillis,
            double[] failedMillis) {
        double perSecond() {
            return answers.getOrDefault(Outcome.DONE, 0L) * 1e9 / time.toNanos();
        }
    }

    private final List<LoadConnection> connections = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Latencies> done = new ArrayList<>();
    private final List<Latencies> failed = new ArrayList<>();
    private final Map<Outcome, AtomicLong> answers = new EnumMap<>(Outcome.class);
    private final AtomicLong sent = new AtomicLong();
    private volatile boolean stopping;

    private Load(NamespaceCluster cluster, int perNode) throws IOException {
        for (Outcome outcome : Outcome.values()) {
            answers.put(outcome, new AtomicLong());
        }
        for (NamespaceNode node : cluster.nodes()) {
            for (int i = 0; i < perNode; i++) {
                connections.add(new LoadConnection(node.clientAddress(), connections.size()));
                done.add(new Latencies());
                failed.add(new Latencies());
            }
        }
    }

    /** @param pipeline commands of one connection under way */
    static Result closed(NamespaceCluster cluster, int perNode, int pipeline, Duration time) throws IOException {
        try (Load load = new Load(cluster, perNode)) {
            for (int i = 0; i < load.connections.size(); i++) {
                int number = i;
                load.start(() -> load.closedLoop(number, pipeline));
            }
            return load.result(time, 0);
        }
    }

    /** @param perSecond of all connections together */
    static Result open(NamespaceCluster cluster, int perNode, Duration time, double perSecond) throws IOException {
        try (Load load = new Load(cluster, perNode)) {
            double each = perSecond / load.connections.size();
            for (int i = 0; i < load.connections.size(); i++) {
                int number = i;
                Times times = new Times(OPEN_MAX);
                load.start(() -> load.sendAtRate(number, each, times));
                load.start(() -> load.receiveAll(number, times));
            }
            return load.result(time, (long) (perSecond * time.toNanos() / 1e9));
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                if (!stopping) {
                    answers.get(Outcome.CONNECTION_LOST).incrementAndGet();
                }
            }
        });
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void closedLoop(int number, int pipeline) throws IOException {
        LoadConnection connection = connections.get(number);
        while (!stopping) {
            long startNanos = System.nanoTime();
            connection.send(pipeline);
            sent.addAndGet(pipeline);
            for (int i = 0; i < pipeline; i++) {
                count(number, connection.receive(), startNanos);
            }
        }
    }

    private void sendAtRate(int number, double perSecond, Times times) throws IOException {
        LoadConnection connection = connections.get(number);
        long startNanos = System.nanoTime();
        long commands = 0;
        while (!stopping) {
            // what could not be sent when it was due is not made up for: an overload does not wait
            int due = (int) Math.min(perSecond, (System.nanoTime() - startNanos) * perSecond / 1e9 - commands);
            if (due > 0) {
                times.add(System.nanoTime(), due);
                connection.send(due);
                sent.addAndGet(due);
            }
            commands = (long) ((System.nanoTime() - startNanos) * perSecond / 1e9);
            LockSupport.parkNanos(OPEN_TICK_NANOS);
        }
    }

    private void receiveAll(int number, Times times) throws IOException {
        LoadConnection connection = connections.get(number);
        while (true) {
            Outcome outcome = connection.receive();
            count(number, outcome, times.take());
        }
    }

    private void count(int number, Outcome outcome, long startNanos) {
        if (stopping) {
            return;
        }
        answers.get(outcome).incrementAndGet();
        (outcome == Outcome.DONE ? done : failed).get(number).add(System.nanoTime() - startNanos);
    }

    private Result result(Duration time, long offered) {
        long startNanos = System.nanoTime();
        Stage.pause(time);
        stopping = true;
        Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
        Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);
        answers.forEach((outcome, count) -> {
            if (count.get() > 0) {
                counts.put(outcome, count.get());
            }
        });
        return new Result(took, offered, sent.get(), counts, Latencies.millis(done), Latencies.millis(failed));
    }

    /** Closes connections, whatever is under way, and waits for the threads. */
    @Override
    public void close() throws IOException {
        stopping = true;
        for (LoadConnection connection : connections) {
            connection.close();
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("Interrupted while the load was to end.", e);
            }
        }
    }
}
