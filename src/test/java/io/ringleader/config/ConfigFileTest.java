package io.ringleader.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
    private static final Path FILE = Path.of("/etc/ringleader/demo.toml");

    private static final String NODES = """
            [[node]]
            id = 1
            client = "127.0.0.1:11211"
            peer = "127.0.0.1:12211"
            [[node]]
            id = 2
            client = "127.0.0.1:11212"
            peer = "127.0.0.1:12212"
            [[node]]
            id = 3
            client = "127.0.0.1:11213"
            peer = "127.0.0.1:12213"
            data = "elsewhere/three"
            """;

    private static final String MINIMAL = "cluster.name = \"demo\"\n" + NODES;

    @Test
    void aNameAndNodesAreEnough() throws ConfigException {
        ClusterConfig config = ConfigFile.parse(MINIMAL, FILE);
        assertThat(config.name()).isEqualTo("demo");
        assertThat(config.partitions()).isEqualTo(16);
        assertThat(config.replicas()).isEqualTo(3);
        assertThat(config.peerSecret()).isEmpty();
        assertThat(config.allowUnauthenticatedPeers()).isFalse();
        assertThat(config.ringConfig()).isEqualTo(new RingConfig(128, 1.25));
        assertThat(config.timeouts()).isEqualTo(new Timeouts(50, 500, 1_000, 5_000, 3_000));
        assertThat(config.reads()).isEqualTo(new ReadPolicy(false, 10));
        assertThat(config.reads().leaseMillis(config.timeouts())).isZero();
        assertThat(config.limits().itemMaxBytes()).isEqualTo(1 << 20);
        assertThat(config.warnings()).isEmpty();
        assertThat(config.node(3))
                .contains(new NodeConfig(
                        3,
                        new HostPort("127.0.0.1", 11213),
                        new HostPort("127.0.0.1", 12213),
                        Path.of("/etc/ringleader/elsewhere/three")));
        assertThat(config.node(1).orElseThrow().data()).isEqualTo(Path.of("/etc/ringleader/data/node1"));
        assertThat(config.node(4)).isEmpty();
    }

    @Test
    void everySettingIsReadFromTheFile() throws ConfigException {
        StringBuilder text = new StringBuilder("""
                [cluster]
                name = "demo"
                partitions = 7
                replicas = 1
                peer_secret = "0123456789abcdef"
                allow_unauthenticated_peers = true
                reads = "lease"
                [ring]
                virtual_nodes = 99
                load_factor = 2
                [timeouts]
                heartbeat_millis = 11
                election_timeout_min_millis = 101
                election_timeout_max_millis = 202
                command_timeout_millis = 999
                stop_millis = 77
                clock_drift_max_percent = 20
                [limits]
                """);
        List<String> names = Schema.KEYS.get("limits");
        long[] values = {
            9_000_001, 100_002, 3, 300_004, 600_004, 250_004, 200_005, 210_006, 300_007, 400_008, 9, 500_010, 2_000_041,
            20_011, 0, 1_000_013, 9_000_014, 40_015, 400_016, 500_017, 2
        };
        for (int i = 0; i < values.length; i++) {
            text.append(names.get(i)).append(" = ").append(values[i]).append('\n');
        }
        ClusterConfig config = ConfigFile.parse(text + NODES, FILE);
        assertThat(config.partitions()).isEqualTo(7);
        assertThat(config.peerSecret()).contains("0123456789abcdef");
        assertThat(config.allowUnauthenticatedPeers()).isTrue();
        assertThat(config.ringConfig()).isEqualTo(new RingConfig(99, 2.0));
        assertThat(config.timeouts()).isEqualTo(new Timeouts(11, 101, 202, 999, 77));
        assertThat(config.reads()).isEqualTo(new ReadPolicy(true, 20));
        assertThat(config.reads().leaseMillis(config.timeouts())).isEqualTo(84);
        assertThat(config.limits())
                .isEqualTo(new Limits(
                        values[0],
                        values[1],
                        values[2],
                        values[3],
                        values[4],
                        values[5],
                        values[6],
                        values[7],
                        values[8],
                        values[9],
                        values[10],
                        values[11],
                        values[12],
                        values[13],
                        values[14],
                        values[15],
                        values[16],
                        values[17],
                        values[18],
                        values[19],
                        (int) values[20]));
        assertThat(config.toString()).doesNotContain("0123456789abcdef");
    }

    @Test
    void allProblemsAreReportedAtOnceInTheOrderOfTheirLines() {
        assertThat(problemsOf("""
                        [cluster]
                        partitions = "many"
                        replicas = 0
                        [timeout]
                        heartbeat_millis = 50
                        [limits]
                        item_max_byte = 5
                        [[node]]
                        id = 1
                        client = "127.0.0.1:11211"
                        peer = "127.0.0.1:99999"
                        """))
                .containsExactly(
                        "/etc/ringleader/demo.toml:1: cluster.name: It is missing. Add name = \"demo\".",
                        "/etc/ringleader/demo.toml:2: cluster.partitions: The string \"many\" is not a whole number."
                                + " Use a whole number from 1 to 4096.",
                        "/etc/ringleader/demo.toml:3: cluster.replicas: 0 is out of range."
                                + " Use a whole number from 1 to 15.",
                        "/etc/ringleader/demo.toml:4: timeout: There is no such table. Did you mean timeouts?",
                        "/etc/ringleader/demo.toml:7: limits.item_max_byte: There is no such setting."
                                + " Did you mean item_max_bytes?",
                        "/etc/ringleader/demo.toml:11: node[1].peer: Port 99999 is out of range."
                                + " Use a port from 1 to 65535.");
    }

    @Test
    void replicasNeedAsManyNodes() {
        assertThat(problemsOf("cluster.replicas = 5\n" + MINIMAL))
                .containsExactly("/etc/ringleader/demo.toml:1: cluster.replicas: 5 replicas need as many nodes,"
                        + " but there are 3. Set replicas to at most 3 or add nodes.");
    }

    @Test
    void syntaxErrorsAreReportedWithTheirLines() {
        assertThat(problemsOf("[cluster\nname = \"x\n"))
                .containsExactly(
                        "/etc/ringleader/demo.toml:1: Unexpected end of line, expected ].",
                        "/etc/ringleader/demo.toml:2: Unexpected end of line, expected \" or a character.");
    }

    @Test
    void duplicatesAreReportedWithThePlaceOfTheFirst() {
        String text = MINIMAL + """
                [[node]]
                id = 2
                client = "127.0.0.1:12211"
                peer = "127.0.0.1:11212"
                data = "data/node1/../node2"
                """;
        assertThat(problemsOf(text))
                .containsExactly(
                        "/etc/ringleader/demo.toml:16: node[4].id: The id 2 is taken: by node[2].id in line 7."
                                + " Give each node an id of its own.",
                        "/etc/ringleader/demo.toml:17: node[4].client: The address 127.0.0.1:12211 is taken: by"
                                + " node[1].peer in line 5. Use another port.",
                        "/etc/ringleader/demo.toml:18: node[4].peer: The address 127.0.0.1:11212 is taken: by"
                                + " node[2].client in line 8. Use another port.",
                        "/etc/ringleader/demo.toml:19: node[4].data: The data directory /etc/ringleader/data/node2 on"
                                + " this machine is taken: by node[2].data in line 6."
                                + " Give each node a directory of its own.");
    }

    @Test
    void nodesOnDifferentMachinesMayUseTheSamePortsAndDirectories() throws ConfigException {
        String text = """
                [cluster]
                name = "demo"
                replicas = 2
                peer_secret = "correct horse battery"
                [[node]]
                id = 1
                client = "0.0.0.0:11211"
                peer = "db1:12211"
                data = "/var/lib/ringleader"
                [[node]]
                id = 2
                client = "0.0.0.0:11211"
                peer = "[fe80::2]:12211"
                data = "/var/lib/ringleader"
                """;
        ClusterConfig config = ConfigFile.parse(text, FILE);
        assertThat(config.node(2).orElseThrow().peer()).hasToString("[fe80::2]:12211");
        assertThat(config.warnings())
                .extracting(ConfigProblem::toString)
                .containsExactly("/etc/ringleader/demo.toml:3: cluster.replicas: 2 replicas survive no more failures"
                        + " than 1 do. Prefer an odd number.");
    }

    @Test
    void fewerPartitionsThanNodesAreLegalAndWarnedOf() throws ConfigException {
        assertThat(ConfigFile.parse("cluster.partitions = 2\n" + MINIMAL, FILE).warnings())
                .extracting(ConfigProblem::toString)
                .containsExactly(
                        "/etc/ringleader/demo.toml:1: cluster.partitions: There are 3 nodes and fewer partitions"
                                + " (2): some nodes lead nothing. Prefer four for each node or more, before the first start: it"
                                + " cannot be changed later.");
        assertThat(ConfigFile.parse("cluster.partitions = 3\n" + MINIMAL, FILE).warnings())
                .isEmpty();
    }

    @Test
    void nodesOnOneMachineCannotBothListenOnEveryAddress() {
        String text = MINIMAL.replace("127.0.0.1:11211", "0.0.0.0:11211").replace("127.0.0.1:11212", "0.0.0.0:11211");
        assertThat(problemsOf(text))
                .singleElement()
                .asString()
                .contains(":8: node[2].client: The address 0.0.0.0:11211 on this machine is taken: by node[1].client");
    }

    @Test
    void peersBeyondLoopbackNeedASecretOrAnExplicitPermission() throws ConfigException {
        String text = "cluster.name = \"demo\"\n"
                + NODES.replace("peer = \"127.0.0.1:12212\"", "peer = \"192.168.0.7:12212\"");
        assertThat(problemsOf(text))
                .singleElement()
                .asString()
                .startsWith("/etc/ringleader/demo.toml:9: node[2].peer: Whoever reaches 192.168.0.7:12212 could")
                .contains("peer_secret");
        assertThat(ConfigFile.parse("cluster.allow_unauthenticated_peers = true\n" + text, FILE)
                        .allowUnauthenticatedPeers())
                .isTrue();
        assertThat(ConfigFile.parse("cluster.peer_secret = \"0123456789abcdef\"\n" + text, FILE)
                        .peerSecret())
                .isPresent();
    }

    @Test
    void aShortSecretIsRefusedAndNotRepeated() {
        assertThat(problemsOf("cluster.peer_secret = \"hunter2\"\n" + MINIMAL))
                .singleElement()
                .asString()
                .contains("only 7 characters")
                .doesNotContain("hunter2");
    }

    @Test
    void aPeerAddressThatNobodyCanConnectToIsRefused() {
        assertThat(problemsOf(MINIMAL.replace("127.0.0.1:12211", "0.0.0.0:12211")))
                .singleElement()
                .asString()
                .contains("node[1].peer: Nobody can connect to 0.0.0.0.");
    }

    @Test
    void aWildcardClientAddressMustNotTakeThePortOfThePeers() {
        assertThat(problemsOf(MINIMAL.replace("client = \"127.0.0.1:11211\"", "client = \"0.0.0.0:12211\"")))
                .singleElement()
                .asString()
                .contains("node[1].client: It takes port 12211 on every address");
    }

    @Test
    void timeoutsThatCannotWorkTogetherAreRefused() {
        assertThat(problemsOf(MINIMAL + """
                        [timeouts]
                        heartbeat_millis = 200
                        election_timeout_min_millis = 599
                        election_timeout_max_millis = 599
                        command_timeout_millis = 1197
                        """))
                .satisfiesExactly(
                        first -> assertThat(first).contains(":17: timeouts.election_timeout_min_millis", "600 or more"),
                        second ->
                                assertThat(second).contains(":18: timeouts.election_timeout_max_millis", "600 or more"),
                        third -> assertThat(third).contains(":19: timeouts.command_timeout_millis", "1198 or more"));
    }

    @Test
    void sizesThatCannotWorkTogetherAreRefused() {
        assertThat(problemsOf(MINIMAL + "[limits]\nitem_max_bytes = 2_097_152\n"))
                .extracting(problem -> problem.split(": ")[1])
                .containsExactlyInAnyOrder("limits.batch_max_bytes", "limits.result_max_bytes");
        assertRefused("batch_max_bytes = 5_000_000", "limits.append_max_bytes");
        assertRefused("uncommitted_max_bytes = 5_000", "limits.uncommitted_max_bytes");
        assertRefused("uncommitted_node_max_bytes = 3_000_000", "limits.uncommitted_node_max_bytes");
        assertRefused("connection_output_max_bytes = 70_000", "limits.connection_output_max_bytes");
        assertRefused("inflight_max_bytes = 5_000", "limits.inflight_max_bytes");
        assertRefused("snapshot_chunk_bytes = 8_388_608", "limits.frame_max_bytes");
        assertRefused("peer_backlog_max_bytes = 70_000", "limits.peer_backlog_max_bytes");
        assertRefused("wal_segment_bytes = 1_000_000", "limits.wal_segment_bytes");
        assertRefused("wal_max_bytes = 100_000_000", "limits.wal_max_bytes");
        assertRefused("memory_bytes = 10_000_000", "limits.memory_bytes");
    }

    @Test
    void aNodeMustHaveRoomForSeveralPartitionsThatLeaveMuchUncommitted() throws ConfigException {
        assertThat(problemsOf(MINIMAL + "[limits]\nuncommitted_node_max_bytes = 134_217_727\n"))
                .containsExactly("/etc/ringleader/demo.toml:16: limits.uncommitted_node_max_bytes: 134217727 is too"
                        + " little: it must be at least 4 times uncommitted_max_bytes (33554432), or a partition that"
                        + " commits nothing leaves others too little. Set it to 134217728 or more.");
        String enough = MINIMAL + "[limits]\nuncommitted_node_max_bytes = 134_217_728\n";
        assertThat(ConfigFile.parse(enough, FILE).limits().uncommittedNodeMaxBytes())
                .isEqualTo(128 << 20);
        assertThat(ConfigFile.parse(MINIMAL, FILE).limits().uncommittedNodeMaxBytes())
                .isEqualTo(256 << 20);
        String large = MINIMAL + "[limits]\nuncommitted_max_bytes = 100_000_000\n";
        assertThat(ConfigFile.parse(large, FILE).limits().uncommittedNodeMaxBytes())
                .isEqualTo(400_000_000);
    }

    /** 16 partitions of twice 4 MiB, until which a log may wait for its turn; and two segments of 64 MiB. */
    @Test
    void theLogMustHaveRoomForAllThatMayWaitForItsTurn() throws ConfigException {
        assertThat(problemsOf(MINIMAL + "[limits]\nwal_max_bytes = 268_435_455\n"))
                .containsExactly(
                        "/etc/ringleader/demo.toml:16: limits.wal_max_bytes: 268435455 is too little: it must be at"
                                + " least 2 times snapshot_log_bytes (4194304) for each of the up to 16 partitions of a node, and"
                                + " two segments. Set it to 268435456 or more.");
        String enough = MINIMAL + "[limits]\nwal_max_bytes = 268_435_456\n";
        assertThat(ConfigFile.parse(enough, FILE).limits().walMaxBytes()).isEqualTo(268_435_456);
    }

    @Test
    void theLogHasRoomForManyOrLargePartitionsUnlessTheFileLimitsIt() throws ConfigException {
        ClusterConfig config = ConfigFile.parse(
                "cluster.partitions = 1024\n" + MINIMAL + "[limits]\nmemory_bytes = 2_000_000_000\n", FILE);
        assertThat(config.limits().walMaxBytes()).isGreaterThan(1024L * (8 << 20));
        ClusterConfig large = ConfigFile.parse(MINIMAL + "[limits]\nmemory_bytes = 8_000_000_000\n", FILE);
        assertThat(large.limits().walMaxBytes()).isGreaterThan(8_000_000_000L * 2 / 3);
    }

    @Test
    void wrongKindsOfValuesAreRefused() {
        assertThat(problemsOf("partitions = 3\nring = 5\n" + MINIMAL))
                .satisfiesExactly(
                        first -> assertThat(first)
                                .contains(":1: partitions: There is no such setting outside of a table."),
                        second -> assertThat(second).contains(":2: ring: 5 is not a table.", "[ring]"));
        assertThat(problemsOf("cluster.name = \"demo\"\n[node]\nid = 1\n"))
                .singleElement()
                .asString()
                .contains(":2: node: It is one table.", "[[node]]");
        assertThat(problemsOf("cluster.name = \"demo\"\nnode = [1]\n"))
                .anySatisfy(problem -> assertThat(problem).contains("node[1]: 1 is not a table."));
        assertThat(problemsOf("cluster.name = \"demo\"\nnode = []\n"))
                .anySatisfy(problem -> assertThat(problem).contains(":2: node: There are no nodes."));
        assertThat(problemsOf("cluster.name = \"demo\"\n"))
                .singleElement()
                .asString()
                .contains(":1: node: There are no nodes.");
        assertThat(problemsOf("ring.load_factor = nan\n" + MINIMAL))
                .singleElement()
                .asString()
                .contains("ring.load_factor: NaN is out of range. Use a number from 1.0 to 10.0.");
        assertThat(problemsOf("cluster.allow_unauthenticated_peers = \"yes\"\n" + MINIMAL))
                .singleElement()
                .asString()
                .contains("The string \"yes\" is not a truth value. Write true or false");
        assertThat(problemsOf(MINIMAL.replace("\"demo\"", "\"de mo\"")))
                .singleElement()
                .asString()
                .contains(":1: cluster.name: \"de mo\" is not a name.");
        assertThat(problemsOf(MINIMAL.replace("\"demo\"", "7")))
                .singleElement()
                .asString()
                .contains("cluster.name: It is not a string. Put the value in quotes.");
    }

    @Test
    void aFileThatCannotBeReadIsReportedLikeAnyProblem(@TempDir Path directory) throws IOException {
        Path absent = directory.resolve("absent.toml");
        assertThatThrownBy(() -> ConfigFile.load(absent))
                .isInstanceOf(ConfigException.class)
                .hasMessage(absent + ": There is no such file.");
        assertThatThrownBy(() -> ConfigFile.load(directory))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(directory + ": The file cannot be read: ");
        Path binary = directory.resolve("binary.toml");
        Files.write(binary, new byte[] {(byte) 0xFF, (byte) 0xFE});
        assertThatThrownBy(() -> ConfigFile.load(binary))
                .isInstanceOf(ConfigException.class)
                .hasMessage(binary + ": The file is not UTF-8 text.");
    }

    @Test
    void whatNodesMustAgreeOnDoesNotDependOnTheOrderOfTheFile() throws ConfigException {
        ClusterConfig config = ConfigFile.parse(MINIMAL, FILE);
        String[] nodes = NODES.split("(?=\\[\\[node]])");
        ClusterConfig reordered =
                ConfigFile.parse("cluster.name = \"demo\"\n" + nodes[2] + nodes[0] + nodes[1], Path.of("x.toml"));
        assertThat(reordered.agreement()).isEqualTo(config.agreement());
        assertThat(config.agreement())
                .hasToString("{cluster.name=demo, cluster.partitions=16, cluster.reads=index,"
                        + " cluster.replicas=3,"
                        + " limits.frame_max_bytes=8388608, node.1.peer=127.0.0.1:12211, node.2.peer=127.0.0.1:12212,"
                        + " node.3.peer=127.0.0.1:12213, ring.load_factor=1.25, ring.virtual_nodes=128}");
        assertThat(config.ring().nodes()).containsExactly(1, 2, 3);
        assertThat(config.ring().partitions()).isEqualTo(16);
    }

    /** A lease of one node counts on how long the others stay with it, by their own files. */
    @Test
    void nodesWithLeasesMustAgreeOnWhatTheyCountOn() throws ConfigException {
        assertThat(ConfigFile.parse("cluster.reads = \"lease\"\n" + MINIMAL, FILE)
                        .agreement())
                .containsEntry("cluster.reads", "lease")
                .containsEntry("timeouts.election_timeout_min_millis", "500")
                .containsEntry("timeouts.clock_drift_max_percent", "10");
    }

    @Test
    void readsAreByIndexOrByLease() {
        assertThat(problemsOf("cluster.reads = \"fast\"\n" + MINIMAL))
                .containsExactly("/etc/ringleader/demo.toml:1: cluster.reads: There are no \"fast\" reads."
                        + " Write \"index\" or \"lease\".");
    }

    @Test
    void aLeaseThatEndsBeforeItIsRenewedIsRefused() {
        assertThat(problemsOf("cluster.reads = \"lease\"\n" + MINIMAL + "[timeouts]\nclock_drift_max_percent = 500\n"))
                .singleElement()
                .asString()
                .contains("cluster.reads: A lease lasts 83 ms");
    }

    private static void assertRefused(String limit, String key) {
        assertThat(problemsOf(MINIMAL + "[limits]\n" + limit + "\n"))
                .anySatisfy(problem -> assertThat(problem).contains(key + ": ").contains("Set it to "));
    }

    private static List<String> problemsOf(String text) {
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> ConfigFile.parse(text, FILE));
        assertThat(refused).isNotNull();
        return refused.problems().stream().map(ConfigProblem::toString).toList();
    }
}
