package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.memcached.Replies;
import io.ringleader.node.ClientSide.Asked;
import io.ringleader.node.ClientSide.Client;
import io.ringleader.node.Response.Status;
import io.ringleader.store.ByteWriter;
import io.ringleader.store.CommandReader;
import io.ringleader.store.Facts;
import io.ringleader.store.Op;
import io.ringleader.store.Result;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientSessionTest {
    private final ClientSide side = new ClientSide();
    private final Client client = side.client();
    private final String key = side.key(0, 0);
    private final String other = side.key(1, 0);

    @Test
    void aReadWaitsForTheWritesBeforeItAndAWriteForTheReads() {
        client.says("set " + key + " 0 0 1\r\n1\r\nset " + other + " 0 0 1\r\n1\r\nget " + key + "\r\ndelete " + key
                + "\r\n");
        Asked one = side.next();
        Asked two = side.next();
        assertThat(one.request().write() && two.request().write()).isTrue();
        assertThat(side.asked).isEmpty();
        side.answer(one, Result.STORED);
        side.settle();
        assertThat(side.asked).as("one write is still out").isEmpty();
        side.answer(two, Result.STORED);
        Asked read = side.next();
        assertThat(read.request().write()).isFalse();
        assertThat(side.asked).isEmpty();
        side.answer(read, Result.MISS);
        side.answer(side.next(), Result.DELETED);
        assertThat(client.heard()).isEqualTo("STORED\r\nSTORED\r\nEND\r\nDELETED\r\n");
    }

    @Test
    void answersLeaveInTheOrderOfTheRequestsWhateverComesFirst() {
        client.says("get " + key + "\r\nget " + other + "\r\nnonsense\r\n");
        Asked first = side.next();
        Asked second = side.next();
        side.answer(second, Result.MISS);
        assertThat(client.heard()).isEmpty();
        side.answer(first, Result.MISS);
        assertThat(client.heard()).isEqualTo("END\r\nEND\r\nERROR\r\n");
    }

    @Test
    void anErrorInTheMiddleOfAGetEndsItsAnswerAndNoOther() {
        client.says("get " + key + " " + other + " " + key + "\r\nget " + key + "\r\n");
        Asked ofKey = side.next();
        Asked ofOther = side.next();
        assertThat(ofKey.request().commandCount()).isEqualTo(3);
        side.fail(ofOther, Status.REFUSED);
        byte[] one = ClientSide.value(key, 1);
        ByteWriter three = new ByteWriter();
        for (int i = 0; i < 3; i++) {
            three.putBytes(one, 0, one.length);
        }
        side.respond(Response.ok(ofKey.request().id(), 3, three.toByteArray()));
        String value = "VALUE " + key + " 0 1\r\n\0\r\n";
        assertThat(client.heard().replaceAll("SERVER_ERROR [^\r]*", "SERVER_ERROR"))
                .isEqualTo(value + "SERVER_ERROR\r\n" + value + "END\r\n");
    }

    @Test
    void quitInAPipelineAnswersWhatCameBeforeAndNothingAfter() {
        client.says("set " + key + " 0 0 1\r\n1\r\nquit\r\nset " + other + " 0 0 1\r\n1\r\n");
        Asked only = side.next();
        assertThat(client.closing).isFalse();
        side.answer(only, Result.STORED);
        assertThat(client.heard()).isEqualTo("STORED\r\n");
        assertThat(client.closing).isTrue();
        side.settle();
        assertThat(side.asked).isEmpty();
    }

    @Test
    void aClientThatHasSaidAllIsAnsweredAndThenClosed() {
        client.says("set " + key + " 0 0 1\r\n1\r\nget " + key + "\r\n");
        side.answer(side.next(), Result.STORED);
        client.endsInput();
        assertThat(client.closing).isFalse();
        side.answer(side.next(), Result.MISS);
        assertThat(client.heard()).isEqualTo("STORED\r\nEND\r\n");
        assertThat(client.closing).isTrue();
        Client silent = side.client();
        silent.endsInput();
        assertThat(silent.closing).isTrue();
    }

    @Test
    void aResultAfterTheEndOfTheConnectionIsDropped() {
        client.says("set " + key + " 0 0 1\r\n1\r\nstats\r\n");
        Asked asked = side.next();
        client.disappears();
        side.answer(asked, Result.STORED);
        side.statsAnswer.accept(Replies.END);
        assertThat(client.heard()).isEmpty();
        assertThat(side.router.unfinished()).isEmpty();
    }

    @Test
    void aPipelineHasItsLimitAndGoesOnWhenThereIsRoom() {
        client.says(("get " + key + "\r\n").repeat(500));
        int answered = 0;
        while (answered < 500) {
            Asked asked = side.next();
            // A get has two answers: its value, and its end.
            assertThat(asked.request().commandCount()).isLessThanOrEqualTo(100);
            answered += asked.request().commandCount();
            side.answer(asked, Result.MISS);
        }
        assertThat(client.heard()).isEqualTo("END\r\n".repeat(500));
        assertThat(client.unreadBytes()).isZero();
    }

    @Test
    void answersThatAreNotTakenHoldTheSessionBack() {
        client.takesOutput = false;
        client.says("version\r\n".repeat(10_000));
        assertThat(client.reading).isFalse();
        assertThat(client.pendingBytesMax).isLessThan(ClientSide.ANSWERS_MAX_BYTES + (64 << 10));
        int rounds = 0;
        while (client.unreadBytes() > 0 && rounds++ < 100) {
            client.drains();
        }
        client.drains();
        assertThat(client.heard()).isEqualTo("VERSION 1.2.3\r\n".repeat(10_000));
        assertThat(client.reading).isTrue();
    }

    @Test
    void aClientThatDoesNotReadCostsItsLimitAndGetsAllInTheEnd() {
        client.takesOutput = false;
        client.says(("get " + key + " " + other + "\r\n").repeat(30));
        List<Asked> open = new ArrayList<>();
        long heldMax = 0;
        int served = 0;
        int drainedIdle = 0;
        while (drainedIdle < 3) {
            side.settle();
            open.addAll(side.asked);
            side.asked.clear();
            if (open.isEmpty()) {
                drainedIdle++;
                client.drains();
                continue;
            }
            drainedIdle = 0;
            // The youngest first: answers come in the worst order.
            Asked asked = open.remove(open.size() - 1);
            served++;
            side.respond(Response.ok(asked.request().id(), 1, firstValue(asked)));
            heldMax = Math.max(heldMax, client.session.heldBytes());
        }
        assertThat(heldMax).isLessThanOrEqualTo(ClientSide.ANSWERS_MAX_BYTES + 5_100);
        assertThat(client.pendingBytesMax).isLessThanOrEqualTo(ClientSide.ANSWERS_MAX_BYTES + 5_100 + (64 << 10));
        assertThat(client.heard().split("END\r\n"))
                .hasSize(30)
                .allSatisfy(answer -> assertThat(answer.split("VALUE")).hasSize(3));
        assertThat(served).isLessThan(500);
        assertThat(side.router.unfinished()).isEmpty();
    }

    @Test
    void aMetaReadThatHasToWaitIsAskedAgainAsItWasAsked() {
        client.takesOutput = false;
        client.says(("mg " + key + " v O1\r\nmg " + other + " v\r\n").repeat(30));
        int served = 0;
        int drainedIdle = 0;
        while (drainedIdle < 3) {
            side.settle();
            if (side.asked.isEmpty()) {
                drainedIdle++;
                client.drains();
                continue;
            }
            drainedIdle = 0;
            Asked asked = side.asked.pollLast();
            CommandReader reader = new CommandReader()
                    .reset(asked.request().bytes(), 0, asked.request().bytes().length);
            reader.next();
            assertThat(reader.op()).isEqualTo(Op.FETCH);
            served++;
            side.respond(Response.ok(asked.request().id(), 1, fetched(reader, 5_000)));
            assertThat(client.session.heldBytes()).isLessThanOrEqualTo(ClientSide.ANSWERS_MAX_BYTES + 5_100);
        }
        String value = "\0".repeat(5_000);
        assertThat(client.heard())
                .isEqualTo(("VA 5000 O1\r\n" + value + "\r\nVA 5000\r\n" + value + "\r\n").repeat(30));
        assertThat(served).isGreaterThan(60);
        assertThat(side.router.unfinished()).isEmpty();
    }

    /** The result of the fetch that the reader stands on: an item with a value of zeros. */
    private static byte[] fetched(CommandReader of, int valueBytes) {
        ByteWriter item = new ByteWriter();
        item.putByte(Result.ITEM);
        item.putByte(Facts.VALUE);
        item.putByte(of.keyLength());
        item.putBytes(of.buffer(), of.keyOffset(), of.keyLength());
        item.putInt(0);
        item.putLong(1);
        item.putLong(-1);
        item.putInt(valueBytes);
        item.putInt(0);
        item.putInt(valueBytes);
        item.putBytes(new byte[valueBytes], 0, valueBytes);
        return item.toByteArray();
    }

    @Test
    void aReadThatNeedsTheLogIsSentOnAndTheWritesBehindItWait() {
        client.says("mg " + key + "\r\nmg " + other + "\r\ndelete " + key + "\r\n");
        Asked first = side.next();
        Asked second = side.next();
        side.respond(Response.ok(first.request().id(), 1, needsLog(first)));
        Asked again = side.next();
        assertThat(again.request().write()).isTrue();
        assertThat(again.request().partition()).isEqualTo(first.request().partition());
        side.answer(second, Result.MISS);
        side.settle();
        assertThat(side.asked).as("the first is not answered yet").isEmpty();
        side.answer(again, Result.MISS);
        Asked delete = side.next();
        assertThat(client.heard()).isEqualTo("EN\r\nEN\r\n");
        side.answer(delete, Result.DELETED);
        assertThat(client.heard()).isEqualTo("DELETED\r\n");
        client.says("mg " + key + " q O1\r\ndelete " + key + "\r\n");
        first = side.next();
        side.respond(Response.ok(first.request().id(), 1, needsLog(first)));
        side.fail(side.next(), Status.REFUSED);
        side.answer(side.next(), Result.DELETED);
        assertThat(client.heard()).startsWith("SERVER_ERROR ").endsWith("\r\nDELETED\r\n");
        assertThat(side.router.unfinished()).isEmpty();
    }

    private static byte[] needsLog(Asked asked) {
        byte[] bytes = asked.request().bytes();
        CommandReader reader = new CommandReader().reset(bytes, 0, bytes.length);
        reader.next();
        ByteWriter result = new ByteWriter();
        result.putByte(Result.NEEDS_LOG);
        result.putByte(0);
        result.putByte(reader.keyLength());
        result.putBytes(bytes, reader.keyOffset(), reader.keyLength());
        result.putInt(0);
        return result.toByteArray();
    }

    /** The answer to the first command of a read: a value of 5000 bytes. */
    private static byte[] firstValue(Asked asked) {
        byte[] bytes = asked.request().bytes();
        CommandReader reader = new CommandReader().reset(bytes, 0, bytes.length);
        reader.next();
        String name = new String(bytes, reader.keyOffset(), reader.keyLength(), StandardCharsets.US_ASCII);
        return ClientSide.value(name, 5_000);
    }

    @Test
    void noreplyIsSilentAlsoWhenItFails() {
        client.says("set " + key + " 0 0 1 noreply\r\n1\r\nversion\r\n");
        side.fail(side.next(), Status.DISK_FULL);
        assertThat(client.heard()).isEqualTo("VERSION 1.2.3\r\n");
    }

    @Test
    void theFirstByteChoosesTheDialectForGood() {
        String noop = "\u0080\n" + "\0".repeat(22);
        String answer = "\u0081\n" + "\0".repeat(22);
        client.says("\u0080");
        assertThat(client.heard()).isEmpty();
        client.says(noop.substring(1) + noop);
        assertThat(client.heard()).isEqualTo(answer + answer);
        client.says("version\r\n" + noop);
        assertThat(client.heard()).isEmpty();
        assertThat(client.closing).isTrue();
        Client text = side.client();
        text.says("version\r\n" + noop + "\r\nversion\r\n");
        assertThat(text.heard())
                .startsWith("VERSION 1.2.3\r\n")
                .contains("ERROR")
                .endsWith("VERSION 1.2.3\r\n")
                .doesNotContain("\u0081");
    }

    @Test
    void aBinaryClientIsToldWhetherTheOutcomeIsKnown() {
        String set = "\u0080\u0011\0" + (char) key.length() + "\b\0\0\0\0\0\0" + (char) (8 + key.length())
                + "\0".repeat(12 + 8) + key;
        client.says(set);
        side.fail(side.next(), Status.DISK_FULL);
        assertThat(client.heard()).startsWith("\u0081\u0011\0\0\0\0\0\u0085").contains("not applied: partition 0");
        client.says(set);
        side.next();
        side.world.runMillis(2 * ClientSide.COMMAND_TIMEOUT_MILLIS);
        assertThat(client.heard())
                .startsWith("\u0081\u0011\0\0\0\0\0\u0084")
                .contains("outcome unknown, it may have been applied");
    }
}
