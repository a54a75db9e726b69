package io.ringleader.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.raft.Message.HeartbeatReply;
import io.ringleader.raft.Message.PreVote;
import io.ringleader.raft.Message.PreVoteReply;
import io.ringleader.raft.Message.RequestVote;
import io.ringleader.raft.Message.TimeoutNow;
import io.ringleader.raft.Message.VoteReply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The claims of Ongaro's thesis beyond the paper: leadership transfer (§3.10), disruptive servers (§4.2.3), CheckQuorum (§6.2),
 * reads (§6.4), PreVote (§9.6), the leader's disk in parallel with the network (§10.2.1).
 */
class RaftThesisTest {
    private static OneNode settledLeader(int voters) {
        OneNode node = OneNode.leader(voters, 0);
        node.others().forEach(voter -> node.matched(voter, 1));
        node.sent();
        return node;
    }

    private static boolean transfer(OneNode node, int target) {
        return node.node.transfer(target, node.now());
    }

    // ---- §3.10 leadership transfer

    /** Thesis §3.10: "1. The prior leader stops accepting new client requests." */
    @Test
    void aLeaderThatHandsOverStopsAcceptingProposals() {
        OneNode node = settledLeader(3);

        assertThat(transfer(node, 2)).isTrue();

        assertThat(node.raft().propose(new byte[0])).isEqualTo(Raft.Proposed.NOT_LEADER);
    }

    /** Thesis §3.10: "2. The prior leader fully updates the target server's log to match its own, using the normal mechanism." */
    @Test
    void theTargetIsToldOnlyOnceItHasTheWholeLog() {
        OneNode node = settledLeader(3);
        node.propose("x");
        node.matched(3, 2);
        node.sent();

        transfer(node, 2);
        assertThat(node.sent()).isEmpty();
        node.matched(2, 2);

        assertThat(node.sent()).containsExactly("1>2 TimeoutNow t1");
    }

    /** Thesis §3.10: "3. ... sends a TimeoutNow request to the target": it starts an election at once, without a pre-vote. */
    @Test
    void theTargetStartsAnElectionAtOnce() {
        OneNode node = OneNode.of(3, 1, HardState.NOBODY, 1);
        node.heartbeat(2, 1, 1);
        node.sent();

        node.receive(new TimeoutNow(2, 1, 1));

        assertThat(node.sent())
                .containsExactly("1>2 RequestVote t2 log 1@1 handed over", "1>3 RequestVote t2 log 1@1 handed over");
    }

    /** Thesis §3.10: "If leadership transfer does not complete after about an election timeout, the prior leader aborts." */
    @Test
    void aTransferThatDoesNotCompleteIsAborted() {
        OneNode node = settledLeader(3);
        transfer(node, 2);

        for (long passed = 0; passed < Settings.TIMEOUT_MAX; passed += Settings.HEARTBEAT) {
            assertThat(node.raft().propose(new byte[0])).isEqualTo(Raft.Proposed.NOT_LEADER);
            node.pass(Settings.HEARTBEAT);
            node.receive(new HeartbeatReply(3, 1, 1, 0));
        }

        assertThat(node.raft().propose(new byte[0])).isEqualTo(Raft.Proposed.ACCEPTED);
    }

    /** Thesis §3.10: a late or repeated TimeoutNow starts no election in a later term. */
    @Test
    void aTimeoutNowOfAnEarlierTermIsIgnored() {
        OneNode node = OneNode.of(3, 5, HardState.NOBODY, 1);

        node.receive(new TimeoutNow(2, 1, 4));

        assertThat(node.raft().role()).isEqualTo(Role.FOLLOWER);
        assertThat(node.raft().term()).isEqualTo(5);
    }

    /** Thesis §3.10: there must be another server to hand over to, and something to hand over. */
    @Test
    void onlyALeaderCanHandOverAndOnlyToAnotherVoter() {
        assertThat(transfer(OneNode.fresh(3), 2)).isFalse();
        assertThat(transfer(settledLeader(3), 1)).isFalse();
        assertThat(transfer(settledLeader(3), 9)).isFalse();
    }

    // ---- §4.2.3 disruptive servers

    /**
     * Thesis §4.2.3: "if a server receives a RequestVote request within the minimum election timeout of hearing from a current
     * leader, it does not update its term or grant its vote".
     */
    @ParameterizedTest
    @CsvSource({"0,false", "999,false", "1000,true"})
    void aServerThatHeardTheLeaderLatelyNeitherVotesNorAdoptsTheTerm(long millisSince, boolean votes) {
        OneNode node = OneNode.of(3, 1, HardState.NOBODY, 1);
        node.heartbeat(2, 1, 0);
        node.sent();
        node.pass(millisSince * Settings.MILLI);
        node.sent();

        node.receive(new RequestVote(3, 1, 9, 5, 5, false));

        assertThat(node.raft().term()).isEqualTo(votes ? 9 : 1);
        assertThat(node.sent()).hasSize(votes ? 1 : 0);
    }

    /** Thesis §4.2.3, for the leader itself: it does not step down for a candidate while it has its quorum. */
    @Test
    void aLeaderIsNotDeposedByADisruptiveServer() {
        OneNode node = settledLeader(3);

        node.receive(new RequestVote(3, 1, 9, 5, 5, false));

        assertThat(node.raft().isLeader()).isTrue();
        assertThat(node.raft().term()).isEqualTo(1);
    }

    /** Thesis §4.2.3: "a flag indicates that it has permission to disrupt the leader": a transfer is no disruption. */
    @Test
    void aCandidateThatWasHandedLeadershipMayDisruptTheLeader() {
        OneNode node = settledLeader(3);

        node.receive(new RequestVote(3, 1, 2, 1, 1, true));

        assertThat(node.raft().isLeader()).isFalse();
        assertThat(node.sent()).containsExactly("1>3 VoteReply t2 yes");
    }

    // ---- §6.2 CheckQuorum

    /** Thesis §6.2: "a leader steps down if an election timeout elapses without a successful round of heartbeats to a majority". */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5})
    void aLeaderWithoutAMajorityStepsDown(int voters) {
        OneNode node = settledLeader(voters);
        int enough = Quorum.majority(voters) - 1;
        for (int i = 0; i < 20; i++) {
            node.pass(Settings.HEARTBEAT);
            node.others().stream().limit(enough).forEach(voter -> node.receive(new HeartbeatReply(voter, 1, 1, 0)));
        }
        assertThat(node.raft().isLeader()).isTrue();

        for (int i = 0; i < 11; i++) {
            node.pass(Settings.HEARTBEAT);
            node.others().stream()
                    .limit(enough - 1)
                    .filter(voter -> node.raft().isLeader())
                    .forEach(voter -> node.receive(new HeartbeatReply(voter, 1, 1, 0)));
        }

        assertThat(node.raft().isLeader()).isFalse();
        assertThat(node.raft().term()).isEqualTo(1);
    }

    // ---- §6.4 reads

    /** Thesis §6.4: "1. If the leader has not yet marked an entry from its current term committed, it waits until it has done so." */
    @Test
    void aReadWaitsForAnEntryOfTheLeadersOwnTerm() {
        OneNode node = OneNode.leader(3, 3, 1, 2);
        node.read(7);
        node.receive(new HeartbeatReply(2, 1, 4, 0));
        node.receive(new HeartbeatReply(3, 1, 4, 0));
        assertThat(node.reads).isEmpty();

        node.matched(2, 3);
        node.receive(new HeartbeatReply(2, 1, 4, 1));

        assertThat(node.reads).containsExactly(new Effects.Read(7, 3));
    }

    /** Thesis §6.4: "2. The leader saves its current commit index": what commits later, the read need not see. */
    @Test
    void aReadTakesTheCommitIndexOfItsArrival() {
        OneNode node = settledLeader(3);
        node.read(7);
        node.propose("x");
        node.matched(2, 2);

        node.receive(new HeartbeatReply(2, 1, 1, 1));

        assertThat(node.reads).containsExactly(new Effects.Read(7, 1));
    }

    /** Thesis §6.4: "3. ... issues a new round of heartbeats": one that was on its way when the read came proves nothing. */
    @Test
    void aRoundThatStartedBeforeTheReadDoesNotCount() {
        OneNode node = settledLeader(3);
        node.read(7);
        node.read(8);

        node.receive(new HeartbeatReply(2, 1, 1, 1));

        assertThat(node.reads).extracting(Effects.Read::readId).containsExactly(7L);
    }

    /** Thesis §6.4: "the leader can ... use a single round of heartbeats for any number of read-only queries that have accumulated". */
    @Test
    void readsOfOneBurstShareARound() {
        OneNode node = settledLeader(3);
        node.raft().read(7, node.now());
        node.raft().read(8, node.now());
        node.node.pump();

        assertThat(node.sentTo(2)).containsExactly("1>2 Heartbeat t1 commit 1 round 1");
        node.receive(new HeartbeatReply(3, 1, 1, 1));
        assertThat(node.reads).extracting(Effects.Read::readId).containsExactly(7L, 8L);
    }

    /** Thesis §6.4: a lost round of heartbeats is repeated with the next periodic one. */
    @Test
    void aLostRoundIsRepeated() {
        OneNode node = settledLeader(3);
        node.read(7);
        node.sent();

        node.pass(Settings.HEARTBEAT);

        assertThat(node.sentTo(2)).containsExactly("1>2 Heartbeat t1 commit 1 round 1");
    }

    /** Thesis §6.4: who does not lead, or leads no more, serves no read, and says so. */
    @Test
    void readsAreRefusedWhereNobodyLeads() {
        OneNode follower = OneNode.fresh(3);
        follower.read(7);
        assertThat(follower.refusedReads).containsExactly(7L);

        OneNode leader = OneNode.leader(3, 0);
        leader.read(7);
        leader.matched(2, 1);
        leader.read(8);
        leader.heartbeat(2, 5, 0);
        assertThat(leader.refusedReads).containsExactlyInAnyOrder(7L, 8L);
        assertThat(leader.reads).isEmpty();
    }

    // ---- §9.6 PreVote

    /** Thesis §9.6: "a candidate only increments its term if it first learns from a majority that they would be willing to grant votes". */
    @Test
    void theTermIsIncrementedOnlyAfterAMajorityIsWilling() {
        OneNode node = OneNode.fresh(5);
        node.timeout();
        assertThat(node.sent()).hasSize(4).first().isEqualTo("1>2 PreVote t1 log 0@0");

        node.receive(new PreVoteReply(2, 1, 1, true));
        node.receive(new PreVoteReply(2, 1, 1, true));
        assertThat(node.raft().term()).isZero();
        node.receive(new PreVoteReply(3, 1, 1, true));

        assertThat(node.raft().term()).isEqualTo(1);
        assertThat(node.raft().role()).isEqualTo(Role.CANDIDATE);
    }

    /** Thesis §9.6: a pre-vote changes nothing at who gives it, neither its term nor its vote. */
    @Test
    void aPreVoteChangesNothingAtTheVoter() {
        OneNode node = OneNode.of(3, 4, HardState.NOBODY, 1);

        node.receive(new PreVote(2, 1, 9, 5, 5));

        assertThat(node.sent()).containsExactly("1>2 PreVoteReply t9 yes");
        assertThat(node.raft().term()).isEqualTo(4);
        assertThat(node.state().votedFor()).isEqualTo(HardState.NOBODY);
    }

    /** Thesis §9.6: willing is who "has not received heartbeats from a valid leader for at least a baseline election timeout". */
    @Test
    void whoHearsALeaderIsNotWilling() {
        OneNode node = OneNode.of(3, 4, HardState.NOBODY, 1);
        node.heartbeat(2, 4, 0);
        node.sent();

        node.receive(new PreVote(3, 1, 5, 5, 5));

        assertThat(node.sent()).containsExactly("1>3 PreVoteReply t4 no");
    }

    /** Thesis §9.6: willing is only whose log is not more up-to-date. */
    @ParameterizedTest
    @CsvSource({"5,2,2,true", "5,1,9,true", "5,1,2,false", "5,9,1,false", "4,9,9,false", "3,9,9,false"})
    void aPreVoteFollowsTheRulesOfAVote(long term, long lastIndex, long lastTerm, boolean granted) {
        OneNode node = OneNode.of(3, 4, HardState.NOBODY, 1, 2);

        node.receive(new PreVote(2, 1, term, lastIndex, lastTerm));

        assertThat(node.sent())
                .containsExactly("1>2 PreVoteReply t" + (granted ? term : 4) + (granted ? " yes" : " no"));
    }

    /** Thesis §9.6: a vote may have been given in the term already; a later term is free. */
    @Test
    void aPreVoteIsGivenAlsoByWhoHasVotedInItsTerm() {
        OneNode node = OneNode.of(3, 4, 3, 1);

        node.receive(new PreVote(2, 1, 5, 1, 1));

        assertThat(node.sent()).containsExactly("1>2 PreVoteReply t5 yes");
    }

    /** Whoever is willing to vote gives the asker the time to win, but does not wait until it asks once more. */
    @Test
    void whoGivesAPreVoteAsksItselfAfterHalfAnElectionTimeout() {
        OneNode node = OneNode.of(3, 4, HardState.NOBODY, 1);
        node.advance(node.state().electionDeadlineNanos() - 1);

        node.receive(new PreVote(2, 1, 5, 1, 1));

        assertThat(node.state().electionDeadlineNanos()).isEqualTo(node.now() + Settings.TIMEOUT_MIN / 2);
    }

    /** Who has asked itself, and finds another better, runs no more: the two would split the votes. */
    @Test
    void whoGivesAPreVoteToABetterLogDoesNotRunItself() {
        OneNode node = OneNode.of(3, 4, HardState.NOBODY, 1);
        node.timeout();

        node.receive(new PreVote(2, 1, 5, 2, 1));
        node.receive(new PreVoteReply(3, 1, 5, true));

        assertThat(node.raft().role()).isEqualTo(Role.FOLLOWER);
        assertThat(node.raft().term()).isEqualTo(4);
    }

    /** Of two that ask at the same time the one with the lower id goes first, but only if it is as good and about to win. */
    @ParameterizedTest
    @CsvSource({"5,1,99,false", "5,1,100,true", "5,2,0,true", "6,1,0,true"})
    void whoHasJustAskedItselfGoesBeforeANodeWithAHigherId(long term, long lastIndex, long millis, boolean granted) {
        OneNode node = OneNode.of(3, 4, HardState.NOBODY, 1);
        node.timeout();
        node.sent();
        node.advance(millis * Settings.MILLI);

        node.receive(new PreVote(2, 1, term, lastIndex, 1));

        assertThat(node.sent()).containsExactly("1>2 PreVoteReply t" + (granted ? term + " yes" : "4 no"));
    }

    /** Two survivors whose timers run out together elect one of them at once, and do not split the votes. */
    @Test
    void twoThatAskAtTheSameMomentDoNotSplitTheVotes() {
        TestCluster cluster = TestCluster.of(3);
        cluster.elect(1);
        long term = cluster.node(1).raft().term();
        cluster.crash(1);
        cluster.advance(Settings.TIMEOUT_MAX);

        cluster.tick(2);
        cluster.tick(3);
        cluster.settle();

        assertThat(cluster.leaders()).singleElement().satisfies(leader -> {
            assertThat(leader.id).isEqualTo(2);
            assertThat(leader.raft().term()).isEqualTo(term + 1);
        });
    }

    /** A candidate whom too many refuse their votes does not wait for a whole timeout. */
    @ParameterizedTest
    @CsvSource({"1,false", "2,false", "3,true"})
    void aCandidateThatCannotWinAnyMoreTriesAgainSoon(int refusals, boolean soon) {
        OneNode node = OneNode.fresh(5);
        node.campaign();

        for (int voter = 2; voter < 2 + refusals; voter++) {
            node.receive(new VoteReply(voter, 1, node.raft().term(), false));
            node.receive(new VoteReply(voter, 1, node.raft().term(), false));
        }

        assertThat(node.state().electionDeadlineNanos() <= node.now() + Settings.TIMEOUT_MIN / 2)
                .isEqualTo(soon);
    }

    // ---- §10.2.1 the leader's disk

    /** Thesis §10.2.1: "the leader ... can write to its disk in parallel with replicating to the followers". */
    @Test
    void entriesLeaveBeforeTheyAreOnTheLeadersDisk() {
        OneNode node = settledLeader(3);
        node.diskIsManual();

        node.propose("x");

        assertThat(node.node.disk.lastIndex()).isEqualTo(1);
        assertThat(node.sentTo(2)).containsExactly("1>2 AppendEntries t1 after 1@1 [2@1] commit 1");
    }

    /** Thesis §10.2.1: "the leader may even commit an entry before it has been written to its own disk, if a majority of followers have". */
    @Test
    void anEntryMayCommitBeforeItIsOnTheLeadersDisk() {
        OneNode node = settledLeader(3);
        node.diskIsManual();
        node.propose("x");

        node.matched(2, 2);
        assertThat(node.raft().commitIndex()).isEqualTo(1);
        node.matched(3, 2);

        assertThat(node.raft().commitIndex()).isEqualTo(2);
        assertThat(node.node.disk.lastIndex()).isEqualTo(1);
    }

    /** Thesis §10.2.1: the leader counts itself only once its own disk has the entry. */
    @Test
    void theLeaderCountsItselfOnlyForWhatIsOnItsDisk() {
        OneNode node = settledLeader(3);
        node.diskIsManual();
        node.propose("x");
        node.matched(2, 2);

        node.node.completeDisk(1);

        assertThat(node.raft().commitIndex()).isEqualTo(2);
    }

    /** Thesis §10.2.1: a candidate counts its own vote only once it is on its disk, and nobody hears of its term before. */
    @Test
    void aCandidateCountsItsOwnVoteOnlyOnceItIsDurable() {
        OneNode node = OneNode.fresh(1);
        node.diskIsManual();

        node.timeout();
        assertThat(node.raft().role()).isEqualTo(Role.CANDIDATE);
        node.node.completeDisk(1);

        assertThat(node.raft().isLeader()).isTrue();
    }

    /** As long as the disk takes nothing, terms would gather in memory, one with each election timeout. */
    @Test
    void aCandidateBeginsNoFurtherTermBeforeItsOwnVoteIsDurable() {
        OneNode node = OneNode.fresh(3);
        node.diskIsManual();
        node.campaign();

        node.campaign();
        assertThat(node.raft().term()).isEqualTo(1);
        node.node.completeDisk(1);
        assertThat(node.sent()).contains("1>2 RequestVote t1 log 0@0");
        node.campaign();

        assertThat(node.raft().term()).isEqualTo(2);
    }
}
