package io.ringleader.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** All nodes die at once, in the middle of writing. What they had acknowledged is there when they are back, and only once. */
class CrashIT {
    private static final int ROUNDS = 3;
    private static final int WRITERS_PER_NODE = 2;
    /** Of each writer and round, before the nodes are killed; the writers go on until they notice. */
    private static final int ACKNOWLEDGED_AT_LEAST = 100;

    private static final String SHARED_COUNTER = "shared";

    @RegisterExtension
    final Processes processes = Processes.untilEndOfTest();

    /** What one writer has sent, and what of it was acknowledged, over all rounds. */
    private static final class Writer {
        private static final int PIPELINE = 4;
        final int number;
        final TestNode node;
        final AtomicLong acknowledgedInRound = new AtomicLong();
        final Map<String, String> sets = new HashMap<>();
        final Set<String> appended = new HashSet<>();
        final Set<String> appendsUnknown = new HashSet<>();
        long increments;
        long incrementsUnknown;
        private long next;

        Writer(int number, TestNode node) {
            this.number = number;
            this.node = node;
        }

        /** Writes until the node dies. */
        void run() {
            acknowledgedInRound.set(0);
            try (TextClient client = node.connect()) {
                while (true) {
                    List<Long> sent = send(client);
                    incrementsUnknown += PIPELINE;
                    sent.forEach(i -> appendsUnknown.add(token(i)));
                    for (long i : sent) {
                        receive(client, i);
                    }
                }
            } catch (IOException e) {
                // the node is gone: what was sent and not answered stays unknown
            }
        }

        private List<Long> send(TextClient client) throws IOException {
            StringBuilder commands = new StringBuilder();
            List<Long> sent = new ArrayList<>();
            for (int i = 0; i < PIPELINE; i++) {
                String value = "value " + next;
                String token = token(next);
                commands.append("set ").append(setKey(next)).append(" 0 0 ").append(value.length());
                commands.append("\r\n").append(value);
                commands.append("\r\nincr ").append(SHARED_COUNTER).append(" 1");
                commands.append("\r\nappend ").append(listKey()).append(" 0 0 ").append(token.length());
                commands.append("\r\n").append(token).append("\r\n");
                sent.add(next++);
            }
            client.send(commands.toString());
            return sent;
        }

        private void receive(TextClient client, long i) throws IOException {
            require("STORED", client.line());
            sets.put(setKey(i), "value " + i);
            String count = client.line();
            require(count, count.matches("\\d+") ? count : "a number");
            increments++;
            incrementsUnknown--;
            require("STORED", client.line());
            appended.add(token(i));
            appendsUnknown.remove(token(i));
            acknowledgedInRound.incrementAndGet();
        }

        private static void require(String expected, String actual) {
            if (!actual.equals(expected)) {
                throw new AssertionError("The answer is \"" + actual + "\" instead of \"" + expected + "\".");
            }
        }

        String listKey() {
            return "list" + number;
        }

        private String setKey(long i) {
            return "set" + number + "-" + i;
        }

        private static String token(long i) {
            return i + ";";
        }
    }

    @Test
    @Timeout(180)
    void afterAllNodesAreKilledAtOnceEveryAcknowledgedWriteIsThereOnce() throws Exception {
        TestCluster cluster = TestCluster.started(processes, Map.of("limits.loop_threads", 3));
        List<Writer> writers = IntStream.range(0, TestCluster.NODES * WRITERS_PER_NODE)
                .mapToObj(i -> new Writer(i, cluster.node(1 + i % TestCluster.NODES)))
                .toList();
        try (TextClient client = cluster.node(1).connect()) {
            client.set(SHARED_COUNTER, "0");
            for (Writer writer : writers) {
                client.set(writer.listKey(), "");
            }
        }
        for (int round = 1; round <= ROUNDS; round++) {
            writeUntilKilled(cluster, writers);
            cluster.startAll();
            cluster.awaitReady();
            for (TestNode node : cluster.nodes) {
                verify(node, writers);
            }
            cluster.awaitEqualReplicas();
        }
    }

    private static void writeUntilKilled(TestCluster cluster, List<Writer> writers) throws InterruptedException {
        try (Workers workers = new Workers()) {
            writers.forEach(writer -> workers.start(writer::run));
            Await.until("each writer has " + ACKNOWLEDGED_AT_LEAST + " writes", Duration.ofSeconds(60), () -> {
                workers.requireNoFailure();
                return writers.stream().allMatch(w -> w.acknowledgedInRound.get() >= ACKNOWLEDGED_AT_LEAST);
            });
            cluster.killAll();
            workers.join();
        }
    }

    private static void verify(TestNode node, List<Writer> writers) throws IOException {
        try (TextClient client = node.connect()) {
            for (Writer writer : writers) {
                List<String> keys = new ArrayList<>(writer.sets.keySet());
                Map<String, String> found = client.getAll(keys.toArray(String[]::new));
                assertThat(found).as("what writer %d has set", writer.number).containsAllEntriesOf(writer.sets);
                verifyList(client, writer);
            }
            long acknowledged = writers.stream().mapToLong(w -> w.increments).sum();
            long unknown = writers.stream().mapToLong(w -> w.incrementsUnknown).sum();
            assertThat(Long.parseLong(client.get(SHARED_COUNTER).orElseThrow()))
                    .as("%d increments are acknowledged, %d unknown", acknowledged, unknown)
                    .isBetween(acknowledged, acknowledged + unknown);
        }
    }

    private static void verifyList(TextClient client, Writer writer) throws IOException {
        String list = client.get(writer.listKey()).orElseThrow();
        List<String> tokens = list.isEmpty()
                ? List.of()
                : Stream.of(list.split(";")).map(token -> token + ";").toList();
        assertThat(tokens).as("what writer %d has appended", writer.number).doesNotHaveDuplicates();
        assertThat(tokens).containsAll(writer.appended);
        List<String> others = new ArrayList<>(tokens);
        others.removeAll(writer.appended);
        assertThat(writer.appendsUnknown).containsAll(others);
        assertThat(tokens.stream().map(token -> Long.parseLong(token.substring(0, token.length() - 1))))
                .as("the order of writer %d", writer.number)
                .isSorted();
    }
}
