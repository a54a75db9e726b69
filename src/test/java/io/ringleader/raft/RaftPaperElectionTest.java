package io.ringleader.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.raft.Message.Heartbeat;
import io.ringleader.raft.Message.RequestVote;
import io.ringleader.raft.Message.VoteReply;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The claims of §5.1, §5.2 and §5.4.1 of the extended Raft paper: terms, leader election, the election restriction. */
class RaftPaperElectionTest {
    private static OneNode inRole(Role role) {
        OneNode node = OneNode.fresh(3);
        if (role == Role.PRE_CANDIDATE) {
            node.timeout();
        } else if (role == Role.CANDIDATE) {
            node.campaign();
        } else if (role == Role.LEADER) {
            node = OneNode.leader(3, 0);
        }
        node.sent();
        assertThat(node.raft().role()).isEqualTo(role);
        return node;
    }

    /** §5.1: "If one server's current term is smaller than the other's, then it updates its current term to the larger value." */
    @ParameterizedTest
    @EnumSource(Role.class)
    void aServerUpdatesItsTermToALargerOne(Role role) {
        OneNode node = inRole(role);

        node.append(2, 7, 0, 0, 0);

        assertThat(node.raft().term()).isEqualTo(7);
        assertThat(node.node.disk.hardState()).isEqualTo(new HardState(7, HardState.NOBODY));
    }

    /** §5.1: "If a candidate or leader discovers that its term is out of date, it immediately reverts to follower state." */
    @ParameterizedTest
    @EnumSource(Role.class)
    void aCandidateOrLeaderThatIsOutOfDateRevertsToFollower(Role role) {
        OneNode node = inRole(role);

        node.receive(new VoteReply(2, 1, 9, false));

        assertThat(node.raft().role()).isEqualTo(Role.FOLLOWER);
        assertThat(node.raft().leader()).isEqualTo(HardState.NOBODY);
    }

    /** §5.1: "If a server receives a request with a stale term number, it rejects the request." */
    @Test
    void aRequestWithAStaleTermIsRejected() {
        OneNode node = OneNode.of(3, 5, HardState.NOBODY, 1);

        node.append(2, 4, 1, 1, 1, 4);
        node.heartbeat(2, 4, 1);
        node.receive(new RequestVote(2, 1, 4, 9, 4, false));

        assertThat(node.log()).isEqualTo("[1@1]");
        assertThat(node.raft().commitIndex()).isZero();
        assertThat(node.sent())
                .containsExactly(
                        "1>2 AppendReply t5 refused 0, log ends before 1",
                        "1>2 AppendReply t5 refused 0, log ends before 1",
                        "1>2 VoteReply t5 no");
    }

    /** §5.2: "When servers start up, they begin as followers." */
    @Test
    void serversStartAsFollowers() {
        OneNode node = OneNode.of(3, 4, 1, 1, 4);

        assertThat(node.raft().role()).isEqualTo(Role.FOLLOWER);
        assertThat(node.raft().term()).isEqualTo(4);
        assertThat(node.sent()).isEmpty();
    }

    /** §5.2: "A server remains in follower state as long as it receives valid RPCs from a leader or candidate." */
    @Test
    void aFollowerThatHearsTheLeaderRemainsOne() {
        OneNode node = OneNode.of(3, 1, HardState.NOBODY);
        for (int i = 0; i < 100; i++) {
            node.heartbeat(2, 1, 0);
            node.pass(Settings.TIMEOUT_MIN - 1);
        }

        assertThat(node.raft().role()).isEqualTo(Role.FOLLOWER);
        assertThat(node.raft().leader()).isEqualTo(2);
    }

    /** §5.2: "Leaders send periodic heartbeats to all followers in order to maintain their authority." */
    @Test
    void aLeaderSendsPeriodicHeartbeatsToAll() {
        OneNode node = OneNode.leader(3, 0);
        node.matched(2, 1);
        node.matched(3, 1);
        node.sent();

        node.pass(Settings.HEARTBEAT);

        assertThat(node.sent())
                .containsExactly("1>2 Heartbeat t1 commit 1 round 0", "1>3 Heartbeat t1 commit 1 round 0");
    }

    /** §5.2: "If a follower receives no communication over a period of time called the election timeout, it begins an election." */
    @Test
    void aFollowerThatHearsNothingBeginsAnElection() {
        OneNode node = OneNode.fresh(3);

        node.pass(Settings.TIMEOUT_MIN - 1);
        assertThat(node.raft().role()).isEqualTo(Role.FOLLOWER);
        node.pass(Settings.TIMEOUT_MAX - Settings.TIMEOUT_MIN + 1);

        assertThat(node.raft().role()).isEqualTo(Role.PRE_CANDIDATE);
    }

    /**
     * §5.2: "To begin an election, a follower increments its current term and transitions to candidate state. It then votes for
     * itself and issues RequestVote RPCs in parallel to each of the other servers."
     */
    @Test
    void aCandidateIncrementsItsTermVotesForItselfAndAsksAllOthers() {
        OneNode node = OneNode.of(3, 4, HardState.NOBODY, 2, 4);

        node.campaign();

        assertThat(node.raft().role()).isEqualTo(Role.CANDIDATE);
        assertThat(node.node.disk.hardState()).isEqualTo(new HardState(5, 1));
        assertThat(node.sent()).containsExactly("1>2 RequestVote t5 log 2@4", "1>3 RequestVote t5 log 2@4");
    }

    /** §5.2: "A candidate wins an election if it receives votes from a majority of the servers in the full cluster for the same term." */
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
    void aCandidateWinsWithVotesFromAMajorityOfTheFullCluster(int voters, int granted, boolean wins) {
        OneNode node = OneNode.fresh(voters);
        node.campaign();

        for (int voter = 2; voter < 2 + granted; voter++) {
            node.receive(new VoteReply(voter, 1, 1, true));
        }

        assertThat(node.raft().isLeader()).isEqualTo(wins);
    }

    /** §5.2: votes "for the same term": a vote of an earlier election does not count. */
    @Test
    void aVoteOfAnEarlierTermDoesNotCount() {
        OneNode node = OneNode.fresh(3);
        node.campaign();
        node.campaign();

        node.receive(new VoteReply(2, 1, 1, true));

        assertThat(node.raft().role()).isEqualTo(Role.CANDIDATE);
    }

    /** §5.2: "Each server will vote for at most one candidate in a given term, on a first-come-first-served basis." */
    @Test
    void aServerVotesForAtMostOneCandidateInATerm() {
        OneNode node = OneNode.fresh(3);

        node.receive(new RequestVote(2, 1, 1, 0, 0, false));
        node.receive(new RequestVote(3, 1, 1, 0, 0, false));
        node.receive(new RequestVote(2, 1, 1, 0, 0, false));

        assertThat(node.sent()).containsExactly("1>2 VoteReply t1 yes", "1>3 VoteReply t1 no", "1>2 VoteReply t1 yes");
    }

    /** Figure 2: votedFor is persistent, so a restart does not give a second vote. */
    @Test
    void aVoteSurvivesARestart() {
        OneNode node = OneNode.fresh(3);
        node.receive(new RequestVote(2, 1, 1, 0, 0, false));

        node.restart();
        node.receive(new RequestVote(3, 1, 1, 0, 0, false));

        assertThat(node.sent()).containsExactly("1>3 VoteReply t1 no");
    }

    /** §5.2: "Once a candidate wins an election, it becomes leader. It then sends heartbeat messages to all of the other servers." */
    @Test
    void aWinnerMakesItselfKnownToAllAtOnce() {
        OneNode node = OneNode.fresh(3);
        node.campaign();
        node.sent();

        node.receive(new VoteReply(2, 1, 1, true));

        assertThat(node.sent())
                .containsExactly(
                        "1>2 AppendEntries t1 after 0@0 [1@1] commit 0",
                        "1>3 AppendEntries t1 after 0@0 [1@1] commit 0");
    }

    /**
     * §5.2: "If the leader's term is at least as large as the candidate's current term, then the candidate recognizes the leader
     * as legitimate and returns to follower state."
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void aCandidateRecognizesALeaderOfItsTermOrALaterOne(long term) {
        OneNode node = inRole(Role.CANDIDATE);

        node.heartbeat(3, term, 0);

        assertThat(node.raft().role()).isEqualTo(Role.FOLLOWER);
        assertThat(node.raft().leader()).isEqualTo(3);
    }

    /** §5.2: "If the term in the RPC is smaller than the candidate's current term, then the candidate rejects the RPC and continues." */
    @Test
    void aCandidateRejectsALeaderOfAnEarlierTerm() {
        OneNode node = OneNode.of(3, 3, HardState.NOBODY);
        node.campaign();

        node.receive(new Heartbeat(3, 1, 3, 0, 0, false, 1));

        assertThat(node.raft().role()).isEqualTo(Role.CANDIDATE);
    }

    /** §5.2: "each candidate will time out and start a new election by incrementing its term". */
    @Test
    void aCandidateThatNeitherWinsNorLosesStartsANewElection() {
        OneNode node = inRole(Role.CANDIDATE);

        node.campaign();

        assertThat(node.raft().role()).isEqualTo(Role.CANDIDATE);
        assertThat(node.raft().term()).isEqualTo(2);
    }

    /** §5.2: "election timeouts are chosen randomly from a fixed interval", anew at the start of each election. */
    @Test
    void electionTimeoutsAreRandomWithinAFixedInterval() {
        OneNode node = OneNode.fresh(3);
        Set<Long> timeouts = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            node.timeout();
            long timeout = node.state().electionDeadlineNanos() - node.now();
            assertThat(timeout).isBetween(Settings.TIMEOUT_MIN, Settings.TIMEOUT_MAX);
            timeouts.add(timeout);
        }

        assertThat(timeouts).hasSizeGreaterThan(90);
    }

    /**
     * §5.4.1: "If the logs have last entries with different terms, then the log with the later term is more up-to-date. If the
     * logs end with the same term, then whichever log is longer is more up-to-date." The voter has 2 entries, the last of term 3.
     */
    @ParameterizedTest
    @CsvSource({"2,3,true", "3,3,true", "1,3,false", "1,4,true", "9,2,false", "0,0,false"})
    void aVoterDeniesItsVoteIfItsOwnLogIsMoreUpToDate(long lastIndex, long lastTerm, boolean granted) {
        OneNode node = OneNode.of(3, 4, HardState.NOBODY, 1, 3);

        node.receive(new RequestVote(2, 1, 5, lastIndex, lastTerm, false));

        assertThat(node.sent()).containsExactly("1>2 VoteReply t5 " + (granted ? "yes" : "no"));
    }

    /** §5.4.1: the comparison includes what is in the snapshot only. */
    @Test
    void aVoterComparesWithItsSnapshotIfItsLogIsEmpty() {
        OneNode node = OneNode.withSnapshot(3, 4, 5);

        node.receive(new RequestVote(2, 1, 5, 4, 1, false));
        node.receive(new RequestVote(3, 1, 5, 5, 1, false));

        assertThat(node.sent()).containsExactly("1>2 VoteReply t5 no", "1>3 VoteReply t5 yes");
    }

    /** Figure 2: "If election timeout elapses without ... granting vote to candidate: convert to candidate". */
    @Test
    void onlyAGrantedVoteResetsTheElectionTimer() {
        OneNode node = OneNode.of(3, 1, HardState.NOBODY, 1);
        node.pass(Settings.TIMEOUT_MIN / 2);
        long deadline = node.state().electionDeadlineNanos();

        node.receive(new RequestVote(2, 1, 2, 0, 0, false));
        assertThat(node.state().electionDeadlineNanos()).isEqualTo(deadline);

        node.receive(new RequestVote(3, 1, 2, 1, 1, false));
        assertThat(node.state().electionDeadlineNanos()).isNotEqualTo(deadline);
    }
}
