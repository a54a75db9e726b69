package io.ringleader.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A node asks again when the leader it has asked dies, and the command still takes effect once: increments through nodes that
 * do not lead, while leaders are killed, or stand still and come back, and neither is told to the clients.
 */
class ExactlyOnceIT {
    private static final String COUNTER = "counter";
    private static final int ROUNDS = 5;
    private static final int CONNECTIONS_PER_NODE = 2;
    private static final int PIPELINE = 8;
    private static final int INCREMENTS_PER_ROUND = 300;

    @RegisterExtension
    final Processes processes = Processes.untilEndOfTest();

    /** Increments through one node, as long as it does not lead. */
    private static final class Incrementer {
        final TestNode node;
        final AtomicLong acknowledged = new AtomicLong();
        final AtomicLong notApplied = new AtomicLong();
        final AtomicLong unknown = new AtomicLong();
        volatile boolean resting;

        Incrementer(TestNode node) {
            this.node = node;
        }

        void run(Workers workers) throws IOException {
            while (!workers.isStopping()) {
                if (resting) {
                    Await.until(
                            "there is something to do", Duration.ofMinutes(1), () -> !resting || workers.isStopping());
                } else {
                    try (TextClient client = node.connect()) {
                        while (!resting && !workers.isStopping()) {
                            increment(client);
                        }
                    }
                }
            }
        }

        private void increment(TextClient client) throws IOException {
            client.send(("incr " + COUNTER + " 1\r\n").repeat(PIPELINE));
            for (int i = 0; i < PIPELINE; i++) {
                String answer = client.line();
                if (answer.matches("\\d+")) {
                    acknowledged.incrementAndGet();
                } else if (answer.startsWith("SERVER_ERROR not applied")) {
                    notApplied.incrementAndGet();
                } else if (answer.startsWith("SERVER_ERROR outcome unknown")) {
                    unknown.incrementAndGet();
                } else {
                    throw new AssertionError("\"" + answer + "\" is no answer to incr.");
                }
            }
        }
    }

    @Test
    @Timeout(180)
    void incrementsCountOnceWhateverHappensToTheLeaders() throws Exception {
        TestCluster cluster = TestCluster.started(processes, Map.of("limits.loop_threads", 2));
        int partition = cluster.partitionOf(COUNTER);
        try (TextClient client = cluster.node(1).connect()) {
            client.set(COUNTER, "0");
        }
        List<Incrementer> all = cluster.nodes.stream()
                .flatMap(node -> Stream.generate(() -> new Incrementer(node)).limit(CONNECTIONS_PER_NODE))
                .toList();
        all.forEach(one -> one.resting = true);
        try (Workers workers = new Workers()) {
            all.forEach(one -> workers.start(() -> one.run(workers)));
            for (int round = 0; round < ROUNDS; round++) {
                TestNode leader = cluster.leaders().get(partition);
                all.forEach(one -> one.resting = one.node == leader);
                awaitIncrements(all, workers);
                boolean pause = round % 2 == 1;
                if (pause) {
                    leader.pause();
                } else {
                    leader.kill();
                }
                awaitIncrements(all, workers);
                if (pause) {
                    leader.resume();
                } else {
                    leader.start();
                }
                cluster.awaitReady();
            }
            workers.join();
        }
        long acknowledged =
                all.stream().mapToLong(one -> one.acknowledged.get()).sum();
        long unknown = all.stream().mapToLong(one -> one.unknown.get()).sum();
        long notApplied = all.stream().mapToLong(one -> one.notApplied.get()).sum();
        System.out.println(String.format(
                Locale.ROOT,
                "ExactlyOnceIT: %d increments acknowledged, %d with an unknown outcome, %d not applied",
                acknowledged,
                unknown,
                notApplied));
        for (TestNode node : cluster.nodes) {
            try (TextClient client = node.connect()) {
                assertThat(Long.parseLong(client.get(COUNTER).orElseThrow()))
                        .as("the counter, with %d acknowledged and %d unknown", acknowledged, unknown)
                        .isBetween(acknowledged, acknowledged + unknown);
            }
        }
        cluster.awaitEqualReplicas();
    }

    private static void awaitIncrements(List<Incrementer> all, Workers workers) {
        long before = total(all);
        Await.until(INCREMENTS_PER_ROUND + " more increments are acknowledged", Duration.ofSeconds(30), () -> {
            workers.requireNoFailure();
            return total(all) >= before + INCREMENTS_PER_ROUND;
        });
    }

    private static long total(List<Incrementer> all) {
        return all.stream().mapToLong(one -> one.acknowledged.get()).sum();
    }
}
