package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.sim.DiskFault;
import io.ringleader.sim.FaultAtlas;
import io.ringleader.sim.FaultAtlas.Part;
import io.ringleader.sim.MemoryDisk;
import io.ringleader.sim.TextClient;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Faults of disks that are drawn at random, and kept to what is survivable. */
class FaultAtlasTest {
    /** In the header of a segment, see docs/formats.md. */
    private static final long PREVIOUS_END_OFFSET = 48;

    private static OneThreadCluster cluster(long seed, int nodes, int replicas) {
        return new OneThreadCluster(seed, options -> {
            options.nodes = nodes;
            options.partitions = 4;
            options.replicas = replicas;
        });
    }

    private static void writeSome(OneThreadCluster cluster) {
        TextClient client = cluster.client(cluster.leaderOf(0));
        for (int i = 0; i < 40; i++) {
            assertThat(client.ask(TextClient.set("key" + i, 0, "v".repeat(5_000))))
                    .isEqualTo("STORED");
        }
        client.close();
        cluster.runMillis(500);
    }

    @Test
    void oneOfThreeMayBeDamagedAndNoSecondBeforeItIsFilledAgainAndInStep() {
        OneThreadCluster cluster = cluster(61, 3, 3).start().awaitLeaders();
        FaultAtlas atlas = new FaultAtlas(cluster);
        writeSome(cluster);
        assertThat(cluster.nodes()).allMatch(atlas::mayDamage).allMatch(atlas::isWhole);
        assertThat(atlas.strike(2, DiskFault.LOG_ROT, new Random(1))).isTrue();
        assertThat(atlas.isWhole(2)).isFalse();
        assertThat(atlas.damaged(3)).containsExactly(Map.entry(2, Set.of(Part.LOG_AND_VOTES)));
        assertThat(atlas.mayDamage(2)).as("it is lost already").isTrue();
        assertThat(atlas.mayDamage(1)).isFalse();
        assertThat(atlas.strike(3, DiskFault.SNAPSHOT_ROT, new Random(1))).isFalse();
        assertThat(atlas.mayHit(3, DiskFault.FLIP_ON_READ))
                .as("costs nothing that is stored")
                .isTrue();
        cluster.kill(2);
        assertThat(cluster.start(2)).isFalse();
        atlas.empty(2);
        assertThat(atlas.damaged(0)).containsExactly(Map.entry(2, Set.of(Part.ALL)));
        atlas.look();
        assertThat(atlas.mayDamage(1)).isFalse();
        assertThat(cluster.start(2)).isTrue();
        cluster.awaitEqualReplicas();
        cluster.runUntil(
                () -> {
                    atlas.look();
                    return atlas.isWhole(2);
                },
                5_000,
                "node 2 votes and is in step");
        assertThat(cluster.rafts(2).values()).allMatch(raft -> raft.replica().voter());
        assertThat(atlas.mayDamage(1)).isTrue();
    }

    @Test
    void aDamagedFileThatIsDeletedOrReplacedIsNoDamageAnyMore() {
        OneThreadCluster cluster = cluster(62, 3, 3).start().awaitLeaders();
        FaultAtlas atlas = new FaultAtlas(cluster);
        writeSome(cluster);
        assertThat(atlas.strike(1, DiskFault.SNAPSHOT_ROT, new Random(2))).isTrue();
        int partition = Integer.parseInt(cluster.disk(1).damages().get(0).path().split("/")[1]);
        for (int each = 0; each < 4; each++) {
            assertThat(atlas.damaged(each).isEmpty()).isEqualTo(each != partition);
        }
        assertThat(atlas.mayDamage(2)).isFalse();
        writeSome(cluster);
        cluster.node(1).takeSnapshot(partition);
        cluster.runMillis(500);
        assertThat(atlas.isWhole(1)).isTrue();
        assertThat(atlas.mayDamage(2)).isTrue();
    }

    @Test
    void aWriteThatIsGoingToBeLostCountsAsLost() {
        OneThreadCluster cluster = cluster(63, 3, 3).start().awaitLeaders();
        FaultAtlas atlas = new FaultAtlas(cluster);
        writeSome(cluster);
        assertThat(atlas.strike(1, DiskFault.LOST_WRITE, new Random(2))).isTrue();
        assertThat(atlas.mayDamage(2)).isFalse();
        writeSome(cluster);
        assertThat(cluster.disk(1).damages()).isNotEmpty();
        assertThat(atlas.mayDamage(2)).isFalse();
    }

    @Test
    void withOneOrTwoReplicasNothingMayBeDamaged() {
        for (int replicas = 1; replicas <= 2; replicas++) {
            FaultAtlas atlas = new FaultAtlas(cluster(64, 3, replicas));
            assertThat(atlas.mayDamage(1)).isFalse();
            assertThat(atlas.strike(1, DiskFault.LOG_ROT, new Random(1))).isFalse();
        }
    }

    @Test
    void ofFiveReplicasTwoMayBeDamaged() {
        OneThreadCluster cluster = cluster(65, 5, 5).start().awaitLeaders();
        FaultAtlas atlas = new FaultAtlas(cluster);
        writeSome(cluster);
        assertThat(atlas.strike(1, DiskFault.LOG_UNREADABLE, new Random(1))).isTrue();
        assertThat(atlas.strike(2, DiskFault.LOG_UNREADABLE, new Random(1))).isTrue();
        assertThat(atlas.strike(3, DiskFault.LOG_UNREADABLE, new Random(1))).isFalse();
    }

    @Test
    void theDirectoryOfANodeThatRunsIsNotEmptied() {
        OneThreadCluster cluster = cluster(66, 3, 3).start().awaitLeaders();
        assertThatThrownBy(() -> new FaultAtlas(cluster).empty(1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatWasAcknowledgedSurvivesEveryFaultOfADiskThatTheAtlasAllows() {
        Map<DiskFault, Integer> hits = new EnumMap<>(DiskFault.class);
        int refusals = 0;
        for (int seed = 6_000; seed < 6_025; seed++) {
            Run run = new Run(seed);
            for (int round = 0; round < 12; round++) {
                run.round();
            }
            run.finish();
            run.hits.forEach((fault, count) -> hits.merge(fault, count, Integer::sum));
            refusals += run.refusals;
        }
        assertThat(hits).as("every fault has happened").containsOnlyKeys(DiskFault.values());
        assertThat(refusals).as("starts that were refused").isGreaterThan(25);
    }

    /** One seed. A node that is filled again votes before it is in step, so nobody else fails meanwhile. */
    private static final class Run {
        final OneThreadCluster cluster;
        final FaultAtlas atlas;
        final Random random;
        final Map<String, String> acknowledged = new HashMap<>();
        final Map<DiskFault, Integer> hits = new EnumMap<>(DiskFault.class);
        int refusals;
        int written;

        Run(long seed) {
            cluster = cluster(seed, 3, 3).start().awaitLeaders();
            atlas = new FaultAtlas(cluster);
            random = new Random(seed);
        }

        void round() {
            write();
            int node = 1 + random.nextInt(3);
            DiskFault fault = DiskFault.values()[random.nextInt(DiskFault.values().length)];
            if (atlas.strike(node, fault, random)) {
                hits.merge(fault, 1, Integer::sum);
            }
            write();
            if (cluster.isUp(node)) {
                if (random.nextBoolean()) {
                    cluster.crash(node);
                } else {
                    cluster.kill(node);
                }
            }
            write();
            start(node);
            cluster.awaitEqualReplicas();
            atlas.look();
            cluster.nodes().forEach(this::requireNoDamageThatIsRead);
        }

        /** Behind the end that the next segment states a closed one may hold anything. */
        private void requireNoDamageThatIsRead(int node) {
            MemoryDisk disk = cluster.disk(node);
            assertThat(disk.damages())
                    .as("%s", cluster)
                    .allMatch(damage -> damage.offset() >= recordedEnd(disk, damage.path()));
        }

        private static long recordedEnd(MemoryDisk disk, String path) {
            String next = disk.paths().stream()
                    .filter(other -> other.endsWith(".log") && path.endsWith(".log") && other.compareTo(path) > 0)
                    .findFirst()
                    .orElse("");
            return next.isEmpty()
                    ? Long.MAX_VALUE
                    : ByteBuffer.wrap(disk.content(next, PREVIOUS_END_OFFSET, Long.BYTES))
                            .getLong();
        }

        /** What an operator does: if it does not start, once more; if it still does not, with an empty directory. */
        private void start(int node) {
            cluster.mayFail(node);
            boolean wasWhole = atlas.isWhole(node);
            if (cluster.start(node)) {
                // a damaged file that nobody needs is deleted unread
                requireNoDamageThatIsRead(node);
                return;
            }
            refusals++;
            cluster.disk(node).faults().clear();
            cluster.mayFail(node);
            if (!cluster.start(node)) {
                assertThat(wasWhole).as("refused without damage: %s", cluster).isFalse();
                atlas.empty(node);
                assertThat(cluster.start(node)).isTrue();
            }
        }

        private void write() {
            TextClient client = cluster.client(1 + random.nextInt(3));
            for (int i = 0; i < 5; i++) {
                String key = "key" + random.nextInt(20);
                String value = written++ + "v".repeat(random.nextInt(8_000));
                String answer = client.ask(TextClient.set(key, 0, value));
                if (answer.equals("STORED")) {
                    acknowledged.put(key, value);
                } else {
                    acknowledged.remove(key);
                }
            }
            client.close();
        }

        void finish() {
            cluster.nodes().forEach(cluster::crash);
            cluster.nodes().forEach(this::start);
            cluster.awaitLeaders();
            cluster.awaitEqualReplicas();
            TextClient client = cluster.client(1 + random.nextInt(3));
            acknowledged.forEach((key, value) ->
                    assertThat(client.value(key)).as("%s", cluster).isEqualTo(value));
        }
    }
}
