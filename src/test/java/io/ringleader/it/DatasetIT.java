package io.ringleader.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import net.spy.memcached.MemcachedClient;
import net.spy.memcached.ops.OperationStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A data set of some size, through a client library with many operations in flight; and then a node dies while it is written. */
class DatasetIT {
    private static final int RECORDS = 250_000;
    private static final int RECORDS_AT_LEAST = 200_000;
    private static final int IN_FLIGHT_PER_CLIENT = 1_000;
    private static final int KEYS_PER_GET = 500;
    /** By each client: before the node is killed, and after. Far more than are in flight at once. */
    private static final int WRITES_BEFORE = 10_000;

    private static final int WRITES_AFTER = 30_000;
    private static final Duration PROGRESS = Duration.ofSeconds(40);
    private static final Duration PAUSE_AT_MOST = Duration.ofSeconds(3);

    /** What is known of a record: neither, or the value it was loaded with, or the second one. */
    private static final byte UNKNOWN = 0;

    private static final byte FIRST = 1;
    private static final byte SECOND = 2;

    @RegisterExtension
    final Processes processes = Processes.untilEndOfTest();

    private final List<Link> links = new ArrayList<>();
    private String[] keys;
    private byte[][] values;
    /** By record; each element is written by one thread at a time, since a record has one operation at a time. */
    private byte[] state;

    /** The client of one node. */
    private final class Link {
        final TestNode node;
        final MemcachedClient client;
        final Semaphore room = new Semaphore(IN_FLIGHT_PER_CLIENT);
        final AtomicLong acknowledged = new AtomicLong();
        final AtomicLong errors = new AtomicLong();
        /** The node is about to be killed: nothing more is sent, and what is under way may stay without an answer. */
        volatile boolean ending;

        volatile String firstError;
        /** Written by the client's one I/O thread. */
        private long lastAnswerNanos;

        private volatile long longestPauseNanos;

        Link(TestNode node) throws IOException {
            this.node = node;
            client = SpyClients.connect(node);
        }

        void write(int record, byte version) throws InterruptedException {
            while (!room.tryAcquire(100, TimeUnit.MILLISECONDS)) {
                if (ending) {
                    return;
                }
            }
            state[record] = UNKNOWN;
            client.set(keys[record], 0, version == FIRST ? values[record] : second(record))
                    .addListener(future -> {
                        answered(record, version, future.getStatus());
                        room.release();
                    });
        }

        private synchronized void answered(int record, byte version, OperationStatus status) {
            if (!status.isSuccess()) {
                errors.incrementAndGet();
                firstError = firstError == null ? status.getMessage() : firstError;
                return;
            }
            state[record] = version;
            acknowledged.incrementAndGet();
            long nowNanos = System.nanoTime();
            longestPauseNanos = Math.max(longestPauseNanos, nowNanos - lastAnswerNanos);
            lastAnswerNanos = nowNanos;
        }

        synchronized void measureFromNow() {
            lastAnswerNanos = System.nanoTime();
            longestPauseNanos = 0;
        }

        void awaitAnswers() throws InterruptedException {
            if (!room.tryAcquire(IN_FLIGHT_PER_CLIENT, 2 * SpyClients.TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("The client of " + node + " still waits for "
                        + (IN_FLIGHT_PER_CLIENT - room.availablePermits()) + " answers.");
            }
            room.release(IN_FLIGHT_PER_CLIENT);
        }
    }

    @Test
    @Timeout(180)
    void aDataSetIsLoadedAndNoAcknowledgedWriteIsLostWhenTheBusiestNodeDies() throws Exception {
        Map<String, byte[]> records = JdkStrings.read(RECORDS);
        assertThat(records).hasSizeGreaterThanOrEqualTo(RECORDS_AT_LEAST);
        keys = records.keySet().toArray(String[]::new);
        values = records.values().toArray(byte[][]::new);
        state = new byte[keys.length];
        TestCluster cluster = TestCluster.started(processes, Map.of());
        try {
            for (TestNode node : cluster.nodes) {
                links.add(new Link(node));
            }
            load();
            for (Link link : links) {
                assertThat(link.firstError).isNull();
            }
            TestNode victim = killTheBusiest(cluster);
            victim.start();
            cluster.awaitReady();
            verifyAll(links.get(victim.id % TestCluster.NODES));
            cluster.awaitEqualReplicas();
        } finally {
            links.forEach(link -> link.client.shutdown());
        }
    }

    private void load() throws InterruptedException {
        long startNanos = System.nanoTime();
        for (int record = 0; record < keys.length; record++) {
            links.get(record % links.size()).write(record, FIRST);
        }
        for (Link link : links) {
            link.awaitAnswers();
        }
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        long bytes = 0;
        for (int record = 0; record < keys.length; record++) {
            bytes += keys[record].length() + values[record].length;
        }
        report(
                "%d records, %.1f MB of keys and values, loaded in %.1f s: %.0f records per second",
                keys.length, bytes / 1e6, seconds, keys.length / seconds);
    }

    private TestNode killTheBusiest(TestCluster cluster) throws Exception {
        try (Workers workers = new Workers()) {
            for (Link link : links) {
                // each record has one writer, so that it is known what its last value is
                workers.start(() -> {
                    int first = links.indexOf(link);
                    for (int record = first; !workers.isStopping() && !link.ending; record += links.size()) {
                        record = record < keys.length ? record : first;
                        link.write(record, SECOND);
                    }
                    if (!link.ending) {
                        link.awaitAnswers();
                    }
                });
            }
            awaitWrites(links, workers, WRITES_BEFORE);
            TestNode victim = cluster.busiestLeader();
            long led =
                    cluster.leaders().values().stream().filter(victim::equals).count();
            List<Link> others =
                    links.stream().filter(link -> link.node != victim).toList();
            others.forEach(Link::measureFromNow);
            links.get(victim.id - 1).ending = true;
            victim.kill();
            awaitWrites(others, workers, WRITES_AFTER);
            workers.join();
            for (Link link : others) {
                report(
                        "%s died, which led %d of %d partitions: the longest pause at %s was %.0f ms; %d errors",
                        victim,
                        led,
                        TestCluster.PARTITIONS,
                        link.node,
                        link.longestPauseNanos / 1e6,
                        link.errors.get());
                assertThat(link.firstError).as("errors at %s", link.node).isNull();
                assertThat(Duration.ofNanos(link.longestPauseNanos)).isLessThan(PAUSE_AT_MOST);
            }
            return victim;
        }
    }

    /** Lets the writers go on until each of these clients has so many more writes acknowledged. */
    private static void awaitWrites(List<Link> links, Workers workers, int writes) {
        Map<Link, Long> before = new HashMap<>();
        links.forEach(link -> before.put(link, link.acknowledged.get()));
        Await.until(writes + " more writes are acknowledged at each node", PROGRESS, () -> {
            workers.requireNoFailure();
            return links.stream().allMatch(link -> link.acknowledged.get() >= before.get(link) + writes);
        });
    }

    private void verifyAll(Link link) {
        int seconds = 0;
        for (int from = 0; from < keys.length; from += KEYS_PER_GET) {
            int to = Math.min(keys.length, from + KEYS_PER_GET);
            Map<String, Object> found = link.client.getBulk(List.of(keys).subList(from, to));
            for (int record = from; record < to; record++) {
                byte[] value = (byte[]) found.get(keys[record]);
                boolean isFirst = Arrays.equals(value, values[record]);
                boolean isSecond = Arrays.equals(value, second(record));
                seconds += isSecond ? 1 : 0;
                boolean right = state[record] == FIRST && isFirst
                        || state[record] == SECOND && isSecond
                        || state[record] == UNKNOWN && (isFirst || isSecond);
                if (!right) {
                    throw new AssertionError("Record " + record + " (" + keys[record] + ", state " + state[record]
                            + ") is " + (value == null ? "gone" : new String(value)) + ".");
                }
            }
        }
        report("all %d records are right, %d of them with their second value", keys.length, seconds);
    }

    private byte[] second(int record) {
        byte[] value = Arrays.copyOf(values[record], values[record].length + 2);
        value[value.length - 1] = '2';
        return value;
    }

    private static void report(String format, Object... arguments) {
        System.out.println("DatasetIT: " + String.format(Locale.ROOT, format, arguments));
    }
}
