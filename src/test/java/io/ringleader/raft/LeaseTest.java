package io.ringleader.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.raft.Message.HeartbeatReply;
import io.ringleader.raft.Message.PreVote;
import io.ringleader.raft.Message.PreVoteReply;
import io.ringleader.raft.Message.ReadIndex;
import io.ringleader.raft.Message.ReadIndexReply;
import io.ringleader.raft.Message.RequestVote;
import io.ringleader.raft.Message.TimeoutNow;
import io.ringleader.raft.Message.VoteReply;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reads by a lease (thesis §6.4.1): when a leader has one, when it has lost it, and what voters do for it. */
class LeaseTest {
    private static final Settings SETTINGS = Settings.DEFAULT.withLease();
    private static final Replica NEWCOMER = new Replica(3, 1, 3, false);

    /** Leads term 2 of three with everything committed; no round of heartbeats was answered yet. */
    private static OneNode leader() {
        OneNode node = OneNode.leader(OneNode.of(3, SETTINGS, 1, HardState.NOBODY, 1));
        node.matched(2, 2);
        node.matched(3, 2);
        node.sent();
        return node;
    }

    /** The next heartbeat falls due and leaves. Returns its round. */
    private static long heartbeat(OneNode leader) {
        leader.sent();
        leader.pass(Settings.HEARTBEAT);
        return leader.sentMessages().stream()
                .filter(Message.Heartbeat.class::isInstance)
                .mapToLong(message -> ((Message.Heartbeat) message).readRound())
                .max()
                .orElseThrow();
    }

    private static void answer(OneNode leader, int from, long round) {
        leader.receive(new HeartbeatReply(from, OneNode.ID, leader.raft().term(), round));
    }

    /** Leads, and a majority has answered a heartbeat that was sent just now. */
    private static OneNode leaderWithLease() {
        OneNode node = leader();
        answer(node, 2, heartbeat(node));
        node.sent();
        return node;
    }

    private static boolean servesAtOnce(OneNode node, long readId) {
        int before = node.reads.size();
        node.read(readId);
        return node.reads.size() > before;
    }

    @Test
    void aLeaderWithALeaseAnswersAtOnceAndSendsNothing() {
        OneNode node = leaderWithLease();
        node.read(7);
        assertThat(node.reads).containsExactly(new Effects.Read(7, 2));
        assertThat(node.sent()).isEmpty();
    }

    @Test
    void withoutAnAnswerOfAMajorityThereIsNoLease() {
        OneNode node = leader();
        heartbeat(node);
        assertThat(servesAtOnce(node, 7)).isFalse();
        OneNode five = OneNode.leader(OneNode.of(5, SETTINGS, 1, HardState.NOBODY, 1));
        List.of(2, 3, 4, 5).forEach(voter -> five.matched(voter, 2));
        answer(five, 2, heartbeat(five));
        assertThat(servesAtOnce(five, 7)).isFalse();
    }

    @Test
    void aLeaseLastsFromTheMomentAtWhichTheHeartbeatWasSent() {
        OneNode node = leader();
        long round = heartbeat(node);
        long sentNanos = node.now();
        node.pass(Settings.HEARTBEAT / 2);
        answer(node, 2, round);
        node.advance(sentNanos + Settings.TIMEOUT_MIN - 1 - node.now());
        assertThat(servesAtOnce(node, 7)).isTrue();
        node.advance(1);
        assertThat(servesAtOnce(node, 8)).isFalse();
    }

    @Test
    void aLeaseBeginsWithTheRoundThatWasAnsweredAndNotWithALaterOne() {
        OneNode node = leader();
        long round = heartbeat(node);
        long sentNanos = node.now();
        heartbeat(node);
        answer(node, 2, round);
        node.advance(sentNanos + Settings.TIMEOUT_MIN - 1 - node.now());
        assertThat(servesAtOnce(node, 7)).isTrue();
        node.advance(1);
        assertThat(servesAtOnce(node, 8)).isFalse();
    }

    @Test
    void withoutAnEntryOfItsOwnTermALeaderHasNoUseForALease() {
        OneNode node = OneNode.leader(OneNode.of(3, SETTINGS, 1, HardState.NOBODY, 1));
        answer(node, 2, heartbeat(node));
        assertThat(servesAtOnce(node, 7)).isFalse();
    }

    @Test
    void whatANewcomerAnswersIsNoReasonForALease() {
        OneNode node = OneNode.leader(OneNode.of(3, SETTINGS, 1, HardState.NOBODY, 1));
        node.matched(2, 2);
        long round = heartbeat(node);
        node.receive(new HeartbeatReply(3, OneNode.ID, 2, round), NEWCOMER);
        assertThat(servesAtOnce(node, 7)).isFalse();
        answer(node, 2, round);
        assertThat(servesAtOnce(node, 8)).isTrue();
    }

    /** The target runs for election without waiting, and voters do not wait for its sake. */
    @Test
    void whoHasToldANodeToTakeOverHasNoLeaseInThisTermAnyMore() {
        OneNode node = leaderWithLease();
        node.node.transfer(2, node.now());
        assertThat(node.sent()).contains("1>2 TimeoutNow t2");
        assertThat(servesAtOnce(node, 7)).isFalse();
        for (int i = 0; i < 25; i++) {
            answer(node, 2, heartbeat(node));
        }
        assertThat(node.raft().isTransferring()).isFalse();
        assertThat(servesAtOnce(node, 8)).isFalse();
    }

    @Test
    void aHandOverThatWaitsForTheTargetsLogLeavesTheLease() {
        OneNode node = leaderWithLease();
        node.propose("x");
        node.node.transfer(2, node.now());
        assertThat(servesAtOnce(node, 7)).isTrue();
    }

    @Test
    void aNewLeadershipBeginsWithoutALease() {
        OneNode node = leaderWithLease();
        node.heartbeat(3, 3, 0);
        assertThat(servesAtOnce(node, 7)).isFalse();
        OneNode.leader(node);
        node.matched(2, node.state().log.lastIndex());
        assertThat(servesAtOnce(node, 8)).isFalse();
    }

    @Test
    void aFollowersQuestionIsAnsweredAtOnceToo() {
        OneNode node = leaderWithLease();
        node.receive(new ReadIndex(2, OneNode.ID, 2, 100));
        assertThat(node.sentMessages()).containsExactly(new ReadIndexReply(1, 2, 2, 100, 2, 2));
    }

    @Test
    void withoutLeasesEveryReadHasARoundAndHeartbeatsHaveNone() {
        OneNode node = OneNode.leader(3, 1, 1);
        node.matched(2, 2);
        assertThat(heartbeat(node)).isZero();
        answer(node, 2, 0);
        assertThat(servesAtOnce(node, 7)).isFalse();
    }

    // ---- voters

    private static boolean grants(OneNode node, long term, boolean transfer) {
        node.sent();
        node.receive(new RequestVote(3, OneNode.ID, term, 9, term - 1, transfer));
        return node.sentMessages().contains(new VoteReply(OneNode.ID, 3, term, true));
    }

    @Test
    void aVoterThatWasRestartedVotesForNobodyForAnElectionTimeout() {
        OneNode node = OneNode.of(3, SETTINGS, 1, HardState.NOBODY, 1);
        node.heartbeat(2, 1, 0);
        node.restart();
        node.advance(Settings.TIMEOUT_MIN - 1);
        node.receive(new PreVote(3, OneNode.ID, 2, 9, 1));
        assertThat(node.sentMessages()).containsExactly(new PreVoteReply(OneNode.ID, 3, 1, false));
        assertThat(grants(node, 2, false)).isFalse();
        node.advance(1);
        assertThat(grants(node, 2, false)).isTrue();
    }

    /** A refusal of somebody in a later term takes the voter there; a candidate of that term may be waiting. */
    @Test
    void aVoterThatCameToALaterTermStaysWithTheLeaderItHasHeardOf() {
        OneNode node = OneNode.of(3, SETTINGS, 1, HardState.NOBODY, 1);
        node.heartbeat(2, 1, 0);
        node.receive(new PreVoteReply(3, OneNode.ID, 2, false));
        assertThat(node.raft().term()).isEqualTo(2);
        assertThat(grants(node, 2, false)).isFalse();
        node.advance(Settings.TIMEOUT_MIN);
        assertThat(grants(node, 2, false)).isTrue();
    }

    @Test
    void whomTheLeaderToldToTakeOverGetsTheVoteAtOnce() {
        OneNode node = OneNode.of(3, SETTINGS, 1, HardState.NOBODY, 1);
        node.heartbeat(2, 1, 0);
        assertThat(grants(node, 2, true)).isTrue();
        OneNode target = OneNode.of(3, SETTINGS, 1, HardState.NOBODY, 1);
        target.heartbeat(2, 1, 0);
        target.receive(new TimeoutNow(2, OneNode.ID, 1));
        assertThat(target.raft().role()).isEqualTo(Role.CANDIDATE);
    }
}
