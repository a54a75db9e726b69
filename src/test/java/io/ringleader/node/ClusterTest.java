package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.sim.TextClient;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What clients may rely on while all is well, on a whole cluster in one thread. */
class ClusterTest {
    private static final String OK = "STORED";

    private static String keys(int count) {
        return IntStream.range(0, count).mapToObj(i -> "key" + i).collect(Collectors.joining(" "));
    }

    @Test
    void aSetAtOneNodeIsReadAtEveryOther() {
        OneThreadCluster cluster = new OneThreadCluster(1).start().awaitLeaders();
        for (int writer : cluster.nodes()) {
            for (int i = 0; i < 10; i++) {
                String key = "from" + writer + "." + i;
                assertThat(cluster.client(writer).ask(TextClient.set(key, 0, "value" + i)))
                        .isEqualTo(OK);
                for (int reader : cluster.nodes()) {
                    assertThat(cluster.client(reader).value(key)).isEqualTo("value" + i);
                }
            }
        }
        cluster.awaitEqualReplicas();
        cluster.requireNothingLeftBehind();
    }

    @Test
    void aReadIsServedByTheNodeWhoseClientAsksWhoeverLeads() {
        OneThreadCluster cluster = new OneThreadCluster(1, options -> options.partitions = 1)
                .start()
                .awaitLeaders();
        assertThat(cluster.client(1).ask(TextClient.set("k", 0, "v"))).isEqualTo(OK);
        for (int node : cluster.nodes()) {
            TextClient client = cluster.client(node);
            for (int i = 0; i < 5; i++) {
                assertThat(client.value("k")).isEqualTo("v");
            }
            boolean leads = cluster.leaderOf(0) == node;
            assertThat(client.ask("stats raft"))
                    .contains("0:read_batches_leading " + (leads ? 5 : 0) + "\r\n")
                    .contains("0:read_batches_following " + (leads ? 0 : 5) + "\r\n");
        }
    }

    @Test
    void oneNodeAloneIsACluster() {
        OneThreadCluster cluster = new OneThreadCluster(2, options -> options.nodes = 1).start();
        TextClient client = cluster.client(1);
        assertThat(client.ask(TextClient.set("a", 0, "1"))).isEqualTo(OK);
        cluster.crash(1);
        cluster.start(1);
        assertThat(cluster.client(1).value("a")).isEqualTo("1");
    }

    @Test
    void aNodeWithoutAReplicaServesAllKeys() {
        OneThreadCluster cluster =
                new OneThreadCluster(3, options -> options.replicas = 1).start().awaitLeaders();
        TextClient client = cluster.client(1);
        for (int i = 0; i < 20; i++) {
            assertThat(client.ask(TextClient.set("key" + i, 0, "v" + i))).isEqualTo(OK);
            assertThat(cluster.client(2).value("key" + i)).isEqualTo("v" + i);
        }
    }

    @Test
    void aPipelineTakesEffectInOrderAndIsAnsweredInOrder() {
        OneThreadCluster cluster = new OneThreadCluster(4).start().awaitLeaders();
        for (int node : cluster.nodes()) {
            List<String> answers = new ArrayList<>();
            List<String> expected = new ArrayList<>();
            TextClient client = cluster.client(node);
            client.ask("flush_all");
            for (int i = 0; i < 300; i++) {
                String key = "k" + i % 7;
                client.send(TextClient.set(key, 0, Integer.toString(i)), answers::add);
                expected.add(OK);
                client.send("incr " + key + " 5", answers::add);
                expected.add(Integer.toString(i + 5));
                client.send("get " + key, answers::add);
                int digits = Integer.toString(i + 5).length();
                expected.add("VALUE " + key + " 0 " + digits + "\r\n" + (i + 5) + "\r\nEND");
                if (i % 10 == 0) {
                    client.send("version", answers::add);
                    expected.add("VERSION 0.0.1");
                    client.send("nonsense", answers::add);
                    expected.add("ERROR");
                }
                if (i % 20 == 0) {
                    client.send("delete " + key, answers::add);
                    expected.add("DELETED");
                    client.send("get " + key, answers::add);
                    expected.add("END");
                    client.send("flush_all", answers::add);
                    expected.add("OK");
                }
            }
            cluster.runUntil(() -> answers.size() == expected.size(), 20_000, "all is answered");
            assertThat(answers).isEqualTo(expected);
        }
        cluster.requireNothingLeftBehind();
    }

    @Test
    void commandsWithNoreplyTakeEffectInOrderToo() {
        OneThreadCluster cluster = new OneThreadCluster(5).start().awaitLeaders();
        TextClient client = cluster.client(2);
        assertThat(client.ask(TextClient.set("n", 0, "0"))).isEqualTo(OK);
        for (int i = 0; i < 200; i++) {
            client.sendOnly("incr n 1 noreply\r\n");
            client.sendOnly("set k" + i + " 0 0 1 noreply\r\n" + i % 10 + "\r\n");
        }
        client.sendOnly("delete k7 noreply\r\nflush_all 1000 noreply\r\ntouch k8 0 noreply\r\nverbosity 1 noreply\r\n");
        assertThat(client.value("n")).isEqualTo("200");
        assertThat(client.value("k7")).isNull();
        assertThat(client.value("k199")).isEqualTo("9");
        assertThat(client.unasked()).isEmpty();
    }

    @Test
    void aMultiGetGathersAllPartitionsInTheOrderOfItsKeys() {
        OneThreadCluster cluster = new OneThreadCluster(6).start().awaitLeaders();
        TextClient client = cluster.client(3);
        for (int i = 0; i < 200; i += 2) {
            assertThat(client.ask(TextClient.set("key" + i, 0, "v" + i))).isEqualTo(OK);
        }
        String answer = cluster.client(1).ask("get " + keys(200));
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 200; i += 2) {
            String value = "v" + i;
            expected.append("VALUE key" + i + " 0 " + value.length() + "\r\n" + value + "\r\n");
        }
        assertThat(answer).isEqualTo(expected + "END");
        assertThat(cluster.client(2).ask("gat 100 key0 key1 key2 key4"))
                .startsWith("VALUE key0 0 2\r\nv0\r\nVALUE key2")
                .endsWith("END");
    }

    @Test
    void casFailsIfTheItemHasChanged() {
        OneThreadCluster cluster = new OneThreadCluster(7).start().awaitLeaders();
        TextClient client = cluster.client(1);
        client.ask(TextClient.set("a", 0, "1"));
        String cas = client.ask("gets a").split("\r\n")[0].split(" ")[4];
        assertThat(cluster.client(2).ask("cas a 0 0 1 " + cas + "\r\n2")).isEqualTo(OK);
        assertThat(client.ask("cas a 0 0 1 " + cas + "\r\n3")).isEqualTo("EXISTS");
        assertThat(client.value("a")).isEqualTo("2");
    }

    @Test
    void flushAllWithADelayHidesWhatIsOlderFromThenOnAndNothingElse() {
        OneThreadCluster cluster = new OneThreadCluster(8).start().awaitLeaders();
        TextClient client = cluster.client(1);
        for (int i = 0; i < 20; i++) {
            client.ask(TextClient.set("key" + i, 0, "old"));
        }
        assertThat(client.ask("flush_all 3")).isEqualTo("OK");
        cluster.runMillis(2_000);
        assertThat(cluster.client(2).value("key3")).isEqualTo("old");
        cluster.runMillis(1_500);
        for (int i = 0; i < 20; i++) {
            assertThat(cluster.client(3).value("key" + i)).isNull();
        }
        assertThat(client.ask(TextClient.set("key1", 0, "new"))).isEqualTo(OK);
        cluster.runMillis(5_000);
        assertThat(client.value("key1")).isEqualTo("new");
        cluster.awaitEqualReplicas();
    }

    @Test
    void manyLargeValuesAreAnsweredCompletelyInParts() {
        // 80 values of 15 KiB, where one answer of a leader holds 32 KiB and a connection 256 KiB
        OneThreadCluster cluster = new OneThreadCluster(9).start().awaitLeaders();
        TextClient client = cluster.client(1);
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 80; i++) {
            String value = Character.toString('a' + i % 26).repeat(15 << 10);
            assertThat(client.ask(TextClient.set("key" + i, 0, value))).isEqualTo(OK);
            expected.append("VALUE key" + i + " 0 " + value.length() + "\r\n" + value + "\r\n");
        }
        for (int node : cluster.nodes()) {
            String answer = cluster.client(node).ask("get " + keys(80));
            assertThat(answer.equals(expected + "END")).as("node " + node).isTrue();
        }
        cluster.requireNothingLeftBehind();
    }

    @Test
    void manyLargeValuesAreTouchedAndAnsweredInFramesThatAreNotTooLong() {
        OneThreadCluster cluster = new OneThreadCluster(10, options -> {
                    options.partitions = 1;
                    options.itemMaxBytes = 256 << 10;
                    options.batchMaxBytes = 512 << 10;
                    options.resultMaxBytes = 512 << 10;
                    options.frameMaxBytes = 1 << 20;
                    options.connectionOutputMaxBytes = 1 << 20;
                })
                .start()
                .awaitLeaders();
        TextClient client = cluster.client(1);
        String value = "v".repeat(256 << 10);
        for (int i = 0; i < 16; i++) {
            assertThat(client.ask(TextClient.set("key" + i, 0, value))).isEqualTo(OK);
        }
        for (int node : cluster.nodes()) {
            String answer = cluster.client(node).ask("gat 0 " + keys(16));
            assertThat(answer.split("VALUE ", -1)).as("node " + node).hasSize(17);
        }
    }

    @Test
    void whatABurstHasForAPeerIsSplitIntoFramesThatAreNotTooLong() {
        OneThreadCluster cluster = new OneThreadCluster(11, options -> {
                    options.partitions = 16;
                    options.batchMaxBytes = 17 << 10;
                    options.resultMaxBytes = 17 << 10;
                    options.frameMaxBytes = 68 << 10;
                })
                .start()
                .awaitLeaders();
        List<String> answers = new ArrayList<>();
        for (int node : cluster.nodes()) {
            TextClient client = cluster.client(node);
            for (int i = 0; i < 200; i++) {
                int bytes = i % 3 == 0 ? 100 : 16 << 10;
                client.send(TextClient.set("key" + i, 0, "x".repeat(bytes)), answers::add);
            }
        }
        cluster.runUntil(() -> answers.size() == 600, 10_000, "all is answered");
        assertThat(answers).containsOnly(OK);
    }

    @Test
    void quitAnswersWhatCameBeforeAndClosesTheConnection() {
        OneThreadCluster cluster = new OneThreadCluster(12).start().awaitLeaders();
        TextClient client = cluster.client(1);
        client.sendOnly("set a 0 0 1\r\n1\r\nget a\r\nquit\r\nget a\r\n");
        cluster.runUntil(client::isClosed, 5_000, "the connection is closed");
        assertThat(client.unasked()).containsExactly(OK, "VALUE a 0 1\r\n1\r\nEND");
        assertThat(client.endedInOrder()).isTrue();
    }

    @Test
    void aClientThatHasSaidAllGetsItsAnswers() {
        OneThreadCluster cluster = new OneThreadCluster(13).start().awaitLeaders();
        TextClient client = cluster.client(1);
        for (int i = 0; i < 1_500; i++) {
            client.sendOnly("set key" + i + " 0 0 1\r\n1\r\nget key" + i + "\r\n");
        }
        cluster.runMillis(2);
        client.endOutput();
        cluster.runUntil(client::isClosed, 20_000, "the connection is closed");
        assertThat(client.unasked()).hasSize(3_000);
        cluster.requireNothingLeftBehind();
    }

    @Test
    void theSameSeedGivesTheSameTrace() {
        assertThat(traceOf(14)).isEqualTo(traceOf(14)).isNotEqualTo(traceOf(15));
    }

    private static long traceOf(long seed) {
        OneThreadCluster cluster = new OneThreadCluster(seed).start().awaitLeaders();
        TextClient client = cluster.client(1);
        for (int i = 0; i < 50; i++) {
            client.ask(TextClient.set(
                    "key" + i, 0, "v".repeat(1 + cluster.world().random().nextInt(10_000))));
        }
        int leader = cluster.leaderOf(0);
        cluster.crash(leader);
        cluster.runMillis(2_000);
        cluster.start();
        cluster.awaitEqualReplicas();
        return cluster.traceHash();
    }
}
