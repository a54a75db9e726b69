package io.ringleader.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One of three nodes cannot serve, and says so: in bounded time, precisely, and never with a wrong answer. */
@Timeout(120)
class MinorityIT {
    private static final int COMMAND_TIMEOUT_MILLIS = 2_000;
    /** The node looks at its deadlines now and then, on a machine that does other things too. */
    private static final int MARGIN_MILLIS = 1_500;

    private static final String NOT_READ = "SERVER_ERROR not read: partition \\d+ .*cannot be served, .+";
    private static final String NOT_APPLIED = "SERVER_ERROR not applied: partition \\d+ .*cannot be served, .+";
    private static final String UNKNOWN = "SERVER_ERROR outcome unknown, .*: partition \\d+ .*cannot be served, .+";

    @RegisterExtension
    final Processes processes = Processes.untilEndOfTest();

    private TestCluster cluster;
    private TestNode left;

    @BeforeEach
    void start() throws IOException {
        cluster = TestCluster.started(processes, Map.of("timeouts.command_timeout_millis", COMMAND_TIMEOUT_MILLIS));
        left = cluster.node(1);
        try (TextClient client = left.connect()) {
            for (String key : cluster.keyOfEachPartition("old").values()) {
                client.set(key, "before");
            }
        }
    }

    private void killTheOthers() {
        cluster.others(left).forEach(TestNode::killAsync);
        cluster.others(left).forEach(TestNode::awaitExit);
    }

    /** Until the node has noticed that it is alone and gives up whatever it led. */
    private void awaitNoLeader() {
        Await.until(
                "node 1 knows no leader",
                Duration.ofSeconds(10),
                () -> left.stats("raft").entrySet().stream()
                        .filter(stat -> stat.getKey().endsWith(":leader"))
                        .allMatch(stat -> stat.getValue().equals("0")));
    }

    @Test
    void everyCommandIsRefusedInTimeAndTheServiceResumesWithASecondNode() throws Exception {
        killTheOthers();
        awaitNoLeader();
        Map<Integer, String> keys = cluster.keyOfEachPartition("old");
        String key = keys.get(0);
        try (Workers workers = new Workers();
                TextClient client = left.connect()) {
            for (String read : List.of("get " + key, "gets " + key, "get " + String.join(" ", keys.values()))) {
                workers.start(() -> expect(NOT_READ, read));
            }
            for (String write : List.of(
                    "set " + key + " 0 0 5\r\nwrong",
                    "append " + key + " 0 0 5\r\nwrong",
                    "incr " + key + " 1",
                    "delete " + key,
                    "touch " + key + " 0",
                    "gat 0 " + key,
                    "flush_all")) {
                workers.start(() -> expect(NOT_APPLIED, write));
            }
            assertThat(client.command("version")).startsWith("VERSION");
            assertThat(client.stats("")).containsKey("uptime");
            workers.join();
        }
        cluster.node(2).start();
        cluster.awaitReady();
        try (TextClient client = left.connect();
                TextClient second = cluster.node(2).connect()) {
            for (String old : keys.values()) {
                // nothing that was "not applied" has been
                assertThat(client.get(old)).contains("before");
                assertThat(second.get(old)).contains("before");
                assertThat(second.set(old, "after")).isEqualTo("STORED");
                assertThat(client.get(old)).contains("after");
            }
        }
    }

    @Test
    void aPipelineIsRefusedInTheTimeOfOneCommand() throws Exception {
        killTheOthers();
        awaitNoLeader();
        try (TextClient client = left.connect()) {
            StringBuilder sets = new StringBuilder();
            for (int i = 0; i < 200; i++) {
                sets.append("set old").append(i).append(" 0 0 1\r\nx\r\n");
            }
            expectEach(client, sets.toString(), 200, NOT_APPLIED);
            expectEach(client, "get old1\r\n".repeat(200), 200, NOT_READ);
            // what is the node's own is answered, after what was asked before
            client.send("get old1\r\nversion\r\nget old2\r\n");
            assertThat(client.line()).matches(NOT_READ);
            assertThat(client.line()).startsWith("VERSION");
            assertThat(client.line()).matches(NOT_READ);
        }
    }

    @Test
    void aWriteThatWasInTheLogOfALeaderHasAnUnknownOutcome() throws Exception {
        Map<Integer, String> keys = new LinkedHashMap<>(cluster.keyOfEachPartition("old"));
        left = cluster.busiestLeader();
        TestNode leader = left;
        Map<Integer, TestNode> leaders = cluster.leaders();
        keys.keySet().removeIf(partition -> leaders.get(partition) != leader);
        try (TextClient client = left.connect()) {
            killTheOthers();
            StringBuilder appends = new StringBuilder();
            for (String key : keys.values()) {
                appends.append("append ").append(key).append(" 0 0 1\r\n!\r\n");
            }
            expectEach(client, appends.toString(), keys.size(), UNKNOWN);
        }
        cluster.others(left).get(0).start();
        cluster.awaitReady();
        try (TextClient client = left.connect()) {
            for (String key : keys.values()) {
                assertThat(client.get(key).orElseThrow()).isIn("before", "before!");
            }
        }
    }

    private void expect(String pattern, String command) throws IOException {
        try (TextClient client = left.connect()) {
            expectEach(client, command + "\r\n", 1, pattern);
        }
    }

    private static void expectEach(TextClient client, String commands, int answers, String pattern) throws IOException {
        long startNanos = System.nanoTime();
        client.send(commands);
        for (int i = 0; i < answers; i++) {
            assertThat(client.line()).as("answer %d of %d", i + 1, answers).matches(pattern);
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        assertThat(millis).as("milliseconds for %.60s", commands).isLessThan(COMMAND_TIMEOUT_MILLIS + MARGIN_MILLIS);
    }
}
