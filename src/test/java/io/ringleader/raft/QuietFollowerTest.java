package io.ringleader.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.raft.Message.Heartbeat;
import io.ringleader.raft.Message.PreVote;
import io.ringleader.raft.Message.RequestVote;
import io.ringleader.raft.Message.TimeoutNow;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A follower in whose group nothing happens: when it goes quiet, and what wakes it. The others are played. */
class QuietFollowerTest {
    private static final long IDLE = RaftConfig.QUIET_AFTER_TIMEOUTS * Settings.TIMEOUT_MAX;

    private static Heartbeat offer(long term, long commit, long round) {
        return new Heartbeat(2, OneNode.ID, term, commit, round, true, OneNode.ID);
    }

    /** Follows node 2 in term 1 with entries 1 and 2, both committed. */
    private static OneNode follower(Settings settings) {
        OneNode node = OneNode.of(3, settings, 1, HardState.NOBODY);
        node.append(2, 1, 0, 0, 2, 1, 1);
        node.sent();
        return node;
    }

    private static OneNode quietFollower() {
        OneNode node = follower(Settings.DEFAULT);
        node.receive(offer(1, 2, 5));
        assertThat(node.sent()).containsExactly("1>2 HeartbeatReply t1 round 5 quiet");
        assertThat(node.raft().isQuiet()).isTrue();
        return node;
    }

    @Test
    void aFollowerThatHasEverythingAgreesAndWaitsForNoHeartbeatsAnyMore() {
        OneNode node = quietFollower();
        for (int i = 0; i < 1_000; i++) {
            node.pass(Settings.TIMEOUT_MAX);
        }
        assertThat(node.sent()).isEmpty();
        assertThat(node.raft().leader()).isEqualTo(2);
        node.receive(offer(1, 2, 6));
        assertThat(node.sent()).containsExactly("1>2 HeartbeatReply t1 round 6 quiet");
    }

    @Test
    void aFollowerWithMoreOrLessThanTheLeaderOrWithReadsThatWaitDoesNotAgree() {
        OneNode more = follower(Settings.DEFAULT);
        more.append(2, 1, 2, 1, 2, 1);
        OneNode reading = follower(Settings.DEFAULT);
        reading.read(1);
        OneNode less = follower(Settings.DEFAULT);
        List<OneNode> nodes = List.of(more, reading, less);
        for (OneNode node : nodes) {
            node.sent();
            node.receive(offer(1, node == less ? 3 : 2, 5));
            assertThat(node.sent()).containsExactly("1>2 HeartbeatReply t1 round 5");
            assertThat(node.raft().isQuiet()).isFalse();
        }
    }

    @Test
    void aNewcomerDoesNotAgree() {
        OneNode node = OneNode.empty(3);
        node.pass(0);
        node.receive(new Heartbeat(2, 1, 1, 0, 5, true, node.raft().replica().identity()));
        assertThat(node.sent()).contains("1>2 HeartbeatReply t1 round 5");
        assertThat(node.raft().isQuiet()).isFalse();
    }

    @Test
    void anyOtherMessageOfTheLeaderWakesAFollower() {
        for (Message message : List.of(
                new Heartbeat(2, 1, 1, 2, 6, false, 1),
                new Message.AppendEntries(2, 1, 1, 2, 1, List.of(), 2),
                new Message.Vouch(2, 1, 1, new Replica(3, 2, 5, false)),
                new Heartbeat(2, 1, 1, 1, 6, true, 1))) {
            OneNode node = quietFollower();
            node.receive(message);
            assertThat(node.raft().isQuiet()).as(message.toString()).isFalse();
            node.pass(Settings.TIMEOUT_MAX);
            assertThat(node.raft().role()).as("watches its timer").isEqualTo(Role.PRE_CANDIDATE);
        }
    }

    @Test
    void aFollowerIsHandedTheLeadershipThoughItIsQuiet() {
        OneNode node = quietFollower();
        node.receive(new TimeoutNow(2, 1, 1));
        assertThat(node.raft().role()).isEqualTo(Role.CANDIDATE);
        assertThat(node.raft().isQuiet()).isFalse();
    }

    @Test
    void aLaterTermWakesAFollower() {
        OneNode node = quietFollower();
        node.receive(new RequestVote(3, 1, 2, 2, 1, true));
        assertThat(node.raft().isQuiet()).isFalse();
        assertThat(node.sent()).containsExactly("1>3 VoteReply t2 yes");
    }

    @Test
    void aReadAtAFollowerWakesItAndAsksTheLeader() {
        OneNode node = quietFollower();
        node.advance(1_000 * IDLE);
        node.read(1);
        assertThat(node.sent()).containsExactly("1>2 ReadIndex t1");
        assertThat(node.raft().isQuiet()).isFalse();
        node.pass(Settings.TIMEOUT_MIN - 1);
        assertThat(node.refusedReads).isEmpty();
        node.pass(1);
        assertThat(node.refusedReads).containsExactly(1L);
    }

    @Test
    void whoAsksForVotesOfAQuietFollowerIsRefusedAndDoesNotWakeIt() {
        OneNode node = quietFollower();
        node.advance(1_000 * IDLE);
        node.receive(new PreVote(3, 1, 2, 2, 1));
        assertThat(node.sent()).containsExactly("1>3 PreVoteReply t1 no");
        node.receive(new RequestVote(3, 1, 2, 2, 1, false));
        assertThat(node.sent()).isEmpty();
        assertThat(node.raft().term()).isEqualTo(1);
        assertThat(node.raft().isQuiet()).isTrue();
    }

    @Test
    void aLeaderThatAsksForVotesLeadsNoMore() {
        OneNode node = quietFollower();
        node.advance(IDLE);
        node.receive(new PreVote(2, 1, 2, 2, 1));
        assertThat(node.sent()).containsExactly("1>2 PreVoteReply t2 yes");
        assertThat(node.raft().isQuiet()).isFalse();
    }

    @Test
    void whatTheLeaderAskedBeforeItLedIsNoSignThatItLeadsNoMore() {
        OneNode node = quietFollower();
        node.advance(IDLE);
        node.receive(new PreVote(2, 1, 1, 2, 1));
        assertThat(node.sent()).containsExactly("1>2 PreVoteReply t1 no");
        assertThat(node.raft().isQuiet()).isTrue();
    }

    @Test
    void aFollowerWhoseLeadersNodeIsSilentTakesOverAsSoonAsIfItHadWaitedForHeartbeats() {
        Set<Long> delays = new HashSet<>();
        for (int seed = 1; seed <= 30; seed++) {
            OneNode node = follower(Settings.DEFAULT.withSeed(seed));
            node.receive(offer(1, 2, 5));
            node.sent();
            node.advance(1_000 * IDLE);
            long heard = node.now() - Settings.TIMEOUT_MIN;
            node.node.suspect(2, heard, node.now());
            assertThat(node.sent())
                    .as("tells its leader, should it be there")
                    .containsExactly("1>2 HeartbeatReply t1 round -1");
            node.receive(new PreVote(3, 1, 2, 2, 1));
            assertThat(node.sent()).as("the leader was heard up to then").containsExactly("1>3 PreVoteReply t2 yes");
            long delay = node.state().electionDeadlineNanos() - heard;
            assertThat(delay).isBetween(Settings.TIMEOUT_MIN, Settings.TIMEOUT_MAX);
            delays.add(delay);
            node.timeout();
            assertThat(node.raft().role()).isEqualTo(Role.PRE_CANDIDATE);
        }
        assertThat(delays).as("at random").hasSizeGreaterThan(10);
    }

    @Test
    void aFollowerThatDoubtsItsLeaderRefusesVotesUntilTheTimeoutIsOver() {
        OneNode node = quietFollower();
        node.advance(1_000 * IDLE);
        node.node.suspect(2, node.now() - 1, node.now());
        node.sent();
        node.receive(new PreVote(3, 1, 2, 2, 1));
        assertThat(node.sent()).containsExactly("1>3 PreVoteReply t1 no");
    }

    @Test
    void whatIsSaidOfANodeNeverBringsAPromiseToAnEnd() {
        OneNode node = follower(Settings.DEFAULT.withLease());
        node.receive(offer(1, 2, 5));
        node.node.suspect(2, node.now() - 10 * IDLE, node.now());
        node.sent();
        node.receive(new PreVote(3, 1, 2, 2, 1));
        assertThat(node.sent()).as("heard of its leader just now").containsExactly("1>3 PreVoteReply t1 no");
    }

    @Test
    void theNodeOfAThirdIsNoConcernOfAFollower() {
        OneNode node = quietFollower();
        node.node.suspect(3, 0, node.now());
        assertThat(node.raft().isQuiet()).isTrue();
        assertThat(node.sent()).isEmpty();
    }

    @Test
    void suspicionDoesNothingToWhoIsAwake() {
        OneNode follower = follower(Settings.DEFAULT);
        String before = follower.raft().describe(follower.now());
        follower.node.suspect(2, -10 * IDLE, follower.now());
        assertThat(follower.raft().describe(follower.now())).isEqualTo(before);
        OneNode leader = OneNode.leader(3, 1, 1);
        leader.sent();
        String led = leader.raft().describe(leader.now());
        leader.node.suspect(2, -10 * IDLE, leader.now());
        leader.node.suspect(3, -10 * IDLE, leader.now());
        assertThat(leader.raft().describe(leader.now())).isEqualTo(led);
        assertThat(leader.sent()).isEmpty();
    }
}
