package io.ringleader.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Any node takes any command for any key, whoever leads its partition: the commands of memcached's text protocol over a raw
 * socket, at every node. With eight partitions on three nodes, each node leads some of the keys and not the others.
 */
@Timeout(60)
class ClientsIT {
    @RegisterExtension
    static final Processes PROCESSES = Processes.untilEndOfClass();

    private static TestCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        cluster = TestCluster.started(PROCESSES, Map.of());
    }

    @ParameterizedTest(name = "node {0}")
    @ValueSource(ints = {1, 2, 3})
    void storageCommandsKeepTheirConditions(int node) throws IOException {
        try (TextClient client = cluster.node(node).connect()) {
            for (String key : cluster.keyOfEachPartition("store" + node + "-").values()) {
                assertThat(client.store("replace", key, "x")).isEqualTo("NOT_STORED");
                assertThat(client.store("append", key, "x")).isEqualTo("NOT_STORED");
                assertThat(client.store("prepend", key, "x")).isEqualTo("NOT_STORED");
                assertThat(client.store("add", key, "b")).isEqualTo("STORED");
                assertThat(client.store("add", key, "x")).isEqualTo("NOT_STORED");
                assertThat(client.store("append", key, "c")).isEqualTo("STORED");
                assertThat(client.store("prepend", key, "a")).isEqualTo("STORED");
                assertThat(client.get(key)).contains("abc");
                assertThat(client.store("replace", key, "r")).isEqualTo("STORED");
                assertThat(client.store("set", key, "")).isEqualTo("STORED");
                assertThat(client.get(key)).contains("");
                assertThat(client.command("delete " + key)).isEqualTo("DELETED");
                assertThat(client.command("delete " + key)).isEqualTo("NOT_FOUND");
                assertThat(client.get(key)).isEmpty();
            }
        }
    }

    @ParameterizedTest(name = "node {0}")
    @ValueSource(ints = {1, 2, 3})
    void casStoresOnlyWhatNobodyElseHasChanged(int node) throws IOException {
        try (TextClient client = cluster.node(node).connect();
                TextClient other = cluster.node(1 + node % 3).connect()) {
            for (String key : cluster.keyOfEachPartition("cas" + node + "-").values()) {
                assertThat(client.command("cas " + key + " 0 0 1 7\r\nx")).isEqualTo("NOT_FOUND");
                client.set(key, "one");
                String unique = casUnique(client, key);
                assertThat(other.store("append", key, "!")).isEqualTo("STORED");
                assertThat(client.command("cas " + key + " 0 0 1 " + unique + "\r\nx"))
                        .isEqualTo("EXISTS");
                assertThat(client.command("cas " + key + " 5 0 3 " + casUnique(client, key) + "\r\ntwo"))
                        .isEqualTo("STORED");
                assertThat(client.command("get " + key)).isEqualTo("VALUE " + key + " 5 3");
                assertThat(client.block(5)).isEqualTo("two\r\n");
                assertThat(client.line()).isEqualTo("END");
            }
        }
    }

    private static String casUnique(TextClient client, String key) throws IOException {
        String[] words = client.command("gets " + key).split(" ");
        client.block(Integer.parseInt(words[3]) + 2);
        assertThat(client.line()).isEqualTo("END");
        return words[4];
    }

    @ParameterizedTest(name = "node {0}")
    @ValueSource(ints = {1, 2, 3})
    void countersAndTimesOfExpiry(int node) throws IOException {
        try (TextClient client = cluster.node(node).connect()) {
            for (String key : cluster.keyOfEachPartition("count" + node + "-").values()) {
                assertThat(client.command("incr " + key + " 1")).isEqualTo("NOT_FOUND");
                client.set(key, "18446744073709551615");
                assertThat(client.command("incr " + key + " 2")).isEqualTo("1");
                assertThat(client.command("decr " + key + " 5")).isEqualTo("0");
                client.set(key, "word");
                assertThat(client.command("incr " + key + " 1"))
                        .isEqualTo("CLIENT_ERROR cannot increment or decrement non-numeric value");
                assertThat(client.command("touch " + key + " 100")).isEqualTo("TOUCHED");
                client.send("gat 0 " + key + " none\r\n");
                assertThat(client.values()).isEqualTo(Map.of(key, "word"));
                assertThat(client.command("gats -1 " + key)).matches("VALUE " + key + " 0 4 \\d+");
                client.block(6);
                assertThat(client.line()).isEqualTo("END");
                assertThat(client.get(key)).isEmpty();
                assertThat(client.command("touch " + key + " 0")).isEqualTo("NOT_FOUND");
            }
        }
    }

    @ParameterizedTest(name = "node {0}")
    @ValueSource(ints = {1, 2, 3})
    void oneGetCollectsFromAllPartitionsInTheOrderAsked(int node) throws IOException {
        try (TextClient client = cluster.node(node).connect()) {
            Map<String, String> expected = new LinkedHashMap<>();
            StringBuilder sets = new StringBuilder();
            StringBuilder get = new StringBuilder("get");
            for (int i = 0; i < 100; i++) {
                String key = "multi" + node + "-" + i;
                expected.put(key, "value " + i);
                sets.append("set " + key + " 0 0 " + ("value " + i).length() + " noreply\r\nvalue " + i + "\r\n");
                get.append(" missing").append(i).append(' ').append(key);
            }
            // nothing waits for the noreply writes, and still the read that follows sees them
            client.send(sets + get.toString() + "\r\n");
            Map<String, String> found = client.values();
            assertThat(found).isEqualTo(expected);
            assertThat(found.keySet()).containsExactlyElementsOf(expected.keySet());
        }
    }

    @ParameterizedTest(name = "node {0}")
    @ValueSource(ints = {1, 2, 3})
    void aPipelineIsAnsweredInTheOrderSent(int node) throws IOException {
        try (TextClient client = cluster.node(node).connect()) {
            StringBuilder pipeline = new StringBuilder();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                String key = "pipe" + node + "-" + i % 20;
                pipeline.append("set " + key + " 0 0 " + Integer.toString(i).length() + "\r\n" + i + "\r\n");
                expected.add("STORED");
                if (i % 10 == 9) {
                    pipeline.append("incr " + key + " 1000\r\nversion\r\nnonsense\r\nget " + key + "\r\n");
                    String counted = Integer.toString(i + 1000);
                    expected.addAll(List.of(Integer.toString(i + 1000), "VERSION", "ERROR"));
                    expected.addAll(List.of("VALUE " + key + " 0 " + counted.length(), counted, "END"));
                }
            }
            client.send(pipeline.toString());
            for (String line : expected) {
                assertThat(client.line()).startsWith(line);
            }
        }
    }

    @ParameterizedTest(name = "node {0}")
    @ValueSource(ints = {1, 2, 3})
    void bytesMayArriveSplitAtAnyPoint(int node) throws IOException {
        String request =
                "set split" + node + " 7 0 4\r\n\r\n\0\n\r\nget split" + node + "\r\ndelete split" + node + "\r\n";
        String answer = "STORED\r\nVALUE split" + node + " 7 4\r\n\r\n\0\n\r\nEND\r\nDELETED\r\n";
        try (TextClient client = cluster.node(node).connect();
                TextClient other = cluster.node(node).connect()) {
            for (int split = 1; split < request.length(); split++) {
                client.send(request.substring(0, split));
                // by the time this is answered, the node has looked at the first part
                other.command("version");
                client.send(request.substring(split));
                assertThat(client.block(answer.length()))
                        .as("split at %d", split)
                        .isEqualTo(answer);
            }
            for (int i = 0; i < request.length(); i++) {
                client.send(request.substring(i, i + 1));
            }
            assertThat(client.block(answer.length())).isEqualTo(answer);
        }
    }

    @ParameterizedTest(name = "node {0}")
    @ValueSource(ints = {1, 2, 3})
    void theLargestValueIsKeptAndALargerOneRefused(int node) throws IOException {
        String largest = "v\r\n".repeat((1 << 20) / 3) + "e";
        try (TextClient client = cluster.node(node).connect()) {
            assertThat(client.set("largest" + node, largest)).isEqualTo("STORED");
            assertThat(client.get("largest" + node)).contains(largest);
            assertThat(client.store("append", "largest" + node, "x")).isNotEqualTo("STORED");
            assertThat(client.set("larger" + node, largest + "x")).isEqualTo("SERVER_ERROR object too large for cache");
            assertThat(client.get("larger" + node)).isEmpty();
            assertThat(client.get("largest" + node)).contains(largest);
            assertThat(client.command("delete largest" + node)).isEqualTo("DELETED");
        }
    }

    @ParameterizedTest(name = "node {0}")
    @ValueSource(ints = {1, 2, 3})
    void flushAllEmptiesAllPartitionsForAllNodes(int node) throws IOException {
        String[] keys =
                cluster.keyOfEachPartition("flush" + node + "-").values().toArray(String[]::new);
        try (TextClient client = cluster.node(node).connect();
                TextClient other = cluster.node(1 + node % 3).connect()) {
            for (String key : keys) {
                other.set(key, "x");
            }
            assertThat(client.command("flush_all 1000")).isEqualTo("OK");
            assertThat(other.getAll(keys)).hasSize(keys.length);
            assertThat(client.command("flush_all")).isEqualTo("OK");
            assertThat(other.getAll(keys)).isEmpty();
            other.set(keys[0], "x");
            client.send("flush_all noreply\r\nget " + keys[0] + "\r\n");
            assertThat(client.values()).isEmpty();
        }
    }

    @ParameterizedTest(name = "node {0}")
    @ValueSource(ints = {1, 2, 3})
    void whatConcernsTheNodeItself(int node) throws IOException {
        try (TextClient client = cluster.node(node).connect()) {
            assertThat(client.command("version")).matches("VERSION \\d+\\.\\d+\\.\\d+.*");
            assertThat(client.command("verbosity 1")).isEqualTo("OK");
            assertThat(client.stats(""))
                    .containsEntry("pid", Long.toString(cluster.node(node).pid()))
                    .containsKeys("uptime", "curr_items", "bytes", "cmd_get", "cmd_set", "curr_connections");
            assertThat(client.stats("settings")).containsEntry("partitions", "8");
            assertThat(client.command("stats reset")).isEqualTo("RESET");
            assertThat(client.stats("")).containsEntry("cmd_set", "0");
            assertThat(client.command("nonsense")).isEqualTo("ERROR");
            assertThat(client.command("set k 0 0 1\r\nlonger")).isEqualTo("CLIENT_ERROR bad data chunk");
        }
        try (TextClient client = cluster.node(node).connect()) {
            client.send("set last" + node + " 0 0 1 noreply\r\nx\r\nget last" + node + "\r\nquit\r\nversion\r\n");
            assertThat(client.values()).isEqualTo(Map.of("last" + node, "x"));
            assertThatThrownBy(client::line).isInstanceOf(EOFException.class);
        }
    }
}
