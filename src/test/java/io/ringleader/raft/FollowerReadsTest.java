package io.ringleader.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.raft.Message.HeartbeatReply;
import io.ringleader.raft.Message.ReadIndex;
import io.ringleader.raft.Message.ReadIndexReply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reads at followers (thesis §6.4): the question, the answer, and what becomes of a read when one of them is lost. */
class FollowerReadsTest {
    private static final int LEADER = 2;

    /** Node 1 follows node 2 in term 1 and has so many of its entries, of which so many are committed. */
    private static OneNode follower(int entries, long commit) {
        OneNode node = OneNode.of(3, 1, HardState.NOBODY);
        long[] terms = new long[entries];
        Arrays.fill(terms, 1);
        node.append(LEADER, 1, 0, 0, commit, terms);
        node.sent();
        return node;
    }

    private static void answer(OneNode node, long ask, long readIndex, long commitIndex) {
        node.receive(new ReadIndexReply(LEADER, OneNode.ID, node.raft().term(), ask, readIndex, commitIndex));
    }

    /** The questions that it asked since the last call. */
    private static List<ReadIndex> questions(OneNode node) {
        List<ReadIndex> questions = new ArrayList<>();
        for (Message message : node.sentMessages()) {
            if (message instanceof ReadIndex question) {
                assertThat(question.to()).isEqualTo(LEADER);
                questions.add(question);
            }
        }
        return questions;
    }

    private static long question(OneNode node) {
        List<ReadIndex> questions = questions(node);
        assertThat(questions).hasSize(1);
        return questions.get(0).ask();
    }

    @Test
    void aFollowerServesAReadWhenItHasWhatItsLeaderHadCommitted() {
        OneNode node = follower(3, 1);
        node.read(7);
        long ask = question(node);
        answer(node, ask, 3, 1);
        assertThat(node.reads).isEmpty();
        node.heartbeat(LEADER, 1, 2);
        assertThat(node.reads).isEmpty();
        node.heartbeat(LEADER, 1, 3);
        assertThat(node.reads).containsExactly(new Effects.Read(7, 3));
        assertThat(node.node.appliedIndex()).isEqualTo(3);
    }

    @Test
    void theAnswerSaysHowFarTheFollowerMayCommit() {
        OneNode node = follower(3, 1);
        node.read(7);
        answer(node, question(node), 3, 3);
        assertThat(node.reads).containsExactly(new Effects.Read(7, 3));
    }

    @Test
    void readsOfOneBurstShareAQuestion() {
        OneNode node = follower(1, 1);
        node.raft().read(7, node.now());
        node.raft().read(8, node.now());
        node.node.pump();
        answer(node, question(node), 1, 1);
        assertThat(node.reads).extracting(Effects.Read::readId).containsExactly(7L, 8L);
    }

    /** What was committed before the second read came need not have been committed when the first question was answered. */
    @Test
    void anAnswerToAnEarlierQuestionSaysNothingAboutALaterRead() {
        OneNode node = follower(2, 2);
        node.read(7);
        long first = question(node);
        node.read(8);
        long second = question(node);
        answer(node, first, 1, 1);
        assertThat(node.reads).extracting(Effects.Read::readId).containsExactly(7L);
        answer(node, second, 2, 2);
        assertThat(node.reads).extracting(Effects.Read::readId).containsExactly(7L, 8L);
    }

    @Test
    void anAnswerToALaterQuestionHoldsForAnEarlierReadToo() {
        OneNode node = follower(2, 2);
        node.read(7);
        node.read(8);
        List<ReadIndex> questions = questions(node);
        answer(node, questions.get(1).ask(), 2, 2);
        assertThat(node.reads).extracting(Effects.Read::readId).containsExactly(7L, 8L);
    }

    @Test
    void aLostQuestionIsAskedAgainAfterAHeartbeatInterval() {
        OneNode node = follower(1, 1);
        node.read(7);
        long lost = question(node);
        node.pass(Settings.HEARTBEAT - 1);
        assertThat(questions(node)).isEmpty();
        node.pass(1);
        long again = question(node);
        assertThat(again).isGreaterThan(lost);
        answer(node, again, 1, 1);
        assertThat(node.reads).hasSize(1);
    }

    @Test
    void aReadIsRefusedWhenNobodyAnswersForAnElectionTimeout() {
        OneNode node = follower(1, 1);
        node.read(7);
        for (int i = 0; i < 9; i++) {
            node.pass(Settings.HEARTBEAT);
            node.heartbeat(LEADER, 1, 1);
        }
        assertThat(node.refusedReads).isEmpty();
        node.pass(Settings.HEARTBEAT);
        assertThat(node.refusedReads).containsExactly(7L);
    }

    @Test
    void aFollowerThatIsBehindForAHeartbeatIntervalRefuses() {
        OneNode node = follower(1, 1);
        node.read(7);
        answer(node, question(node), 9, 1);
        node.pass(Settings.HEARTBEAT - 1);
        assertThat(node.refusedReads).isEmpty();
        node.pass(1);
        assertThat(node.refusedReads).containsExactly(7L);
    }

    @Test
    void readsAreRefusedWhenTheLeaderChanges() {
        OneNode node = follower(1, 1);
        node.read(7);
        long ask = question(node);
        node.heartbeat(3, 2, 0);
        assertThat(node.refusedReads).containsExactly(7L);
        node.read(8);
        node.timeout();
        assertThat(node.refusedReads).containsExactly(7L, 8L);
        node.read(9);
        assertThat(node.refusedReads).containsExactly(7L, 8L, 9L);
        node.receive(new ReadIndexReply(LEADER, OneNode.ID, 1, ask, 1, 1));
        assertThat(node.reads).isEmpty();
    }

    /** It may have been of another directory that the leader knew so much. */
    @Test
    void anAnswerToAnotherLifeOfTheNodeCommitsNothing() {
        OneNode node = follower(2, 0);
        node.read(7);
        long ask = question(node);
        answer(node, ask - 1, 2, 2);
        answer(node, ask + 1, 2, 2);
        assertThat(node.raft().commitIndex()).isZero();
        answer(node, ask, 2, 2);
        assertThat(node.raft().commitIndex()).isEqualTo(2);
    }

    @Test
    void whoDoesNotVoteYetServesNoReads() {
        OneNode node = OneNode.empty(3);
        node.heartbeat(LEADER, 1, 0);
        node.read(7);
        assertThat(node.refusedReads).containsExactly(7L);
    }

    /** A router that gave up on many reads must not fill the memory. */
    @Test
    void noMoreThanSoManyReadsWait() {
        OneNode node = follower(1, 1);
        for (int i = 0; i < FollowerReads.MAX_WAITING; i++) {
            node.read(i);
        }
        assertThat(node.refusedReads).isEmpty();
        node.read(1_000);
        assertThat(node.refusedReads).containsExactly(1_000L);
    }

    /** Numbers begin anywhere: what a leader answers to a node before its restart must not answer a read after it. */
    @Test
    void anAnswerToAnotherLifeAnswersNothing() {
        OneNode node = follower(1, 1);
        node.read(7);
        long before = question(node);
        node.restart();
        node.heartbeat(LEADER, 1, 1);
        node.read(8);
        assertThat(question(node)).isNotEqualTo(before);
        answer(node, before, 1, 1);
        assertThat(node.reads).isEmpty();
    }

    // ---- the leader

    /** Leads term 2 with everything committed. */
    private static OneNode leader() {
        OneNode node = OneNode.leader(3, 1, 1);
        node.matched(2, 2);
        node.matched(3, 2);
        node.sent();
        return node;
    }

    private static void ask(OneNode leader, int from, long ask) {
        leader.receive(new ReadIndex(from, OneNode.ID, leader.raft().term(), ask));
    }

    private static List<ReadIndexReply> answers(OneNode leader) {
        return leader.sentMessages().stream()
                .filter(ReadIndexReply.class::isInstance)
                .map(ReadIndexReply.class::cast)
                .toList();
    }

    @Test
    void aLeaderAnswersAfterARoundThatBeganAfterTheQuestion() {
        OneNode node = leader();
        ask(node, 2, 100);
        assertThat(node.sent())
                .containsExactly("1>2 Heartbeat t2 commit 2 round 1", "1>3 Heartbeat t2 commit 2 round 1");
        node.propose("x");
        node.matched(3, 3);
        assertThat(node.raft().commitIndex()).isEqualTo(3);
        node.sent();
        node.receive(new HeartbeatReply(3, 1, 2, 1));
        assertThat(answers(node)).containsExactly(new ReadIndexReply(1, 2, 2, 100, 2, 2));
    }

    @Test
    void aQuestionDuringARoundWaitsForTheNextOne() {
        OneNode node = leader();
        node.read(7);
        ask(node, 2, 100);
        node.sent();
        node.receive(new HeartbeatReply(3, 1, 2, 1));
        assertThat(answers(node)).isEmpty();
        node.receive(new HeartbeatReply(3, 1, 2, 2));
        assertThat(answers(node)).hasSize(1);
    }

    @Test
    void aLeaderWithoutAnEntryOfItsOwnTermLetsAQuestionWait() {
        OneNode node = OneNode.leader(3, 1, 1);
        ask(node, 2, 100);
        node.receive(new HeartbeatReply(3, 1, 2, 1));
        assertThat(answers(node)).isEmpty();
        node.matched(3, 2);
        node.receive(new HeartbeatReply(3, 1, 2, 1));
        assertThat(answers(node)).extracting(ReadIndexReply::readIndex).containsExactly(2L);
    }

    @Test
    void aQuestionThatComesTwiceIsAnsweredOnce() {
        OneNode node = leader();
        ask(node, 2, 101);
        ask(node, 2, 101);
        ask(node, 2, 100);
        node.receive(new HeartbeatReply(3, 1, 2, 9));
        assertThat(answers(node)).extracting(ReadIndexReply::ask).containsExactly(101L);
    }

    /** Else a read after a write would wait for the next heartbeat, wherever the disk is not the fastest. */
    @Test
    void aFollowerThatWaitsForItsDiskIsToldToCommitAsSoonAsItHasTheEntry() {
        OneNode node = leader();
        node.propose("x");
        node.matched(3, 3);
        ask(node, 2, 100);
        node.receive(new HeartbeatReply(3, 1, 2, 1));
        assertThat(answers(node)).containsExactly(new ReadIndexReply(1, 2, 2, 100, 3, 2));
        node.matched(2, 3);
        assertThat(node.sentTo(2)).containsExactly("1>2 Heartbeat t2 commit 3 round 1");
    }

    @Test
    void whoDoesNotLeadAnswersNothing() {
        OneNode node = follower(1, 1);
        ask(node, 3, 100);
        assertThat(node.sent()).isEmpty();
    }
}
