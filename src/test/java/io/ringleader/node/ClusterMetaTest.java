package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.sim.TextClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The meta commands on a whole cluster in one thread. */
class ClusterMetaTest {
    private static OneThreadCluster onePartition(long seed) {
        return new OneThreadCluster(seed, options -> options.partitions = 1)
                .start()
                .awaitLeaders();
    }

    @Test
    void everyNodeTakesMetaCommandsForEveryKey() {
        OneThreadCluster cluster = new OneThreadCluster(101).start().awaitLeaders();
        for (int node : cluster.nodes()) {
            TextClient client = cluster.client(node);
            for (int i = 0; i < 10; i++) {
                String key = "key" + i;
                assertThat(client.ask("ms " + key + " 2 T100 F5 k\r\n10")).isEqualTo("HD k" + key);
                assertThat(client.ask("mg " + key + " v f t O1")).isEqualTo("VA 2 f5 t100 O1\r\n10");
                assertThat(client.ask("ma " + key + " v D5")).isEqualTo("VA 2\r\n15");
                assertThat(client.ask("md " + key + " I")).isEqualTo("HD");
                assertThat(client.ask("mg " + key)).isEqualTo("HD X W");
                assertThat(client.ask("mg " + key)).isEqualTo("HD Z X");
                assertThat(client.ask("md " + key)).isEqualTo("HD");
                assertThat(client.ask("mg " + key + " v")).isEqualTo("EN");
                assertThat(client.ask("mg " + key + " N30")).isEqualTo("HD W");
                assertThat(client.ask("mg " + key + " N30")).isEqualTo("HD Z");
                // A second may begin between the two.
                assertThat(client.ask("me " + key)).matches("ME " + key + " exp=(29|30) la=[01] cas=.*");
                assertThat(client.ask("md " + key)).isEqualTo("HD");
            }
            assertThat(client.ask("mn")).isEqualTo("MN");
        }
        cluster.awaitEqualReplicas();
        cluster.requireNothingLeftBehind();
    }

    @Test
    void aNodeWithoutAReplicaTakesMetaCommandsWithEveryFlag() {
        OneThreadCluster cluster =
                new OneThreadCluster(105, options -> options.nodes = 5).start().awaitLeaders();
        for (int partition = 0; partition < cluster.config().partitions(); partition++) {
            String key = cluster.keyOf(partition, 0);
            TextClient client = cluster.client(cluster.strangerTo(partition));
            String base64 = Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.US_ASCII));
            assertThat(client.ask("ms " + base64 + " 2 b k O1 E70 c s T100 F5\r\nhi"))
                    .isEqualTo("HD k" + base64 + " b O1 c70 s2");
            assertThat(client.ask("mg " + key + " h l u")).isEqualTo("HD h0 l0");
            assertThat(client.ask("mg " + key + " c f s t v k q")).isEqualTo("VA 2 c70 f5 s2 t100 k" + key + "\r\nhi");
            assertThat(client.ask("mg " + key + " h")).isEqualTo("HD h1");
            assertThat(client.ask("mg " + key + " T20 R30 t")).isEqualTo("HD t20 W");
            assertThat(cluster.client(cluster.leaderOf(partition)).ask("mg " + key))
                    .isEqualTo("HD Z");
            assertThat(client.ask("ms " + key + " 1 C69 q\r\nx")).isEqualTo("EX");
            assertThat(client.ask("ms " + key + " 3 C69 I E80 T50\r\nold")).isEqualTo("HD");
            assertThat(client.ask("mg " + key + " v c")).isEqualTo("VA 3 c80 Z X\r\nold");
            assertThat(client.ask("ms " + key + " 1 MA\r\n!")).isEqualTo("HD");
            assertThat(client.ask("ms " + key + " 1 MP\r\n?")).isEqualTo("HD");
            assertThat(client.ask("ms " + key + " 1 ME\r\nx")).isEqualTo("NS");
            assertThat(client.ask("mg " + key + " v")).isEqualTo("VA 5\r\n?old!");
            assertThat(client.ask("md " + key + " x")).isEqualTo("HD");
            assertThat(client.ask("ms " + key + " 1 MR\r\n7")).isEqualTo("HD");
            assertThat(client.ask("ma " + key + " MD D9 v t")).isEqualTo("VA 1 t-1\r\n0");
            assertThat(client.ask("me " + key)).startsWith("ME " + key + " exp=-1 ");
            assertThat(client.ask("md " + key + " C1")).isEqualTo("EX");
            assertThat(client.ask("md " + key)).isEqualTo("HD");
            assertThat(client.ask("ma " + key + " N30 J5 t v")).isEqualTo("VA 1 t30\r\n5");
        }
        cluster.requireNothingLeftBehind();
    }

    @Test
    void metaCommandsAreCountedAsSuchAndAsWhatTheyDo() {
        OneThreadCluster cluster = onePartition(104);
        TextClient client = cluster.client(1);
        RawClient watcher = new RawClient(cluster, 1, "watch fetchers mutations\r\n");
        cluster.runUntil(() -> watcher.text().startsWith("OK"), 10_000, "the watch has begun");
        for (String command : List.of(
                "ms a 1\r\n1",
                "ms a 1 C9\r\n1",
                "mg a v",
                "mg a v T30",
                "mg none",
                "ma a",
                "ma none MD",
                "me a",
                "md a",
                "md a",
                "mn",
                "mg a !",
                "get a")) {
            client.send(command, answer -> {});
        }
        cluster.runUntil(() -> client.waiting() == 0, 20_000, "all is answered");
        assertThat(client.ask("stats").split("\r\n"))
                .contains(
                        "STAT cmd_meta 10",
                        "STAT cmd_set 2",
                        "STAT cas_badval 1",
                        "STAT cmd_get 4",
                        "STAT get_hits 2",
                        "STAT get_misses 2",
                        "STAT touch_hits 1",
                        "STAT incr_hits 1",
                        "STAT decr_misses 1",
                        "STAT delete_hits 1",
                        "STAT delete_misses 1");
        assertThat(client.ask("stats reset")).isEqualTo("RESET");
        assertThat(client.ask("stats")).contains("STAT cmd_meta 0\r\n");
    }

    @Test
    void theTimeLeftIsThatOfNowAlsoIfNothingWasWrittenSince() {
        OneThreadCluster cluster = onePartition(102);
        TextClient client = cluster.client(1);
        client.ask("ms a 1 T100\r\n1");
        cluster.runMillis(20_000);
        String answer = cluster.client(2).ask("mg a t l");
        assertThat(answer).isIn("HD t80 l20", "HD t79 l20", "HD t79 l21", "HD t80 l21");
    }

    @Test
    void aPipelineOfMetaAndClassicCommandsIsAnsweredInOrder() {
        OneThreadCluster cluster = onePartition(103);
        TextClient client = cluster.client(cluster.followerOf(0));
        List<String> answers = new ArrayList<>();
        client.ask("ms a 1\r\n1");
        client.ask("md a I");
        List<String> commands = List.of(
                "mg a v",
                "mg a v",
                "get a",
                "mg none",
                "incr a 1",
                "mg a v",
                "ms a 1 q ME O7\r\n1",
                "ms a 1\r\n5",
                "mg a v",
                "mn");
        commands.forEach(command -> client.send(command, answers::add));
        cluster.runUntil(() -> answers.size() == commands.size(), 20_000, "all is answered");
        assertThat(answers)
                .containsExactly(
                        "VA 1 X W\r\n1",
                        "VA 1 Z X\r\n1",
                        "VALUE a 0 1\r\n1\r\nEND",
                        "EN",
                        "2",
                        "VA 1 Z X\r\n2",
                        "NS O7",
                        "HD",
                        "VA 1\r\n5",
                        "MN");
        cluster.requireNothingLeftBehind();
    }

    @Test
    void aReadThatWinsIsBeforeThoseBehindIt() {
        OneThreadCluster cluster = onePartition(104);
        TextClient client = cluster.client(cluster.followerOf(0));
        List<String> answers = new ArrayList<>();
        client.ask("ms a 1\r\n1");
        client.ask("md a I");
        List<String> commands = List.of("mg a h", "get a", "mg a h", "me a", "mn");
        commands.forEach(command -> client.send(command, answers::add));
        cluster.runUntil(() -> answers.size() == commands.size(), 20_000, "all is answered");
        assertThat(answers.subList(0, 3)).containsExactly("HD h0 X W", "VALUE a 0 1\r\n1\r\nEND", "HD h1 Z X");
        assertThat(answers.get(3)).contains(" fetch=yes ");
        cluster.requireNothingLeftBehind();
    }

    @Test
    void exactlyOneOfManyReadersWinsAcrossAChangeOfTheLeader() {
        for (long seed = 110; seed < 116; seed++) {
            OneThreadCluster cluster = onePartition(seed);
            int leader = cluster.leaderOf(0);
            List<Integer> others =
                    cluster.nodes().stream().filter(node -> node != leader).toList();
            TextClient first = cluster.client(others.get(0));
            assertThat(first.ask("ms a 3\r\nold")).isEqualTo("HD");
            assertThat(first.ask("md a I")).isEqualTo("HD");
            List<String> answers = new ArrayList<>();
            int asked = 0;
            for (int round = 0; round < 20; round++) {
                for (int node : others) {
                    cluster.client(node).send("mg a v", answers::add);
                    asked++;
                }
                cluster.runMillis(seed % 3);
                if (round == seed % 4) {
                    cluster.crash(leader);
                }
            }
            int expected = asked;
            cluster.runUntil(() -> answers.size() == expected, 60_000, "all is answered");
            assertThat(answers)
                    .allMatch(answer -> answer.equals("VA 3 X W\r\nold") || answer.equals("VA 3 Z X\r\nold"));
            assertThat(answers.stream().filter(answer -> answer.contains("W")))
                    .as("seed " + seed)
                    .hasSize(1);
            assertThat(first.ask("ms a 3\r\nnew")).isEqualTo("HD");
            assertThat(first.ask("mg a v")).isEqualTo("VA 3\r\nnew");
            cluster.start(leader);
            cluster.awaitEqualReplicas();
            cluster.requireNothingLeftBehind();
        }
    }
}
