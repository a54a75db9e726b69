package io.ringleader.failover;

import io.ringleader.it.TextClient;
import io.ringleader.namespaces.NamespaceNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Clients that ask for little, one set or get at a time, and should not notice what others do. */
final class Victims {
    private static final int PER_NODE = 4;
    private static final int KEYS = 1_000;
    private static final String VALUE = "v".repeat(100);
    private static final long PAUSE_NANOS = 3_000_000L;
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    /** @param latencyMillis median, 99th percentile, maximum */
    record Result(double perSecond, double[] latencyMillis, long errors) {}

    private Victims() {}

    /** Four of each node. */
    static Result run(List<NamespaceNode> nodes, Duration time) throws IOException, InterruptedException {
        List<Latencies> latencies = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        AtomicLong done = new AtomicLong();
        AtomicLong errors = new AtomicLong();
        long startNanos = System.nanoTime();
        long endNanos = startNanos + time.toNanos();
        for (NamespaceNode node : nodes) {
            for (int i = 0; i < PER_NODE; i++) {
                Latencies own = new Latencies();
                latencies.add(own);
                Random random = new Random(latencies.size());
                Thread thread = new Thread(() -> ask(node, random, endNanos, own, done, errors));
                thread.setDaemon(true);
                thread.start();
                threads.add(thread);
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        return new Result(done.get() / seconds, Latencies.millis(latencies), errors.get());
    }

    private static void ask(
            NamespaceNode node, Random random, long endNanos, Latencies own, AtomicLong done, AtomicLong errors) {
        try (TextClient client = new TextClient(node.clientAddress(), PATIENCE)) {
            while (System.nanoTime() - endNanos < 0) {
                String key = "victim" + random.nextInt(KEYS);
                long startNanos = System.nanoTime();
                boolean good;
                if (random.nextBoolean()) {
                    good = client.set(key, VALUE).equals("STORED");
                } else {
                    String answer = client.command("get " + key);
                    good = !answer.startsWith("SERVER_ERROR");
                    if (answer.startsWith("VALUE")) {
                        client.line();
                        client.line();
                    }
                }
                own.add(System.nanoTime() - startNanos);
                (good ? done : errors).incrementAndGet();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (IOException e) {
            errors.incrementAndGet();
        }
    }
}
