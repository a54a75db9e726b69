package io.ringleader.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.raft.Message.RequestVote;
import io.ringleader.raft.Message.TimeoutNow;
import org.junit.jupiter.api.Test;

/** Whole groups in which nothing happens, and whose owners watch the nodes: nobody is believed in who is gone. */
class QuietGroupsTest {
    private static final long IDLE = RaftConfig.QUIET_AFTER_TIMEOUTS * Settings.TIMEOUT_MAX;

    private static TestCluster quietCluster(int size) {
        TestCluster cluster = TestCluster.of(size);
        cluster.elect(1);
        cluster.propose(1, "x");
        cluster.settle();
        pass(cluster, 2 * IDLE);
        cluster.nodes().forEach(node -> assertThat(node.raft().isQuiet()).isTrue());
        return cluster;
    }

    private static void pass(TestCluster cluster, long nanos) {
        for (long time = 0; time < nanos; time += 20 * Settings.MILLI) {
            cluster.tickAll(20 * Settings.MILLI);
            cluster.settle();
        }
    }

    @Test
    void nothingIsSaidInAQuietCluster() {
        TestCluster cluster = quietCluster(5);
        for (int i = 0; i < 1_000; i++) {
            cluster.tickAll(100 * Settings.MILLI);
            assertThat(cluster.network.inFlight()).isEmpty();
        }
    }

    @Test
    void whenTheLeaderOfAQuietClusterCrashesAnotherTakesOverWithinTwoTimeouts() {
        TestCluster cluster = quietCluster(3);
        cluster.crash(1);
        pass(cluster, 2 * Settings.TIMEOUT_MAX);
        assertThat(cluster.leaders()).hasSize(1);
    }

    @Test
    void whenTheLeaderOfAQuietClusterIsCutOffAnotherTakesOverAndItStepsDown() {
        TestCluster cluster = quietCluster(3);
        cluster.isolate(1);
        pass(cluster, 2 * Settings.TIMEOUT_MAX);
        assertThat(cluster.leaders()).hasSize(1).allMatch(node -> node.id != 1);
    }

    @Test
    void aLeaderThatIsRestartedAtOnceLeavesNoClusterWithoutALeader() {
        TestCluster cluster = quietCluster(3);
        cluster.crash(1);
        cluster.start(1);
        pass(cluster, 2 * Settings.TIMEOUT_MAX);
        assertThat(cluster.leaders()).hasSize(1);
    }

    @Test
    void aLeaderThatStepsDownUnnoticedIsMissedSoon() {
        TestCluster cluster = quietCluster(3);
        // It hands over, and the election fails: node 3 hears nothing of it, and what node 1 says is lost.
        cluster.transfer(1, 2);
        cluster.deliverOnce(message -> message instanceof TimeoutNow);
        cluster.deliverOnce(message -> message instanceof RequestVote && message.to() == 1);
        cluster.network.inFlight().clear();
        assertThat(cluster.leaders()).isEmpty();
        assertThat(cluster.node(3).raft().isQuiet()).isTrue();
        pass(cluster, 2 * Settings.TIMEOUT_MAX);
        assertThat(cluster.leaders()).hasSize(1);
    }

    @Test
    void aLinkThatIsCutInOneDirectionWakesTheGroupAndChangesNoLeader() {
        for (int[] cut : new int[][] {{1, 2}, {2, 1}, {2, 3}}) {
            TestCluster cluster = quietCluster(3);
            cluster.network.cut(cut[0], cut[1]);
            pass(cluster, 5 * Settings.TIMEOUT_MAX);
            assertThat(cluster.leaders()).hasSize(1).allMatch(node -> node.id == 1);
            assertThat(cluster.node(1).raft().term()).isEqualTo(1);
            boolean leadersLink = cut[0] == 1 || cut[1] == 1;
            assertThat(cluster.node(1).raft().isQuiet()).isEqualTo(!leadersLink);
            cluster.network.healAll();
            pass(cluster, 3 * IDLE);
            assertThat(cluster.node(1).raft().term()).isEqualTo(1);
            cluster.nodes().forEach(node -> assertThat(node.raft().isQuiet()).isTrue());
        }
    }

    @Test
    void aFollowerWhoseWordThatItIsAwakeIsLostIsHeardAllTheSame() {
        TestCluster cluster = quietCluster(3);
        cluster.suspect(2, 1);
        cluster.network.inFlight().clear();
        assertThat(cluster.node(2).raft().isQuiet()).isFalse();
        assertThat(cluster.node(1).raft().isQuiet()).isTrue();
        pass(cluster, 2 * Settings.TIMEOUT_MAX);
        assertThat(cluster.leaders()).hasSize(1).allMatch(node -> node.id == 1);
        assertThat(cluster.node(2).raft().leader()).isEqualTo(1);
        assertThat(cluster.node(1).raft().term()).isEqualTo(1);
    }

    @Test
    void aDeadFollowerKeepsTheGroupAwake() {
        TestCluster cluster = quietCluster(3);
        cluster.crash(3);
        pass(cluster, 3 * IDLE);
        assertThat(cluster.leaders()).hasSize(1).allMatch(node -> node.id == 1);
        assertThat(cluster.node(1).raft().isQuiet()).isFalse();
        assertThat(cluster.node(2).raft().isQuiet()).isFalse();
        cluster.start(3);
        pass(cluster, 2 * IDLE);
        cluster.nodes().forEach(node -> assertThat(node.raft().isQuiet()).isTrue());
    }
}
