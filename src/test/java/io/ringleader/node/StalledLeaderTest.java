package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.sim.TextClient;
import org.junit.jupiter.api.Test;

/** A leader whose disk answers no more is no leader; so much for leaderships, on a whole cluster in one thread. */
class StalledLeaderTest {
    /** Of 600 ms at most each: three without the disk, and then an election, perhaps with a split vote. */
    private static final long MOVED_MILLIS = 3 * 600 + 3 * 600;
    /** How long a preferred leader must be in step, and a little more. */
    private static final long RETURNED_MILLIS = 9_000;

    private static final long STALL_MILLIS = 40_000;

    private static OneThreadCluster cluster(long seed) {
        OneThreadCluster cluster = new OneThreadCluster(seed, options -> options.partitions = 1)
                .start()
                .awaitLeaders();
        int preferred = preferred(cluster);
        cluster.runUntil(() -> cluster.leaderOf(0) == preferred, 20_000, "the preferred node leads");
        cluster.runMillis(500);
        return cluster;
    }

    private static int preferred(OneThreadCluster cluster) {
        return cluster.config().ring().preferredLeader(0);
    }

    /** Returns how long it took. */
    private static long write(OneThreadCluster cluster, TextClient client, int number) {
        long beganMillis = cluster.nowMillis();
        assertThat(client.ask(TextClient.set("key" + number, 0, "v" + number))).isEqualTo("STORED");
        return cluster.nowMillis() - beganMillis;
    }

    @Test
    void itGivesWayAndGetsTheLeadershipBackOnlyWhenItsDiskAnswersAgain() {
        for (long seed = 1; seed <= 10; seed++) {
            OneThreadCluster cluster = cluster(seed);
            int stalled = cluster.leaderOf(0);
            TextClient client = cluster.client(cluster.followerOf(0));
            cluster.stallDisk(stalled, STALL_MILLIS);
            long stalledAtMillis = cluster.nowMillis();
            int written = 0;
            while (cluster.leaderOf(0) == stalled) {
                write(cluster, client, written++);
                cluster.runMillis(20);
                assertThat(cluster.nowMillis() - stalledAtMillis)
                        .as("seed %d", seed)
                        .isLessThan(MOVED_MILLIS);
            }
            cluster.runUntil(cluster::everyPartitionIsLed, MOVED_MILLIS, "it is led again");
            while (cluster.nowMillis() < stalledAtMillis + STALL_MILLIS - 1_000) {
                assertThat(write(cluster, client, written++))
                        .as("seed %d", seed)
                        .isLessThan(MOVED_MILLIS);
                assertThat(cluster.leaderOf(0)).as("seed %d", seed).isNotIn(0, stalled);
                cluster.runMillis(200);
            }
            cluster.runMillis(1_000 + RETURNED_MILLIS);
            assertThat(cluster.leaderOf(0)).as("seed %d", seed).isEqualTo(stalled);
            cluster.awaitEqualReplicas();
        }
    }

    @Test
    void anIdleGroupIsNotHandedToAPreferredNodeWhoseDiskHasStalled() {
        OneThreadCluster cluster = cluster(20);
        int stalled = preferred(cluster);
        int other = cluster.followerOf(0);
        cluster.node(stalled).transferLeadership(0, other);
        cluster.runUntil(() -> cluster.leaderOf(0) == other, 2_000, "another node leads");
        cluster.runMillis(500);
        cluster.stallDisk(stalled, STALL_MILLIS);
        for (int i = 0; i < 100; i++) {
            cluster.runMillis(300);
            assertThat(cluster.leaderOf(0)).isEqualTo(other);
            assertThat(cluster.rafts(other).get(0).isTransferring())
                    .as("after %d ms", 300 * i)
                    .isFalse();
        }
        cluster.runMillis(STALL_MILLIS);
        assertThat(cluster.leaderOf(0)).isEqualTo(stalled);
    }

    @Test
    void aNodeThatStopsDoesNotLeaveAGroupToOneWhoseDiskHasStalled() {
        for (int which = 0; which < 2; which++) {
            OneThreadCluster cluster = cluster(21);
            int stopping = cluster.leaderOf(0);
            int stalled = cluster.nodes().stream()
                    .filter(node -> node != stopping)
                    .toList()
                    .get(which);
            cluster.stallDisk(stalled, STALL_MILLIS);
            cluster.stop(stopping);
            cluster.runUntil(() -> !cluster.isUp(stopping), 3_100, "node " + stopping + " has stopped");
            assertThat(cluster.leaderOf(0)).isNotIn(0, stalled, stopping);
        }
    }
}
