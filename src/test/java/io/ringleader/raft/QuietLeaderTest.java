package io.ringleader.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.raft.Message.AppendReply;
import io.ringleader.raft.Message.Heartbeat;
import io.ringleader.raft.Message.HeartbeatReply;
import io.ringleader.raft.Message.PreVote;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A leader in whose group nothing happens: how it goes quiet, and what wakes it. The others are played. */
class QuietLeaderTest {
    private static final long IDLE = RaftConfig.QUIET_AFTER_TIMEOUTS * Settings.TIMEOUT_MAX;

    /** Leads term 2 of three; everybody has everything, and nothing has happened for so long that it offers to be quiet. */
    private static OneNode offering(Settings settings) {
        OneNode node = OneNode.leader(OneNode.of(3, settings, 1, HardState.NOBODY, 1));
        node.matched(2, 2);
        node.matched(3, 2);
        node.pass(0);
        for (long time = 0; time < IDLE; time += Settings.HEARTBEAT) {
            node.sent();
            node.pass(Settings.HEARTBEAT);
            long round = roundOf(node.sentMessages());
            if (time + Settings.HEARTBEAT < IDLE) {
                node.receive(new HeartbeatReply(2, OneNode.ID, 2, round));
                node.receive(new HeartbeatReply(3, OneNode.ID, 2, round));
            }
        }
        return node;
    }

    private static long roundOf(List<Message> sent) {
        return sent.stream()
                .filter(Heartbeat.class::isInstance)
                .mapToLong(message -> ((Heartbeat) message).readRound())
                .max()
                .orElseThrow();
    }

    private static HeartbeatReply agreed(int from, long round) {
        return new HeartbeatReply(from, OneNode.ID, 2, round, true);
    }

    private static OneNode quietLeader(Settings settings) {
        OneNode node = offering(settings);
        node.pass(Settings.HEARTBEAT);
        long round = roundOf(node.sentMessages());
        node.receive(agreed(2, round));
        node.receive(agreed(3, round));
        assertThat(node.raft().isQuiet()).isTrue();
        return node;
    }

    private static OneNode quietLeader() {
        return quietLeader(Settings.DEFAULT);
    }

    private static void hasWoken(OneNode node) {
        assertThat(node.raft().isQuiet()).isFalse();
        node.sent();
        node.pass(Settings.HEARTBEAT);
        assertThat(node.raft().isLeader()).as("still leads").isTrue();
        assertThat(node.sentTo(2)).anyMatch(text -> text.contains("Heartbeat") && !text.contains("quiet"));
    }

    @Test
    void aLeaderOffersToBeQuietOnceItHasBeenIdleForLong() {
        OneNode node = OneNode.leader(3, 1, 1);
        node.matched(2, 2);
        node.matched(3, 2);
        node.pass(0);
        node.sent();
        for (long time = Settings.HEARTBEAT; time < IDLE; time += Settings.HEARTBEAT) {
            node.pass(Settings.HEARTBEAT);
            assertThat(node.sent()).noneMatch(text -> text.endsWith("quiet"));
            node.receive(new HeartbeatReply(2, 1, 2, 0));
            node.receive(new HeartbeatReply(3, 1, 2, 0));
        }
        node.pass(Settings.HEARTBEAT);
        assertThat(node.sent())
                .containsExactly("1>2 Heartbeat t2 commit 2 round 1 quiet", "1>3 Heartbeat t2 commit 2 round 1 quiet");
    }

    @Test
    void aLeaderIsQuietWhenAllOthersHaveAgreed() {
        OneNode node = offering(Settings.DEFAULT);
        node.receive(agreed(2, 1));
        node.receive(agreed(2, 1));
        assertThat(node.raft().isQuiet()).as("one of two has agreed").isFalse();
        node.receive(agreed(3, 1));
        assertThat(node.raft().isQuiet()).isTrue();
        node.sent();
        for (int i = 0; i < 1_000; i++) {
            node.pass(Settings.HEARTBEAT);
        }
        assertThat(node.raft().isLeader()).as("does not miss the others").isTrue();
        assertThat(node.sent()).isEmpty();
    }

    @Test
    void anAnswerToAnEarlierOfferDoesNotCount() {
        OneNode node = offering(Settings.DEFAULT);
        node.receive(agreed(2, 1));
        node.receive(new ReadIndexOf(3).message());
        node.receive(new HeartbeatReply(2, 1, 2, 2));
        node.receive(new HeartbeatReply(3, 1, 2, 2));
        node.pass(0);
        long second = 0;
        for (long time = 0; time <= IDLE; time += Settings.HEARTBEAT) {
            node.sent();
            node.pass(Settings.HEARTBEAT);
            second = roundOf(node.sentMessages());
            node.receive(new HeartbeatReply(2, 1, 2, second - 1));
            node.receive(new HeartbeatReply(3, 1, 2, second - 1));
        }
        assertThat(second).as("the round of the second offer").isEqualTo(3);
        node.receive(agreed(3, 1));
        node.receive(agreed(2, 2));
        node.receive(agreed(3, 2));
        assertThat(node.raft().isQuiet()).isFalse();
        node.receive(agreed(2, 3));
        node.receive(agreed(3, 3));
        assertThat(node.raft().isQuiet()).isTrue();
    }

    /** A question of a follower. */
    private record ReadIndexOf(int from) {
        Message message() {
            return new Message.ReadIndex(from, OneNode.ID, 2, 7);
        }
    }

    @Test
    void aFollowerThatDoesNotAgreeOrSaysThatItIsAwakeEndsTheOffer() {
        for (long round : new long[] {-1, 1}) {
            OneNode node = offering(Settings.DEFAULT);
            node.receive(agreed(2, 1));
            node.receive(new HeartbeatReply(2, 1, 2, round));
            node.receive(agreed(3, 1));
            node.receive(agreed(2, 1));
            assertThat(node.raft().isQuiet()).isFalse();
        }
        OneNode node = offering(Settings.DEFAULT);
        node.receive(new HeartbeatReply(2, 1, 2, -1));
        node.sent();
        node.pass(Settings.HEARTBEAT);
        assertThat(node.sent()).noneMatch(text -> text.endsWith("quiet"));
    }

    @Test
    void aLeaderIsNotQuietWithAFollowerThatLagsIsSilentOrHasNoVote() {
        OneNode lagging = OneNode.leader(3, 1, 1);
        lagging.matched(2, 2);
        OneNode silent = OneNode.leader(3, 1, 1);
        silent.matched(2, 2);
        silent.matched(3, 2);
        OneNode newcomer = OneNode.leader(3, 1, 1);
        newcomer.matched(2, 2);
        newcomer.matched(3, 2);
        newcomer.progress(3).replaced(3);
        newcomer.receive(AppendReply.matched(3, 1, 2, 2), new Replica(3, 2, 99, false));
        for (OneNode node : List.of(lagging, silent, newcomer)) {
            for (long time = 0; time < 2 * IDLE; time += Settings.HEARTBEAT) {
                node.pass(Settings.HEARTBEAT);
                node.receive(new HeartbeatReply(2, 1, 2, 0));
                if (node == lagging) {
                    node.receive(new HeartbeatReply(3, 1, 2, 0));
                } else if (node == newcomer) {
                    node.receive(new HeartbeatReply(3, 1, 2, 0), new Replica(3, 2, 99, false));
                }
            }
            assertThat(node.raft().isLeader()).isTrue();
            assertThat(node.sent()).noneMatch(text -> text.endsWith("quiet"));
        }
    }

    @Test
    void anOfferIsTakenBackWhenAFollowerFallsSilent() {
        OneNode node = offering(Settings.DEFAULT);
        node.receive(agreed(2, 1));
        for (long time = 0; time < 2 * Settings.TIMEOUT_MIN; time += Settings.HEARTBEAT) {
            node.sent();
            node.pass(Settings.HEARTBEAT);
            node.receive(agreed(2, 1));
        }
        assertThat(node.sent()).contains("1>2 Heartbeat t2 commit 2 round 1");
        node.receive(agreed(3, 1));
        assertThat(node.raft().isQuiet()).isFalse();
    }

    @Test
    void aLoneNodeIsQuietByItself() {
        OneNode node = OneNode.fresh(1);
        node.timeout();
        assertThat(node.raft().isLeader()).isTrue();
        node.pass(0);
        node.pass(IDLE);
        assertThat(node.raft().isQuiet()).isTrue();
        node.propose("x");
        assertThat(node.node.appliedIndex()).isEqualTo(2);
        assertThat(node.raft().isQuiet()).isFalse();
    }

    // ---- what wakes a leader

    @Test
    void aCommandWakesALeaderAndItSendsItAtOnce() {
        OneNode node = quietLeader();
        node.advance(1_000 * IDLE);
        node.propose("x");
        assertThat(node.sentTo(2)).containsExactly("1>2 AppendEntries t2 after 2@2 [3@2] commit 2");
        hasWoken(node);
    }

    @Test
    void aReadWakesALeader() {
        OneNode node = quietLeader();
        node.advance(1_000 * IDLE);
        node.read(1);
        assertThat(node.sentTo(2)).containsExactly("1>2 Heartbeat t2 commit 2 round 2");
        hasWoken(node);
    }

    @Test
    void aLeaseRunsOutWhileItsLeaderIsQuiet() {
        OneNode node = quietLeader(Settings.DEFAULT.withLease());
        node.advance(Settings.TIMEOUT_MIN);
        node.read(1);
        assertThat(node.reads).isEmpty();
        long round = roundOf(node.sentMessages());
        node.receive(new HeartbeatReply(2, 1, 2, round));
        assertThat(node.reads).containsExactly(new Effects.Read(1, 2));
    }

    @Test
    void aQuestionOfAFollowerWakesALeader() {
        OneNode node = quietLeader();
        node.receive(new ReadIndexOf(3).message());
        assertThat(node.sentTo(2)).containsExactly("1>2 Heartbeat t2 commit 2 round 2");
        hasWoken(node);
    }

    @Test
    void aHandOverWakesALeader() {
        OneNode node = quietLeader();
        node.node.transfer(2, node.now());
        assertThat(node.sent()).containsExactly("1>2 TimeoutNow t2");
        hasWoken(node);
    }

    @Test
    void aFollowerThatSaysThatItIsAwakeWakesItsLeader() {
        OneNode node = quietLeader();
        node.receive(new HeartbeatReply(3, 1, 2, -1));
        hasWoken(node);
    }

    @Test
    void aFollowerThatLooksForALeaderWakesItAndIsRefused() {
        OneNode node = quietLeader();
        node.advance(1_000 * IDLE);
        node.receive(new PreVote(3, 1, 3, 2, 2));
        assertThat(node.sent()).contains("1>3 PreVoteReply t2 no");
        hasWoken(node);
    }

    @Test
    void aNewConnectionWakesALeader() {
        OneNode node = quietLeader();
        node.node.reconnected(3);
        hasWoken(node);
    }

    @Test
    void aLeaderThatHearsThatAVotersNodeIsSilentAsksAllAgainAndCountsTheSilentOnes() {
        OneNode node = quietLeader();
        node.advance(1_000 * IDLE);
        long heard = node.now() - Settings.TIMEOUT_MIN;
        node.node.suspect(3, heard, node.now());
        hasWoken(node);
        OneNode alone = quietLeader();
        alone.advance(1_000 * IDLE);
        long both = alone.now() - Settings.TIMEOUT_MIN;
        alone.node.suspect(2, both, alone.now());
        alone.node.suspect(3, both, alone.now());
        alone.pass(Settings.HEARTBEAT);
        assertThat(alone.raft().isLeader())
                .as("leads after the shortest timeout without a majority")
                .isFalse();
    }

    @Test
    void aLeaderThatWokeStepsDownIfNobodyAnswers() {
        OneNode node = quietLeader();
        node.advance(1_000 * IDLE);
        node.propose("x");
        for (long time = 0; time <= Settings.TIMEOUT_MIN; time += Settings.HEARTBEAT) {
            assertThat(node.raft().isLeader()).isTrue();
            node.pass(Settings.HEARTBEAT);
        }
        node.pass(Settings.HEARTBEAT);
        assertThat(node.raft().isLeader()).isFalse();
    }
}
