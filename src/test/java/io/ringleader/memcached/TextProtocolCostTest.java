package io.ringleader.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What reading costs. A quadratic reader would need hours for the first three tests. */
class TextProtocolCostTest {
    private static final int MIB = 1 << 20;

    /** Presents the input with one byte more each time, from where the reader left it. */
    private static void trickle(TextProtocol protocol, byte[] input, RequestHandler handler) {
        ByteBuffer in = ByteBuffer.wrap(input).limit(0);
        while (in.limit() < input.length) {
            in.limit(in.limit() + 1);
            protocol.consume(in, handler);
        }
        assertThat(in.remaining()).isZero();
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aValueOfAMebibyteThatTricklesInIsReadInLinearTime() {
        Counter counter = new Counter();
        String line = "set a 0 0 " + MIB + " noreply" + " x".repeat(900) + "\r\n";
        trickle(new TextProtocol(Limits.ofItemMaxBytes(MIB)), Wire.bytes(line + "\n".repeat(MIB) + "\r\n"), counter);
        assertThat(counter.commands).isEqualTo(1);
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aGetLineOfAMebibyteThatTricklesInIsReadInLinearTime() {
        Counter counter = new Counter();
        trickle(
                new TextProtocol(Limits.ofItemMaxBytes(MIB)),
                Wire.bytes("get " + "k ".repeat(MIB / 2 - 3) + "\r\n"),
                counter);
        assertThat(counter.commands).isEqualTo(MIB / 2 - 3);
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aGetLineOfAMebibyteIsReadInLinearTimeHoweverOftenItIsRefused() {
        Counter counter = new Counter();
        counter.refusalsPerBurst = 50;
        byte[] input = Wire.bytes("get " + "k ".repeat(MIB / 2 - 3) + "\r\n");
        ByteBuffer in = ByteBuffer.wrap(input);
        TextProtocol protocol = new TextProtocol(Limits.ofItemMaxBytes(MIB));
        while (in.hasRemaining()) {
            protocol.consume(in, counter);
        }
        assertThat(counter.commands).isEqualTo(MIB / 2 - 3);
    }

    @Test
    void readingACommandAllocatesNothing() {
        byte[] input =
                Wire.bytes("set key 1 2 5\r\nvalue\r\nget a b c\r\ncas key 1 2 5 77 noreply\r\nvalue\r\nincr n 1\r\n"
                        + "gat 10 a\r\ntouch a 5\r\ndelete a\r\nset a x 0 2\r\nhi\r\nfoo\r\nversion\r\n");
        ByteBuffer in = ByteBuffer.wrap(input);
        TextProtocol protocol = new TextProtocol(Limits.ofItemMaxBytes(MIB));
        Counter counter = new Counter();
        Consumer<Integer> rounds = count -> {
            for (int i = 0; i < count; i++) {
                in.clear();
                protocol.consume(in, counter);
            }
        };
        rounds.accept(20_000);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        rounds.accept(20_000);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(counter.commands).isEqualTo(40_000 * 9);
        assertThat(allocated).as("bytes for 240000 requests").isLessThan(100_000);
    }

    /** Counts commands and, if told to, refuses each burst a number of times before it agrees. */
    private static final class Counter implements RequestHandler {
        int commands;
        int refusalsPerBurst;
        private int refusals;

        @Override
        public boolean begin(Kind kind, int count) {
            if (refusals < refusalsPerBurst) {
                refusals++;
                return false;
            }
            refusals = 0;
            return true;
        }

        @Override
        public void command(Request request) {
            commands++;
        }

        @Override
        public void endOfKeys() {}

        @Override
        public void login(boolean accepted, byte[] answer) {
            // none of the counted requests is one
        }

        @Override
        public void stats(String argument, StatsWriter writer) {}

        @Override
        public void version(VersionWriter writer) {}

        @Override
        public void administer(Administration administration) {
            // none of the counted requests is one
        }

        @Override
        public void quit() {}

        @Override
        public void answer(byte[] bytes) {}

        @Override
        public void close(String reason) {}
    }
}
