package io.ringleader.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SelectorLoopTest {
    private static final int MIB = 1 << 20;
    private static final NetLimits LIMITS = new NetLimits(100, 4 * MIB, 8 * MIB, 8 << 10, 4 << 10, 4 * MIB, 3_000);
    private static final byte[] REFUSAL = "SERVER_ERROR too many open connections\r\n".getBytes(US_ASCII);

    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final List<SelectorLoop> loops = new ArrayList<>();
    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void closeAll() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        loops.forEach(SelectorLoop::close);
    }

    /** A handler that does what a test overrides, and tells of the end. */
    private static class TestHandler implements ConnectionHandler {
        final CompletableFuture<String> closed = new CompletableFuture<>();
        final AtomicInteger closedCalls = new AtomicInteger();
        Connection connection;

        @Override
        public void onOpen(Connection opened) {
            connection = opened;
        }

        @Override
        public int onBytes(ByteBuffer in) {
            connection.write(in.array(), in.arrayOffset() + in.position(), in.remaining());
            in.position(in.limit());
            return 0;
        }

        @Override
        public void onOutputDrained() {}

        @Override
        public void onClosed(String reason) {
            closedCalls.incrementAndGet();
            closed.complete(reason);
        }
    }

    /** Answers a request {@code u32 length | bytes} with the same bytes, once all of it is there. */
    private static final class RequestEcho extends TestHandler {
        @Override
        public int onBytes(ByteBuffer in) {
            while (in.remaining() >= 4) {
                int frameBytes = 4 + in.getInt(in.position());
                if (in.remaining() < frameBytes) {
                    return frameBytes;
                }
                connection.write(in.array(), in.arrayOffset() + in.position(), frameBytes);
                in.position(in.position() + frameBytes);
            }
            return in.hasRemaining() ? 4 : 0;
        }
    }

    private SelectorLoop loop(NetLimits limits) throws IOException {
        SelectorLoop loop = new SelectorLoop("test-net", limits, REFUSAL, (name, cause) -> failure.complete(cause));
        loops.add(loop);
        return loop;
    }

    private SelectorLoop serve(NetLimits limits, Supplier<ConnectionHandler> handlers) throws IOException {
        SelectorLoop loop = loop(limits);
        loop.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), handlers);
        return loop.start();
    }

    private Socket client(SelectorLoop loop) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        socket.connect(loop.boundAddresses().get(0));
        return socket;
    }

    private static <T> T on(SelectorLoop loop, Callable<T> question) throws Exception {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                answer.complete(question.call());
            } catch (Exception e) {
                answer.completeExceptionally(e);
            }
        });
        return answer.get(20, SECONDS);
    }

    /** Looks again each time the loop has been through all that was queued, until the claim holds. */
    private static void eventually(SelectorLoop loop, Callable<Boolean> claim) throws Exception {
        long deadlineNanos = System.nanoTime() + 20_000_000_000L;
        while (!on(loop, claim)) {
            assertThat(System.nanoTime())
                    .as("time for the claim to become true")
                    .isLessThan(deadlineNanos);
        }
    }

    private static byte[] random(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void whatIsEchoedIsWhatWasSentHoweverItIsCut() throws Exception {
        Random random = new Random(1);
        SelectorLoop loop = serve(LIMITS, RequestEcho::new);
        for (int round = 0; round < 20; round++) {
            Socket socket = client(loop);
            ByteBuffer requests = ByteBuffer.allocate(3 * MIB);
            while (requests.remaining() > 400_000) {
                byte[] body = random(random, random.nextInt(10) == 0 ? random.nextInt(300_000) : random.nextInt(50));
                requests.putInt(body.length).put(body);
            }
            byte[] sent = Arrays.copyOf(requests.array(), requests.position());
            CompletableFuture<Void> writing =
                    CompletableFuture.runAsync(() -> sendInPieces(socket, sent, new Random(7)));
            byte[] received = new byte[sent.length];
            new DataInputStream(socket.getInputStream()).readFully(received);
            writing.get(20, SECONDS);
            assertThat(received).isEqualTo(sent);
            socket.close();
        }
        eventually(loop, () -> loop.stats().connectionsCurrent() == 0);
        assertThat(loop.stats().buffersInUseBytes()).isZero();
        assertThat(loop.stats().connectionsTotal()).isEqualTo(20);
        assertThat(loop.stats().bytesOut()).isEqualTo(loop.stats().bytesIn()).isPositive();
        assertThat(failure).isNotDone();
    }

    private static void sendInPieces(Socket socket, byte[] bytes, Random random) {
        try {
            OutputStream out = socket.getOutputStream();
            for (int at = 0; at < bytes.length; ) {
                int count = Math.min(bytes.length - at, 1 + random.nextInt(random.nextInt(4) == 0 ? 100_000 : 3_000));
                out.write(bytes, at, count);
                at += count;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void idleConnectionsHoldNoBuffersAndAPartialRequestHoldsAboutWhatCame() throws Exception {
        SelectorLoop loop = serve(LIMITS, RequestEcho::new);
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Socket socket = client(loop);
            clients.add(socket);
            byte[] request = {0, 0, 0, 1, 'x'};
            socket.getOutputStream().write(request);
            assertThat(socket.getInputStream().readNBytes(5)).isEqualTo(request);
        }
        eventually(loop, () -> loop.stats().buffersInUseBytes() == 0);
        // A promise of a megabyte costs nothing before the megabyte comes.
        clients.get(0).getOutputStream().write(new byte[] {0, 0x10, 0, 0, 1, 2, 3});
        eventually(loop, () -> loop.stats().buffersInUseBytes() == 512);
        clients.get(0).getOutputStream().write(new byte[MIB - 3]);
        assertThat(clients.get(0).getInputStream().readNBytes(4 + MIB)).hasSize(4 + MIB);
        eventually(loop, () -> loop.stats().buffersInUseBytes() == 0);
    }

    @Test
    void aSlowReaderIsHeldBackAndItsMemoryIsBounded() throws Exception {
        AtomicLong largestPending = new AtomicLong();
        CountDownLatch heldBack = new CountDownLatch(1);
        int holdAtBytes = 64 << 10;
        SelectorLoop loop = serve(LIMITS, () -> new TestHandler() {
            @Override
            public int onBytes(ByteBuffer in) {
                super.onBytes(in);
                largestPending.accumulateAndGet(connection.pendingOutputBytes(), Math::max);
                if (connection.pendingOutputBytes() > holdAtBytes) {
                    connection.setReading(false);
                    heldBack.countDown();
                }
                return 0;
            }

            @Override
            public void onOutputDrained() {
                connection.setReading(true);
            }
        });
        Socket socket = client(loop);
        byte[] sent = random(new Random(2), 32 * MIB);
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> sendInPieces(socket, sent, new Random(3)));
        assertThat(heldBack.await(20, SECONDS)).isTrue();
        byte[] received = new byte[sent.length];
        new DataInputStream(socket.getInputStream()).readFully(received);
        writing.get(20, SECONDS);
        assertThat(received).isEqualTo(sent);
        assertThat(largestPending.get()).isLessThanOrEqualTo(holdAtBytes + LIMITS.readChunkBytes());
        eventually(loop, () -> loop.stats().buffersInUseBytes() == 0);
    }

    @Test
    void moreOutputThanTheHardLimitClosesTheConnection() throws Exception {
        TestHandler handler = new TestHandler() {
            @Override
            public int onBytes(ByteBuffer in) {
                in.position(in.limit());
                for (int i = 0; i < 20; i++) {
                    connection.write(new byte[MIB], 0, MIB);
                }
                return 0;
            }
        };
        SelectorLoop loop = serve(LIMITS, () -> handler);
        client(loop).getOutputStream().write('x');
        assertThat(handler.closed.get(20, SECONDS)).contains("more than " + 8 * MIB + " bytes were pending");
        assertThat(on(loop, () -> handler.connection.pendingOutputBytes())).isZero();
        assertThat(loop.stats().buffersInUseBytes()).isZero();
    }

    @Test
    void aRequestBeyondTheInputLimitClosesTheConnection() throws Exception {
        BlockingQueue<TestHandler> handlers = new LinkedBlockingQueue<>();
        SelectorLoop loop = serve(LIMITS, () -> {
            RequestEcho handler = new RequestEcho();
            handlers.add(handler);
            return handler;
        });
        client(loop).getOutputStream().write(new byte[] {0x7f, 0, 0, 0});
        assertThat(handlers.take().closed.get(20, SECONDS)).contains("the limit is " + 4 * MIB);
    }

    @Test
    void bytesThatNobodyConsumesCloseTheConnectionAtTheLimit() throws Exception {
        TestHandler handler = new TestHandler() {
            @Override
            public int onBytes(ByteBuffer in) {
                return 0;
            }
        };
        SelectorLoop loop = serve(LIMITS, () -> handler);
        Socket socket = client(loop);
        CompletableFuture.runAsync(() -> sendInPieces(socket, new byte[16 * MIB], new Random(3)));
        assertThat(handler.closed.get(20, SECONDS)).contains("no use could be made");
        assertThat(loop.stats().buffersInUseBytes()).isZero();
    }

    @Test
    void aClientBeyondTheLimitIsToldSoAndTheRestAreServed() throws Exception {
        SelectorLoop loop = serve(NetLimits.of(2, MIB, MIB), TestHandler::new);
        Socket first = client(loop);
        Socket second = client(loop);
        Socket third = client(loop);
        third.getOutputStream()
                .write(new byte[10_000]); // what it asked for is not read, but the answer must get through
        assertThat(third.getInputStream().readAllBytes()).isEqualTo(REFUSAL);
        second.getOutputStream().write('b');
        assertThat(second.getInputStream().read()).isEqualTo('b');
        assertThat(loop.stats().connectionsRejected()).isEqualTo(1);
        first.close();
        eventually(loop, () -> loop.stats().connectionsCurrent() == 1);
        Socket fourth = client(loop);
        fourth.getOutputStream().write('d');
        assertThat(fourth.getInputStream().read()).isEqualTo('d');
    }

    @Test
    void aHandlerThatThrowsLosesItsConnectionAndNoOther() throws Exception {
        BlockingQueue<TestHandler> handlers = new LinkedBlockingQueue<>();
        SelectorLoop loop = serve(LIMITS, () -> {
            TestHandler handler = new TestHandler() {
                @Override
                public int onBytes(ByteBuffer in) {
                    if (in.get(in.position()) == '!') {
                        throw new IllegalStateException("cannot stand this");
                    }
                    return super.onBytes(in);
                }
            };
            handlers.add(handler);
            return handler;
        });
        Socket good = client(loop);
        handlers.take();
        Socket bad = client(loop);
        bad.getOutputStream().write('!');
        assertThat(bad.getInputStream().read()).isEqualTo(-1);
        assertThat(handlers.take().closed.get(20, SECONDS)).contains("cannot stand this");
        good.getOutputStream().write('g');
        assertThat(good.getInputStream().read()).isEqualTo('g');
        assertThat(failure).isNotDone();
    }

    @Test
    void aTaskThatThrowsStopsTheLoopAndClosesItsSockets() throws Exception {
        SelectorLoop loop = serve(LIMITS, TestHandler::new);
        Socket socket = client(loop);
        loop.execute(() -> {
            throw new IllegalStateException("broken");
        });
        assertThat(failure.get(20, SECONDS)).hasMessage("broken");
        assertThat(endOf(socket)).isTrue();
    }

    private static boolean endOf(Socket socket) {
        try {
            return socket.getInputStream().read() == -1;
        } catch (IOException e) {
            return true; // a reset is an end too
        }
    }

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
        Socket socket = client(loop);
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
        Socket socket = client(loop);
        socket.getOutputStream().write('x');
        assertThat(written.await(20, SECONDS)).isTrue();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(loop::close);
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
        client(loop).getOutputStream().write(new byte[30_000]);
        assertThat(handler.closed.get(20, SECONDS)).isEqualTo("enough");
        assertThat(closedInside).hasValue(0);
        eventually(loop, () -> loop.stats().connectionsCurrent() == 0);
        assertThat(handler.closedCalls).hasValue(1);
        assertThat(loop.stats().buffersInUseBytes()).isZero();
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
        Socket socket = client(loop);
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
        assertThat(loop.stats().buffersInUseBytes()).isZero();
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
        Socket socket = client(loop);
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
        int freePort;
        try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            freePort = probe.getLocalPort();
        }
        for (InetSocketAddress address : List.of(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), freePort),
                InetSocketAddress.createUnresolved("no-such-host.invalid", 1))) {
            TestHandler handler = new TestHandler();
            loop.execute(() -> loop.connect(address, handler));
            assertThat(handler.closed.get(20, SECONDS)).startsWith("cannot connect to ");
            assertThat(handler.connection).isNull();
        }
    }

    @Test
    void aHostNameIsResolvedAsTheConnectionIsMade() throws Exception {
        SelectorLoop loop = serve(LIMITS, TestHandler::new);
        CompletableFuture<Connection> opened = new CompletableFuture<>();
        int port = loop.boundAddresses().get(0).getPort();
        loop.execute(() -> loop.connect(InetSocketAddress.createUnresolved("127.0.0.1", port), new TestHandler() {
            @Override
            public void onOpen(Connection connection) {
                opened.complete(connection);
            }
        }));
        assertThat(opened.get(20, SECONDS).remoteAddress()).isEqualTo("127.0.0.1:" + port);
    }

    @Test
    void anAddressInUseIsNamed() throws Exception {
        SelectorLoop loop = serve(LIMITS, TestHandler::new);
        InetSocketAddress taken = loop.boundAddresses().get(0);
        SelectorLoop other = loop(LIMITS);
        assertThatThrownBy(() -> other.listen(taken, TestHandler::new))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Cannot listen at 127.0.0.1:" + taken.getPort());
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
        Socket socket = client(loop);
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
        Socket socket = client(loop);
        byte[] request = new byte[104];
        request[3] = 100;
        long allocatedBytes = 0;
        int rounds = 5_000;
        for (int pass = 0; pass < 3; pass++) { // the first passes let the JIT and the lazy parts of the JDK settle
            long before = on(loop, SelectorLoopTest::allocatedBytes);
            for (int i = 0; i < rounds; i++) {
                socket.getOutputStream().write(request, 0, 50); // in two parts, so that the input has to be kept
                socket.getOutputStream().write(request, 50, 54);
                assertThat(socket.getInputStream().readNBytes(104)).hasSize(104);
            }
            allocatedBytes = on(loop, SelectorLoopTest::allocatedBytes) - before;
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
        client(loop);
        eventually(loop, () -> handler.connection != null);
        assertThatThrownBy(() -> handler.connection.write(new byte[1], 0, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("test-net");
    }
}
