package io.ringleader.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.loop.SystemClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The links between nodes over real sockets. */
@Timeout(60)
class PeersSocketTest {
    private static final int FRAME_MAX_BYTES = 2 << 20;
    private static final PeerLimits LIMITS =
            PeerLimits.of(FRAME_MAX_BYTES, 8L << 20, 1_000_000_000L, 3_000_000_000L, 4_000_000_000L);
    private static final NetLimits NET_LIMITS = NetLimits.of(50, FRAME_MAX_BYTES + 8, 32L << 20, Long.MAX_VALUE);

    /** The real address of each node, known once it listens; what a node is told is only a name. */
    private final Map<InetSocketAddress, InetSocketAddress> addressBook = new ConcurrentHashMap<>();

    private final List<Node> nodes = new ArrayList<>();

    @AfterEach
    void stopAll() {
        nodes.forEach(node -> node.loop.close());
    }

    private static InetSocketAddress name(int node) {
        return InetSocketAddress.createUnresolved("node" + node, 1);
    }

    private final class Node implements Peers.Handler, Network {
        final int id;
        final SelectorLoop loop;
        final TcpNetwork network;
        final Peers peers;
        final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        final BlockingQueue<byte[]> frames = new LinkedBlockingQueue<>();
        final CompletableFuture<Throwable> failure = new CompletableFuture<>();

        Node(int id, int... others) throws IOException {
            this.id = id;
            loop = new SelectorLoop("node" + id, (name, cause) -> failure.complete(cause));
            network = new TcpNetwork(loop, NET_LIMITS, new byte[0]);
            Map<Integer, InetSocketAddress> peerNames = new TreeMap<>();
            for (int other : others) {
                peerNames.put(other, name(other));
            }
            Peers.Identity identity =
                    new Peers.Identity(id, "orchard", new TreeMap<>(Map.of("partitions", "16")), Optional.of("sesame"));
            peers = new Peers(
                    this, loop, SystemClock.INSTANCE, new SecureRandom(), identity, name(id), peerNames, LIMITS, this);
            peers.start();
            nodes.add(this);
            loop.start();
        }

        @Override
        public void stopListening() {
            network.stopListening();
        }

        @Override
        public void listen(InetSocketAddress name, Supplier<ConnectionHandler> handlers) throws IOException {
            InetAddress loopback = InetAddress.getLoopbackAddress();
            network.listen(addressBook.getOrDefault(name, new InetSocketAddress(loopback, 0)), handlers);
            addressBook.put(name, network.boundAddresses().get(0));
        }

        @Override
        public void connect(InetSocketAddress name, ConnectionHandler handler) {
            InetSocketAddress address = addressBook.get(name);
            if (address == null) {
                loop.execute(() -> handler.onClosed("not there yet"));
            } else {
                network.connect(address, handler);
            }
        }

        @Override
        public void onFrame(int from, byte[] buffer, int offset, int length) {
            frames.add(Arrays.copyOfRange(buffer, offset, offset + length));
        }

        @Override
        public void onPeerUp(int node) {
            events.add("up " + node);
        }

        @Override
        public void onReach(int node, boolean reached) {
            // its ups and downs are looked at here
        }

        @Override
        public void onLinkChanged(int node) {
            // its ups and downs are looked at here
        }

        @Override
        public void onPeerDown(int node, String reason) {
            events.add("down " + node);
        }

        void expect(String event) throws InterruptedException {
            assertThat(events.poll(20, SECONDS)).isEqualTo(event);
        }
    }

    @Test
    void framesOfAllSizesArriveIntactAndInOrder() throws Exception {
        Node one = new Node(1, 2);
        Node two = new Node(2, 1);
        one.expect("up 2");
        two.expect("up 1");
        Random random = new Random(1);
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            int length = i % 40 == 0 ? FRAME_MAX_BYTES - random.nextInt(2) : 1 + random.nextInt(5_000);
            byte[] frame = new byte[length];
            random.nextBytes(frame);
            sent.add(frame);
        }
        for (byte[] frame : sent) {
            sendWhenThereIsRoom(one, frame);
        }
        for (byte[] frame : sent) {
            assertThat(two.frames.poll(20, SECONDS)).isEqualTo(frame);
        }
        assertThat(two.network.stats().buffersInUseBytes()).isLessThan(10L << 20);
    }

    private static void sendWhenThereIsRoom(Node node, byte[] frame) throws Exception {
        boolean sent = false;
        while (!sent) {
            CompletableFuture<Boolean> answer = new CompletableFuture<>();
            node.loop.execute(() -> answer.complete(node.peers.send(2, frame, 0, frame.length)));
            sent = answer.get(20, SECONDS);
        }
    }

    @Test
    void aStoppedNodeIsDownAndARestartedOneUp() throws Exception {
        Node one = new Node(1, 2);
        Node two = new Node(2, 1);
        one.expect("up 2");
        two.expect("up 1");
        for (int round = 0; round < 3; round++) {
            two.loop.close();
            one.expect("down 2");
            two = new Node(2, 1);
            one.expect("up 2");
            two.expect("up 1");
        }
        assertThat(one.failure).isNotDone();
    }

    @Test
    void whateverComesToThePeerPortTheNodeLives() throws Exception {
        Node one = new Node(1, 2);
        Random random = new Random(5);
        List<byte[]> openings = new ArrayList<>();
        openings.add("GET /status HTTP/1.1\r\nHost: node1\r\n\r\n".getBytes(US_ASCII));
        openings.add("set key 0 0 5\r\nhello\r\n".getBytes(US_ASCII));
        openings.add(new byte[] {'R', 'N', 'G', 'L', 1, 1, (byte) 0xff, (byte) 0xff});
        openings.add(new byte[] {'R', 'N', 'G', 'L', 9, 1, 0, 1});
        for (int i = 0; i < 100; i++) {
            byte[] garbage = new byte[20 + random.nextInt(40_000)];
            random.nextBytes(garbage);
            System.arraycopy(new byte[] {'R', 'N', 'G', 'L', 1, 1}, 0, garbage, 0, random.nextInt(7));
            openings.add(garbage);
        }
        try (CapturedLog log = new CapturedLog(Peers.class)) {
            for (byte[] opening : openings) {
                try (Socket socket = new Socket()) {
                    socket.setSoTimeout(20_000);
                    socket.connect(addressBook.get(name(1)));
                    try {
                        socket.getOutputStream().write(opening);
                        socket.shutdownOutput();
                        socket.getInputStream().readAllBytes();
                    } catch (IOException e) {
                        assertThat(e).hasMessageMatching("(?i).*(reset|pipe).*"); // closed upon us: that is fine
                    }
                }
            }
            assertThat(log.warnings()).hasSizeBetween(1, 6);
        }
        Node two = new Node(2, 1);
        one.expect("up 2");
        two.expect("up 1");
        assertThat(one.failure).isNotDone();
        assertThat(one.frames).isEmpty();
    }

    @Test
    void aFullBacklogDropsFramesAndNotTheConnection() throws Exception {
        Node one = new Node(1, 2);
        Node two = new Node(2, 1);
        one.expect("up 2");
        two.expect("up 1");
        byte[] frame = new byte[FRAME_MAX_BYTES];
        CompletableFuture<Integer> accepted = new CompletableFuture<>();
        one.loop.execute(() -> {
            int count = 0;
            while (one.peers.send(2, frame, 0, frame.length)) {
                count++; // nothing leaves before the end of the burst
            }
            accepted.complete(count);
        });
        assertThat(accepted.get(20, SECONDS)).isEqualTo(3);
        for (int i = 0; i < 3; i++) {
            assertThat(two.frames.poll(20, SECONDS)).hasSize(FRAME_MAX_BYTES);
        }
        sendWhenThereIsRoom(one, new byte[] {1});
        assertThat(two.frames.poll(20, SECONDS)).hasSize(1);
    }
}
