package io.ringleader.net;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SelectorLoopTest extends SelectorLoopHarness {
    @Test
    void whatIsEchoedIsWhatWasSentHoweverItIsCut() throws Exception {
        Random random = new Random(1);
        SelectorLoop loop = serve(LIMITS, RequestEcho::new);
        for (int round = 0; round < 20; round++) {
            Socket socket = client();
            ByteBuffer requests = ByteBuffer.allocate(3 * MIB);
            while (requests.remaining() > 400_000) {
                byte[] body = random(random, random.nextInt(10) == 0 ? random.nextInt(300_000) : random.nextInt(50));
                requests.putInt(body.length).put(body);
            }
            byte[] sent = Arrays.copyOf(requests.array(), requests.position());
            CompletableFuture<Void> writing = inBackground(() -> sendInPieces(socket, sent, new Random(7)));
            byte[] received = new byte[sent.length];
            new DataInputStream(socket.getInputStream()).readFully(received);
            writing.get(20, SECONDS);
            assertThat(received).isEqualTo(sent);
            socket.close();
        }
        eventually(loop, () -> network.stats().connectionsCurrent() == 0);
        assertThat(network.stats().buffersInUseBytes()).isZero();
        assertThat(network.stats().connectionsTotal()).isEqualTo(20);
        assertThat(network.stats().bytesOut())
                .isEqualTo(network.stats().bytesIn())
                .isPositive();
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
            Socket socket = client();
            clients.add(socket);
            byte[] request = {0, 0, 0, 1, 'x'};
            socket.getOutputStream().write(request);
            assertThat(socket.getInputStream().readNBytes(5)).isEqualTo(request);
        }
        eventually(loop, () -> network.stats().buffersInUseBytes() == 0);
        // A promise of a megabyte costs nothing before the megabyte comes.
        clients.get(0).getOutputStream().write(new byte[] {0, 0x10, 0, 0, 1, 2, 3});
        eventually(loop, () -> network.stats().buffersInUseBytes() == 512);
        clients.get(0).getOutputStream().write(new byte[MIB - 3]);
        assertThat(clients.get(0).getInputStream().readNBytes(4 + MIB)).hasSize(4 + MIB);
        eventually(loop, () -> network.stats().buffersInUseBytes() == 0);
    }

    /** What else runs on the loop, heartbeats for one, must not wait until all of a flood is read. */
    @Test
    void manyBusyConnectionsAreReadInShares() throws Exception {
        int connections = 60;
        int perConnectionBytes = 4 * LIMITS.readChunkBytes();
        AtomicLong received = new AtomicLong();
        AtomicLong inTurn = new AtomicLong();
        AtomicLong mostInTurn = new AtomicLong();
        SelectorLoop loop = serve(LIMITS, () -> new TestHandler() {
            @Override
            public int onBytes(ByteBuffer in) {
                received.addAndGet(in.remaining());
                inTurn.addAndGet(in.remaining());
                in.position(in.limit());
                return 0;
            }
        });
        loop.atEndOfBurst(() -> mostInTurn.accumulateAndGet(inTurn.getAndSet(0), Math::max));
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            clients.add(client());
        }
        eventually(loop, () -> network.stats().connectionsCurrent() == connections);
        CountDownLatch sent = new CountDownLatch(1);
        loop.execute(() -> awaitUninterrupted(sent));
        for (Socket socket : clients) {
            socket.getOutputStream().write(new byte[perConnectionBytes]);
        }
        sent.countDown();
        eventually(loop, () -> received.get() == (long) connections * perConnectionBytes);
        assertThat(mostInTurn.get())
                .isGreaterThan(8L * LIMITS.readChunkBytes())
                .isLessThanOrEqualTo(17L * LIMITS.readChunkBytes() + connections * 512L);
    }

    @Test
    void whoAsksLittleIsReadBesideAFloodThatDoesNotEnd() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        SelectorLoop loop = serve(LIMITS, () -> new TestHandler() {
            @Override
            public int onBytes(ByteBuffer in) {
                if (in.get(in.position()) == 'x') {
                    super.onBytes(in);
                }
                in.position(in.limit());
                return 0;
            }
        });
        List<CompletableFuture<Void>> floods = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            Socket socket = client();
            floods.add(inBackground(() -> {
                try {
                    while (!over.get()) {
                        socket.getOutputStream().write(new byte[64 << 10]);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
        }
        eventually(loop, () -> network.stats().bytesIn() > 24L * MIB);
        Socket modest = client();
        for (int i = 0; i < 20; i++) {
            modest.getOutputStream().write('x');
            assertThat(modest.getInputStream().read()).isEqualTo('x');
        }
        over.set(true);
        for (CompletableFuture<Void> flood : floods) {
            flood.get(20, SECONDS);
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await(20, SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
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
        Socket socket = client();
        byte[] sent = random(new Random(2), 32 * MIB);
        CompletableFuture<Void> writing = inBackground(() -> sendInPieces(socket, sent, new Random(3)));
        assertThat(heldBack.await(20, SECONDS)).isTrue();
        byte[] received = new byte[sent.length];
        new DataInputStream(socket.getInputStream()).readFully(received);
        writing.get(20, SECONDS);
        assertThat(received).isEqualTo(sent);
        assertThat(largestPending.get()).isLessThanOrEqualTo(holdAtBytes + LIMITS.readChunkBytes());
        eventually(loop, () -> network.stats().buffersInUseBytes() == 0);
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
        client().getOutputStream().write('x');
        assertThat(handler.closed.get(20, SECONDS)).contains("more than " + 8 * MIB + " bytes were pending");
        assertThat(on(loop, () -> handler.connection.pendingOutputBytes())).isZero();
        assertThat(network.stats().buffersInUseBytes()).isZero();
    }

    @Test
    void manyUnfinishedRequestsTogetherCostNoMoreThanTheLimitAndTheSmallGoOn() throws Exception {
        SelectorLoop loop = serve(LIMITS, RequestEcho::new);
        Socket small = client();
        byte[] unfinished = new byte[3 * MIB];
        unfinished[1] = 0x3f;
        List<CompletableFuture<Void>> senders = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Socket socket = client();
            senders.add(inBackground(() -> sendUntilClosed(socket, unfinished)));
        }
        for (CompletableFuture<Void> sender : senders) {
            sender.get(20, SECONDS);
            assertThat(network.stats().buffersInUseBytes()).isLessThanOrEqualTo(36L * MIB);
        }
        eventually(loop, () -> network.stats().connectionsCurrent() < 20);
        small.getOutputStream().write(new byte[] {0, 0, 0, 1, 'x'});
        assertThat(small.getInputStream().readNBytes(5)).endsWith('x');
    }

    @Test
    void manyUntakenAnswersTogetherCostNoMoreThanTheLimit() throws Exception {
        SelectorLoop loop = serve(LIMITS, () -> new TestHandler() {
            @Override
            public int onBytes(ByteBuffer in) {
                in.position(in.limit());
                for (int i = 0; i < 4; i++) {
                    connection.write(new byte[MIB], 0, MIB);
                }
                return 0;
            }
        });
        for (int i = 0; i < 40; i++) {
            client().getOutputStream().write('x');
        }
        eventually(
                loop,
                () -> network.stats().connectionsTotal() == 40
                        && network.stats().connectionsCurrent() < 30);
        assertThat(network.stats().buffersInUseBytes()).isLessThanOrEqualTo(33L * MIB);
    }

    private static void sendUntilClosed(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException closed) {
            // it was the largest
        }
    }

    @Test
    void aRequestBeyondTheInputLimitClosesTheConnection() throws Exception {
        BlockingQueue<TestHandler> handlers = new LinkedBlockingQueue<>();
        SelectorLoop loop = serve(LIMITS, () -> {
            RequestEcho handler = new RequestEcho();
            handlers.add(handler);
            return handler;
        });
        client().getOutputStream().write(new byte[] {0x7f, 0, 0, 0});
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
        Socket socket = client();
        inBackground(() -> sendInPieces(socket, new byte[16 * MIB], new Random(3)));
        assertThat(handler.closed.get(20, SECONDS)).contains("no use could be made");
        assertThat(network.stats().buffersInUseBytes()).isZero();
    }

    @Test
    void aClientBeyondTheLimitIsToldSoAndTheRestAreServed() throws Exception {
        SelectorLoop loop = serve(NetLimits.of(2, MIB, MIB, MIB), TestHandler::new);
        Socket first = client();
        Socket second = client();
        Socket third = client();
        third.getOutputStream()
                .write(new byte[10_000]); // what it asked for is not read, but the answer must get through
        assertThat(third.getInputStream().readAllBytes()).isEqualTo(REFUSAL);
        second.getOutputStream().write('b');
        assertThat(second.getInputStream().read()).isEqualTo('b');
        assertThat(network.stats().connectionsRejected()).isEqualTo(1);
        first.close();
        eventually(loop, () -> network.stats().connectionsCurrent() == 1);
        Socket fourth = client();
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
        Socket good = client();
        handlers.take();
        Socket bad = client();
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
        Socket socket = client();
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
}
