package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.sim.MemoryDisk;
import io.ringleader.sim.TextClient;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Nodes that lose their data directories, on a whole cluster in one thread. */
class ClusterRejoinTest {
    private static final String OK = "STORED";
    /** For a node to be let in again, or to show that it is not. */
    private static final long WHILE_MILLIS = 4_000;

    private static OneThreadCluster onePartition(long seed) {
        return new OneThreadCluster(seed, options -> options.partitions = 1)
                .start()
                .awaitLeaders();
    }

    private static int after(int node) {
        return 1 + node % 3;
    }

    private static String standing(OneThreadCluster cluster, int node) {
        return PartitionGroup.standing(cluster.rafts(node).get(0));
    }

    private static void awaitVoter(OneThreadCluster cluster, int node) {
        cluster.runUntil(() -> standing(cluster, node).equals("voter"), 10_000, "node " + node + " votes again");
    }

    /** The history of a node that forgets what it acknowledged: A and B have it, B is emptied, B and C are left. */
    @Test
    void aWipedNodeAndOneThatWasBehindDoNotElectALeaderWithoutTheAcknowledgedWrite() {
        for (int seed = 1; seed <= 30; seed++) {
            OneThreadCluster cluster = onePartition(seed);
            int a = cluster.leaderOf(0);
            int b = after(a);
            int c = after(b);
            cluster.crash(c);
            assertThat(cluster.client(a).ask(TextClient.set("kept", 0, "v" + seed)))
                    .isEqualTo(OK);
            cluster.crash(a);
            cluster.crash(b);
            cluster.wipe(b);
            cluster.start(b);
            cluster.start(c);
            cluster.runMillis(WHILE_MILLIS);
            assertThat(cluster.leaderOf(0)).as("seed %s", seed).isZero();
            assertThat(standing(cluster, b)).isEqualTo("rejoining");
            cluster.start(a);
            cluster.awaitLeaders();
            assertThat(cluster.client(c).value("kept")).as("seed %s", seed).isEqualTo("v" + seed);
            cluster.awaitEqualReplicas();
            awaitVoter(cluster, b);
        }
    }

    @Test
    void aWipedLeaderComesBackVotesAgainAndCanBeElectedAgain() {
        for (int seed = 40; seed < 50; seed++) {
            OneThreadCluster cluster = onePartition(seed);
            int leader = cluster.leaderOf(0);
            assertThat(cluster.client(leader).ask(TextClient.set("kept", 0, "v")))
                    .isEqualTo(OK);
            // Twice: the second time there is no first directory any more that anybody could take it for.
            for (int round = 0; round < 2; round++) {
                cluster.crash(leader);
                cluster.wipe(leader);
                cluster.start(leader);
                cluster.awaitLeaders();
                awaitVoter(cluster, leader);
            }
            int gone = after(leader);
            cluster.crash(gone);
            assertThat(cluster.client(leader).ask(TextClient.set("more", 0, "w")))
                    .isEqualTo(OK);
            cluster.start(gone);
            cluster.awaitLeaders();
            cluster.crash(after(gone));
            assertThat(cluster.client(leader).value("kept")).isEqualTo("v");
            assertThat(cluster.client(gone).value("more")).isEqualTo("w");
        }
    }

    @Test
    void aNodeThatIsWipedWhileAnotherIsElectedDoesNotVoteTwice() {
        for (int seed = 50; seed < 80; seed++) {
            OneThreadCluster cluster = onePartition(seed);
            Random random = new Random(seed);
            int leader = cluster.leaderOf(0);
            assertThat(cluster.client(leader).ask(TextClient.set("kept", 0, "v")))
                    .isEqualTo(OK);
            cluster.isolate(leader);
            cluster.runMillis(250 + random.nextInt(600));
            int wiped = after(leader);
            cluster.crash(wiped);
            cluster.wipe(wiped);
            cluster.start(wiped);
            cluster.runMillis(random.nextInt(1_000));
            cluster.heal();
            cluster.awaitLeaders();
            assertThat(cluster.client(wiped).value("kept")).as("seed %s", seed).isEqualTo("v");
            cluster.awaitEqualReplicas();
            awaitVoter(cluster, wiped);
        }
    }

    @Test
    void withTwoOfThreeWipedTheSurvivorIsNotOutvotedAndItsDataIsThereWhenADiskReturns() {
        for (int seed = 80; seed < 90; seed++) {
            OneThreadCluster cluster = onePartition(seed);
            int survivor = cluster.leaderOf(0);
            int b = after(survivor);
            int c = after(b);
            assertThat(cluster.client(survivor).ask(TextClient.set("kept", 0, "v")))
                    .isEqualTo(OK);
            cluster.runMillis(200);
            cluster.nodes().forEach(cluster::crash);
            MemoryDisk lost = cluster.wipe(b);
            cluster.wipe(c);
            cluster.start(b);
            cluster.start(c);
            cluster.runMillis(WHILE_MILLIS);
            assertThat(List.of(standing(cluster, b), standing(cluster, c))).containsExactly("new", "new");
            cluster.start(survivor);
            cluster.runMillis(WHILE_MILLIS);
            assertThat(List.of(standing(cluster, b), standing(cluster, c))).containsExactly("rejoining", "rejoining");
            assertThat(cluster.leaderOf(0)).as("seed %s", seed).isZero();
            assertThat(cluster.client(c).ask("get kept")).startsWith("SERVER_ERROR");
            // It was only not mounted. Nobody had vouched for the other one, so it is as good as before.
            cluster.crash(b);
            cluster.replaceDisk(b, lost);
            cluster.start(b);
            cluster.awaitLeaders();
            assertThat(cluster.client(c).value("kept")).isEqualTo("v");
            awaitVoter(cluster, c);
        }
    }

    @Test
    void aDiskThatWasReplacedAndComesBackTakesNoPartAnyMore() {
        OneThreadCluster cluster = onePartition(90);
        int b = after(cluster.leaderOf(0));
        cluster.crash(b);
        MemoryDisk old = cluster.wipe(b);
        cluster.start(b);
        awaitVoter(cluster, b);
        TextClient client = cluster.client(cluster.leaderOf(0));
        assertThat(client.ask(TextClient.set("kept", 0, "v"))).isEqualTo(OK);
        cluster.crash(b);
        cluster.replaceDisk(b, old);
        cluster.start(b);
        cluster.runMillis(WHILE_MILLIS);
        assertThat(standing(cluster, b)).isEqualTo("replaced");
        assertThat(cluster.client(b).ask("stats raft")).contains("0:standing replaced");
        assertThat(client.value("kept")).isEqualTo("v");
        // Without it there is no majority, although its process is there.
        cluster.crash(after(b));
        cluster.runMillis(WHILE_MILLIS);
        assertThat(cluster.leaderOf(0)).isZero();
        // An empty one is welcome.
        cluster.start(after(b));
        cluster.crash(b);
        cluster.wipe(b);
        cluster.start(b);
        cluster.awaitLeaders();
        awaitVoter(cluster, b);
        assertThat(cluster.client(b).value("kept")).isEqualTo("v");
    }

    @Test
    void aNewClusterBeginsOnceAllNodesAreThereAndNotBefore() {
        OneThreadCluster cluster = new OneThreadCluster(100, options -> options.partitions = 4);
        cluster.start(1);
        cluster.start(2);
        cluster.runMillis(WHILE_MILLIS);
        assertThat(cluster.leaderOf(0)).isZero();
        assertThat(cluster.client(1).ask("stats raft")).contains("0:standing new", "0:term 0");
        cluster.start(3);
        cluster.awaitLeaders();
        cluster.crash(3);
        cluster.awaitLeaders();
        assertThat(cluster.client(1).ask(TextClient.set("a", 0, "v"))).isEqualTo(OK);
    }

    /** Also while nodes are still getting to know each other, whatever their disks keep. */
    @Test
    void aNewClusterGetsOverACrashAtEveryChangeOfADisk() {
        for (int change = 1; change <= 40; change++) {
            OneThreadCluster cluster = new OneThreadCluster(200 + change, options -> options.partitions = 2);
            for (int id : cluster.nodes()) {
                cluster.start(id);
                cluster.crashAtChange(id, change + id - 1L);
            }
            cluster.runMillis(2_000);
            cluster.nodes().forEach(id -> cluster.disk(id).losePowerAfter(Long.MAX_VALUE / 2));
            cluster.start().awaitLeaders();
            assertThat(cluster.client(1).ask(TextClient.set("a", 0, "v"))).isEqualTo(OK);
            cluster.awaitEqualReplicas();
            for (int id : cluster.nodes()) {
                awaitVoter(cluster, id);
            }
        }
    }

    @Test
    void aWipedNodeGetsOverACrashAtEveryChangeOfItsDisk() {
        for (int change = 1; change <= 30; change++) {
            OneThreadCluster cluster = onePartition(300 + change);
            int leader = cluster.leaderOf(0);
            assertThat(cluster.client(leader).ask(TextClient.set("kept", 0, "v")))
                    .isEqualTo(OK);
            int b = after(leader);
            cluster.crash(b);
            cluster.wipe(b);
            cluster.start(b);
            cluster.crashAtChange(b, change);
            cluster.runMillis(1_000);
            cluster.disk(b).losePowerAfter(Long.MAX_VALUE / 2);
            cluster.start();
            awaitVoter(cluster, b);
            cluster.crash(after(b));
            cluster.awaitLeaders();
            assertThat(cluster.client(b).value("kept")).isEqualTo("v");
        }
    }

    @Test
    void ofTwoReplicasTheOtherLeadsAndLetsTheWipedOneIn() {
        for (int seed = 400; seed < 410; seed++) {
            OneThreadCluster cluster = new OneThreadCluster(seed, options -> {
                        options.partitions = 1;
                        options.nodes = 2;
                    })
                    .start()
                    .awaitLeaders();
            assertThat(cluster.client(1).ask(TextClient.set("kept", 0, "v"))).isEqualTo(OK);
            cluster.nodes().forEach(cluster::crash);
            cluster.wipe(1);
            cluster.start().awaitLeaders();
            awaitVoter(cluster, 1);
            assertThat(cluster.client(1).value("kept")).isEqualTo("v");
        }
    }
}
