package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.node.ClientSide.Asked;
import io.ringleader.node.Response.Status;
import io.ringleader.raft.HardState;
import io.ringleader.store.Result;
import org.junit.jupiter.api.Test;

/** The router of node 1 of 3, and nodes that it does not reach. */
class RouterRoutesTest extends RouterHarness {
    private Asked missTheLeader() {
        Asked first = askOneOfTwo();
        side.fail(first, Status.UNREACHABLE);
        return first;
    }

    /** Who is asked after this node's own replica, which does not reach the leader either. */
    private Asked tellerOf(int leader) {
        Asked teller = awaitNext();
        while (teller.node() == 1) {
            side.respond(Response.notLeader(teller.request().id(), leader));
            teller = awaitNext();
        }
        return teller;
    }

    /** What the leader missed is stored through another node, which is returned. */
    private Asked takeADetourTo(int leader) {
        Asked teller = tellerOf(leader);
        side.respond(Response.notLeader(teller.request().id(), leader));
        side.answer(side.next(), Result.STORED);
        return teller;
    }

    private Asked awaitNext() {
        assertThat(side.world.runUntil(() -> !side.asked.isEmpty(), 500)).isTrue();
        return side.next();
    }

    @Test
    void aLeaderThatCannotBeReachedIsAskedThroughWhoKnowsOfIt() {
        Asked first = missTheLeader();
        int leader = first.node();
        Asked teller = tellerOf(leader);
        assertThat(teller.node()).isNotEqualTo(leader);
        side.respond(Response.notLeader(teller.request().id(), leader));
        Asked relayed = side.next();
        assertThat(relayed.node()).isEqualTo(leader);
        assertThat(relayed.via()).isEqualTo(teller.node());
        assertThat(sequence(relayed)).isEqualTo(sequence(first));
        side.answer(relayed, Result.STORED);
        assertThat(client.heard()).isEqualTo("STORED\r\n");
        set(key);
        Asked next = side.next();
        assertThat(next.via()).as("the detour is remembered").isEqualTo(teller.node());
        side.answer(next, Result.STORED);
        side.world.runMillis(ClientSide.COMMAND_TIMEOUT_MILLIS);
        set(key);
        assertThat(side.next().via()).as("but not for ever").isZero();
    }

    /**
     * A node that stood still finds all its connections broken and makes them anew: the leader it has just missed is there, and each
     * other replica, which is itself asked by a detour by now, says so.
     */
    @Test
    void aLeaderThatWasMissedIsAskedAgainAsSoonAsItIsConnected() {
        Asked missed = missTheLeader();
        side.loop.execute(() -> side.router.onReach(missed.node(), true));
        side.respond(Response.notLeader(awaitNext().request().id(), missed.node()));
        Asked again = awaitNext();
        assertThat(again.node()).isEqualTo(missed.node());
        assertThat(again.via()).isZero();
    }

    @Test
    void aLeaderThatWasMissedIsAskedAgainAfterAWhileInAnyCase() {
        Asked missed = missTheLeader();
        side.world.runMillis(ClientSide.ATTEMPT_MILLIS - 1);
        Asked other = side.next();
        assertThat(other.node()).isNotEqualTo(missed.node());
        side.world.runMillis(1);
        side.respond(Response.notLeader(other.request().id(), missed.node()));
        Asked again = awaitNext();
        assertThat(again.node()).isEqualTo(missed.node());
        assertThat(again.via()).isZero();
    }

    @Test
    void aDetourIsForgottenWhenTheNodeIsConnected() {
        Asked missed = missTheLeader();
        takeADetourTo(missed.node());
        side.loop.execute(() -> side.router.onReach(missed.node(), true));
        set(key);
        Asked next = side.next();
        assertThat(next.node()).isEqualTo(missed.node());
        assertThat(next.via()).isZero();
        side.answer(next, Result.STORED);
    }

    @Test
    void theAnswerOfANodeThatIsSilentIsNotWaitedFor() {
        set(key);
        Asked first = side.next();
        side.loop.execute(() -> side.router.onReach(first.node(), false));
        assertThat(awaitNext().node()).isNotEqualTo(first.node());
        assertThat(side.world.wallMillis()).isLessThan(ClientSide.ATTEMPT_MILLIS);
    }

    @Test
    void aLostNodeIsNotAskedBeforeItIsHeardAgain() {
        set(key);
        Asked first = side.next();
        side.loop.execute(() -> side.router.onPeerDown(first.node()));
        long end = side.world.wallMillis() + 3 * ClientSide.ATTEMPT_MILLIS;
        while (side.world.wallMillis() < end) {
            Asked other = awaitNext();
            assertThat(other.node()).isNotEqualTo(first.node());
            side.respond(Response.notLeader(other.request().id(), HardState.NOBODY));
        }
        side.loop.execute(() -> side.router.onReach(first.node(), true));
        Asked again = awaitNext();
        for (int i = 0; i < 3 && again.node() != first.node(); i++) {
            side.respond(Response.notLeader(again.request().id(), HardState.NOBODY));
            again = awaitNext();
        }
        assertThat(again.node()).isEqualTo(first.node());
    }

    @Test
    void aReadThatTheOwnReplicaRefusesDoesNotWaitForALeaderThatIsSilent() {
        side.loop.execute(() -> side.router.onLeaderChanged(0, 2));
        client.says("get " + key + "\r\n");
        Asked here = side.next();
        assertThat(here.node()).isEqualTo(1);
        side.loop.execute(() -> side.router.onReach(2, false));
        side.respond(Response.notLeader(here.request().id(), 2));
        Asked other = awaitNext();
        assertThat(other.node()).isNotEqualTo(2);
        side.answer(other, Result.MISS);
    }

    @Test
    void aLeaderThatIsAnnouncedIsNotAskedWhileItIsSilent() {
        set(key);
        Asked first = side.next();
        int leader = first.node() == 2 ? 3 : 2;
        side.loop.execute(() -> side.router.onReach(leader, false));
        side.loop.execute(() -> side.router.onLeaderChanged(0, leader));
        side.settle();
        assertThat(side.asked).as("the one that was asked may still answer").isEmpty();
        side.answer(first, Result.STORED);
        assertThat(client.heard()).isEqualTo("STORED\r\n");
    }

    @Test
    void ofTwoThatFallSilentAtOnceTheSecondIsNotAskedInThePlaceOfTheFirst() {
        Asked first = askOneOfTwo();
        int second = first.node() == 2 ? 3 : 2;
        side.loop.execute(() -> side.router.onReach(first.node(), false));
        side.loop.execute(() -> side.router.onReach(second, false));
        side.world.runMillis(ClientSide.ATTEMPT_MILLIS / 2);
        while (!side.asked.isEmpty()) {
            Asked asked = side.asked.poll();
            assertThat(asked.node()).isEqualTo(1);
            side.respond(Response.notLeader(asked.request().id(), HardState.NOBODY));
        }
    }

    @Test
    void whatTravelsByADetourIsNotGivenUpWhenTheStraightLinkIs() {
        Asked missed = missTheLeader();
        Asked teller = takeADetourTo(missed.node());
        set(key);
        Asked relayed = side.next();
        assertThat(relayed.via()).isEqualTo(teller.node());
        side.loop.execute(() -> side.router.onPeerDown(missed.node()));
        side.world.runMillis(ClientSide.ATTEMPT_MILLIS / 2);
        assertThat(side.asked).isEmpty();
        side.answer(relayed, Result.STORED);
        set(key);
        assertThat(side.next().via()).as("the detour stays").isEqualTo(teller.node());
    }

    private Asked askOneOfTwo() {
        set(key);
        Asked first = side.next();
        assertThat(first.node()).isNotEqualTo(1);
        return first;
    }
}
