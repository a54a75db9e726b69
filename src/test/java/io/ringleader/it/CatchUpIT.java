package io.ringleader.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node that was away for longer than the others keep their logs gets snapshots, and is then their equal, byte for byte. */
class CatchUpIT {
    private static final int SNAPSHOT_LOG_BYTES = 64 << 10;
    private static final int LOG_RETAIN_BYTES = 8 << 10;
    private static final int VALUE_BYTES = 1_000;
    private static final int KEYS = 2_000;
    /** In one pipeline. */
    private static final int WRITES_AT_ONCE = 200;

    @RegisterExtension
    final Processes processes = Processes.untilEndOfTest();

    private final Random random = new Random(1);
    private final Map<String, String> expected = new HashMap<>();

    @Test
    @Timeout(180)
    void aNodeThatWasAwayTooLongForTheLogCatchesUpBySnapshots() throws Exception {
        TestCluster cluster = TestCluster.started(
                processes,
                Map.of(
                        "limits.snapshot_log_bytes",
                        SNAPSHOT_LOG_BYTES,
                        "limits.log_retain_bytes",
                        LOG_RETAIN_BYTES,
                        "limits.snapshot_chunk_bytes",
                        8 << 10));
        TestNode away = cluster.node(3);
        write(cluster.node(1), 200);
        cluster.awaitEqualReplicas();
        Map<String, String> before = away.stats("raft");
        away.kill();
        cluster.awaitReady();
        writeUntilBeyond(cluster, before);
        // a tail of the log is kept behind a snapshot; behind the next one it is not that of before
        writeUntilBeyond(cluster, cluster.node(1).stats("raft"));

        away.start();
        cluster.awaitReady();
        try (Workers workers = new Workers()) {
            workers.start(() -> {
                while (!workers.isStopping()) {
                    write(cluster.node(2), WRITES_AT_ONCE);
                }
            });
            Await.until("node 3 has received a snapshot of each partition", Duration.ofSeconds(60), () -> {
                workers.requireNoFailure();
                for (int partition = 0; partition < TestCluster.PARTITIONS; partition++) {
                    if (!away.log().contains("Partition " + partition + ": received the snapshot at ")) {
                        return false;
                    }
                }
                return true;
            });
            workers.join();
        }
        cluster.awaitEqualReplicas();
        verify(away);

        away.kill();
        away.start();
        cluster.awaitReady();
        cluster.awaitEqualReplicas();
        verify(away);
    }

    /** Writes until both nodes that are left have a snapshot of each partition that is newer. */
    private void writeUntilBeyond(TestCluster cluster, Map<String, String> before) throws IOException {
        while (!isBeyond(cluster.node(1), before) || !isBeyond(cluster.node(2), before)) {
            write(cluster.node(1), WRITES_AT_ONCE);
        }
    }

    private static boolean isBeyond(TestNode node, Map<String, String> before) throws IOException {
        Map<String, String> now = node.stats("raft");
        for (int partition = 0; partition < TestCluster.PARTITIONS; partition++) {
            long last = Long.parseLong(before.get(partition + ":last_index"));
            if (Long.parseLong(now.get(partition + ":snapshot_index")) <= last) {
                return false;
            }
        }
        return true;
    }

    /** All kinds of commands, so that all that a state consists of has to be carried over. Used by one thread at a time. */
    private void write(TestNode node, int count) throws IOException {
        StringBuilder commands = new StringBuilder();
        StringBuilder answers = new StringBuilder();
        for (int i = 0; i < count; i++) {
            String key = "key" + random.nextInt(KEYS);
            String old = expected.get(key);
            switch (random.nextInt(8)) {
                case 0 -> {
                    commands.append("delete ").append(key).append("\r\n");
                    answers.append(expected.remove(key) == null ? "NOT_FOUND" : "DELETED");
                }
                case 1 -> {
                    commands.append("append ").append(key).append(" 0 0 2\r\n+1\r\n");
                    expected.computeIfPresent(key, (k, value) -> value + "+1");
                    answers.append(old == null ? "NOT_STORED" : "STORED");
                }
                case 2 -> {
                    commands.append("set ").append("gone").append(i).append(" 0 -1 1\r\nx\r\n");
                    answers.append("STORED");
                }
                case 3 -> {
                    commands.append("touch ").append(key).append(" 100000\r\n");
                    answers.append(old == null ? "NOT_FOUND" : "TOUCHED");
                }
                default -> {
                    String value = Integer.toString(random.nextInt(10)).repeat(VALUE_BYTES);
                    commands.append("set ").append(key).append(" 7 0 ").append(VALUE_BYTES);
                    commands.append("\r\n").append(value).append("\r\n");
                    expected.put(key, value);
                    answers.append("STORED");
                }
            }
            answers.append("\r\n");
        }
        try (TextClient client = node.connect()) {
            client.send(commands.toString());
            assertThat(client.block(answers.length())).isEqualTo(answers.toString());
        }
    }

    private void verify(TestNode node) throws IOException {
        String[] keys = IntStream.range(0, KEYS).mapToObj(i -> "key" + i).toArray(String[]::new);
        try (TextClient client = node.connect()) {
            assertThat(client.getAll(keys)).isEqualTo(expected);
        }
    }
}
