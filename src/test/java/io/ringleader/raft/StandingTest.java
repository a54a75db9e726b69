package io.ringleader.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.raft.Message.Admit;
import io.ringleader.raft.Message.AppendReply;
import io.ringleader.raft.Message.HeartbeatReply;
import io.ringleader.raft.Message.Introduce;
import io.ringleader.raft.Message.Introduced;
import io.ringleader.raft.Message.RequestVote;
import io.ringleader.raft.Message.TimeoutNow;
import io.ringleader.raft.Message.VoteReply;
import io.ringleader.raft.Message.Vouch;
import io.ringleader.raft.Message.Vouched;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a node is told by directories that are new, and by those that were replaced; see also the scripts. */
class StandingTest {
    private static final Replica NEWCOMER = new Replica(3, 2, 77, false);

    /** Leads a group of three, has committed its no-op with node 2, and node 3 is a newcomer that has the whole log. */
    private static OneNode leaderWithNewcomer() {
        OneNode leader = OneNode.leader(3, 0);
        leader.matched(2, 1);
        leader.propose("a");
        leader.receive(AppendReply.matched(3, 1, 1, 2), NEWCOMER);
        leader.sent();
        return leader;
    }

    private static List<String> introduce(OneNode leader) {
        leader.receive(new Introduce(3, 1, 0), NEWCOMER);
        return leader.sentTo(3);
    }

    @Test
    void aVoteOfADirectoryThatWasReplacedDoesNotCountWhoeverKnows() {
        OneNode node = OneNode.fresh(5);
        node.campaign();
        node.receive(new VoteReply(2, 1, 1, true));
        node.receive(new VoteReply(3, 1, 1, true, List.of(new Replica(2, 2, 9, false))));
        assertThat(node.raft().isLeader()).isFalse();
        node.receive(new VoteReply(4, 1, 1, true));
        assertThat(node.raft().isLeader()).isTrue();
    }

    @Test
    void whatANewcomerAcknowledgesCommitsNothingUntilItVotes() {
        OneNode leader = leaderWithNewcomer();
        assertThat(leader.raft().commitIndex()).isEqualTo(1);
        leader.receive(new HeartbeatReply(3, 1, 1, 0), NEWCOMER.withVoter(true));
        assertThat(leader.raft().commitIndex()).isEqualTo(2);
    }

    @Test
    void whatANewcomerAnswersConfirmsNoRead() {
        OneNode leader = leaderWithNewcomer();
        leader.read(5);
        leader.receive(new HeartbeatReply(3, 1, 1, 1), NEWCOMER);
        assertThat(leader.reads).isEmpty();
        leader.receive(new HeartbeatReply(2, 1, 1, 1));
        assertThat(leader.reads).hasSize(1);
    }

    @Test
    void aLeaderThatHearsOfANewcomerOnlyStepsDown() {
        OneNode leader = leaderWithNewcomer();
        for (int i = 0; i < 30; i++) {
            leader.pass(Settings.HEARTBEAT);
            leader.receive(new HeartbeatReply(3, 1, leader.raft().term(), 0), NEWCOMER);
        }
        assertThat(leader.raft().isLeader()).isFalse();
    }

    @Test
    void aLeaderDoesNotHandOverToANewcomer() {
        assertThat(leaderWithNewcomer().raft().transferLeadership(3, 0)).isFalse();
    }

    @Test
    void theLeaderAloneAndThoseThatDoNotVoteDoNotLetANewcomerIn() {
        OneNode leader = leaderWithNewcomer();
        introduce(leader);
        assertThat(introduce(leader)).noneMatch(text -> text.contains("Admit"));
        leader.receive(new Vouched(2, 1, 1, NEWCOMER), new Replica(2, 2, 9, false));
        assertThat(introduce(leader)).noneMatch(text -> text.contains("Admit"));
        leader.receive(new Vouched(2, 1, 1, NEWCOMER));
        assertThat(introduce(leader)).contains("1>3 Admit t1 3#2, knows [2#1 3#2 1#1]");
    }

    @Test
    void aNewcomerIsLetInOnlyWithAllThatTheLeaderHadWhenItWasVouchedFor() {
        OneNode leader = leaderWithNewcomer();
        leader.propose("b");
        introduce(leader);
        leader.receive(new Vouched(2, 1, 1, NEWCOMER));
        leader.propose("c");
        assertThat(introduce(leader)).noneMatch(text -> text.contains("Admit"));
        leader.receive(AppendReply.matched(3, 1, 1, 3), NEWCOMER);
        assertThat(introduce(leader)).anyMatch(text -> text.contains("Admit"));
    }

    @Test
    void whatAnEarlierDirectoryAcknowledgedIsNotTheNewcomers() {
        OneNode leader = OneNode.leader(3, 0);
        leader.matched(2, 1);
        leader.propose("a");
        leader.receive(AppendReply.matched(3, 1, 1, 2));
        introduce(leader);
        leader.receive(new Vouched(2, 1, 1, NEWCOMER));
        assertThat(introduce(leader)).noneMatch(text -> text.contains("Admit"));
    }

    @Test
    void aNewcomerNeitherVotesNorCampaignsNorHasItselfMadeLeader() {
        OneNode node = newcomer();
        node.receive(new RequestVote(2, 1, 4, 9, 3, false));
        assertThat(node.sent()).containsExactly("1>2 VoteReply t4 no knows [1#2]");
        node.receive(new TimeoutNow(2, 1, 4));
        node.timeout();
        assertThat(node.raft().role()).isEqualTo(Role.FOLLOWER);
        assertThat(node.raft().term()).isEqualTo(4);
    }

    private static OneNode newcomer() {
        OneNode node = OneNode.empty(3);
        node.pass(0);
        node.receive(new Introduced(2, 1, 0, new Replica(1, 1, 1, false)));
        assertThat(node.raft().replica().generation()).isEqualTo(2);
        node.sent();
        return node;
    }

    @Test
    void oneThatIsLetInCannotVoteForAnotherInTheSameTermAndKnowsWhatTheLeaderKnew() {
        OneNode node = newcomer();
        Replica self = node.raft().replica();
        node.receive(new Admit(2, 1, 4, self, List.of(new Replica(3, 5, 8, false), new Replica(2, 1, 2, false))));
        assertThat(node.raft().replica().voter()).isTrue();
        node.sent();
        node.receive(new RequestVote(3, 1, 4, 9, 3, true), new Replica(3, 5, 8, true));
        assertThat(node.sent()).containsExactly("1>3 VoteReply t4 no knows [3#5 1#2]");
        // The old directory of node 3 is told what it is.
        node.receive(new RequestVote(3, 1, 5, 9, 3, true));
        assertThat(node.sent()).containsExactly("1>3 Introduced t4 knows 3#5");
        node.restart();
        assertThat(node.raft().replica()).isEqualTo(self.withVoter(true));
    }

    @Test
    void theAdmissionOfAnotherDirectoryIsNotThisOnes() {
        OneNode node = newcomer();
        node.receive(new Admit(2, 1, 4, new Replica(1, 2, 1, false), List.of()));
        assertThat(node.raft().replica().voter()).isFalse();
    }

    @Test
    void nothingIsSaidBeforeItIsDurableWhoSpeaks() {
        OneNode node = OneNode.empty(3);
        node.diskIsManual();
        node.pass(0);
        node.pass(Settings.HEARTBEAT);
        node.heartbeat(2, 1, 0);
        assertThat(node.sent()).isEmpty();
        node.node.completeDisk(1);
        node.pass(Settings.HEARTBEAT);
        assertThat(node.sent()).containsExactly("1>2 Introduce t0", "1>3 Introduce t0");
    }

    /** The leader may have been told of what another directory of the node had: of what lies there in this one, it knows nothing. */
    @Test
    void aHeartbeatForAnotherDirectoryCommitsNothing() {
        OneNode node = OneNode.of(3, 1, 0, 1, 1);
        node.receive(new Message.Heartbeat(2, 1, 2, 2, 1, true, 77));
        assertThat(node.raft().commitIndex()).isZero();
        assertThat(node.raft().isQuiet()).isFalse();
        node.receive(new Message.Heartbeat(2, 1, 2, 2, 2, true, OneNode.ID));
        assertThat(node.raft().commitIndex()).isEqualTo(2);
    }

    @Test
    void aLeaderSpeaksOfTheDirectoryThatItHasHeard() {
        OneNode leader = OneNode.leader(3, 0);
        leader.sent();
        leader.receive(new Message.HeartbeatReply(3, 1, leader.raft().term(), 0, false), new Replica(3, 1, 3, true));
        leader.pass(Settings.HEARTBEAT);
        assertThat(leader.sentMessages())
                .filteredOn(message -> message instanceof Message.Heartbeat && message.to() == 3)
                .isNotEmpty()
                .allMatch(message -> ((Message.Heartbeat) message).identity() == 3);
    }

    @Test
    void aVoterVouchesForOneDirectoryOfAGeneration() {
        OneNode node = OneNode.of(3, 1, 0, 1);
        node.receive(new Vouch(2, 1, 1, NEWCOMER));
        node.receive(new Vouch(2, 1, 1, new Replica(3, 2, 78, false)));
        assertThat(node.sent()).containsExactly("1>2 Vouched t1 for 3#2");
    }

    @Test
    void aReplacedLeaderStepsDownAndIsSilent() {
        OneNode leader = OneNode.leader(3, 0);
        leader.receive(new Introduced(2, 1, 0, new Replica(1, 2, 5, false)));
        assertThat(leader.raft().isLeader()).isFalse();
        assertThat(leader.raft().isReplaced()).isTrue();
        leader.sent();
        leader.receive(new RequestVote(2, 1, 9, 9, 9, true));
        leader.timeout();
        assertThat(leader.sent()).isEmpty();
    }
}
