package io.ringleader.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nodes whose configurations do not fit refuse each other, and both logs say why; a bad configuration starts no node. */
@Timeout(60)
class ConfigMismatchIT {
    private static final Duration REFUSED = Duration.ofSeconds(30);

    @RegisterExtension
    final Processes processes = Processes.untilEndOfTest();

    /** What node 1 has, what node 2 has, and what both are to say, each from its own side. */
    record Mismatch(String key, Object first, Object second, String saidByFirst, String saidBySecond) {
        boolean isSaidIn(String line) {
            return line.contains(saidByFirst) || line.contains(saidBySecond);
        }

        @Override
        public String toString() {
            return key + " " + first + " and " + second;
        }
    }

    static Stream<Mismatch> mismatches() {
        return Stream.of(
                new Mismatch(
                        "cluster.partitions",
                        8,
                        16,
                        "must be the same on all nodes is not: cluster.partitions is 8 on node 1 and 16 on node 2",
                        "must be the same on all nodes is not: cluster.partitions is 16 on node 2 and 8 on node 1"),
                new Mismatch(
                        "cluster.name",
                        "\"blue\"",
                        "\"green\"",
                        "node 1 belongs to the cluster 'blue', node 2 to the cluster 'green' (cluster.name)",
                        "node 2 belongs to the cluster 'green', node 1 to the cluster 'blue' (cluster.name)"),
                new Mismatch(
                        "cluster.reads",
                        "\"index\"",
                        "\"lease\"",
                        "cluster.reads is index on node 1 and lease on node 2",
                        "cluster.reads is lease on node 2 and index on node 1"),
                // the values are no business of a log
                new Mismatch(
                        "cluster.peer_secret",
                        "\"secret-of-the-first\"",
                        "\"secret-of-the-second\"",
                        "node 1 and node 2 have different cluster secrets (cluster.peer_secret)",
                        "node 2 and node 1 have different cluster secrets (cluster.peer_secret)"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mismatches")
    void nodesThatDifferRefuseEachOtherAndBothSayWhy(Mismatch mismatch) throws IOException {
        TestCluster cluster = new TestCluster(processes, Map.of());
        TestNode first = cluster.node(1);
        TestNode second = cluster.node(2);
        Path firstConfig = cluster.directory.resolve("first.toml");
        Path secondConfig = cluster.directory.resolve("second.toml");
        cluster.writeConfig(firstConfig, Map.of(mismatch.key, mismatch.first));
        cluster.writeConfig(secondConfig, Map.of(mismatch.key, mismatch.second));
        first.withConfig(firstConfig).start();
        second.withConfig(secondConfig).start();
        for (TestNode node : List.of(first, second)) {
            Await.until(
                    node + " says what differs",
                    REFUSED,
                    () -> refusals(node).stream().anyMatch(mismatch::isSaidIn));
            assertThat(node.log()).doesNotContain("secret-of-the-");
        }
        for (TestNode node : List.of(first, second)) {
            assertThat(node.isAlive()).isTrue();
            assertThat(node.log()).doesNotContain("Connected to node");
            assertThat(node.stats("raft")).containsEntry("0:leader", "0");
        }
    }

    private static List<String> refusals(TestNode node) throws IOException {
        return node.log()
                .lines()
                .filter(line -> line.contains("No peer connection"))
                .toList();
    }

    @Test
    void withOneConfigurationTheSameNodesConnect() throws IOException {
        TestCluster cluster = new TestCluster(processes, Map.of("cluster.peer_secret", "\"secret-of-them-all\""));
        cluster.startAll();
        cluster.awaitReady();
        for (TestNode node : cluster.nodes) {
            assertThat(refusals(node)).isEmpty();
            try (TextClient client = node.connect()) {
                assertThat(client.set("key", "value")).isEqualTo("STORED");
            }
        }
    }

    @Test
    void aNodeWhoseDataWasPlacedOtherwiseIsNotStartedAndStartsAgainWithTheFormerConfiguration() throws Exception {
        TestCluster cluster = new TestCluster(processes, Map.of());
        cluster.startAll();
        cluster.awaitReady();
        TestNode node = cluster.node(1);
        node.kill();
        Path changed = cluster.directory.resolve("changed.toml");
        cluster.writeConfig(changed, Map.of("cluster.partitions", 5));
        Path log = cluster.directory.resolve("changed.log");
        Process process =
                processes.start(Processes.java(64, "serve", "--config", changed.toString(), "--node", "1"), log);
        assertThat(Processes.awaitExit(process)).isEqualTo(1);
        assertThat(Files.readString(log))
                .contains("was written with cluster.partitions = ")
                .contains(", and the configuration says 5.");
        node.start();
        cluster.awaitReady();
    }

    @Test
    void aBadConfigurationStartsNothingAndEveryProblemIsPrinted() throws IOException {
        Path directory = processes.directory();
        Path config = Files.writeString(directory.resolve("cluster.toml"), """
                [cluster]
                name = "two words"
                partitions = 0
                replicas = 5
                peer_secret = "short"
                [timeouts]
                heartbeat_millis = 100
                election_timeout_min_millis = 200
                [limits]
                item_max_byts = 5
                [[node]]
                id = 1
                client = "127.0.0.1:99999"
                peer = "127.0.0.1:12001"
                """);
        Path log = directory.resolve("log");
        Process node = processes.start(Processes.java(64, "serve", "--config", config.toString(), "--node", "1"), log);
        assertThat(Processes.awaitExit(node)).isEqualTo(1);
        List<String> lines = Files.readAllLines(log);
        for (String problem : List.of(
                ":2: cluster.name",
                ":3: cluster.partitions",
                ":4: cluster.replicas",
                ":5: cluster.peer_secret",
                ":8: timeouts.election_timeout_min_millis",
                ":10: limits.item_max_byts",
                ":13: node[1].client")) {
            assertThat(lines).as("a line about %s", problem).anyMatch(line -> line.contains(problem));
        }
        assertThat(lines).anyMatch(line -> line.contains("item_max_bytes")).noneMatch(line -> line.contains("at io."));
        assertThat(Files.exists(directory.resolve("data"))).isFalse();
    }

    @Test
    void aNodeThatTheConfigurationDoesNotHaveIsNotStarted() throws IOException {
        TestCluster cluster = new TestCluster(processes, Map.of());
        Path log = cluster.directory.resolve("log");
        Process node = processes.start(
                Processes.java(
                        64,
                        "serve",
                        "--config",
                        cluster.directory.resolve("cluster.toml").toString(),
                        "--node",
                        "9"),
                log);
        assertThat(Processes.awaitExit(node)).isEqualTo(1);
        assertThat(Files.readString(log)).contains("has no node 9; its nodes are [1, 2, 3]");
    }
}
