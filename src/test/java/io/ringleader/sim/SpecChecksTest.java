package io.ringleader.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.ringleader.sim.check.SpecChecks;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A simulated cluster is held against the specification, through crashes and lost disks. */
class SpecChecksTest {
    private final SpecChecks checks = new SpecChecks();
    private final SimCluster cluster =
            new SimCluster(1, new ClusterOptions(), checks).start().awaitLeaders();

    @BeforeAll
    static void beQuiet() {
        ((Logger) LoggerFactory.getLogger("io.ringleader")).setLevel(Level.OFF);
    }

    @Test
    void everyStepOfAClusterThatCrashesAndLosesADiskIsExplained() {
        cluster.runMillis(500);
        cluster.nodes().forEach(cluster::crash);
        cluster.start().awaitLeaders();
        int follower = cluster.followerOf(0);
        cluster.crash(follower);
        cluster.emptyDisk(follower);
        cluster.start(follower);
        cluster.runUntil(() -> cluster.rafts(follower).get(0).replica().voter(), 20_000, "it votes again");
        cluster.awaitEqualReplicas();

        long steps = checks.steps();
        assertThat(steps).isPositive();
        cluster.runMillis(500);
        assertThat(checks.steps()).isGreaterThan(steps);
    }

    @Test
    void aDiskThatWasSwappedBehindItsBackIsFound() {
        cluster.runMillis(500);
        int follower = cluster.followerOf(0);
        cluster.crash(follower);
        cluster.wipe(follower);

        assertThatThrownBy(() -> cluster.start(follower))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("The specification is not followed in partition ")
                .hasMessageContaining("Node " + follower + " came up with ")
                .hasMessageContaining("which a crash cannot have left");
    }
}
