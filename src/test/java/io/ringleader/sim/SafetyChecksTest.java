package io.ringleader.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.ringleader.sim.check.SafetyChecks;
import io.ringleader.sim.check.Sight;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A check that cannot fail is worth nothing: disks that break promises behind a node's back are found out. */
class SafetyChecksTest {
    private final Coverage coverage = new Coverage();
    private final SimCluster cluster = cluster();

    @BeforeAll
    static void beQuiet() {
        ((Logger) LoggerFactory.getLogger("io.ringleader")).setLevel(Level.OFF);
    }

    private SimCluster cluster() {
        ClusterOptions options = new ClusterOptions();
        options.partitions = 1;
        return new SimCluster(1, options, new SafetyChecks(coverage)).start().awaitLeaders();
    }

    private void write(String value) {
        TextClient client = cluster.client(cluster.leaderOf(0));
        assertThat(client.ask(TextClient.set("k", 0, value))).isEqualTo("STORED");
        cluster.runMillis(50);
        client.close();
    }

    @Test
    void aNodeThatForgetsAnEntryIsFoundOut() {
        write("u");
        int follower = cluster.followerOf(0);
        cluster.disk(follower).faults().loseNextSync(path -> path.startsWith("wal"));
        write("v");
        cluster.crash(follower);
        assertThatThrownBy(() -> cluster.start(follower))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("Durability across restarts is broken in partition 0: node " + follower);
    }

    @Test
    void aNodeThatStartsWithoutItsVoteIsFoundOut() {
        int leader = cluster.leaderOf(0);
        cluster.crash(leader);
        cluster.disk(leader).wipe();
        assertThatThrownBy(() -> cluster.start(leader))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("recovered HardState[term=0, votedFor=0]");
    }

    @Test
    void nothingIsFoundWhereNothingIsWrong() {
        write("v");
        int leader = cluster.leaderOf(0);
        cluster.nodes().forEach(cluster::crash);
        cluster.start().awaitLeaders();
        cluster.isolate(leader);
        cluster.runMillis(3_000);
        cluster.heal();
        cluster.awaitLeaders();
        write("w");
        assertThat(coverage.count(Sight.LEADER_CHANGE.toString())).isPositive();
    }
}
