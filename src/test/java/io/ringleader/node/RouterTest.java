package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.node.ClientSide.Asked;
import io.ringleader.node.ClientSide.Client;
import io.ringleader.node.Response.Status;
import io.ringleader.store.ByteWriter;
import io.ringleader.store.CommandBatch;
import io.ringleader.store.Result;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RouterTest extends RouterHarness {
    @Test
    void oneBatchIsUnderWayWhileTheNextGathers() {
        set(key);
        Asked first = side.next();
        assertThat(first.request().commandCount()).isEqualTo(1);
        set(key).says("incr " + key + " 1\r\ndelete " + key + "\r\n");
        assertThat(side.asked).isEmpty();
        side.answer(first, Result.STORED);
        Asked second = side.next();
        assertThat(second.request().commandCount()).isEqualTo(3);
        assertThat(sequence(first)).isEqualTo(1);
        assertThat(sequence(second)).isEqualTo(2);
        assertThat(CommandBatch.sessionIncarnation(second.request().bytes(), 0)).isEqualTo(5);
        assertThat(client.heard()).isEqualTo("STORED\r\n");
    }

    /** A leader that stood still answers what this node asked before it was restarted. */
    @Test
    void anAnswerToAnEarlierIncarnationIsNotTakenForAnAnswerToThisOne() {
        ClientSide before = new ClientSide(4);
        before.client().says("set " + key + " 0 0 1\r\n1\r\n");
        Asked old = before.next();
        set(key);
        Asked now = side.next();
        side.answer(old, Result.STORED);
        assertThat(client.heard()).as("nothing was stored for this client").isEmpty();
        side.answer(now, Result.NOT_STORED);
        assertThat(client.heard()).isEqualTo("NOT_STORED\r\n");
    }

    @Test
    void aHintIsFollowedAtOnceAndRemembered() {
        set(key);
        Asked first = side.next();
        int leader = first.node() % 3 + 1;
        side.respond(Response.notLeader(first.request().id(), leader));
        Asked second = side.next();
        assertThat(second.node()).isEqualTo(leader);
        assertThat(sequence(second)).isEqualTo(sequence(first));
        assertThat(second.request().id()).isNotEqualTo(first.request().id());
        side.answer(second, Result.STORED);
        set(key);
        assertThat(side.next().node()).isEqualTo(leader);
    }

    @Test
    void whenAnotherLeadsTheAnswerOfTheFormerLeaderIsNotWaitedFor() {
        side.loop.execute(() -> side.router.onLeaderChanged(0, 2));
        set(key);
        Asked former = side.next();
        assertThat(former.node()).isEqualTo(2);
        side.loop.execute(() -> side.router.onLeaderChanged(0, 3));
        Asked now = side.next();
        assertThat(now.node()).isEqualTo(3);
        assertThat(sequence(now)).isEqualTo(sequence(former));
        side.answer(former, Result.NOT_STORED);
        side.answer(now, Result.STORED);
        assertThat(client.heard()).isEqualTo("STORED\r\n");
    }

    private Asked get() {
        client.says("get " + key + "\r\n");
        return side.next();
    }

    @Test
    void readsAreAskedOfTheOwnReplicaWhoeverLeadsAndWritesOfTheLeader() {
        side.loop.execute(() -> side.router.onLeaderChanged(0, 2));
        Asked read = get();
        assertThat(read.node()).isEqualTo(1);
        side.answer(read, Result.MISS);
        set(key);
        Asked write = side.next();
        assertThat(write.node())
                .as("an answer from here does not make a leader")
                .isEqualTo(2);
        side.answer(write, Result.STORED);
    }

    @Test
    void aReadThatTheOwnReplicaRefusesGoesToTheLeaderAtOnceAndSoDoThoseThatFollowSoon() {
        side.loop.execute(() -> side.router.onLeaderChanged(0, 2));
        side.respond(Response.notLeader(get().request().id(), 3));
        Asked second = side.next();
        assertThat(second.node()).isEqualTo(3);
        side.answer(second, Result.MISS);
        Asked soon = get();
        assertThat(soon.node()).isEqualTo(3);
        side.answer(soon, Result.MISS);
        side.world.runMillis(ClientSide.ATTEMPT_MILLIS);
        assertThat(get().node()).isEqualTo(1);
    }

    @Test
    void aReadThatTheOwnReplicaDoesNotAnswerIsAskedElsewhere() {
        side.loop.execute(() -> side.router.onLeaderChanged(0, 2));
        assertThat(get().node()).isEqualTo(1);
        side.world.runMillis(ClientSide.ATTEMPT_MILLIS + 50);
        side.answer(side.next(), Result.MISS);
        assertThat(get().node()).isNotEqualTo(1);
    }

    @Test
    void aHintToANodeWithoutAReplicaIsNotFollowed() {
        set(key);
        side.respond(Response.notLeader(side.next().request().id(), 77));
        side.world.runMillis(200);
        assertThat(side.next().node()).isBetween(1, 3);
    }

    @Test
    void nodesThatPointToEachOtherDoNotMakeItSpin() {
        set(key);
        int attempts = 0;
        long end = side.world.wallMillis() + 1_000;
        while (side.world.wallMillis() < end) {
            side.world.runMillis(1);
            while (!side.asked.isEmpty()) {
                Asked asked = side.asked.poll();
                attempts++;
                side.respond(Response.notLeader(asked.request().id(), asked.node() % 3 + 1));
            }
        }
        assertThat(attempts).isBetween(10, 250);
    }

    @Test
    void withoutAHintAllReplicasAreAskedInTurnWithPauses() {
        set(key);
        Set<Integer> nodes = new HashSet<>();
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            assertThat(side.world.runUntil(() -> !side.asked.isEmpty(), 500)).isTrue();
            times.add(side.world.wallMillis());
            Asked asked = side.asked.poll();
            nodes.add(asked.node());
            side.respond(Response.notLeader(asked.request().id(), 0));
        }
        assertThat(nodes).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(times.get(5) - times.get(4))
                .isGreaterThan(times.get(1) - times.get(0))
                .isLessThan(150);
        side.loop.execute(() -> side.router.onLeaderChanged(0, 2));
        assertThat(side.next().node()).as("it is asked at once").isEqualTo(2);
    }

    @Test
    void whatComesBehindCommandsThatHaveWaitedForLongIsRefusedAtOnce() {
        set(key);
        set(key);
        side.world.runMillis(ClientSide.COMMAND_TIMEOUT_MILLIS / 2 - 20);
        Client inTime = side.client().says("set " + key + " 0 0 1\r\n1\r\n");
        assertThat(inTime.heard()).isEmpty();
        side.world.runMillis(40);
        Client late = side.client();
        assertThat(late.says("set " + key + " 0 0 1\r\n1\r\n").heard())
                .isEqualTo("SERVER_ERROR not applied: busy, partition 0 is behind with what was asked before\r\n");
        late.says("set " + side.key(1, 0) + " 0 0 1\r\n1\r\nget " + key + "\r\n");
        assertThat(side.asked.stream().map(asked -> asked.request().partition()))
                .as("another partition is served")
                .contains(1);
    }

    @Test
    void whatWasNeverTakenIsCalledNotApplied() {
        set(key);
        long end = side.world.wallMillis() + ClientSide.COMMAND_TIMEOUT_MILLIS + 50;
        Status[] refusals = {Status.UNREACHABLE, Status.BUSY, Status.NOT_LEADER};
        int i = 0;
        while (side.world.wallMillis() < end) {
            side.world.runMillis(1);
            while (!side.asked.isEmpty()) {
                side.fail(side.asked.poll(), refusals[i++ % 3]);
            }
        }
        assertThat(client.heard()).startsWith("SERVER_ERROR not applied: partition 0 (replicas on nodes [");
    }

    @Test
    void oneAttemptThatMayHaveBeenTakenMakesTheOutcomeUnknown() {
        set(key);
        side.fail(side.next(), Status.LOST);
        long end = side.world.wallMillis() + ClientSide.COMMAND_TIMEOUT_MILLIS + 50;
        while (side.world.wallMillis() < end) {
            side.world.runMillis(1);
            while (!side.asked.isEmpty()) {
                side.fail(side.asked.poll(), Status.UNREACHABLE);
            }
        }
        assertThat(client.heard())
                .matches("SERVER_ERROR outcome unknown, it may have been applied or be applied yet: partition 0 .*"
                        + " cannot be served, node \\d is unreachable\r\n");
    }

    @Test
    void aLostConnectionMakesTheOutcomeUnknownAndIsNoticedAtOnce() {
        set(key);
        Asked first = side.next();
        side.loop.execute(() -> side.router.onPeerDown(first.node()));
        side.world.runMillis(30);
        Asked second = side.next();
        assertThat(second.node()).isNotEqualTo(first.node());
        side.fail(second, Status.DISK_FULL);
        assertThat(client.heard()).startsWith("SERVER_ERROR outcome unknown").contains("the disk of node");
    }

    @Test
    void anAttemptWithoutAnAnswerIsRepeatedAndALateAnswerIgnored() {
        set(key);
        Asked first = side.next();
        side.world.runMillis(ClientSide.ATTEMPT_MILLIS + 20);
        Asked second = side.next();
        assertThat(sequence(second)).isEqualTo(sequence(first));
        side.answer(first, Result.NOT_STORED);
        assertThat(client.heard()).isEmpty();
        side.answer(second, Result.STORED);
        assertThat(client.heard()).isEqualTo("STORED\r\n");
        side.answer(second, Result.STORED);
        assertThat(client.heard()).isEmpty();
    }

    @Test
    void whatIsRefusedForGoodIsAnsweredAtOnce() {
        set(key);
        side.fail(side.next(), Status.DISK_FULL);
        assertThat(client.heard()).startsWith("SERVER_ERROR not applied").contains("the disk of node");
        set(key);
        side.fail(side.next(), Status.STALE);
        assertThat(client.heard()).startsWith("SERVER_ERROR not applied").contains("another process");
        set(key);
        side.fail(side.next(), Status.REFUSED);
        assertThat(client.heard()).startsWith("SERVER_ERROR not applied").contains("malformed");
        set(key);
        side.fail(side.next(), Status.TOO_LARGE);
        assertThat(client.heard()).startsWith("SERVER_ERROR outcome unknown").contains("too large");
    }

    @Test
    void anIncompleteAnswerToAWriteDoesNotSayThatItWasNotApplied() {
        set(key).says("incr " + key + " 1\r\n");
        Asked first = side.next();
        side.respond(Response.ok(first.request().id(), 1, new byte[0]));
        assertThat(client.heard()).startsWith("SERVER_ERROR outcome unknown");
    }

    @Test
    void aReadThatIsAnsweredInPartIsAskedForTheRest() {
        StringBuilder line = new StringBuilder("get");
        for (int i = 0; i < 5; i++) {
            line.append(' ').append(side.key(0, i));
        }
        client.says(line + "\r\n");
        for (int left = 5; left > 0; left--) {
            Asked asked = side.next();
            assertThat(asked.request().commandCount()).isEqualTo(left);
            side.respond(Response.ok(asked.request().id(), 1, ClientSide.value(side.key(0, 5 - left), 3)));
        }
        assertThat(client.heard().split("VALUE")).hasSize(6);
    }

    @Test
    void aReadThatIsAnsweredWithNothingFails() {
        client.says("get " + key + "\r\n");
        side.respond(Response.ok(side.next().request().id(), 0, new byte[0]));
        assertThat(client.heard()).startsWith("SERVER_ERROR not read");
    }

    @Test
    void batchesThatWaitBehindAStuckOneRunOutOfTimeToo() {
        set(key);
        side.next();
        String large = "x".repeat(7_000);
        for (int i = 0; i < 4; i++) {
            client.says("set " + key + " 0 0 7000\r\n" + large + "\r\n");
        }
        side.world.runMillis(ClientSide.COMMAND_TIMEOUT_MILLIS + 50);
        String[] heard = client.heard().split("\r\n");
        assertThat(heard).hasSize(5);
        assertThat(heard[0]).startsWith("SERVER_ERROR outcome unknown");
        for (int i = 1; i < 5; i++) {
            assertThat(heard[i])
                    .startsWith("SERVER_ERROR not applied")
                    .contains("earlier commands for it are still waiting");
        }
    }

    @Test
    void aFullQueueHoldsSessionsBackAndWakesThem() {
        set(key);
        Asked first = side.next();
        String large = "x".repeat(7_000);
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(side.client());
            clients.get(i).says("set " + key + " 0 0 7000\r\n" + large + "\r\n".repeat(1));
        }
        assertThat(clients).anyMatch(each -> each.unreadBytes() > 0);
        Client gone = clients.get(19);
        gone.disappears();
        side.answer(first, Result.STORED);
        for (int i = 0; i < 19; i++) {
            Asked asked = side.next();
            assertThat(asked.request().bytes().length).isLessThanOrEqualTo(ClientSide.BATCH_MAX_BYTES);
            side.answer(asked, Result.STORED);
        }
        for (int i = 0; i < 19; i++) {
            assertThat(clients.get(i).heard()).isEqualTo("STORED\r\n");
        }
        assertThat(gone.heard()).isEmpty();
    }

    @Test
    void aBatchHasNoMoreResultsThanFitIntoOneAnswer() {
        set(key);
        Asked first = side.next();
        client.says("gat 0" + (" " + key).repeat(3) + "\r\n");
        side.answer(first, Result.STORED);
        assertThat(side.next().request().commandCount())
                .as("values of up to 8000 bytes")
                .isEqualTo(1);
    }

    @Test
    void flushAllGoesToEveryPartitionAndIsAnsweredOnce() {
        client.says("flush_all\r\n");
        Asked one = side.next();
        Asked other = side.next();
        assertThat(one.request().partition()).isNotEqualTo(other.request().partition());
        side.answer(other, Result.OK);
        assertThat(client.heard()).isEmpty();
        side.answer(one, Result.OK);
        assertThat(client.heard()).isEqualTo("OK\r\n");
        client.says("flush_all\r\n");
        side.fail(side.next(), Status.DISK_FULL);
        side.answer(side.next(), Result.OK);
        assertThat(client.heard())
                .startsWith("SERVER_ERROR outcome unknown, 1 of 2 partitions have done it: not applied: ");
    }

    @Test
    void responsesToNobodyAreIgnored() {
        ByteWriter nothing = new ByteWriter();
        side.respond(Response.ok(99, 1, nothing.toByteArray()));
        side.respond(Response.notLeader(98, 2));
        assertThat(side.asked).isEmpty();
    }
}
