package io.ringleader.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.raft.Message.AppendReply;
import io.ringleader.raft.Message.InstallSnapshot;
import io.ringleader.raft.Message.SnapshotReply;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The claims of §7 and §8 of the extended Raft paper: log compaction, InstallSnapshot, reads. */
class RaftPaperSnapshotTest {
    private static final int CHUNK = 16;

    /** A leader of term 1 that has compacted its log up to index 4: the no-op, a, b, c, with d after it. */
    private static OneNode compactedLeader() {
        OneNode node = OneNode.leader(3, 0);
        node.matched(2, 1);
        List.of("a", "b", "c").forEach(node::propose);
        node.matched(2, 4);
        node.node.snapshot();
        node.propose("d");
        node.matched(2, 5);
        node.sent();
        return node;
    }

    private static OneNode leaderThatSendsASnapshotTo3() {
        OneNode node = compactedLeader();
        node.raft().reconnected(3);
        node.node.pump();
        node.sent();
        node.receive(AppendReply.refused(3, 1, 1, 5, 0, 1));
        return node;
    }

    /** A snapshot of so many entries of term 1, cut into chunks. */
    private static List<InstallSnapshot> chunks(int from, long term, int entries) {
        byte[] file = SnapshotFile.encode(
                TestNode.entries(1, LongStream.generate(() -> 1).limit(entries).toArray()));
        SnapshotPoint point = new SnapshotPoint(entries, 1);
        return LongStream.range(0, (file.length + CHUNK - 1) / CHUNK)
                .mapToObj(i -> {
                    int start = (int) i * CHUNK;
                    int end = Math.min(start + CHUNK, file.length);
                    return new InstallSnapshot(
                            from, 1, term, point, start, Arrays.copyOfRange(file, start, end), end == file.length);
                })
                .toList();
    }

    /** §7: "Once a server completes writing a snapshot, it may delete all log entries up through the last included index." */
    @Test
    void aSnapshotReplacesTheLogBeforeIt() {
        OneNode node = compactedLeader();

        assertThat(node.raft().snapshot()).isEqualTo(new SnapshotPoint(4, 1));
        assertThat(node.log()).isEqualTo("[5@1]");
        assertThat(node.node.disk.snapshot()).isEqualTo(new SnapshotPoint(4, 1));
        assertThat(node.raft().logBytes()).isEqualTo(node.raft().logBytesAfterSnapshot());
    }

    /** §7: the last included index and term "are preserved to support the AppendEntries consistency check for the first entry following". */
    @Test
    void theConsistencyCheckWorksAtTheSnapshot() {
        OneNode node = OneNode.withSnapshot(3, 2, 4);

        node.append(2, 2, 4, 1, 0, 2);
        node.append(3, 3, 4, 2, 0, 3);

        assertThat(node.sent())
                .containsExactly("1>2 AppendReply t2 match 5", "1>3 AppendReply t3 refused 4, has t1 from 4");
    }

    /** §7: "The leader ... send[s] snapshots to followers ... when the leader has already discarded the next log entry that it needs." */
    @Test
    void aFollowerThatNeedsDiscardedEntriesIsSentTheSnapshot() {
        OneNode node = leaderThatSendsASnapshotTo3();

        assertThat(node.sent()).containsExactly("1>3 InstallSnapshot t1 4@1 bytes 0..16");
        assertThat(node.progress(3).state()).isEqualTo(Progress.State.SNAPSHOT);
    }

    /** Figure 13: chunks are sent in order, each when the one before is acknowledged. */
    @Test
    void eachChunkFollowsTheAnswerToTheOneBefore() {
        OneNode node = leaderThatSendsASnapshotTo3();
        node.sent();

        node.receive(new SnapshotReply(3, 1, 1, new SnapshotPoint(4, 1), 16, false));
        node.receive(new SnapshotReply(3, 1, 1, new SnapshotPoint(4, 1), 32, false));

        assertThat(node.sent())
                .containsExactly("1>3 InstallSnapshot t1 4@1 bytes 16..32", "1>3 InstallSnapshot t1 4@1 bytes 32..48");
    }

    /** §7: afterwards the follower is sent the log entries after the snapshot. */
    @Test
    void afterTheSnapshotTheLogContinues() {
        OneNode node = leaderThatSendsASnapshotTo3();
        node.sent();

        node.receive(new SnapshotReply(3, 1, 1, new SnapshotPoint(4, 1), 0, true));

        assertThat(node.sent()).containsExactly("1>3 AppendEntries t1 after 4@1 [5@1] commit 5");
        assertThat(node.progress(3).matchIndex()).isEqualTo(4);
    }

    /** §7: "Usually the snapshot will contain new information ... the follower discards its entire log; it is all superseded." */
    @Test
    void aSnapshotWithNewInformationReplacesAFollowersWholeLog() {
        OneNode node = OneNode.of(3, 2, HardState.NOBODY, 1, 2, 2, 2, 2, 2);

        chunks(2, 3, 4).forEach(node::receive);

        assertThat(node.log()).isEqualTo("[]");
        assertThat(node.raft().lastIndex()).isEqualTo(4);
        assertThat(node.raft().commitIndex()).isEqualTo(4);
        assertThat(node.node.appliedIndex()).isEqualTo(4);
        assertThat(node.sent()).last().isEqualTo("1>2 SnapshotReply t3 4@1 installed");
    }

    /** §7: "If instead the follower receives a snapshot that describes a prefix of its log ... entries following are still valid." */
    @Test
    void aSnapshotOfAPrefixKeepsTheEntriesThatFollow() {
        OneNode node = OneNode.of(3, 1, HardState.NOBODY, 1, 1, 1, 1, 1, 1);

        chunks(2, 1, 4).forEach(node::receive);

        assertThat(node.log()).isEqualTo("[5@1 6@1]");
        assertThat(node.raft().commitIndex()).isEqualTo(4);
        assertThat(node.node.disk.lastIndex()).isEqualTo(6);
    }

    /** Figure 13, 1: "Reply immediately if term < currentTerm." */
    @Test
    void aSnapshotFromAnOldLeaderIsRefused() {
        OneNode node = OneNode.of(3, 5, HardState.NOBODY, 1);

        node.receive(chunks(2, 4, 4).get(0));

        assertThat(node.sent()).containsExactly("1>2 AppendReply t5 refused 0, log ends before 1");
    }

    /** Figure 13: a chunk that does not follow what is there is not written; the answer says what is. */
    @Test
    void aChunkThatDoesNotFollowIsAskedForAgainFromWhereTheFileEnds() {
        OneNode node = OneNode.of(3, 1, HardState.NOBODY, 1);
        List<InstallSnapshot> chunks = chunks(2, 1, 4);

        node.receive(chunks.get(0));
        node.receive(chunks.get(2));
        node.receive(chunks.get(0));

        assertThat(node.sent())
                .containsExactly(
                        "1>2 SnapshotReply t1 4@1 next 16",
                        "1>2 SnapshotReply t1 4@1 next 16",
                        "1>2 SnapshotReply t1 4@1 next 16");
    }

    /** §7: what a follower has applied it need not be sent; and a late snapshot takes nothing back. */
    @Test
    void aSnapshotOfWhatIsCommittedAlreadyChangesNothing() {
        OneNode node = OneNode.fresh(3);
        node.append(2, 1, 0, 0, 5, 1, 1, 1, 1, 1, 1);
        node.sent();

        node.receive(chunks(2, 1, 4).get(0));

        assertThat(node.sent()).containsExactly("1>2 SnapshotReply t1 4@1 installed");
        assertThat(node.log()).isEqualTo("[1@1 2@1 3@1 4@1 5@1 6@1]");
    }

    /** §7: a snapshot is from the leader, so it is a sign of life like any other, and a candidate yields to it. */
    @Test
    void aCandidateYieldsToALeaderThatSendsASnapshot() {
        OneNode node = OneNode.fresh(3);
        node.campaign();

        node.receive(chunks(2, 1, 4).get(0));

        assertThat(node.raft().role()).isEqualTo(Role.FOLLOWER);
        assertThat(node.raft().leader()).isEqualTo(2);
    }

    /** §7: after a restart a server starts from its snapshot. */
    @Test
    void aRestartStartsFromTheSnapshot() {
        OneNode node = OneNode.of(3, 1, HardState.NOBODY, 1);
        chunks(2, 1, 4).forEach(node::receive);
        node.append(2, 1, 4, 1, 4, 1);

        node.restart();

        assertThat(node.raft().snapshot()).isEqualTo(new SnapshotPoint(4, 1));
        assertThat(node.node.appliedIndex()).isEqualTo(4);
        assertThat(node.log()).isEqualTo("[5@1]");
    }

    /** Thesis §5.1.3: a leader may keep entries behind its snapshot for slow followers. */
    @Test
    void aTailOfTheLogIsKeptForSlowFollowers() {
        long oneEntry = TestNode.entries(1, 1).get(0).sizeBytes();
        OneNode node = OneNode.leader(OneNode.of(3, Settings.DEFAULT.withRetainBytes(2 * oneEntry), 0, 0));
        List.of("111", "222", "333").forEach(node::propose);
        node.matched(2, 4);

        node.node.snapshot();

        assertThat(node.raft().snapshot().index()).isEqualTo(4);
        assertThat(node.log()).isEqualTo("[3@1 4@1]");
        assertThat(node.raft().logBytesAfterSnapshot()).isZero();
    }

    /** §8: "Raft handles this by having each leader commit a blank no-op entry into the log at the start of its term." */
    @Test
    void aLeaderOpensItsTermWithANoOp() {
        OneNode node = OneNode.leader(3, 3, 1, 2);

        assertThat(node.state().log.entry(3).type()).isEqualTo(EntryType.NOOP);
        assertThat(node.log()).isEqualTo("[1@1 2@2 3@4]");
    }

    /**
     * §8: "a leader must check whether it has been deposed before processing a read-only request ... by having the leader exchange
     * heartbeat messages with a majority of the cluster".
     */
    @Test
    void aReadWaitsForHeartbeatsAnsweredByAMajority() {
        OneNode node = OneNode.leader(5, 0);
        node.matched(2, 1);
        node.matched(3, 1);
        node.sent();

        node.read(7);
        assertThat(node.sentTo(2)).containsExactly("1>2 Heartbeat t1 commit 1 round 1");
        node.receive(new Message.HeartbeatReply(2, 1, 1, 1));
        assertThat(node.reads).isEmpty();
        node.receive(new Message.HeartbeatReply(3, 1, 1, 1));

        assertThat(node.reads).containsExactly(new Effects.Read(7, 1));
    }
}
