package io.ringleader.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.raft.Message.AppendReply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The claims of §5.3, §5.4.2, §5.5 and §5.6 of the extended Raft paper: replication, commitment, crashes, timing. */
class RaftPaperReplicationTest {
    /** A leader of term 1 that has committed its no-op everywhere. */
    private static OneNode settledLeader(int voters) {
        OneNode node = OneNode.leader(voters, 0);
        node.others().forEach(voter -> node.matched(voter, 1));
        node.sent();
        return node;
    }

    /** §5.3: "The leader appends the command to its log as a new entry, then issues AppendEntries RPCs in parallel to each." */
    @Test
    void aLeaderAppendsACommandAndSendsItToAllInParallel() {
        OneNode node = settledLeader(3);

        node.propose("x");

        assertThat(node.log()).isEqualTo("[1@1 2@1]");
        assertThat(node.sent())
                .containsExactly(
                        "1>2 AppendEntries t1 after 1@1 [2@1] commit 1",
                        "1>3 AppendEntries t1 after 1@1 [2@1] commit 1");
    }

    /** §5.3: "A log entry is committed once the leader that created the entry has replicated it on a majority of the servers." */
    @ParameterizedTest
    @CsvSource({
        "1,0,true",
        "2,0,false",
        "2,1,true",
        "3,0,false",
        "3,1,true",
        "4,1,false",
        "4,2,true",
        "5,1,false",
        "5,2,true"
    })
    void anEntryIsCommittedOnceItIsOnAMajority(int voters, int acknowledged, boolean committed) {
        OneNode node = settledLeader(voters);

        node.propose("x");
        for (int voter = 2; voter < 2 + acknowledged; voter++) {
            node.matched(voter, 2);
        }

        assertThat(node.raft().commitIndex()).isEqualTo(committed ? 2 : 1);
        assertThat(node.node.appliedIndex()).isEqualTo(committed ? 2 : 1);
    }

    /** §5.3: committing an entry "also commits all preceding entries in the leader's log, including entries created by previous leaders". */
    @Test
    void aCommitCommitsAllPrecedingEntriesOfPreviousLeadersToo() {
        OneNode node = OneNode.leader(3, 3, 1, 2, 3);

        node.matched(2, 4);

        assertThat(node.appliedEntries()).isEqualTo("[1@1 2@2 3@3 4@4]");
    }

    /** §5.3: "The leader keeps track of the highest index it knows to be committed, and it includes that index in future AppendEntries." */
    @Test
    void theLeaderSendsItsCommitIndex() {
        OneNode node = settledLeader(3);
        node.propose("x");
        node.matched(2, 2);
        node.sent();

        node.propose("y");

        assertThat(node.sentTo(2)).containsExactly("1>2 AppendEntries t1 after 2@1 [3@1] commit 2");
    }

    /** §5.3: "Once a follower learns that a log entry is committed, it applies the entry to its local state machine (in log order)." */
    @Test
    void aFollowerAppliesInLogOrderWhatItLearnsToBeCommitted() {
        OneNode node = OneNode.fresh(3);

        node.append(2, 1, 0, 0, 0, 1, 1, 1);
        assertThat(node.appliedEntries()).isEqualTo("[]");
        node.append(2, 1, 3, 1, 2);

        assertThat(node.appliedEntries()).isEqualTo("[1@1 2@1]");
    }

    /**
     * §5.3: "If followers crash or run slowly, or if network packets are lost, the leader retries AppendEntries RPCs indefinitely
     * (even after it has responded to the client)."
     */
    @Test
    void theLeaderRetriesIndefinitelyEvenAfterTheCommit() {
        OneNode node = settledLeader(3);
        node.propose("x");
        node.matched(2, 2);
        node.sent();

        for (int round = 0; round < 50; round++) {
            boolean asked = false;
            for (int i = 0; i < 11; i++) {
                node.pass(Settings.HEARTBEAT);
                node.receive(new Message.HeartbeatReply(2, 1, 1, 0));
                asked |= node.sentTo(3).stream().anyMatch(text -> text.contains("AppendEntries"));
            }
            assertThat(asked).as("round " + round).isTrue();
        }
        node.matched(3, 1);

        assertThat(node.sentTo(3)).containsExactly("1>3 AppendEntries t1 after 1@1 [2@1] commit 2");
    }

    /** §5.3: "the consistency check": an entry is refused whose predecessor, by index and term, the follower does not have. */
    @ParameterizedTest
    @CsvSource({"0,0,true", "1,1,true", "2,2,true", "2,3,false", "3,2,false", "3,3,false", "9,3,false"})
    void aFollowerRefusesEntriesThatDoNotFollowItsLog(long prevIndex, long prevTerm, boolean accepted) {
        OneNode node = OneNode.of(3, 3, HardState.NOBODY, 1, 2);

        node.append(2, 3, prevIndex, prevTerm, 0, 3);

        String sent = node.sent().get(0);
        assertThat(sent).contains(accepted ? "match " + (prevIndex + 1) : "refused " + prevIndex);
        if (!accepted) {
            assertThat(node.log()).isEqualTo("[1@1 2@2]");
        }
    }

    /** §5.3: "conflicting entries in follower logs will be overwritten with entries from the leader's log", with all that follow. */
    @Test
    void conflictingEntriesAndAllThatFollowAreReplaced() {
        OneNode node = OneNode.of(3, 3, HardState.NOBODY, 1, 1, 2, 2, 2);

        node.append(2, 4, 2, 1, 0, 4);

        assertThat(node.log()).isEqualTo("[1@1 2@1 3@4]");
        assertThat(node.node.disk.lastIndex()).isEqualTo(3);
    }

    /** Figure 2, AppendEntries 3: only "if an existing entry conflicts" is anything deleted: a late message takes nothing back. */
    @Test
    void aLateAppendEntriesDoesNotShortenTheLog() {
        OneNode node = OneNode.fresh(3);
        node.append(2, 1, 0, 0, 0, 1, 1, 1);

        node.append(2, 1, 0, 0, 0, 1);
        node.append(2, 1, 1, 1, 0);

        assertThat(node.log()).isEqualTo("[1@1 2@1 3@1]");
    }

    /** §5.3: "nextIndex ... When a leader first comes to power, it initializes all nextIndex values to the index just after the last one." */
    @Test
    void aNewLeaderFirstAsksAtTheEndOfItsLog() {
        OneNode node = OneNode.leader(3, 3, 1, 2, 3);

        assertThat(node.sentTo(2)).contains("1>2 AppendEntries t4 after 3@3 [4@4] commit 0");
    }

    /** §5.3: "After a rejection, the leader decrements nextIndex and retries the AppendEntries RPC. Eventually the logs match." */
    @Test
    void afterARejectionTheLeaderGoesBackAndRetries() {
        OneNode node = OneNode.leader(3, 3, 1, 2, 3);
        node.sent();

        node.receive(AppendReply.refused(2, 1, 4, 3, 0, 2));

        assertThat(node.sentTo(2)).containsExactly("1>2 AppendEntries t4 after 1@1 [2@2 3@3 4@4] commit 0");
    }

    /** §5.3: "the follower can include the term of the conflicting entry and the first index it stores for that term". */
    @Test
    void aRejectionNamesTheConflictingTermAndItsFirstIndex() {
        OneNode node = OneNode.of(3, 3, HardState.NOBODY, 1, 2, 2, 2);

        node.append(2, 4, 4, 3, 0, 4);
        node.append(2, 4, 6, 3, 0, 4);

        assertThat(node.sent())
                .containsExactly(
                        "1>2 AppendReply t4 refused 4, has t2 from 2",
                        "1>2 AppendReply t4 refused 6, log ends before 5");
    }

    /** §5.3: "the leader can decrement nextIndex to bypass all of the conflicting entries in that term", unless it has the term too. */
    @ParameterizedTest
    @CsvSource({"2,2,1@1", "3,2,3@3", "4,3,4@4"})
    void theLeaderBypassesAConflictingTermAtOnce(long conflictTerm, long conflictIndex, String resumesAfter) {
        OneNode node = OneNode.leader(3, 6, 1, 3, 3, 4, 6);
        node.sent();

        node.receive(AppendReply.refused(2, 1, 7, 5, conflictTerm, conflictIndex));

        assertThat(node.sentTo(2)).hasSize(1).first().asString().contains("after " + resumesAfter + " ");
    }

    /** §5.3: "A leader never overwrites or deletes entries in its own log" (Leader Append-Only). */
    @Test
    void aLeaderNeverDeletesFromItsOwnLog() {
        OneNode node = OneNode.leader(3, 3, 1, 2, 3);

        node.receive(AppendReply.refused(2, 1, 4, 3, 0, 1));
        node.receive(AppendReply.refused(3, 1, 4, 3, 2, 2));
        node.receive(new Message.SnapshotReply(2, 1, 4, new SnapshotPoint(2, 2), 0, false));

        assertThat(node.log()).isEqualTo("[1@1 2@2 3@3 4@4]");
    }

    /** §5.3: "a server never deletes committed entries": who is told to must stop, not obey. */
    @Test
    void aFollowerNeverDeletesACommittedEntry() {
        OneNode node = OneNode.fresh(3);
        node.append(2, 1, 0, 0, 2, 1, 1);

        assertThatThrownBy(() -> node.append(3, 2, 1, 1, 0, 2))
                .isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("committed");
    }

    /** §5.4.2: "Raft never commits log entries from previous terms by counting replicas." */
    @Test
    void entriesFromPreviousTermsAreNotCommittedByCounting() {
        OneNode node = OneNode.leader(5, 3, 1, 2, 2);

        node.matched(2, 3);
        node.matched(3, 3);
        node.matched(4, 3);
        node.matched(5, 3);
        assertThat(node.raft().commitIndex()).isZero();
        node.matched(2, 4);
        node.matched(3, 4);

        assertThat(node.raft().commitIndex()).isEqualTo(4);
    }

    /** §5.5: "Raft RPCs are idempotent": a duplicated AppendEntries changes nothing and is answered the same. */
    @Test
    void aDuplicatedAppendEntriesIsHarmless() {
        OneNode node = OneNode.fresh(3);

        node.append(2, 1, 0, 0, 1, 1, 1);
        node.append(2, 1, 0, 0, 1, 1, 1);

        assertThat(node.log()).isEqualTo("[1@1 2@1]");
        assertThat(node.sent()).containsExactly("1>2 AppendReply t1 match 2", "1>2 AppendReply t1 match 2");
    }

    /** Figure 2: "Updated on stable storage before responding to RPCs": an acknowledgement waits for the disk, and only it. */
    @Test
    void anAcknowledgementWaitsForTheDisk() {
        OneNode node = OneNode.of(3, 1, HardState.NOBODY);
        node.diskIsManual();

        node.append(2, 1, 0, 0, 0, 1, 1);
        node.heartbeat(2, 1, 0);
        assertThat(node.sent()).containsExactly("1>2 HeartbeatReply t1 round 0");
        node.node.completeDisk(1);
        assertThat(node.sent()).isEmpty();
        node.node.completeDisk(1);

        assertThat(node.sent()).containsExactly("1>2 AppendReply t1 match 2");
    }

    /** Figure 2, AppendEntries 5: commitIndex = min(leaderCommit, index of last new entry). */
    @Test
    void aFollowerCommitsNoFurtherThanItsLogMatches() {
        OneNode node = OneNode.of(3, 2, HardState.NOBODY, 1, 1, 1);

        node.append(2, 2, 1, 1, 9);

        assertThat(node.raft().commitIndex()).isEqualTo(1);
    }

    /** §5.5 and Figure 2: the log is persistent state, the commit index is not, and is learnt again. */
    @Test
    void aRestartKeepsTheLogAndLearnsTheCommitIndexAgain() {
        OneNode node = OneNode.fresh(3);
        node.append(2, 1, 0, 0, 2, 1, 1);

        node.restart();

        assertThat(node.log()).isEqualTo("[1@1 2@1]");
        assertThat(node.raft().commitIndex()).isZero();
        node.append(2, 1, 2, 1, 2);
        assertThat(node.raft().commitIndex()).isEqualTo(2);
    }

    /** §5.6: safety does not depend on timing: a leader that is paused for any time and then goes on breaks nothing. */
    @Test
    void safetyDoesNotDependOnTiming() {
        TestCluster cluster = TestCluster.of(3);
        cluster.elect(1);
        cluster.propose(1, "seen by nobody else");
        cluster.network.lose(1);
        cluster.isolate(1);
        cluster.elect(2);
        cluster.propose(2, "committed");
        cluster.settle();

        cluster.network.healAll();
        assertThat(cluster.node(1).isLeader()).isTrue();
        cluster.propose(1, "from an old leader");
        cluster.heartbeat(1);
        cluster.settle();
        cluster.heartbeat(2);
        cluster.settle();

        assertThat(cluster.node(1).isLeader()).isFalse();
        assertThat(cluster.checks.committedIndex()).isEqualTo(3);
    }
}
