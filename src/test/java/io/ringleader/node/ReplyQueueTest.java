package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.memcached.Operation;
import io.ringleader.memcached.Replies;
import io.ringleader.memcached.TextReplies;
import io.ringleader.store.ByteWriter;
import io.ringleader.store.Result;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReplyQueueTest {
    private final ReplyQueue queue = new ReplyQueue();
    private final List<String> observed = new ArrayList<>();

    private String drain() {
        ByteWriter out = new ByteWriter();
        queue.drain(out, Integer.MAX_VALUE, (reply, code) -> observed.add(reply.operation() + " " + Result.name(code)));
        return new String(out.toByteArray(), StandardCharsets.ISO_8859_1);
    }

    private void result(long slot, byte[] bytes) {
        queue.result(slot, bytes, 0, bytes.length);
    }

    @Test
    void answersLeaveInOrderHoweverManyWaitAndWhateverComesFirst() {
        Random random = new Random(1);
        List<Long> open = new ArrayList<>();
        StringBuilder expected = new StringBuilder();
        StringBuilder left = new StringBuilder();
        for (int i = 0; i < 2_000; i++) {
            if (open.isEmpty() || random.nextInt(3) > 0) {
                open.add(queue.add(TextReplies.of(Operation.DELETE, false), 1));
                expected.append(open.get(open.size() - 1) % 2 == 0 ? "DELETED\r\n" : "NOT_FOUND\r\n");
            } else {
                long slot = open.remove(random.nextInt(open.size()));
                result(slot, ClientSide.code(slot % 2 == 0 ? Result.DELETED : Result.NOT_FOUND));
            }
            left.append(drain());
        }
        for (long slot : open) {
            result(slot, ClientSide.code(slot % 2 == 0 ? Result.DELETED : Result.NOT_FOUND));
        }
        left.append(drain());
        assertThat(left.toString()).isEqualTo(expected.toString());
        assertThat(queue.size()).isZero();
        assertThat(queue.heldBytes()).isZero();
    }

    @Test
    void aFailedKeySkipsToTheEndOfItsGetAlsoIfThatComesLater() {
        long one = queue.add(TextReplies.of(Operation.GET, false), 1);
        long two = queue.add(TextReplies.of(Operation.GET, false), 1);
        queue.line(one, Replies.OUT_OF_MEMORY);
        assertThat(drain()).isEqualTo("SERVER_ERROR out of memory\r\n");
        result(two, ClientSide.value("a", 1));
        assertThat(drain()).isEmpty();
        queue.addEndOfKeys();
        queue.addLine(Replies.OK);
        assertThat(drain()).isEqualTo("OK\r\n");
    }

    @Test
    void anErrorOutweighsTheResultsOfOtherPartitionsWhicheverComesFirst() {
        for (int failing = 0; failing < 3; failing++) {
            long slot = queue.add(TextReplies.of(Operation.FLUSH_ALL, false), 3);
            for (int i = 0; i < 3; i++) {
                if (i == failing) {
                    queue.line(slot, Replies.ERROR);
                } else {
                    result(slot, ClientSide.code(Result.OK));
                }
            }
            assertThat(drain()).isEqualTo("ERROR\r\n");
            assertThat(queue.heldBytes()).isZero();
        }
    }

    @Test
    void noreplyIsCountedButNotAnswered() {
        result(queue.add(TextReplies.of(Operation.DELETE, true), 1), ClientSide.code(Result.DELETED));
        queue.fail(queue.add(TextReplies.of(Operation.DELETE, true), 1), "no", false);
        assertThat(drain()).isEmpty();
        assertThat(observed).containsExactly("DELETE " + Result.name(Result.DELETED));
    }

    @Test
    void aFlushThatSomePartitionsDidNotDoTellsHowManyDid() {
        long slot = queue.add(TextReplies.of(Operation.FLUSH_ALL, false), 3);
        queue.fail(slot, "not applied: partition 4", false);
        result(slot, ClientSide.code(Result.OK));
        assertThat(drain()).isEmpty();
        result(slot, ClientSide.code(Result.OK));
        assertThat(drain())
                .isEqualTo(
                        "SERVER_ERROR outcome unknown, 2 of 3 partitions have done it: not applied: partition 4\r\n");
        assertThat(queue.heldBytes()).isZero();
    }

    @Test
    void aFlushThatNoPartitionDidSaysSoUnlessNobodyKnowsOfOne() {
        for (boolean uncertain : new boolean[] {false, true}) {
            long slot = queue.add(TextReplies.of(Operation.FLUSH_ALL, false), 2);
            queue.fail(slot, "not applied: partition 4", false);
            queue.fail(slot, uncertain ? "outcome unknown: partition 5" : "not applied: partition 5", uncertain);
            assertThat(drain())
                    .isEqualTo("SERVER_ERROR "
                            + (uncertain ? "outcome unknown: partition 5" : "not applied: partition 4") + "\r\n");
        }
    }

    @Test
    void aSmallResultThatWaitsDoesNotKeepTheLargeArrayItCameIn() {
        long front = queue.add(TextReplies.of(Operation.GET, false), 1);
        long waiting = queue.add(TextReplies.of(Operation.GET, false), 1);
        byte[] value = ClientSide.value("a", 10);
        byte[] large = new byte[100_000];
        System.arraycopy(value, 0, large, 5, value.length);
        queue.result(waiting, large, 5, 5 + value.length);
        assertThat(queue.heldBytes()).isEqualTo(value.length);
        Arrays.fill(large, (byte) 0);
        result(front, ClientSide.code(Result.MISS));
        assertThat(drain()).startsWith("VALUE a 0 10\r\n");
        assertThat(queue.heldBytes()).isZero();
    }
}
