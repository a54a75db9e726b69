package io.ringleader.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.raft.Message.AppendReply;
import io.ringleader.raft.Message.HeartbeatReply;
import io.ringleader.raft.Message.InstallSnapshot;
import io.ringleader.raft.Message.RequestVote;
import io.ringleader.raft.Message.TimeoutNow;
import io.ringleader.raft.Message.VoteReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Safety bugs that other Raft systems shipped, each as a test that fails if this one has it. */
class KnownSafetyBugsTest {
    /** etcd 7331, redisraft PR 22, tikv PR 9239: the commit index of a new leader may be older than what clients were told. */
    @Test
    void staleReadIndexRightAfterElection() {
        TestCluster cluster = TestCluster.of(3);
        cluster.elect(1);
        cluster.propose(1, "answered");
        cluster.deliverOnce(message -> true);
        cluster.deliverOnce(message -> message.to() == 1);
        assertThat(cluster.node(1).raft().commitIndex()).isEqualTo(2);
        cluster.isolate(1);
        cluster.timeout(2);
        for (int i = 0; i < 10 && !cluster.node(2).isLeader(); i++) {
            cluster.deliverOnce(message -> true);
        }
        assertThat(cluster.node(2).isLeader()).isTrue();
        assertThat(cluster.node(2).raft().commitIndex()).isLessThan(2);

        // The check after each event fails if a read is served below index 2.
        List<Effects.Read> served = servedReads(cluster);
        cluster.read(2);
        cluster.heartbeat(2);
        cluster.deliverOnce(message -> !(message instanceof Message.AppendEntries));
        cluster.deliverOnce(message -> message instanceof HeartbeatReply);
        assertThat(served).isEmpty();
        cluster.settle();

        assertThat(served).containsExactly(new Effects.Read(1, 3));
    }

    /** etcd 20418, d-engine 381: a leader that was paused is replaced, wakes up, and serves a read before it hears of that. */
    @Test
    void aPausedLeaderServesAStaleRead() {
        TestCluster cluster = TestCluster.of(3);
        cluster.elect(1);
        cluster.heartbeat(1);
        cluster.deliverOnce(message -> message.from() == 1);
        List<Message> oldReplies = new ArrayList<>(cluster.network.inFlight());
        cluster.isolate(1);
        cluster.elect(2);
        cluster.propose(2, "new");
        cluster.settle();

        List<Effects.Read> served = servedReads(cluster);
        cluster.read(1);
        oldReplies.forEach(cluster::deliver);

        assertThat(served).isEmpty();
        assertThat(cluster.node(1).isLeader()).isTrue();
    }

    /** raft-rs 234, tikv 1593: a late TimeoutNow elects another leader while the old one believes in its lease and serves reads. */
    @Test
    void aLateTimeoutNowMakesTheOldLeadersReadsStale() {
        TestCluster cluster = TestCluster.of(3);
        cluster.elect(1);
        cluster.heartbeat(1);
        cluster.settle();
        List<Effects.Read> served = servedReads(cluster);
        cluster.transfer(1, 2);
        Message order = cluster.network.inFlight().remove(0);
        assertThat(order).isInstanceOf(TimeoutNow.class);
        while (cluster.node(1).raft().isTransferring()) {
            cluster.heartbeat(1);
            cluster.settle();
        }
        cluster.isolate(1);
        cluster.deliver(order);
        cluster.settle();
        cluster.propose(2, "new");
        cluster.settle();
        assertThat(cluster.node(1).isLeader()).isTrue();

        cluster.read(1);
        cluster.heartbeat(1);

        assertThat(served).isEmpty();
    }

    /** logcabin 44: an entry of a previous term is taken for committed because a majority has it (Figure 8). */
    @Test
    void anEntryOfAPreviousTermIsCommittedByCounting() {
        OneNode node = OneNode.leader(3, 3, 1, 2, 2);

        node.matched(2, 3);
        node.matched(3, 3);

        assertThat(node.raft().commitIndex()).isZero();
    }

    /** scylladb 9965 and 10578, tinykv 191: the follower's log is longer than what the leader's message showed to match. */
    @Test
    void aFollowerCommitsItsDivergentTail() {
        OneNode node = OneNode.of(3, 2, HardState.NOBODY, 1, 1, 1);

        node.append(2, 2, 1, 1, 3);

        assertThat(node.raft().commitIndex()).isEqualTo(1);
        assertThat(node.appliedEntries()).isEqualTo("[1@1]");
    }

    /** scylladb 9965, the other half: a heartbeat must not carry a commit index beyond what the follower is known to have. */
    @Test
    void aHeartbeatCommitsTheFollowersDivergentTail() {
        OneNode node = OneNode.leader(3, 3, 1, 2);
        node.matched(2, 3);
        node.sent();

        node.pass(Settings.HEARTBEAT);

        assertThat(node.sent()).contains("1>2 Heartbeat t4 commit 3 round 0", "1>3 Heartbeat t4 commit 0 round 0");
    }

    /** ratis PR 1519: the leader believes that who answers a heartbeat has its log. */
    @Test
    void theMatchIndexIsRaisedByAHeartbeatReply() {
        OneNode node = OneNode.leader(3, 0);

        node.receive(new HeartbeatReply(2, 1, 1, 0));
        node.receive(new HeartbeatReply(3, 1, 1, 0));

        assertThat(node.progress(2).matchIndex()).isZero();
        assertThat(node.raft().commitIndex()).isZero();
    }

    /** ratis PR 1519: the follower acknowledges its own tail, not what the message showed to match. */
    @Test
    void aFollowerAcknowledgesItsOwnTail() {
        OneNode node = OneNode.of(3, 2, HardState.NOBODY, 1, 1, 1);

        node.append(2, 2, 1, 1, 0);

        assertThat(node.sent()).containsExactly("1>2 AppendReply t2 match 1");
    }

    /** jgroups-raft 254: two candidates of one term both get the vote. */
    @Test
    void twoVotesInOneTerm() {
        OneNode node = OneNode.fresh(3);

        node.receive(new RequestVote(2, 1, 1, 0, 0, false));
        node.receive(new RequestVote(3, 1, 1, 9, 9, false));

        assertThat(node.sent()).containsExactly("1>2 VoteReply t1 yes", "1>3 VoteReply t1 no");
    }

    /** raft-java 57: the vote, or the term, is answered before it is durable, and a crash forgets it. */
    @Test
    void aVoteIsAnsweredBeforeItIsDurable() {
        OneNode node = OneNode.fresh(3);
        node.diskIsManual();
        node.receive(new RequestVote(2, 1, 1, 0, 0, false));
        assertThat(node.sent()).isEmpty();

        node.restart();
        node.node.diskIsAutomatic(true);
        node.receive(new RequestVote(3, 1, 1, 0, 0, false));

        assertThat(node.sent()).containsExactly("1>3 VoteReply t1 yes");
    }

    /** A candidate's term and log must be durable before others vote for them, or it may run twice in a term. */
    @Test
    void aCandidateAsksForVotesBeforeItsTermIsDurable() {
        OneNode node = OneNode.fresh(3);
        node.diskIsManual();

        node.campaign();
        assertThat(node.sent()).isEmpty();
        node.node.completeDisk(1);

        assertThat(node.sent()).containsExactly("1>2 RequestVote t1 log 0@0", "1>3 RequestVote t1 log 0@0");
    }

    /** jgroups-raft 14: the vote goes to a candidate whose log lacks committed entries. */
    @Test
    void aVoteIsGivenWithoutLookingAtTheLog() {
        OneNode node = OneNode.of(3, 1, HardState.NOBODY, 1, 1);

        node.receive(new RequestVote(2, 1, 2, 1, 1, false));

        assertThat(node.sent()).containsExactly("1>2 VoteReply t2 no");
    }

    /** coyote-samples 8: one vote that arrives twice makes a majority. */
    @Test
    void aDuplicatedVoteIsCountedTwice() {
        OneNode node = OneNode.fresh(5);
        node.campaign();

        node.receive(new VoteReply(2, 1, 1, true));
        node.receive(new VoteReply(2, 1, 1, true));

        assertThat(node.raft().isLeader()).isFalse();
    }

    /** etcd PR 1763: a snapshot of a prefix of the log truncates what follows, although it was acknowledged. */
    @Test
    void aStaleSnapshotTruncatesAMatchingLog() {
        OneNode node = OneNode.of(3, 1, HardState.NOBODY, 1, 1, 1, 1);
        byte[] file = SnapshotFile.encode(TestNode.entries(1, 1, 1));

        node.receive(new InstallSnapshot(2, 1, 1, new SnapshotPoint(2, 1), 0, file, true));
        assertThat(node.log()).isEqualTo("[3@1 4@1]");
        node.append(2, 1, 4, 1, 4);
        byte[] older = SnapshotFile.encode(TestNode.entries(1, 1));
        node.receive(new InstallSnapshot(2, 1, 1, new SnapshotPoint(1, 1), 0, older, true));

        assertThat(node.log()).isEqualTo("[3@1 4@1]");
        assertThat(node.raft().commitIndex()).isEqualTo(4);
    }

    /** etcd PR 1763 again: the log has overtaken the snapshot while that was being stored. */
    @Test
    void aSnapshotThatTheLogHasOvertakenIsInstalled() {
        OneNode node = OneNode.of(3, 1, HardState.NOBODY, 1);
        byte[] file = SnapshotFile.encode(TestNode.entries(1, 1, 1));
        node.node.chunksWait(true);
        node.receive(new InstallSnapshot(2, 1, 1, new SnapshotPoint(2, 1), 0, file, true));
        node.append(2, 1, 1, 1, 4, 1, 1, 1);
        node.sent();

        node.node.storeWaitingChunk();

        assertThat(node.raft().commitIndex()).isEqualTo(4);
        assertThat(node.log()).isEqualTo("[1@1 2@1 3@1 4@1]");
        assertThat(node.sent()).containsExactly("1>2 SnapshotReply t1 2@1 installed");
    }

    /** redisraft 43, openraft PR 559: old conflicting entries survive on disk under a new snapshot, or a gap is left. */
    @Test
    void oldEntriesSurviveUnderANewSnapshot() {
        OneNode node = OneNode.of(3, 2, HardState.NOBODY, 1, 2, 2, 2, 2);
        byte[] file = SnapshotFile.encode(TestNode.entries(1, 1, 1, 1));
        node.diskIsManual();
        node.receive(new InstallSnapshot(2, 1, 3, new SnapshotPoint(3, 1), 0, file, true));
        node.append(2, 3, 3, 1, 3, 3);

        // Whatever part of this reaches the disk, a restart finds a log that continues its snapshot.
        for (int writes = 0; writes <= 3; writes++) {
            node.node.completeDisk(writes == 0 ? 0 : 1);
            TestDisk disk = node.node.disk;
            Raft restarted = new Raft(
                    1,
                    List.of(1, 2, 3),
                    Settings.DEFAULT.config(),
                    new Random(1),
                    disk.hardState(),
                    disk.snapshot(),
                    disk.entries(),
                    disk.replicas(),
                    0,
                    StepObserver.NONE);
            assertThat(restarted.lastIndex()).isEqualTo(new long[] {5, 5, 3, 4}[writes]);
        }
    }

    /** A snapshot counts as installed only when a restart would find it. */
    @Test
    void aSnapshotIsAcknowledgedBeforeItIsDurable() {
        OneNode node = OneNode.of(3, 1, HardState.NOBODY);
        node.diskIsManual();
        byte[] file = SnapshotFile.encode(TestNode.entries(1, 1, 1));

        node.receive(new InstallSnapshot(2, 1, 1, new SnapshotPoint(2, 1), 0, file, true));
        assertThat(node.sent()).isEmpty();
        node.node.completeDisk(1);

        assertThat(node.sent()).containsExactly("1>2 SnapshotReply t1 2@1 installed");
    }

    /** etcd-io/raft PR 8, rabbitmq/ra PR 637: the acknowledgement of a write that was truncated since counts for the new entry. */
    @Test
    void anAcknowledgementFromBeforeATruncationCounts() {
        OneNode node = OneNode.leader(3, 0);
        node.matched(2, 1);
        node.propose("old, at 2");
        node.append(3, 2, 1, 1, 1, 2);
        assertThat(node.log()).isEqualTo("[1@1 2@2]");
        OneNode.leader(node);
        assertThat(node.raft().isLeader()).isTrue();

        node.receive(AppendReply.matched(1, 1, 1, 2));
        node.receive(AppendReply.matched(2, 1, 1, 2));
        node.receive(AppendReply.matched(3, 1, 1, 2));

        assertThat(node.progress(2).matchIndex()).isZero();
        assertThat(node.progress(3).matchIndex()).isZero();
    }

    private static List<Effects.Read> servedReads(TestCluster cluster) {
        List<Effects.Read> served = new ArrayList<>();
        cluster.watch(new NodeEvents() {
            @Override
            public void readServed(TestNode node, Effects.Read read) {
                served.add(read);
            }
        });
        return served;
    }
}
