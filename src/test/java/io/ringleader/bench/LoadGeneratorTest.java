package io.ringleader.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.bench.BenchOptions.Distribution;
import io.ringleader.bench.BenchOptions.Protocol;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class LoadGeneratorTest {
    private static final long STALL_NANOS = 400_000_000L;

    /** Answers every line that has been read with a miss; stands still once, in the middle. */
    private static final class MissingEverything implements AutoCloseable {
        final InetSocketAddress address;
        private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final int stallAfter;
        private final int closeAfter;

        MissingEverything(int stallAfter, int closeAfter) throws IOException {
            this.stallAfter = stallAfter;
            this.closeAfter = closeAfter;
            address = new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
            Thread thread = new Thread(this::serve, "server of a test");
            thread.setDaemon(true);
            thread.start();
        }

        private void serve() {
            int answered = 0;
            while (!socket.isClosed()) {
                try (Socket client = socket.accept()) {
                    client.setTcpNoDelay(true);
                    OutputStream out = client.getOutputStream();
                    byte[] in = new byte[1 << 16];
                    for (int read = client.getInputStream().read(in);
                            read >= 0 && answered != closeAfter;
                            read = client.getInputStream().read(in)) {
                        for (int i = 0; i < read; i++) {
                            if (in[i] == '\n') {
                                if (++answered == stallAfter) {
                                    LockSupport.parkNanos(STALL_NANOS);
                                }
                                out.write("END\r\n".getBytes(StandardCharsets.US_ASCII));
                                if (answered == closeAfter) {
                                    break;
                                }
                            }
                        }
                    }
                    if (answered == closeAfter) {
                        answered++;
                    }
                } catch (IOException e) {
                    // that client is gone
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static BenchOptions gets(InetSocketAddress server, int pipeline, double rate) {
        return new BenchOptions(
                Protocol.MEMCACHED,
                List.of(server),
                1,
                pipeline,
                1,
                100,
                Distribution.UNIFORM,
                10,
                10,
                1,
                0,
                1,
                rate,
                false,
                true,
                1);
    }

    private static BenchResult run(BenchOptions options) throws Exception {
        return new LoadGenerator(options, new LoadGenerator.Observer() {}).run();
    }

    @Test
    void atAFixedRateAServerThatStallsShowsInThePercentiles() throws Exception {
        for (int pipeline : new int[] {1, 1024}) {
            try (MissingEverything server = new MissingEverything(300, -1)) {
                BenchResult result = run(gets(server.address, pipeline, 1000));

                // 1000 were due in this second, 400 of them while the server stood still, and they waited 200 ms in the
                // mean
                assertThat(result.gets().count()).isBetween(995L, 1000L);
                assertThat(result.gets().p90Nanos()).isGreaterThan(STALL_NANOS / 2);
                assertThat(result.gets().maxNanos()).isGreaterThan(STALL_NANOS * 9 / 10);
            }
        }
    }

    @Test
    void asFastAsTheyAreAnsweredAStallIsOneSlowRequestOnly() throws Exception {
        try (MissingEverything server = new MissingEverything(300, -1)) {
            BenchResult result = run(gets(server.address, 1, 0));

            assertThat(result.gets().count()).isGreaterThan(400);
            assertThat(result.gets().p99Nanos()).isLessThan(STALL_NANOS / 2);
            assertThat(result.gets().maxNanos()).isGreaterThan(STALL_NANOS * 9 / 10);
            assertThat(result.gets().perSecond())
                    .isEqualTo(result.gets().count(), org.assertj.core.api.Assertions.offset(2.0));
        }
    }

    @Test
    void aRateThatTheServerCannotTakeLeavesRequestsUnsentAndTheirWaitingCounts() throws Exception {
        try (MissingEverything server = new MissingEverything(-1, -1)) {
            BenchResult result = run(gets(server.address, 1, 5_000_000));

            assertThat(result.kinds().get(AnswerKind.UNSENT)).isGreaterThan(1_000_000);
            assertThat(result.gets().p50Nanos()).isGreaterThan(100_000_000L);
        }
    }

    @Test
    void aLostConnectionIsCountedAndMadeAgain() throws Exception {
        try (MissingEverything server = new MissingEverything(-1, 200)) {
            BenchResult result = run(gets(server.address, 4, 0));

            assertThat(result.kinds().get(AnswerKind.CONNECTION_LOST)).isBetween(1L, 4L);
            assertThat(result.kinds().get(AnswerKind.MISS)).isGreaterThan(300);
            assertThat(result.texts()).isNotEmpty();
        }
    }

    @Test
    void aServerThatIsNotThereIsNamed() throws Exception {
        // bound but never listening: refused for sure, while a server just closed lives on until its accept has
        // returned
        try (Socket held = new Socket()) {
            held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            var nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), held.getLocalPort());

            assertThatThrownBy(() -> run(gets(nobody, 1, 0)))
                    .isInstanceOf(BenchException.class)
                    .hasMessageContaining(":" + nobody.getPort())
                    .hasMessageContaining("--servers");
        }
    }

    @Test
    void keysThatCouldNotBeStoredBeforehandAreAnError() throws Exception {
        try (MissingEverything server = new MissingEverything(-1, -1)) {
            BenchOptions plain = gets(server.address, 1, 0);
            BenchOptions preloading = new BenchOptions(
                    plain.protocol(),
                    plain.servers(),
                    1,
                    1,
                    1,
                    100,
                    plain.distribution(),
                    10,
                    10,
                    1,
                    0,
                    1,
                    0,
                    true,
                    true,
                    1);
            assertThatThrownBy(() -> run(preloading))
                    .isInstanceOf(BenchException.class)
                    .hasMessageContaining("of 100 keys could be stored beforehand: [WRONG_ANSWER: END");
        }
    }
}
