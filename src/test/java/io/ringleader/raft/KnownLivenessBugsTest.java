package io.ringleader.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.raft.Message.AppendReply;
import io.ringleader.raft.Message.HeartbeatReply;
import io.ringleader.raft.Message.InstallSnapshot;
import io.ringleader.raft.Message.SnapshotReply;
import io.ringleader.raft.Message.TimeoutNow;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bugs that made other Raft systems stop, each as a test that fails if this one has it. */
class KnownLivenessBugsTest {
    private static final SnapshotPoint SNAPSHOT = new SnapshotPoint(4, 1);

    private static OneNode settledLeader() {
        OneNode node = OneNode.leader(3, 0);
        node.matched(2, 1);
        node.matched(3, 1);
        node.sent();
        return node;
    }

    /** A leader of term 1 that is sending node 3 a snapshot of index 4, and has entry 5 after it. */
    private static OneNode leaderThatSendsASnapshot() {
        OneNode node = OneNode.leader(3, 0);
        List.of("a", "b", "c").forEach(node::propose);
        node.matched(2, 4);
        node.node.snapshot();
        node.propose("d");
        node.receive(AppendReply.refused(3, 1, 1, 0, 0, 1));
        node.node.reconnected(3);
        node.receive(AppendReply.refused(3, 1, 1, 5, 0, 1));
        assertThat(node.progress(3).state()).isEqualTo(Progress.State.SNAPSHOT);
        node.sent();
        return node;
    }

    /** Time passes in steps of a heartbeat, and node 2 keeps the leader in office. */
    private static void pass(OneNode node, long nanos) {
        for (long passed = 0; passed < nanos; passed += Settings.HEARTBEAT) {
            node.pass(Settings.HEARTBEAT);
            node.receive(new HeartbeatReply(2, 1, node.raft().term(), 0));
        }
    }

    private static void run(TestCluster cluster, long millis) {
        for (long passed = 0; passed < millis; passed += 50) {
            cluster.tickAll(50 * Settings.MILLI);
            cluster.settle();
        }
    }

    /** etcd 8501, openraft 1796: one node has the longer log and a lower term, the other a higher term and the shorter log. */
    @Test
    void theLongerLogAndTheHigherTermRefuseEachOtherForEver() {
        TestCluster cluster = new TestCluster(3, Settings.DEFAULT);
        cluster.node(1).onDisk(new HardState(4, 1), List.of(), 1, 2, 4);
        cluster.node(2).onDisk(new HardState(9, 2), List.of(), 1, 2);
        cluster.start(1);
        cluster.start(2);

        run(cluster, 10_000);

        assertThat(cluster.node(1).isLeader()).isTrue();
        assertThat(cluster.node(1).raft().commitIndex()).isGreaterThanOrEqualTo(4);
    }

    /** The same, with a node that is stuck as a candidate of a higher term when the leader is reachable again. */
    @Test
    void aNodeWithAHigherTermAndAShorterLogIsLeftOutForEver() {
        TestCluster cluster = new TestCluster(3, Settings.DEFAULT);
        cluster.node(3).onDisk(new HardState(9, 3), List.of());
        cluster.start(1);
        cluster.start(2);
        cluster.elect(1);
        cluster.propose(1, "x");
        cluster.settle();
        cluster.start(3);

        run(cluster, 10_000);

        assertThat(cluster.nodes()).allMatch(node -> node.appliedIndex() >= 3);
    }

    /** openraft 2080, cockroach 107060, the six-hour outage at Cloudflare: a leader that reaches only a bridge blocks the others. */
    @Test
    void aLeaderWithoutAMajorityBlocksAConnectedMajorityThroughABridge() {
        TestCluster cluster = TestCluster.of(5);
        cluster.elect(1);
        for (int other : List.of(3, 4, 5)) {
            cluster.network.cut(1, other);
            cluster.network.cut(other, 1);
        }

        run(cluster, 10_000);

        assertThat(cluster.leaders()).hasSize(1).noneMatch(leader -> leader.id == 1);
    }

    /** One direction of a link is dead: the leader hears everybody, but nobody hears it. */
    @Test
    void aLeaderThatNobodyHearsStaysLeader() {
        TestCluster cluster = TestCluster.of(3);
        cluster.elect(1);
        cluster.network.cut(1, 2);
        cluster.network.cut(1, 3);

        run(cluster, 10_000);

        assertThat(cluster.leaders()).hasSize(1).noneMatch(leader -> leader.id == 1);
    }

    /** hashicorp 696, openraft 1747: after a failed transfer the leader refuses writes for ever. */
    @Test
    void aFailedTransferRefusesWritesForEver() {
        OneNode node = settledLeader();
        node.node.transfer(3, node.now());

        pass(node, Settings.TIMEOUT_MAX);

        assertThat(node.raft().propose(new byte[0])).isEqualTo(Raft.Proposed.ACCEPTED);
    }

    /** The same, when leadership was lost and won again during the transfer. */
    @Test
    void aTransferSurvivesTheLossOfLeadership() {
        OneNode node = settledLeader();
        node.node.transfer(3, node.now());
        node.heartbeat(2, 5, 0);

        OneNode.leader(node);

        assertThat(node.raft().propose(new byte[0])).isEqualTo(Raft.Proposed.ACCEPTED);
    }

    /** redpanda 2606, openraft PR 1806: the target lacks entries, or has not flushed them, and cannot win. */
    @Test
    void leadershipIsHandedToATargetThatHasNotFlushedTheLog() {
        OneNode node = settledLeader();
        node.propose("x");
        node.matched(2, 2);
        node.sent();

        node.node.transfer(3, node.now());
        assertThat(node.sent()).isEmpty();
        node.matched(3, 2);

        assertThat(node.sentTo(3)).containsExactly("1>3 TimeoutNow t1");
    }

    /** A TimeoutNow that is delivered twice must not start a second election over the first. */
    @Test
    void aDuplicatedTimeoutNowStartsASecondElection() {
        OneNode node = OneNode.of(3, 1, HardState.NOBODY, 1);

        node.receive(new TimeoutNow(2, 1, 1));
        node.receive(new TimeoutNow(2, 1, 1));

        assertThat(node.raft().term()).isEqualTo(2);
    }

    /** etcd-io/raft PR 52: the one AppendEntries of a probe is lost, and no other is ever sent. */
    @Test
    void aLostProbePausesReplicationForEver() {
        OneNode node = OneNode.leader(3, 0);
        node.sent();

        node.pass(Settings.HEARTBEAT);

        assertThat(node.sentTo(3)).contains("1>3 AppendEntries t1 after 0@0 [] commit 0");
    }

    /** etcd PR 14633, dgraph PR 2707: the window is full of messages that were lost, and nothing frees it. */
    @Test
    void aWindowFullOfLostMessagesPausesReplicationForEver() {
        OneNode node = settledLeader();
        int window = Settings.DEFAULT.config().maxInflightMessages();
        for (int i = 0; i <= window; i++) {
            node.propose("x" + i);
        }
        assertThat(node.progress(3).windowFull(Settings.DEFAULT.config())).isTrue();
        node.sent();

        pass(node, Settings.TIMEOUT_MIN);

        assertThat(node.sentTo(3)).anyMatch(text -> text.startsWith("1>3 AppendEntries t1 after 1@1 [2@1 "));
    }

    /** cockroach 16268, tikv 9859: the follower was restored in another way, and the leader waits for the snapshot for ever. */
    @Test
    void theSnapshotStateIsNeverLeft() {
        OneNode node = leaderThatSendsASnapshot();

        node.matched(3, 4);

        assertThat(node.progress(3).state()).isEqualTo(Progress.State.REPLICATE);
        assertThat(node.sentTo(3)).containsExactly("1>3 AppendEntries t1 after 4@1 [5@1] commit 4");
    }

    /** etcd-io/raft PR 110: the leader has a newer snapshot by now, and ignores that the older one is installed. */
    @Test
    void theAcknowledgementOfAnOlderSnapshotIsIgnored() {
        OneNode node = leaderThatSendsASnapshot();
        node.matched(2, 5);
        node.node.snapshot();
        pass(node, Settings.TIMEOUT_MIN);
        assertThat(node.progress(3).snapshot()).isEqualTo(new SnapshotPoint(5, 1));
        node.sent();

        node.receive(new SnapshotReply(3, 1, 1, SNAPSHOT, 0, true));

        assertThat(node.progress(3).matchIndex()).isEqualTo(4);
        assertThat(node.sentTo(3)).containsExactly("1>3 InstallSnapshot t1 5@1 bytes 0..16");
    }

    /** logcabin 174: a chunk is lost, or the follower restarts in the middle, and the transfer never goes on. */
    @Test
    void aLostChunkStopsTheTransfer() {
        OneNode node = leaderThatSendsASnapshot();
        node.receive(new SnapshotReply(3, 1, 1, SNAPSHOT, 16, false));
        node.sent();

        pass(node, Settings.TIMEOUT_MIN);
        assertThat(node.sentTo(3)).contains("1>3 InstallSnapshot t1 4@1 bytes 16..32");
        node.receive(new SnapshotReply(3, 1, 1, SNAPSHOT, 0, false));

        assertThat(node.sentTo(3)).containsExactly("1>3 InstallSnapshot t1 4@1 bytes 0..16");
    }

    /** ratis PR 1567, hashicorp 697: the snapshot is installed, and sent again and again. */
    @Test
    void aSnapshotIsInstalledOverAndOver() {
        TestCluster cluster = TestCluster.of(3);
        cluster.elect(1);
        cluster.crash(3);
        cluster.propose(1, "a");
        cluster.settle();
        cluster.snapshot(1);
        int[] restored = {0};
        cluster.watch(new NodeEvents() {
            @Override
            public void restored(TestNode node, SnapshotPoint snapshot) {
                restored[0]++;
            }
        });

        cluster.start(3);
        cluster.reconnect(1, 3);
        run(cluster, 10_000);

        assertThat(restored[0]).isEqualTo(1);
        assertThat(cluster.node(3).appliedIndex()).isEqualTo(2);
    }

    /** nebula PR 1769: who is a candidate rejects the snapshot of the leader of its term. */
    @Test
    void aCandidateRejectsTheSnapshot() {
        OneNode node = OneNode.fresh(3);
        node.campaign();
        byte[] file = SnapshotFile.encode(TestNode.entries(1, 1));

        node.receive(new InstallSnapshot(2, 1, 1, new SnapshotPoint(1, 1), 0, file, true));

        assertThat(node.sent()).last().isEqualTo("1>2 SnapshotReply t1 1@1 installed");
    }

    /**
     * The sorcerer's apprentice of TFTP (RFC 1123 §4.2.3.1): each answer is answered by a chunk and each chunk by an answer, so that
     * one that is duplicated, or repeated for being slow, doubles all the rest of the transfer.
     */
    @Test
    void aDuplicatedAnswerToAChunkDoublesTheTransfer() {
        OneNode node = leaderThatSendsASnapshot();

        node.receive(new SnapshotReply(3, 1, 1, SNAPSHOT, 16, false));
        node.receive(new SnapshotReply(3, 1, 1, SNAPSHOT, 16, false));

        assertThat(node.sentTo(3)).containsExactly("1>3 InstallSnapshot t1 4@1 bytes 16..32");
    }

    /**
     * etcd-io/raft 11 in spirit: a count of uncommitted bytes that leaks refuses proposals for ever. A node is sent a snapshot, gets
     * the entries too, is elected, and only then is the file whole.
     */
    @Test
    void aSnapshotThatIsStoredByALeaderLeaksUncommittedBytes() {
        OneNode node = OneNode.of(3, Settings.DEFAULT.withLimits(1 << 20, 16, 200), 1, HardState.NOBODY, 1, 1, 1, 1);
        byte[] file = SnapshotFile.encode(TestNode.entries(1, 1, 1, 1, 1));
        node.node.chunksWait(true);
        node.receive(new InstallSnapshot(2, 1, 1, SNAPSHOT, 0, file, true));
        OneNode.leader(node);
        node.node.storeWaitingChunk();
        node.matched(2, 5);

        for (int i = 6; i < 100; i++) {
            assertThat(node.raft().propose(new byte[100])).isEqualTo(Raft.Proposed.ACCEPTED);
            node.node.pump();
            node.matched(2, i);
        }
        assertThat(node.raft().commitIndex()).isEqualTo(99);
        assertThat(node.node.appliedIndex()).isEqualTo(99);
    }

    /** hashicorp 503 and 612, etcd 13527: the others commit, but the leader's own disk is stuck. */
    @Test
    void aLeaderWithAStuckDiskStaysLeader() {
        OneNode node = settledLeader();
        node.diskIsManual();
        node.propose("a");
        node.matched(2, 2);
        node.matched(3, 2);
        assertThat(node.raft().commitIndex()).isEqualTo(2);
        pass(node, 2 * Settings.TIMEOUT_MAX);
        assertThat(node.raft().isLeader()).as("slow is not stuck").isTrue();
        pass(node, 2 * Settings.TIMEOUT_MAX);
        assertThat(node.raft().isLeader()).isFalse();
    }

    /** The other side of it: where no disk gets on, there is nobody better, and reads need no disk. */
    @Test
    void aLeaderStepsDownThoughTheDisksOfTheOthersAreStuckToo() {
        OneNode node = settledLeader();
        node.diskIsManual();
        node.propose("a");
        pass(node, 10 * Settings.TIMEOUT_MAX);
        assertThat(node.raft().isLeader()).isTrue();
    }

    /** A disk that takes everything, but late, and one that had nothing to do for long, are not stuck. */
    @Test
    void aLeaderStepsDownBecauseItsDiskIsSlow() {
        OneNode node = settledLeader();
        pass(node, 10 * Settings.TIMEOUT_MAX);
        node.diskIsManual();
        for (int index = 2; index < 20; index++) {
            node.propose("x");
            node.matched(2, index);
            node.matched(3, index);
            pass(node, Settings.TIMEOUT_MAX);
            node.node.completeDisk(1);
        }
        assertThat(node.raft().isLeader()).isTrue();
    }

    @Test
    void aLeaderWithAStuckDiskTakesWritesUntilItsMemoryIsFull() {
        OneNode node = OneNode.leader(OneNode.of(3, Settings.DEFAULT.withLimits(1 << 20, 16, 1_000), 0, 0));
        node.matched(2, 1);
        node.matched(3, 1);
        node.diskIsManual();
        int accepted = 0;
        while (accepted < 100 && node.raft().propose(new byte[100]) == Raft.Proposed.ACCEPTED) {
            accepted++;
            node.node.pump();
            node.matched(2, 1 + accepted);
            node.matched(3, 1 + accepted);
        }
        assertThat(node.raft().commitIndex()).isEqualTo(1 + accepted);
        assertThat(accepted).isBetween(5, 10);
        node.node.completeDisk(accepted);
        assertThat(node.raft().propose(new byte[100])).isEqualTo(Raft.Proposed.ACCEPTED);
    }
}
