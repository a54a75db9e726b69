package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.sim.Damage;
import io.ringleader.sim.DiskFaults.Target;
import io.ringleader.sim.MemoryDisk;
import io.ringleader.sim.TextClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a node does about each fault of its disk: the rows of the table "Disk faults" in docs/verification.md. */
class DiskFaultsTest {
    private static final String OK = "STORED";
    private static final String VALUE = "v".repeat(3_000);
    private static final String REFUSED = "node %d cannot start: ";
    private static final String ADVICE = "Do not delete only this file";

    private static OneThreadCluster onePartition(long seed) {
        return new OneThreadCluster(seed, options -> options.partitions = 1)
                .start()
                .awaitLeaders();
    }

    private static void write(OneThreadCluster cluster, int through, int from, int to) {
        TextClient client = cluster.client(through);
        for (int i = from; i < to; i++) {
            assertThat(client.ask(TextClient.set("key" + i, 0, i + VALUE))).isEqualTo(OK);
        }
        client.close();
    }

    private static void read(OneThreadCluster cluster, int through, int to) {
        TextClient client = cluster.client(through);
        for (int i = 0; i < to; i++) {
            assertThat(client.value("key" + i)).isEqualTo(i + VALUE);
        }
        client.close();
    }

    private static List<String> segments(MemoryDisk disk) {
        return disk.paths().stream()
                .filter(path -> path.startsWith("wal/") && path.endsWith(".log"))
                .toList();
    }

    private static String newestSegment(MemoryDisk disk) {
        List<String> segments = segments(disk);
        return segments.get(segments.size() - 1);
    }

    private static String snapshot(MemoryDisk disk) {
        return disk.paths().stream()
                .filter(path -> path.endsWith(".snap"))
                .findFirst()
                .orElseThrow();
    }

    /** The node does not start, says where and why and what to do, and the others serve everything without it. */
    private static void requireRefusal(OneThreadCluster cluster, int node, String... words) {
        cluster.mayFail(node);
        assertThat(cluster.start(node)).as("node %d must not start", node).isFalse();
        String refusal = lastNote(cluster);
        assertThat(refusal).contains(String.format(REFUSED, node)).contains(words);
    }

    /** The last but one: the last says that the process is killed. */
    private static String lastNote(OneThreadCluster cluster) {
        String[] lines = cluster.toString().split("\n");
        return lines[lines.length - 2];
    }

    @Test
    void aDamagedLogIsRefusedAtStartWithFileAndOffsetAndTheOthersGoOn() {
        OneThreadCluster cluster = onePartition(41);
        int follower = cluster.followerOf(0);
        write(cluster, 1, 0, 10);
        cluster.kill(follower);
        Damage damage =
                cluster.disk(follower).rot(path -> path.endsWith(".log"), true).orElseThrow();
        requireRefusal(cluster, follower, damage.path() + ", offset ", ADVICE);
        write(cluster, cluster.leaderOf(0), 10, 12);
        read(cluster, cluster.leaderOf(0), 12);
    }

    @Test
    void aDamagedSnapshotIsRefusedAtStartWithFileAndOffset() {
        OneThreadCluster cluster = onePartition(42);
        write(cluster, 1, 0, 40);
        int follower = cluster.followerOf(0);
        cluster.kill(follower);
        MemoryDisk disk = cluster.disk(follower);
        String file = snapshot(disk);
        // in the middle of a block: what is looked at first, header and footer, is good
        disk.flipBit(file, 2_000, 3);
        requireRefusal(cluster, follower, file + ", offset ", "does not have the checksum", ADVICE);
        read(cluster, cluster.leaderOf(0), 40);
    }

    @Test
    void aLeaderWhoseSnapshotIsDamagedTakesANewOneForTheFollowerThatNeedsIt() {
        for (boolean unreadable : new boolean[] {false, true}) {
            OneThreadCluster cluster = onePartition(43);
            int leader = cluster.leaderOf(0);
            int behind = cluster.followerOf(0);
            cluster.crash(behind);
            write(cluster, leader, 0, 60);
            cluster.runMillis(1_000);
            MemoryDisk disk = cluster.disk(leader);
            if (unreadable) {
                disk.breakSector(snapshot(disk), 5_000);
            } else {
                disk.flipBit(snapshot(disk), 5_000, 1);
            }
            cluster.start(behind);
            cluster.awaitEqualReplicas();
            assertThat(cluster.leaderOf(0)).as("the leader stays").isEqualTo(leader);
            assertThat(disk.damages()).as("the damaged file is gone").isEmpty();
            cluster.crash(leader);
            assertThat(cluster.start(leader)).isTrue();
        }
    }

    @Test
    void aFailedWriteStopsTheNodeAndItIsWholeWhenItStartsAgain() {
        OneThreadCluster cluster = onePartition(44);
        int leader = cluster.leaderOf(0);
        int other = cluster.followerOf(0);
        write(cluster, other, 0, 5);
        cluster.mayFail(leader);
        cluster.disk(leader).faults().failWrites(access -> access.path().endsWith(".log"));
        write(cluster, other, 5, 6);
        cluster.runMillis(500);
        assertThat(cluster.isUp(leader)).isFalse();
        assertThat(cluster.toString()).contains("loop log of node " + leader + " failed");
        cluster.disk(leader).faults().clear();
        assertThat(cluster.start(leader)).isTrue();
        cluster.awaitEqualReplicas();
        read(cluster, leader, 6);
    }

    @Test
    void aFailedSyncStopsTheNodeAlthoughTheNextOneWouldSucceed() {
        OneThreadCluster cluster = onePartition(45);
        int leader = cluster.leaderOf(0);
        int other = cluster.followerOf(0);
        write(cluster, other, 0, 5);
        cluster.mayFail(leader);
        int[] failures = new int[1];
        cluster.disk(leader).failSyncs(path -> path.endsWith(".log") && failures[0]++ == 0);
        write(cluster, other, 5, 6);
        cluster.runMillis(500);
        assertThat(cluster.isUp(leader)).isFalse();
        assertThat(failures[0]).as("it is not tried again").isEqualTo(1);
        assertThat(cluster.start(leader)).isTrue();
        cluster.awaitEqualReplicas();
        cluster.crash(leader);
        assertThat(cluster.start(leader))
                .as("what the restart built on is durable")
                .isTrue();
        cluster.awaitEqualReplicas();
        read(cluster, leader, 6);
    }

    @Test
    void aSnapshotThatCannotBeWrittenStopsTheNode() {
        OneThreadCluster cluster = onePartition(46);
        int leader = cluster.leaderOf(0);
        int other = cluster.followerOf(0);
        cluster.mayFail(leader);
        cluster.disk(leader).failSyncs(path -> path.contains(".snap"));
        write(cluster, other, 0, 60);
        cluster.runMillis(500);
        assertThat(cluster.isUp(leader)).isFalse();
        assertThat(cluster.toString()).contains("loop snapshot of node " + leader + " failed");
        cluster.disk(leader).faults().clear();
        assertThat(cluster.start(leader)).isTrue();
        cluster.awaitEqualReplicas();
    }

    @Test
    void aFileThatCannotBeReadAtStartIsNamed() {
        OneThreadCluster cluster = onePartition(47);
        write(cluster, 1, 0, 40);
        int follower = cluster.followerOf(0);
        cluster.kill(follower);
        MemoryDisk disk = cluster.disk(follower);
        for (String path : List.of(newestSegment(disk), snapshot(disk), "wal.newest")) {
            disk.faults().failReads(access -> access.path().equals(path));
            requireRefusal(cluster, follower, "Input/output error", path);
        }
        disk.faults().clear();
        assertThat(cluster.start(follower)).isTrue();
        cluster.awaitEqualReplicas();
    }

    @Test
    void aBitThatFlipsOnTheWayFromTheDiskIsRefusedOnceAndTheNextStartWorks() {
        OneThreadCluster cluster = onePartition(48);
        write(cluster, 1, 0, 40);
        int follower = cluster.followerOf(0);
        cluster.kill(follower);
        MemoryDisk disk = cluster.disk(follower);
        int end = disk.content(newestSegment(disk)).length;
        List<String> places = new ArrayList<>(List.of(snapshot(disk), "wal.newest", newestSegment(disk)));
        for (String path : places) {
            int at = path.endsWith(".snap") ? 3_000 : path.endsWith(".log") ? 5_000 : 50;
            assertThat(at).isLessThan(end);
            disk.faults().flipInNextRead(path, at, 2);
            requireRefusal(cluster, follower, path, ADVICE);
        }
        assertThat(cluster.start(follower)).isTrue();
        cluster.awaitEqualReplicas();
    }

    @Test
    void aWriteToTheLogThatIsLostOrGoesElsewhereIsFoundAtTheNextStart() {
        for (boolean elsewhere : new boolean[] {false, true}) {
            OneThreadCluster cluster = onePartition(49);
            int follower = cluster.followerOf(0);
            write(cluster, 1, 0, 40);
            cluster.runMillis(1_000);
            MemoryDisk disk = cluster.disk(follower);
            String file = newestSegment(disk);
            if (elsewhere) {
                disk.faults().misdirectNextSync(file::equals, new Target(snapshot(disk), 1_024));
            } else {
                disk.faults().loseNextSync(file::equals);
            }
            write(cluster, cluster.leaderOf(0), 40, 42);
            assertThat(newestSegment(disk)).as("no new segment meanwhile").isEqualTo(file);
            assertThat(cluster.isUp(follower))
                    .as("nothing is noticed while it runs")
                    .isTrue();
            cluster.kill(follower);
            requireRefusal(cluster, follower, file + ", offset ", "only written once all up to offset", ADVICE);
            read(cluster, cluster.leaderOf(0), 42);
        }
    }

    @Test
    void theLostEndOfALogIsNotNoticedAndOnlyTheReplicasThatHaveItMakeUpForIt() {
        OneThreadCluster cluster = onePartition(50);
        int follower = cluster.followerOf(0);
        write(cluster, 1, 0, 5);
        cluster.runMillis(1_000);
        MemoryDisk disk = cluster.disk(follower);
        disk.faults().loseNextSync(newestSegment(disk)::equals);
        write(cluster, cluster.leaderOf(0), 5, 6);
        cluster.kill(follower);
        assertThat(disk.damages()).isNotEmpty();
        assertThat(cluster.start(follower))
                .as("an end that was never written looks the same")
                .isTrue();
        cluster.awaitEqualReplicas();
        read(cluster, follower, 6);
    }

    @Test
    void aLogThatIsGoneOrHasASegmentMissingIsNotTakenForALogThatIsNew() {
        OneThreadCluster cluster = onePartition(51);
        int follower = cluster.followerOf(0);
        write(cluster, 1, 0, 5);
        cluster.kill(follower);
        MemoryDisk disk = cluster.disk(follower);
        assertThat(disk.paths()).as("no snapshot is needed to notice it").noneMatch(path -> path.endsWith(".snap"));
        String last = newestSegment(disk);
        for (String path : disk.paths()) {
            if (path.startsWith("wal/")) {
                disk.remove(path);
            }
        }
        requireRefusal(cluster, follower, last, "This segment is missing", "there is no segment at all", ADVICE);
    }

    @Test
    void aMissingSegmentIsRefusedWhicheverItIs() {
        for (int missing = 0; missing < 3; missing++) {
            OneThreadCluster cluster = onePartition(52);
            int follower = cluster.followerOf(0);
            for (int life = 0; life < 3; life++) {
                write(cluster, cluster.leaderOf(0), 5 * life, 5 * life + 5);
                cluster.runMillis(200);
                cluster.kill(follower);
                cluster.start(follower);
                cluster.runMillis(500);
            }
            write(cluster, cluster.leaderOf(0), 15, 16);
            cluster.kill(follower);
            MemoryDisk disk = cluster.disk(follower);
            List<String> segments = segments(disk);
            assertThat(segments).hasSizeGreaterThanOrEqualTo(3);
            String path = segments.get(missing == 2 ? segments.size() - 1 : missing);
            disk.remove(path);
            requireRefusal(cluster, follower, "missing", ADVICE);
        }
    }

    @Test
    void aStalledDiskOfTheLeaderStopsNoWritesAsTheOthersMakeAMajority() {
        OneThreadCluster cluster = onePartition(53);
        int leader = cluster.leaderOf(0);
        write(cluster, 1, 0, 5);
        cluster.stallDisk(leader, 10_000);
        long began = cluster.nowMillis();
        write(cluster, leader, 5, 25);
        read(cluster, leader, 25);
        assertThat(cluster.nowMillis() - began).isLessThan(5_000);
        cluster.runMillis(12_000);
        cluster.awaitEqualReplicas();
    }

    @Test
    void stalledDisksOfAMajorityAcknowledgeNothingAndReadsGoOn() {
        OneThreadCluster cluster = onePartition(54);
        int leader = cluster.leaderOf(0);
        write(cluster, leader, 0, 5);
        for (int node : cluster.nodes()) {
            if (node != leader) {
                cluster.stallDisk(node, 2_000);
            }
        }
        List<String> answers = new ArrayList<>();
        cluster.client(leader).send(TextClient.set("key5", 0, 5 + VALUE), answers::add);
        read(cluster, leader, 5);
        cluster.runMillis(1_500);
        assertThat(answers).isEmpty();
        cluster.runMillis(1_000);
        assertThat(answers).containsExactly(OK);
        assertThat(cluster.leaderOf(0)).isEqualTo(leader);
        cluster.awaitEqualReplicas();
    }

    @Test
    void slowDisksMakeWritesSlowAndNothingElse() {
        OneThreadCluster cluster = new OneThreadCluster(55, options -> {
                    options.partitions = 1;
                    options.diskDelayNanos = 200_000_000;
                })
                .start()
                .awaitLeaders();
        int leader = cluster.leaderOf(0);
        write(cluster, leader, 0, 40);
        read(cluster, leader, 40);
        assertThat(cluster.leaderOf(0)).isEqualTo(leader);
        cluster.awaitEqualReplicas();
    }

    @Test
    void aNodeWithAnEmptyDiskIsFilledAgainWhileTheOthersAreInStep() {
        OneThreadCluster cluster = onePartition(56);
        write(cluster, 1, 0, 40);
        cluster.awaitEqualReplicas();
        int follower = cluster.followerOf(0);
        cluster.kill(follower);
        cluster.disk(follower).wipe();
        assertThat(cluster.start(follower)).isTrue();
        cluster.awaitEqualReplicas();
        cluster.crash(follower);
        assertThat(cluster.start(follower)).isTrue();
        cluster.awaitEqualReplicas();
        read(cluster, follower, 40);
    }

    @Test
    void aFailureOfTheDiskThatNobodyAnnouncedFailsTheRun() {
        OneThreadCluster cluster = onePartition(57);
        int follower = cluster.followerOf(0);
        cluster.kill(follower);
        cluster.disk(follower).remove(newestSegment(cluster.disk(follower)));
        assertThatThrownBy(() -> cluster.start(follower)).hasMessageContaining("cannot start");
    }
}
