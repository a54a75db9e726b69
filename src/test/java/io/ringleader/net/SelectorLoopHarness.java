package io.ringleader.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;

/** A selector loop on real sockets of this machine, and what its tests need. */
abstract class SelectorLoopHarness {
    static final int MIB = 1 << 20;
    static final NetLimits LIMITS = new NetLimits(100, 4 * MIB, 8 * MIB, 32 * MIB, 8 << 10, 4 << 10, 4 * MIB, 3_000);
    static final byte[] REFUSAL = "SERVER_ERROR too many open connections\r\n".getBytes(US_ASCII);

    final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    /** Of the loop made last. */
    TcpNetwork network;

    final List<SelectorLoop> loops = new ArrayList<>();
    final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void closeAll() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        loops.forEach(SelectorLoop::close);
    }

    /** A handler that does what a test overrides, and tells of the end. */
    static class TestHandler implements ConnectionHandler {
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
    static final class RequestEcho extends TestHandler {
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

    SelectorLoop loop(NetLimits limits) throws IOException {
        SelectorLoop loop = new SelectorLoop("test-net", (name, cause) -> failure.complete(cause));
        loops.add(loop);
        network = new TcpNetwork(loop, limits, REFUSAL);
        return loop;
    }

    SelectorLoop serve(NetLimits limits, Supplier<ConnectionHandler> handlers) throws IOException {
        SelectorLoop loop = loop(limits);
        network.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), handlers);
        return loop.start();
    }

    Socket client() throws IOException {
        return connected(network.boundAddresses().get(0));
    }

    Socket connected(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        socket.connect(address);
        return socket;
    }

    static <T> T on(SelectorLoop loop, Callable<T> question) throws Exception {
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
    static void eventually(SelectorLoop loop, Callable<Boolean> claim) throws Exception {
        long deadlineNanos = System.nanoTime() + 20_000_000_000L;
        while (!on(loop, claim)) {
            assertThat(System.nanoTime())
                    .as("time for the claim to become true")
                    .isLessThan(deadlineNanos);
        }
    }

    /** On a thread of its own: what blocks must not hold a place in the common pool. */
    static CompletableFuture<Void> inBackground(Runnable task) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                task.run();
                done.complete(null);
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    static byte[] random(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
