package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.ringleader.raft.Effects;
import io.ringleader.raft.Raft;
import io.ringleader.raft.Step;
import io.ringleader.raft.StepObserver;
import io.ringleader.sim.ClusterOptions;
import io.ringleader.sim.SimCluster;
import io.ringleader.sim.TextClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Whole nodes whose groups have nothing to do, in one thread: their peers, and the raft loop that watches them. */
class QuietClusterTest {
    private static final int PARTITIONS = 6;
    private static final long ELECTION_MIN_MILLIS = 300;
    private static final long ELECTION_MAX_MILLIS = 600;
    /** All begin to campaign within the longest timeout; half of one more, should two of them ask at once. */
    private static final long FAILOVER_MILLIS = ELECTION_MAX_MILLIS + ELECTION_MIN_MILLIS;

    private static final long HANDED_HOME_MILLIS = 20_000;
    private static final long QUIET_MILLIS = 4_000;

    private final List<String> steps = new ArrayList<>();
    private boolean looking;
    private SimCluster cluster;

    /** Everything that a group takes or does. */
    private final class Steps implements StepObserver {
        @Override
        public void took(Raft raft, Step step, Effects pending) {
            if (looking) {
                steps.add(raft.id() + ": " + step);
            }
        }
    }

    /** Each partition is led by the node that the ring prefers, and nothing happens any more. */
    private void start(long seed) {
        ((Logger) LoggerFactory.getLogger("io.ringleader")).setLevel(Level.OFF);
        ClusterOptions options = new ClusterOptions();
        options.partitions = PARTITIONS;
        cluster = new SimCluster(seed, options, (node, partition) -> new Steps()).start();
        cluster.awaitLeaders();
        cluster.runUntil(this::allIsAtHome, HANDED_HOME_MILLIS, "the preferred nodes lead");
        awaitQuiet();
    }

    private boolean allIsAtHome() {
        return partitions()
                .allMatch(partition ->
                        cluster.leaderOf(partition) == cluster.config().ring().preferredLeader(partition));
    }

    private void awaitQuiet() {
        cluster.runUntil(this::allAreQuiet, QUIET_MILLIS, "all groups are quiet");
    }

    private boolean allAreQuiet() {
        return cluster.nodes().stream()
                .map(cluster::rafts)
                .map(Map::values)
                .allMatch(rafts -> rafts.stream().allMatch(Raft::isQuiet));
    }

    private static IntStream partitions() {
        return IntStream.range(0, PARTITIONS);
    }

    private List<Long> terms() {
        return partitions()
                .mapToObj(partition -> cluster.rafts(cluster.leaderOf(partition))
                        .get(partition)
                        .term())
                .toList();
    }

    private void everyPartitionTakesWrites() {
        TextClient client = cluster.client(
                cluster.nodes().stream().filter(cluster::isUp).findFirst().orElseThrow());
        partitions()
                .forEach(partition -> assertThat(client.ask(TextClient.set(cluster.keyOf(partition, 0), 0, "v")))
                        .isEqualTo("STORED"));
    }

    @AfterEach
    void nothingIsLeftBehind() {
        everyPartitionTakesWrites();
    }

    @Test
    void nothingHappensInAQuietClusterForAsLongAsItIsLeftAlone() {
        start(1);
        looking = true;
        cluster.runMillis(60_000);
        looking = false;
        assertThat(steps).isEmpty();
        assertThat(allAreQuiet()).isTrue();
    }

    @Test
    void aCommandWakesItsOwnPartitionOnlyAndThatIsQuietAgainSoon() {
        start(2);
        assertThat(cluster.client(1).ask(TextClient.set(cluster.keyOf(3, 0), 0, "v")))
                .isEqualTo("STORED");
        partitions()
                .forEach(partition -> assertThat(cluster.rafts(cluster.leaderOf(partition))
                                .get(partition)
                                .isQuiet())
                        .isEqualTo(partition != 3));
        awaitQuiet();
    }

    @Test
    void readsOfQuietPartitionsAreAnsweredAtOnceAtEveryNode() {
        start(3);
        for (int node : cluster.nodes()) {
            TextClient client = cluster.client(node);
            partitions().forEach(partition -> {
                long beganMillis = cluster.nowMillis();
                assertThat(client.value(cluster.keyOf(partition, 0))).isNull();
                assertThat(cluster.nowMillis() - beganMillis).isLessThan(ELECTION_MIN_MILLIS / 2);
            });
            awaitQuiet();
        }
    }

    @Test
    void whenALeaderOfQuietGroupsEndsOthersTakeOverInTheUsualTime() {
        for (boolean powerLoss : new boolean[] {false, true}) {
            start(4);
            int leader = cluster.leaderOf(0);
            long beganMillis = cluster.nowMillis();
            if (powerLoss) {
                cluster.crash(leader);
            } else {
                cluster.kill(leader);
            }
            cluster.runUntil(cluster::everyPartitionIsLed, FAILOVER_MILLIS, "every partition is led again");
            assertThat(cluster.nowMillis() - beganMillis).isGreaterThan(ELECTION_MIN_MILLIS / 2);
        }
    }

    @Test
    void whenALeaderOfQuietGroupsIsCutOffOthersTakeOverInTheUsualTime() {
        start(5);
        int leader = cluster.leaderOf(0);
        cluster.isolate(leader);
        cluster.runUntil(
                () -> partitions().noneMatch(partition -> cluster.leaderOf(partition) == leader)
                        && cluster.everyPartitionIsLed(),
                FAILOVER_MILLIS,
                "the others lead every partition");
        cluster.runMillis(ELECTION_MIN_MILLIS);
        assertThat(cluster.rafts(leader).values()).noneMatch(Raft::isLeader);
        cluster.heal();
        cluster.runMillis(2_000);
    }

    @Test
    void aLeaderThatIsRestartedFasterThanTheElectionTimeoutIsNotBelievedIn() {
        for (long seed = 6; seed < 12; seed++) {
            start(seed);
            int leader = cluster.leaderOf(0);
            cluster.kill(leader);
            cluster.runMillis(seed * 5);
            cluster.start(leader);
            cluster.runUntil(cluster::everyPartitionIsLed, 2 * FAILOVER_MILLIS, "every partition is led again");
        }
    }

    @Test
    void aNodeThatStandsStillForLessThanTheTimeoutKeepsWhatItLeadsAndOneThatStandsStillForLongerDoesNot() {
        start(12);
        List<Long> terms = terms();
        int leader = cluster.leaderOf(0);
        cluster.pause(leader, ELECTION_MIN_MILLIS / 2);
        cluster.runMillis(2_000);
        assertThat(terms()).isEqualTo(terms);
        awaitQuiet();
        cluster.pause(leader, 2_000);
        cluster.runUntil(
                () -> partitions()
                        .noneMatch(partition -> cluster.leaderOf(partition) == leader
                                && cluster.rafts(leader).get(partition).isQuiet()),
                2_000 + FAILOVER_MILLIS,
                "nobody believes in it any more");
        cluster.runMillis(2_000);
        assertThat(terms().get(0)).isGreaterThan(terms.get(0));
    }

    @Test
    void aCutInOneDirectionWakesWhomItConcernsAndChangesNoLeader() {
        start(13);
        List<Long> terms = terms();
        int leader = cluster.leaderOf(0);
        int follower = cluster.followerOf(0);
        for (boolean fromLeader : new boolean[] {false, true}) {
            String from = SimCluster.host(fromLeader ? leader : follower);
            String to = SimCluster.host(fromLeader ? follower : leader);
            cluster.world().cutLink(from, to);
            cluster.runMillis(ELECTION_MIN_MILLIS + 150);
            assertThat(cluster.rafts(leader).get(0).isQuiet())
                    .as("from the leader: %s", fromLeader)
                    .isFalse();
            cluster.runMillis(10_000);
            assertThat(terms()).isEqualTo(terms);
            cluster.heal();
            cluster.runMillis(5_000);
            assertThat(terms()).isEqualTo(terms);
            awaitQuiet();
        }
    }

    @Test
    void aQuietGroupIsHandedToTheNodeThatTheRingPrefers() {
        start(14);
        int home = cluster.leaderOf(0);
        int other = cluster.followerOf(0);
        cluster.node(home).transferLeadership(0, other);
        cluster.runUntil(() -> cluster.leaderOf(0) == other, 1_000, "it is handed over");
        awaitQuiet();
        cluster.runUntil(() -> cluster.leaderOf(0) == home, HANDED_HOME_MILLIS, "it is handed back");
        awaitQuiet();
    }

    @Test
    void aNodeThatStopsPolitelyGivesItsQuietGroupsAwayAtOnce() {
        start(15);
        int leader = cluster.leaderOf(0);
        long beganMillis = cluster.nowMillis();
        cluster.stop(leader);
        cluster.runUntil(() -> !cluster.isUp(leader), 3_000, "it has stopped");
        assertThat(cluster.nowMillis() - beganMillis).isLessThan(500);
        assertThat(cluster.everyPartitionIsLed()).isTrue();
    }
}
