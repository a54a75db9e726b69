package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Nodes that lose their data directories, on a whole cluster in one thread. */
class ClusterRejoinTest {
    private static final String OK = "STORED";

    private static OneThreadCluster onePartition(long seed) {
        return new OneThreadCluster(seed, options -> options.partitions = 1)
                .start()
                .awaitLeaders();
    }

    /** The history of a node that forgets what it acknowledged: A and B have it, B is emptied, B and C are left. */
    @Test
    void aWipedNodeAndOneThatWasBehindDoNotElectALeaderWithoutTheAcknowledgedWrite() {
        for (int seed = 1; seed <= 30; seed++) {
            OneThreadCluster cluster = onePartition(seed);
            int a = cluster.leaderOf(0);
            int b = 1 + a % 3;
            int c = 1 + b % 3;
            cluster.crash(c);
            TextClient client = cluster.client(a);
            assertThat(client.ask(TextClient.set("kept", 0, "v" + seed))).isEqualTo(OK);
            cluster.crash(a);
            cluster.crash(b);
            cluster.wipe(b);
            cluster.start(b);
            cluster.start(c);
            cluster.runMillis(5_000);
            assertThat(cluster.leaderOf(0)).as("seed %s", seed).isZero();
            cluster.start(a);
            cluster.awaitLeaders();
            assertThat(cluster.client(c).value("kept")).as("seed %s", seed).isEqualTo("v" + seed);
            cluster.awaitEqualReplicas();
        }
    }
}
