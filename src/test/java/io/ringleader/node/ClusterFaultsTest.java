package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.sim.TextClient;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What clients may rely on while nodes, disks, clocks and links fail, on a whole cluster in one thread. */
class ClusterFaultsTest {
    private static final String OK = "STORED";

    private static OneThreadCluster cluster(long seed) {
        return new OneThreadCluster(seed).start().awaitLeaders();
    }

    private static OneThreadCluster onePartition(long seed) {
        return new OneThreadCluster(seed, options -> options.partitions = 1)
                .start()
                .awaitLeaders();
    }

    /** A node that does not lead the partition. */
    private static int other(OneThreadCluster cluster, int... nodes) {
        return cluster.nodes().stream()
                .filter(id -> IntStream.of(nodes).noneMatch(node -> node == id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatWasAcknowledgedSurvivesTheCrashOfTheLeader() {
        OneThreadCluster cluster = onePartition(21);
        for (int round = 0; round < 5; round++) {
            int leader = cluster.leaderOf(0);
            TextClient client = cluster.client(other(cluster, leader));
            for (int i = 0; i < 20; i++) {
                assertThat(client.ask(TextClient.set(round + "." + i, 0, "v"))).isEqualTo(OK);
            }
            cluster.crash(leader);
            for (int i = 0; i < 20; i++) {
                // A delay, not an error, while a new leader is elected.
                assertThat(client.value(round + "." + i)).isEqualTo("v");
            }
            cluster.start(leader);
            cluster.runMillis(1_000);
        }
        cluster.awaitEqualReplicas();
        cluster.requireNothingLeftBehind();
    }

    @Test
    void allNodesCrashAtOnceAndComeBack() {
        OneThreadCluster cluster = cluster(22);
        TextClient client = cluster.client(1);
        for (int i = 0; i < 100; i++) {
            assertThat(client.ask(TextClient.set("key" + i, 0, "v" + i))).isEqualTo(OK);
        }
        cluster.nodes().forEach(cluster::crash);
        cluster.runMillis(1_000);
        cluster.start().awaitLeaders();
        for (int i = 0; i < 100; i++) {
            assertThat(cluster.client(1 + i % 3).value("key" + i)).isEqualTo("v" + i);
        }
        cluster.awaitEqualReplicas();
    }

    @Test
    void aNodeThatIsCutOffFromTheLeaderAloneReachesItThroughTheOther() {
        OneThreadCluster cluster = onePartition(23);
        int leader = cluster.leaderOf(0);
        int asking = other(cluster, leader);
        TextClient client = cluster.client(asking);
        assertThat(client.ask(TextClient.set("n", 0, "0"))).isEqualTo(OK);
        cluster.world().cutBetween(OneThreadCluster.host(leader), OneThreadCluster.host(asking));
        for (int i = 1; i <= 50; i++) {
            assertThat(client.ask("incr n 1")).isEqualTo(Integer.toString(i));
            assertThat(client.value("n")).isEqualTo(Integer.toString(i));
            cluster.runMillis(100);
        }
        assertThat(cluster.leaderOf(0)).as("nobody has disturbed the leader").isEqualTo(leader);
        cluster.heal();
        assertThat(client.ask("incr n 1")).isEqualTo("51");
        cluster.awaitEqualReplicas();
        cluster.requireNothingLeftBehind();
    }

    @Test
    void aRepeatedBatchIsAppliedOnce() {
        for (int seed = 230; seed < 240; seed++) {
            OneThreadCluster cluster = onePartition(seed);
            int leader = cluster.leaderOf(0);
            int asking = other(cluster, leader);
            TextClient client = cluster.client(asking);
            assertThat(client.ask(TextClient.set("n", 0, "5"))).isEqualTo(OK);
            // The request gets through, the answer does not, on no way: the router asks again.
            int third = other(cluster, leader, asking);
            cluster.world().cutLink(OneThreadCluster.host(leader), OneThreadCluster.host(asking));
            cluster.world().cutBetween(OneThreadCluster.host(third), OneThreadCluster.host(asking));
            String[] answer = new String[1];
            client.send("incr n 1", text -> answer[0] = text);
            cluster.runMillis(700);
            assertThat(answer[0]).isNull();
            cluster.heal();
            cluster.runUntil(() -> answer[0] != null, 5_000, "the increment is answered");
            assertThat(answer[0]).isEqualTo("6");
            assertThat(cluster.client(leader).value("n")).isEqualTo("6");
        }
    }

    @Test
    void aBatchThatTheOldLeaderTookIsRepeatedToTheNewOneAndAppliedOnce() {
        for (int seed = 240; seed < 250; seed++) {
            OneThreadCluster cluster = onePartition(seed);
            int leader = cluster.leaderOf(0);
            int asking = other(cluster, leader);
            TextClient client = cluster.client(asking);
            assertThat(client.ask(TextClient.set("n", 0, "5"))).isEqualTo(OK);
            String[] answer = new String[1];
            client.send("incr n 1", text -> answer[0] = text);
            // Some time between the proposal and the answer.
            cluster.runMillis(seed % 5);
            cluster.crash(leader);
            cluster.runUntil(() -> answer[0] != null, 5_000, "the increment is answered");
            assertThat(answer[0]).isEqualTo("6");
            assertThat(cluster.client(other(cluster, leader, asking)).value("n"))
                    .isEqualTo("6");
        }
    }

    @Test
    void withoutAMajorityEveryCommandIsAnsweredWithTheReasonInTime() {
        OneThreadCluster cluster = cluster(25);
        cluster.crash(2);
        cluster.crash(3);
        cluster.runMillis(2_000);
        TextClient client = cluster.client(1);
        List<String> reads = new ArrayList<>();
        List<String> writes = new ArrayList<>();
        long began = cluster.nowMillis();
        for (int i = 0; i < 100; i++) {
            cluster.client(1).send("get key" + i, reads::add);
            cluster.client(1).send(TextClient.set("key" + i, 0, "v"), writes::add);
        }
        cluster.runUntil(() -> reads.size() + writes.size() == 200, 3_100, "all is answered");
        assertThat(cluster.nowMillis() - began).isBetween(2_900L, 3_100L);
        String where = ": partition \\d \\(replicas on nodes \\[\\d, \\d, \\d]\\) cannot be served, ";
        String why = "node \\d (does not lead|is unreachable)";
        String reason = where + "(" + why + "|earlier commands for it are still waiting \\(" + why + "\\))";
        assertThat(reads).allMatch(text -> text.matches("SERVER_ERROR not read" + reason));
        assertThat(writes).allMatch(text -> text.matches("SERVER_ERROR not applied" + reason));
        cluster.start(2);
        assertThat(client.ask(TextClient.set("key1", 0, "v"))).isEqualTo(OK);
    }

    @Test
    void aWriteOfWhichNothingWasHeardIsNotCalledUndone() {
        OneThreadCluster cluster = onePartition(26);
        int leader = cluster.leaderOf(0);
        TextClient client = cluster.client(leader);
        client.ask(TextClient.set("n", 0, "5"));
        cluster.isolate(leader);
        String answer = client.ask("incr n 1");
        assertThat(answer).startsWith("SERVER_ERROR outcome unknown, it may have been applied or be applied yet: ");
        cluster.heal();
        cluster.runMillis(2_000);
        assertThat(client.value("n")).isIn("5", "6");
        cluster.awaitEqualReplicas();
        cluster.requireNothingLeftBehind();
    }

    @Test
    void onceAReaderSawAnItemExpiredNobodySeesItAgain() {
        for (int seed = 270; seed < 280; seed++) {
            OneThreadCluster cluster = new OneThreadCluster(seed, options -> options.partitions = 1);
            cluster.skew(1, 0);
            cluster.skew(2, -1_500);
            cluster.skew(3, 1_500);
            cluster.start().awaitLeaders();
            TextClient[] clients = {cluster.client(1), cluster.client(2), cluster.client(3)};
            assertThat(clients[0].ask(TextClient.set("a", 3, "v"))).isEqualTo(OK);
            boolean expired = false;
            int seen = 0;
            for (int i = 0; i < 60 && !(expired && i > 50); i++) {
                String value = clients[i % 3].value("a");
                assertThat(expired && value != null)
                        .as("seed %s: read %s sees what another saw expired", seed, i)
                        .isFalse();
                expired = value == null;
                seen += expired ? 0 : 1;
                if (i % 10 == 5) {
                    int leader = cluster.leaderOf(0);
                    cluster.crash(leader);
                    cluster.runMillis(100);
                    cluster.start(leader);
                    clients[leader - 1] = cluster.client(leader);
                }
                cluster.runMillis(100);
            }
            assertThat(expired).as("seed %s", seed).isTrue();
            assertThat(seen).as("seed %s", seed).isPositive();
        }
    }

    @Test
    void aFollowerThatMissedMuchIsSentTheSnapshotInChunks() {
        OneThreadCluster cluster = onePartition(28);
        int leader = cluster.leaderOf(0);
        int behind = other(cluster, leader);
        cluster.crash(behind);
        TextClient client = cluster.client(leader);
        for (int i = 0; i < 100; i++) {
            assertThat(client.ask(TextClient.set(
                            "key" + i % 30, 0, Integer.toString(i).repeat(2_000))))
                    .isEqualTo(OK);
        }
        cluster.start(behind);
        cluster.awaitEqualReplicas();
        assertThat(cluster.disk(behind).paths()).anyMatch(path -> path.endsWith(".snap"));
        // What it was given it keeps, and it can be elected with it.
        cluster.crash(other(cluster, behind, leader));
        cluster.start();
        cluster.crash(leader);
        assertThat(cluster.client(behind).value("key9")).isEqualTo("99".repeat(2_000));
    }

    @Test
    void aFullDiskRefusesWritesServesReadsAndRecovers() {
        OneThreadCluster cluster = new OneThreadCluster(29, options -> {
                    options.nodes = 1;
                    options.partitions = 2;
                })
                .start()
                .awaitLeaders();
        TextClient client = cluster.client(1);
        assertThat(client.ask(TextClient.set("kept", 0, "v"))).isEqualTo(OK);
        cluster.disk(1).setCapacityBytes(0);
        String answer = OK;
        int stored = 0;
        while (answer.equals(OK) && stored < 1_000) {
            answer = client.ask(TextClient.set("key" + stored, 0, "v".repeat(10_000)));
            stored += answer.equals(OK) ? 1 : 0;
        }
        assertThat(answer).startsWith("SERVER_ERROR outcome unknown");
        String second = client.ask(TextClient.set("more", 0, "v"));
        assertThat(second)
                .matches("SERVER_ERROR not applied: partition \\d \\(replicas on nodes \\[1]\\) cannot be served, "
                        + "the disk of node 1 is full");
        assertThat(client.value("kept")).isEqualTo("v");
        assertThat(client.value("key0")).hasSize(10_000);
        cluster.disk(1).setCapacityBytes(Long.MAX_VALUE);
        cluster.runMillis(1_500);
        assertThat(client.ask(TextClient.set("more", 0, "v"))).isEqualTo(OK);
        cluster.crash(1);
        cluster.start(1);
        TextClient again = cluster.client(1);
        for (int i = 0; i < stored; i++) {
            assertThat(again.value("key" + i)).hasSize(10_000);
        }
        assertThat(again.value("more")).isEqualTo("v");
    }

    @Test
    void aSyncThatFailsStopsTheNodeAndNothingIsAcknowledged() {
        OneThreadCluster cluster = onePartition(30);
        int leader = cluster.leaderOf(0);
        TextClient client = cluster.client(other(cluster, leader));
        assertThat(client.ask(TextClient.set("a", 0, "1"))).isEqualTo(OK);
        cluster.mayFail(leader);
        cluster.disk(leader).failSyncs(path -> path.contains("wal"));
        assertThat(client.ask(TextClient.set("a", 0, "2"))).isEqualTo(OK);
        cluster.runMillis(1_000);
        assertThat(cluster.isUp(leader)).isFalse();
        assertThat(client.value("a")).isEqualTo("2");
    }

    @Test
    void aSlowClientIsHeldBackAndItsMemoryStaysBounded() {
        OneThreadCluster cluster = new OneThreadCluster(31, options -> options.connectionOutputMaxBytes = 128 << 10)
                .start()
                .awaitLeaders();
        TextClient client = cluster.client(1);
        String value = "v".repeat(16 << 10);
        for (int i = 0; i < 20; i++) {
            assertThat(client.ask(TextClient.set("key" + i, 0, value))).isEqualTo(OK);
        }
        List<String> answers = new ArrayList<>();
        client.setReading(false);
        for (int i = 0; i < 2_000; i++) {
            client.send("get key" + i % 20, answers::add);
        }
        cluster.runMillis(10_000);
        assertThat(answers).isEmpty();
        // Others are served meanwhile.
        assertThat(cluster.client(1).value("key3")).isEqualTo(value);
        client.setReading(true);
        cluster.runUntil(() -> answers.size() == 2_000, 60_000, "all is answered");
        assertThat(answers).allMatch(answer -> answer.endsWith(value + "\r\nEND"));
        cluster.requireNothingLeftBehind();
    }
}
