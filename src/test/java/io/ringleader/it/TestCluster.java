package io.ringleader.it;

import io.ringleader.config.ClusterConfig;
import io.ringleader.config.ConfigException;
import io.ringleader.config.ConfigFile;
import io.ringleader.ring.Ring;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Three nodes, or one, in processes of their own, on free ports of this machine. Used by one thread. */
final class TestCluster {
    static final int NODES = 3;
    static final int PARTITIONS = 8;
    /** For processes to start and elect leaders, on a machine that does other things too. */
    private static final Duration READY = Duration.ofSeconds(60);

    private static final Duration EQUAL = Duration.ofSeconds(60);

    /** Few partitions and small files, so that a cluster is there soon. */
    private static final Map<String, Object> DEFAULTS = Map.of(
            "cluster.name",
            "\"it\"",
            "cluster.partitions",
            PARTITIONS,
            // a node needs about three times that as heap
            "limits.memory_bytes",
            TestNode.HEAP_MIB / 3 << 20,
            "limits.wal_segment_bytes",
            16 << 20);

    final Path directory;
    final List<TestNode> nodes = new ArrayList<>();
    private final Path config;
    private final Ring ring;

    /** @param settings by their names in the file, such as {@code limits.item_max_bytes}; texts with their quotes */
    TestCluster(Processes processes, Map<String, Object> settings) throws IOException {
        this(processes, settings, NODES);
    }

    private TestCluster(Processes processes, Map<String, Object> settings, int count) throws IOException {
        directory = processes.directory();
        config = directory.resolve("cluster.toml");
        for (int id = 1; id <= count; id++) {
            nodes.add(new TestNode(id, directory, config, processes));
        }
        writeConfig(config, settings);
        try {
            ClusterConfig read = ConfigFile.load(config);
            ring = read.ring();
        } catch (ConfigException e) {
            throw new IllegalArgumentException("The settings of the test make no good configuration.", e);
        }
    }

    /** A cluster that serves. */
    static TestCluster started(Processes processes, Map<String, Object> settings) throws IOException {
        return started(new TestCluster(processes, settings));
    }

    /** A single node that serves. */
    static TestCluster startedAlone(Processes processes) throws IOException {
        return started(new TestCluster(processes, Map.of("cluster.replicas", 1), 1));
    }

    private static TestCluster started(TestCluster cluster) throws IOException {
        cluster.startAll();
        cluster.awaitReady();
        return cluster;
    }

    /** Writes a configuration of these nodes. */
    void writeConfig(Path file, Map<String, Object> settings) throws IOException {
        Map<String, Object> all = new TreeMap<>(DEFAULTS);
        all.putAll(settings);
        Map<String, StringBuilder> tables = new TreeMap<>();
        all.forEach((key, value) -> {
            int dot = key.indexOf('.');
            tables.computeIfAbsent(key.substring(0, dot), name -> new StringBuilder("[" + name + "]\n"))
                    .append(key.substring(dot + 1))
                    .append(" = ")
                    .append(value)
                    .append('\n');
        });
        StringBuilder text = new StringBuilder();
        tables.values().forEach(text::append);
        for (TestNode node : nodes) {
            text.append("[[node]]\nid = ").append(node.id);
            text.append("\nclient = \"127.0.0.1:").append(node.clientPort);
            text.append("\"\npeer = \"127.0.0.1:").append(node.peerPort);
            text.append("\"\ndata = \"").append(node.data).append("\"\n");
        }
        Files.writeString(file, text);
    }

    TestNode node(int id) {
        return nodes.get(id - 1);
    }

    List<TestNode> others(TestNode node) {
        return nodes.stream().filter(other -> other != node).toList();
    }

    void startAll() throws IOException {
        for (TestNode node : nodes) {
            node.start();
        }
    }

    /** SIGKILL to all before any is waited for. */
    void killAll() {
        nodes.forEach(TestNode::killAsync);
        nodes.forEach(TestNode::awaitExit);
    }

    int partitionOf(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.US_ASCII);
        return ring.partitionOf(bytes, 0, bytes.length);
    }

    /** A key of each partition, beginning with the prefix. */
    Map<Integer, String> keyOfEachPartition(String prefix) {
        Map<Integer, String> keys = new TreeMap<>();
        for (int i = 0; keys.size() < ring.partitions(); i++) {
            keys.putIfAbsent(partitionOf(prefix + i), prefix + i);
        }
        return keys;
    }

    /** Waits until all nodes that were started know the leader of every partition, and it is one that runs. */
    void awaitReady() {
        Await.until("all partitions of " + directory + " have leaders that all nodes know", READY, () -> {
            List<TestNode> running = nodes.stream().filter(TestNode::isAlive).toList();
            if (running.size() <= nodes.size() / 2) {
                throw new IOException("Only " + running + " run.");
            }
            for (TestNode node : running) {
                Map<String, String> raft = node.stats("raft");
                for (int partition = 0; partition < ring.partitions(); partition++) {
                    int leader = Integer.parseInt(raft.get(partition + ":leader"));
                    if (leader == 0 || !node(leader).isAlive()) {
                        return false;
                    }
                }
            }
            return leaders().size() == ring.partitions();
        });
    }

    /** The node that leads each partition, as the leaders themselves say; without those that nobody leads. */
    Map<Integer, TestNode> leaders() throws IOException {
        Map<Integer, TestNode> leaders = new TreeMap<>();
        Map<Integer, Long> terms = new HashMap<>();
        for (TestNode node : nodes) {
            if (!node.isAlive()) {
                continue;
            }
            Map<String, String> raft = node.stats("raft");
            for (int partition = 0; partition < ring.partitions(); partition++) {
                long term = Long.parseLong(raft.get(partition + ":term"));
                // a leader that has not heard of its successor yet says so too
                if (raft.get(partition + ":role").equals("leader") && term > terms.getOrDefault(partition, -1L)) {
                    leaders.put(partition, node);
                    terms.put(partition, term);
                }
            }
        }
        return leaders;
    }

    /** The node that leads most partitions. */
    TestNode busiestLeader() throws IOException {
        List<TestNode> leaders = List.copyOf(leaders().values());
        return nodes.stream()
                .max((a, b) -> Long.compare(count(leaders, a), count(leaders, b)))
                .orElseThrow();
    }

    private static long count(List<TestNode> leaders, TestNode node) {
        return leaders.stream().filter(leader -> leader == node).count();
    }

    /** Waits until all nodes have applied the same entries of every partition and hold the same state, byte for byte. */
    void awaitEqualReplicas() {
        StringBuilder last = new StringBuilder();
        try {
            Await.until("all replicas of " + directory + " are equal", EQUAL, () -> {
                last.setLength(0);
                List<Map<String, String>> digests = new ArrayList<>();
                for (TestNode node : nodes) {
                    digests.add(node.stats("digests"));
                    last.append(node)
                            .append(' ')
                            .append(digests.get(digests.size() - 1))
                            .append('\n');
                }
                requireNoConflict(digests);
                return digests.get(0).equals(digests.get(1)) && digests.get(0).equals(digests.get(2));
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + " Last seen:\n" + last, e);
        }
    }

    /** Different states after the same entries are an error at once, not a reason to wait. */
    private void requireNoConflict(List<Map<String, String>> digests) {
        for (int partition = 0; partition < ring.partitions(); partition++) {
            Map<String, String> byIndex = new HashMap<>();
            for (Map<String, String> digest : digests) {
                String index = digest.get(partition + ":applied_index");
                String value = digest.get(partition + ":digest");
                String other = byIndex.putIfAbsent(index, value);
                if (other != null && !other.equals(value)) {
                    throw new AssertionError("Replicas of partition " + partition + " differ after entry " + index
                            + ": digest " + value + " and " + other + ".");
                }
            }
        }
    }
}
