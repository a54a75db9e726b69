package io.ringleader.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes that are told to stop while clients increment counters: no client hears of it, and nothing is lost or done twice. */
class PoliteStopIT {
    private static final int PARTITIONS = 64;
    private static final int CONNECTIONS_PER_NODE = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    final Processes processes = Processes.untilEndOfTest();

    /** Increments counters of all partitions in turn through one node. */
    private static final class Incrementer {
        final TestNode node;
        final AtomicLong acknowledged = new AtomicLong();
        volatile long worstNanos;
        /** The node may stop: then the connection ends, in good order. */
        volatile boolean mayEnd;

        volatile boolean ended;

        Incrementer(TestNode node) {
            this.node = node;
        }

        void run(Workers workers) throws IOException {
            try (TextClient client = node.connect()) {
                for (int i = 0; !workers.isStopping(); i++) {
                    long askedNanos = System.nanoTime();
                    String answer = client.command("incr counter" + i % PARTITIONS + " 1");
                    worstNanos = Math.max(worstNanos, System.nanoTime() - askedNanos);
                    assertThat(answer).matches("\\d+");
                    acknowledged.incrementAndGet();
                }
            } catch (EOFException | SocketException e) {
                if (!mayEnd) {
                    throw e;
                }
                ended = true;
            }
        }
    }

    private static TestCluster started(Processes processes, Map<String, Object> more) throws IOException {
        Map<String, Object> settings = new TreeMap<>(more);
        settings.put("cluster.partitions", PARTITIONS);
        // A machine that does other things too must not look like a cluster that has failed; and a hand-over that does
        // not work
        // must not be made up for by an election.
        settings.put("timeouts.election_timeout_min_millis", 2_000);
        settings.put("timeouts.election_timeout_max_millis", 4_000);
        settings.put("timeouts.command_timeout_millis", 18_000);
        TestCluster cluster = TestCluster.started(processes, settings);
        try (TextClient client = cluster.node(1).connect()) {
            for (int i = 0; i < PARTITIONS; i++) {
                assertThat(client.set("counter" + i, "0")).isEqualTo("STORED");
            }
        }
        return cluster;
    }

    private static long sum(TestNode node) throws IOException {
        long sum = 0;
        try (TextClient client = node.connect()) {
            for (int i = 0; i < PARTITIONS; i++) {
                sum += Long.parseLong(client.get("counter" + i).orElseThrow());
            }
        }
        return sum;
    }

    private static long total(List<Incrementer> all) {
        return all.stream().mapToLong(one -> one.acknowledged.get()).sum();
    }

    private static void awaitIncrements(List<Incrementer> all, Workers workers) {
        List<Long> before = all.stream().map(one -> one.acknowledged.get()).toList();
        Await.until("every client that may go on does", PATIENCE, () -> {
            workers.requireNoFailure();
            for (int i = 0; i < before.size(); i++) {
                Incrementer one = all.get(i);
                if (!one.ended && one.acknowledged.get() < before.get(i) + 200) {
                    return false;
                }
            }
            return true;
        });
    }

    @Test
    @Timeout(180)
    void aRollingRestartIsNotNoticedByTheClientsOfTheOtherNodes() throws Exception {
        TestCluster cluster = started(processes, Map.of());
        long expected = 0;
        for (TestNode stopping : cluster.nodes) {
            List<Incrementer> all = new ArrayList<>();
            for (TestNode node : cluster.nodes) {
                for (int i = 0; i < CONNECTIONS_PER_NODE; i++) {
                    all.add(new Incrementer(node));
                }
            }
            try (Workers workers = new Workers()) {
                all.forEach(one -> workers.start(() -> one.run(workers)));
                awaitIncrements(all, workers);
                long steadyNanos = worst(all, null);
                all.forEach(one -> {
                    one.mayEnd = one.node == stopping;
                    one.worstNanos = 0;
                });
                long toldNanos = System.nanoTime();
                assertThat(stopping.stop()).isIn(0, 143);
                long stoppedNanos = System.nanoTime();
                awaitIncrements(all, workers);
                System.out.println(String.format(
                        Locale.ROOT,
                        "PoliteStopIT: node %d was gone after %d ms; clients of the others waited %d ms at most, before %d ms",
                        stopping.id,
                        (stoppedNanos - toldNanos) / 1_000_000,
                        worst(all, stopping) / 1_000_000,
                        steadyNanos / 1_000_000));
                workers.join();
            }
            assertThat(all).filteredOn(one -> one.node == stopping).allMatch(one -> one.ended);
            expected += total(all);
            assertThat(sum(cluster.others(stopping).get(0))).isEqualTo(expected);
            assertThat(stopping.log()).containsPattern("Handed over \\d+ partitions in \\d+ ms\\R");
            stopping.start();
            cluster.awaitReady();
        }
        cluster.awaitEqualReplicas();
    }

    private static long worst(List<Incrementer> all, TestNode except) {
        return all.stream()
                .filter(one -> one.node != except)
                .mapToLong(one -> one.worstNanos)
                .max()
                .orElseThrow();
    }

    @Test
    @Timeout(120)
    void aSecondSignalChangesNothing() throws Exception {
        TestCluster cluster = started(processes, Map.of());
        TestNode node = cluster.busiestLeader();
        try (TextClient client = node.connect()) {
            String many = "incr counter0 1\r\n".repeat(500);
            client.send(many);
            assertThat(client.line()).isEqualTo("1");
            Processes.signal(node.handle(), "TERM");
            Processes.signal(node.handle(), "TERM");
            Processes.signal(node.handle(), "INT");
            long last = client.rest().lines().mapToLong(Long::parseLong).max().orElse(1);
            assertThat(node.awaitExit()).isEqualTo(143);
            try (TextClient other = cluster.others(node).get(0).connect()) {
                assertThat(other.get("counter0")).contains(Long.toString(last));
            }
        }
        assertThat(node.log()).containsPattern("Handed over \\d+ partitions").doesNotContain("ERROR");
    }

    @Test
    @Timeout(120)
    void theShutdownCommandIsAsPolite() throws Exception {
        TestCluster cluster = started(processes, Map.of("cluster.allow_shutdown_command", true));
        TestNode node = cluster.busiestLeader();
        try (TextClient client = node.connect();
                TextClient idle = node.connect()) {
            client.send("incr counter1 5\r\nshutdown\r\n");
            assertThat(client.rest()).isEqualTo("5\r\n");
            assertThat(idle.rest()).isEmpty();
        }
        assertThat(node.awaitExit()).isZero();
        assertThat(node.log()).containsPattern("Handed over \\d+ partitions");
        try (TextClient other = cluster.others(node).get(0).connect()) {
            assertThat(other.get("counter1")).contains("5");
        }
    }
}
