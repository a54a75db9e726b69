package io.ringleader.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.loop.LoopFailure;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How connections and the loop end, and what else is promised beyond the flow of bytes. */
class SelectorLoopLifeTest extends SelectorLoopHarness {
    private static final NetLimits ONE_CONNECTION = NetLimits.of(1, MIB, MIB, MIB);

    @Test
    void closeAfterOutputSendsEverythingAlthoughTheOtherEndStillTalks() throws Exception {
        byte[] answer = random(new Random(4), 2 * MIB);
        TestHandler handler = new TestHandler() {
            @Override
            public int onBytes(ByteBuffer in) {
                in.position(in.limit());
                connection.write(answer, 0, answer.length);
                connection.closeAfterOutput();
                connection.write(answer, 0, answer.length); // ignored
                return 0;
            }
        };
        SelectorLoop loop = serve(LIMITS, () -> handler);
        Socket socket = client();
        socket.getOutputStream().write(new byte[200_000]);
        assertThat(socket.getInputStream().readAllBytes()).isEqualTo(answer);
        socket.close();
        handler.closed.get(20, SECONDS);
        assertThat(handler.closedCalls).hasValue(1);
    }

    @Test
    void closingTheLoopFlushesOutputAndTellsHandlers() throws Exception {
        CountDownLatch written = new CountDownLatch(1);
        byte[] answer = random(new Random(5), 3 * MIB);
        TestHandler handler = new TestHandler() {
            @Override
            public int onBytes(ByteBuffer in) {
                in.position(in.limit());
                connection.write(answer, 0, answer.length);
                written.countDown();
                return 0;
            }
        };
        SelectorLoop loop = serve(LIMITS, () -> handler);
        Socket socket = client();
        socket.getOutputStream().write('x');
        assertThat(written.await(20, SECONDS)).isTrue();
        CompletableFuture<Void> closing = inBackground(loop::close);
        assertThat(socket.getInputStream().readAllBytes()).isEqualTo(answer);
        closing.get(20, SECONDS);
        assertThat(handler.closed.get(20, SECONDS)).isEqualTo("the node stops");
        assertThat(failure).isNotDone();
    }

    @Test
    void aHandlerMayCloseInsideOnBytesAndHearsOfItOnceAndLater() throws Exception {
        AtomicInteger closedInside = new AtomicInteger(-1);
        TestHandler handler = new TestHandler() {
            @Override
            public int onBytes(ByteBuffer in) {
                if (in.remaining() < 20_000) {
                    return 20_000; // so that the bytes lie in a buffer of this connection
                }
                connection.close("enough");
                connection.close("twice");
                connection.write(new byte[10], 0, 10);
                connection.setReading(false);
                connection.setReading(true);
                connection.closeAfterOutput();
                closedInside.set(closedCalls.get());
                return 20_001;
            }
        };
        SelectorLoop loop = serve(LIMITS, () -> handler);
        client().getOutputStream().write(new byte[30_000]);
        assertThat(handler.closed.get(20, SECONDS)).isEqualTo("enough");
        assertThat(closedInside).hasValue(0);
        eventually(loop, () -> network.stats().connectionsCurrent() == 0);
        assertThat(handler.closedCalls).hasValue(1);
        assertThat(network.stats().buffersInUseBytes()).isZero();
    }

    @Test
    void anExceptionOfAHandlerCostsItsConnectionAndALoopFailureTheLoop() throws Exception {
        RuntimeException broken = new IllegalStateException("an invariant is broken");
        TestHandler handler = new TestHandler() {
            @Override
            public int onBytes(ByteBuffer in) {
                if (in.get() == 'x') {
                    throw broken;
                }
                LoopFailure.unlessDone(() -> {
                    throw broken;
                });
                return 0;
            }
        };
        serve(LIMITS, () -> handler);
        client().getOutputStream().write('x');
        assertThat(handler.closed.get(20, SECONDS)).isNotNull();
        assertThat(failure).isNotDone();
        client().getOutputStream().write('y');
        assertThat(failure.get(20, SECONDS)).isInstanceOf(LoopFailure.class).hasCause(broken);
    }

    @Test
    void turningReadingOnPresentsBufferedBytesAgainInALaterTask() throws Exception {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        TestHandler handler = new TestHandler() {
            @Override
            public int onBytes(ByteBuffer in) {
                byte[] one = {in.get()}; // one byte at a time, then a pause
                seen.add(new String(one, US_ASCII));
                connection.setReading(false);
                return 0;
            }
        };
        SelectorLoop loop = serve(LIMITS, () -> handler);
        Socket socket = client();
        socket.getOutputStream().write("abc".getBytes(US_ASCII));
        socket.shutdownOutput();
        assertThat(seen.take()).isEqualTo("a");
        for (String expected : List.of("b", "c")) {
            on(loop, () -> {
                handler.connection.setReading(true);
                assertThat(seen).isEmpty();
                return null;
            });
            assertThat(seen.poll(20, SECONDS)).isEqualTo(expected);
        }
        assertThat(handler.closed).isNotDone();
        on(loop, () -> {
            handler.connection.setReading(true);
            return null;
        });
        assertThat(handler.closed.get(20, SECONDS)).isEqualTo("the other end closed the connection");
        assertThat(network.stats().buffersInUseBytes()).isZero();
    }

    @Test
    void aClientThatHasSaidAllStillGetsItsAnswer() throws Exception {
        CompletableFuture<TestHandler> ended = new CompletableFuture<>();
        SelectorLoop loop = serve(LIMITS, () -> new TestHandler() {
            @Override
            public int onBytes(ByteBuffer in) {
                in.position(in.limit());
                return 0;
            }

            @Override
            public boolean onInputEnded() {
                ended.complete(this);
                return true;
            }
        });
        Socket socket = client();
        socket.getOutputStream().write('q');
        socket.shutdownOutput();
        TestHandler handler = ended.get(20, SECONDS);
        loop.execute(() -> {
            handler.connection.write(new byte[] {'a'}, 0, 1);
            handler.connection.closeAfterOutput();
        });
        assertThat(socket.getInputStream().readAllBytes()).containsExactly('a');
    }

    @Test
    void aConnectionThatCannotBeMadeEndsWithAReason() throws Exception {
        SelectorLoop loop = loop(LIMITS).start();
        // bound but never listening: refused, and nobody else can take the port meanwhile
        try (Socket held = new Socket()) {
            held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            for (InetSocketAddress address : List.of(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), held.getLocalPort()),
                    InetSocketAddress.createUnresolved("no-such-host.invalid", 1))) {
                TestHandler handler = new TestHandler();
                loop.execute(() -> network.connect(address, handler));
                assertThat(handler.closed.get(20, SECONDS)).startsWith("cannot connect to ");
                assertThat(handler.connection).isNull();
            }
        }
    }

    @Test
    void aHostNameIsResolvedAsTheConnectionIsMade() throws Exception {
        SelectorLoop loop = serve(LIMITS, TestHandler::new);
        CompletableFuture<Connection> opened = new CompletableFuture<>();
        int port = network.boundAddresses().get(0).getPort();
        loop.execute(() -> network.connect(InetSocketAddress.createUnresolved("127.0.0.1", port), new TestHandler() {
            @Override
            public void onOpen(Connection connection) {
                opened.complete(connection);
            }
        }));
        assertThat(opened.get(20, SECONDS).remoteAddress()).isEqualTo("127.0.0.1:" + port);
    }

    @Test
    void anAddressInUseIsNamed() throws Exception {
        serve(LIMITS, TestHandler::new);
        InetSocketAddress taken = network.boundAddresses().get(0);
        loop(LIMITS);
        assertThatThrownBy(() -> network.listen(taken, TestHandler::new))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Cannot listen at 127.0.0.1:" + taken.getPort());
    }

    @Test
    void twoNetworksOfOneLoopDoNotTakeEachOthersRoom() throws Exception {
        SelectorLoop loop = serve(ONE_CONNECTION, TestHandler::new);
        TcpNetwork full = network;
        network = new TcpNetwork(loop, ONE_CONNECTION, REFUSAL);
        TcpNetwork other = network;
        on(loop, () -> {
            other.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), TestHandler::new);
            return null;
        });
        connected(full.boundAddresses().get(0));
        Socket second = connected(full.boundAddresses().get(0));
        assertThat(second.getInputStream().readAllBytes()).isEqualTo(REFUSAL);
        Socket elsewhere = connected(other.boundAddresses().get(0));
        elsewhere.getOutputStream().write('x');
        assertThat(elsewhere.getInputStream().read()).isEqualTo('x');
        loop.execute(full::stopListening);
        elsewhere.close();
        eventually(loop, () -> other.stats().connectionsCurrent() == 0);
        Socket again = connected(other.boundAddresses().get(0));
        again.getOutputStream().write('y');
        assertThat(again.getInputStream().read()).isEqualTo('y');
        assertThat(full.stats().connectionsTotal()).isEqualTo(1);
        assertThat(other.stats().connectionsTotal()).isEqualTo(2);
    }

    @Test
    void noWakeUpIsLostAndTimersRunWhileTheLoopSelects() throws Exception {
        SelectorLoop loop = loop(LIMITS).start();
        for (int round = 0; round < 10_000; round++) {
            int number = round;
            assertThat(on(loop, () -> number)).isEqualTo(number);
            for (int spin = 0; spin < round % 200 * 10; spin++) {
                Thread.onSpinWait(); // the loop gets a different distance towards its sleep each time
            }
        }
        CompletableFuture<Long> ranAt = new CompletableFuture<>();
        long startNanos = System.nanoTime();
        loop.schedule(15_000_000, () -> ranAt.complete(System.nanoTime()));
        assertThat(ranAt.get(20, SECONDS) - startNanos).isGreaterThanOrEqualTo(15_000_000);
    }

    @Test
    void manySmallWritesOfOneBurstLeaveTogetherAndHooksMayWrite() throws Exception {
        TestHandler handler = new TestHandler();
        SelectorLoop loop = serve(LIMITS, () -> handler);
        loop.atEndOfBurst(() -> {
            if (handler.connection != null && handler.connection.pendingOutputBytes() == 1_000) {
                handler.connection.write(new byte[] {'.'}, 0, 1);
            }
        });
        Socket socket = client();
        eventually(loop, () -> handler.connection != null);
        loop.execute(() -> {
            for (int i = 0; i < 1_000; i++) {
                handler.connection.write(new byte[] {'w'}, 0, 1);
            }
        });
        assertThat(socket.getInputStream().readNBytes(1_001)).endsWith('w', '.');
    }

    /** The collector must have nothing to do with the number of requests. */
    @Test
    void aRequestAllocatesNothingOnTheLoop() throws Exception {
        SelectorLoop loop = serve(LIMITS, RequestEcho::new);
        Socket socket = client();
        byte[] request = new byte[104];
        request[3] = 100;
        long allocatedBytes = 0;
        int rounds = 5_000;
        for (int pass = 0; pass < 3; pass++) { // the first passes let the JIT and the lazy parts of the JDK settle
            long before = on(loop, SelectorLoopLifeTest::allocatedBytes);
            for (int i = 0; i < rounds; i++) {
                socket.getOutputStream().write(request, 0, 50); // in two parts, so that the input has to be kept
                socket.getOutputStream().write(request, 50, 54);
                assertThat(socket.getInputStream().readNBytes(104)).hasSize(104);
            }
            allocatedBytes = on(loop, SelectorLoopLifeTest::allocatedBytes) - before;
        }
        assertThat(allocatedBytes / rounds).isLessThan(8);
    }

    private static long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    @Test
    void callsFromAnotherThreadAreRefused() throws Exception {
        TestHandler handler = new TestHandler();
        SelectorLoop loop = serve(LIMITS, () -> handler);
        client();
        eventually(loop, () -> handler.connection != null);
        assertThatThrownBy(() -> handler.connection.write(new byte[1], 0, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("test-net");
    }
}
