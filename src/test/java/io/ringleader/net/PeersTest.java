package io.ringleader.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.sim.VirtualWorld;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The links between nodes on simulated time and a simulated network. */
class PeersTest {
    private static final int FRAME_MAX_BYTES = 100_000;
    private static final Map<String, String> AGREEMENT = Map.of("partitions", "16");

    private static final long HEARTBEAT_NANOS = 1_000_000_000L;
    private static final long SILENCE_NANOS = 3_000_000_000L;

    private final VirtualWorld world = new VirtualWorld(1);
    private final CapturedLog log = new CapturedLog(Peers.class);
    private final Map<Integer, Node> nodes = new HashMap<>();

    @AfterEach
    void releaseLog() {
        log.close();
    }

    private static final class Node implements Peers.Handler {
        final List<String> events = new ArrayList<>();
        final List<byte[]> frames = new ArrayList<>();
        final List<String> reaches = new ArrayList<>();
        final List<Integer> linkChanges = new ArrayList<>();
        Peers peers;

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
            reaches.add((reached ? "reaches " : "misses ") + node);
        }

        @Override
        public void onLinkChanged(int node) {
            linkChanges.add(node);
        }

        @Override
        public void onPeerDown(int node, String reason) {
            events.add("down " + node + ": " + reason);
        }
    }

    private static InetSocketAddress address(int node) {
        return InetSocketAddress.createUnresolved("node" + node, 7000);
    }

    private Node start(int id, Map<String, String> agreement, String secret, int... others) throws IOException {
        Node node = new Node();
        Map<Integer, InetSocketAddress> addresses = new TreeMap<>();
        for (int other : others) {
            addresses.put(other, address(other));
        }
        node.peers = new Peers(
                world.network(),
                world.loop(),
                world,
                world.random(),
                new Peers.Identity(id, "orchard", new TreeMap<>(agreement), Optional.ofNullable(secret)),
                address(id),
                addresses,
                PeerLimits.of(FRAME_MAX_BYTES, 10 * FRAME_MAX_BYTES, HEARTBEAT_NANOS, SILENCE_NANOS, 4_000_000_000L),
                node);
        node.peers.start();
        nodes.put(id, node);
        return node;
    }

    @Test
    void nodesFindEachOtherAndFramesArriveIntactAndInOrder() throws IOException {
        Node one = start(1, AGREEMENT, "s", 2, 3);
        Node two = start(2, AGREEMENT, "s", 1, 3);
        start(3, AGREEMENT, "s", 1, 2);
        world.runMillis(2_000);
        for (Node node : nodes.values()) {
            assertThat(node.events).hasSize(2).allMatch(event -> event.startsWith("up "));
        }
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            byte[] frame = new byte[1 + world.random().nextInt(i % 50 == 0 ? FRAME_MAX_BYTES : 500)];
            world.random().nextBytes(frame);
            sent.add(frame);
            assertThat(one.peers.send(2, frame, 0, frame.length)).isTrue();
        }
        world.runMillis(2_000);
        assertThat(two.frames).usingElementComparator(Arrays::compare).containsExactlyElementsOf(sent);
        assertThat(nodes.get(3).frames).isEmpty();
    }

    @Test
    void silentConnectionsStayUpForHours() throws IOException {
        Node one = start(1, AGREEMENT, null, 2);
        start(2, AGREEMENT, null, 1);
        world.runMillis(2 * 3_600_000);
        assertThat(one.events).containsExactly("up 2");
        assertThat(world.connectionsMade()).isEqualTo(2);
        assertThat(world.openConnections()).isEqualTo(4);
    }

    @Test
    void aPulledCableIsNoticedAndAPluggedOneUsedWithinASecondOrTwo() throws IOException {
        Node one = start(1, AGREEMENT, null, 2);
        Node two = start(2, AGREEMENT, null, 1);
        world.runMillis(2_000);
        world.cut(true);
        world.runMillis(4_500);
        assertThat(one.reaches).as("a silent node, long before").containsExactly("reaches 2", "misses 2");
        world.runMillis(3_500);
        assertThat(one.events).containsExactly("up 2", "down 2: nothing was heard for 6000 ms");
        assertThat(two.events).containsExactly("up 1", "down 1: nothing was heard for 6000 ms");
        assertThat(one.peers.isConnected(2)).isFalse();
        assertThat(one.peers.send(2, new byte[1], 0, 1)).isFalse();
        world.runMillis(60_000);
        world.cut(false);
        world.runMillis(7_500); // the attempts that hang have to time out
        assertThat(one.peers.isConnected(2)).isTrue();
        assertThat(two.peers.isConnected(1)).isTrue();
        assertThat(one.reaches).containsExactly("reaches 2", "misses 2", "reaches 2");
        assertThat(one.peers.isReached(2)).isTrue();
    }

    @Test
    void aResetConnectionIsDialledAgainWithinATenthOfASecond() throws IOException {
        Node one = start(1, AGREEMENT, null, 2);
        start(2, AGREEMENT, null, 1);
        world.runMillis(2_000);
        for (int round = 0; round < 20; round++) {
            world.resetConnections();
            world.runMillis(1);
            assertThat(one.peers.isConnected(2)).isFalse();
            world.runMillis(100);
            assertThat(one.peers.isConnected(2)).isTrue();
        }
        assertThat(one.events).hasSize(41);
    }

    @Test
    void aPeerThatComesBackIsDialledAtOnceBecauseItDialledUs() throws IOException {
        Node one = start(1, AGREEMENT, null, 2);
        world.runMillis(60_000); // the pause has grown to a second
        assertThat(one.peers.problem(2))
                .hasValueSatisfying(text -> assertThat(text).contains("connection refused"));
        assertThat(log.warnings()).hasSize(1).allMatch(line -> line.contains("Node 2 cannot be reached"));
        start(2, AGREEMENT, null, 1);
        world.runMillis(20);
        assertThat(one.peers.isConnected(2)).isTrue();
        assertThat(one.peers.problem(2)).isEmpty();
    }

    @Test
    void aRestartedPeerReplacesItsOldConnection() throws IOException {
        Node one = start(1, AGREEMENT, null, 2);
        Node old = start(2, AGREEMENT, null, 1);
        world.runMillis(2_000);
        // A second process with the same id, while the connection of the first has not been noticed to be dead.
        Node fresh = start(2, AGREEMENT, null, 1);
        world.runMillis(20); // before the old one dials again
        assertThat(fresh.peers.isConnected(1)).isTrue();
        assertThat(old.events).anyMatch(event -> event.startsWith("down 1"));
        fresh.peers.send(1, new byte[] {1}, 0, 1);
        world.runMillis(10);
        assertThat(one.frames).hasSize(1);
    }

    @Test
    void aNodeIsHeardWithEachIntervalUntilItStandsStill() throws IOException {
        Node one = start(1, AGREEMENT, null, 2);
        world.runMillis(3_000);
        assertThat(world.monotonicNanos() - one.peers.lastHeardNanos(2))
                .as("never, since it started")
                .isEqualTo(3 * HEARTBEAT_NANOS);
        start(2, AGREEMENT, null, 1);
        world.runMillis(2_000);
        for (int i = 0; i < 100; i++) {
            world.runMillis(100);
            assertThat(world.monotonicNanos() - one.peers.lastHeardNanos(2))
                    .isBetween(0L, HEARTBEAT_NANOS + HEARTBEAT_NANOS / 10);
        }
        world.cut(true);
        world.runMillis(5_000);
        assertThat(world.monotonicNanos() - one.peers.lastHeardNanos(2)).isGreaterThan(4 * HEARTBEAT_NANOS - 1);
    }

    @Test
    void aConnectionThatIsLostOrMadeAnewIsTold() throws IOException {
        Node one = start(1, AGREEMENT, null, 2);
        start(2, AGREEMENT, null, 1);
        world.runMillis(2_000);
        one.linkChanges.clear();
        start(2, AGREEMENT, null, 1);
        world.runMillis(20);
        assertThat(one.linkChanges).as("another process with its id").contains(2);
        one.linkChanges.clear();
        world.cut(true);
        world.runMillis(8_000);
        assertThat(one.linkChanges).as("both connections are given up").hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void differingConfigurationsAreLoggedOnBothSidesOnceAMinute() throws IOException {
        Node one = start(1, Map.of("partitions", "16"), "s", 2);
        start(2, Map.of("partitions", "32"), "s", 1);
        world.runMillis(50_000);
        assertThat(log.warnings())
                .filteredOn(line -> line.contains("from node 1 "))
                .hasSize(1);
        assertThat(log.warnings())
                .filteredOn(line -> line.contains("from node 2 "))
                .hasSize(1);
        assertThat(log.warnings())
                .filteredOn(line -> line.contains("to node 1 "))
                .hasSize(1);
        assertThat(log.warnings())
                .filteredOn(line -> line.contains("to node 2 "))
                .hasSize(1);
        assertThat(log.warnings())
                .filteredOn(line -> line.startsWith("No peer connection"))
                .hasSize(4)
                .allMatch(line -> line.contains("partitions is "))
                .allMatch(line -> line.contains("16 on node 1") && line.contains("32 on node 2"));
        assertThat(one.peers.problem(2))
                .hasValueSatisfying(text -> assertThat(text).contains("partitions is "));
        assertThat(one.events).isEmpty();
        log.clear();
        world.runMillis(20_000);
        assertThat(log.warnings())
                .filteredOn(line -> line.startsWith("No peer connection"))
                .hasSize(4);
    }

    @Test
    void differentSecretsAreLoggedOnBothSides() throws IOException {
        start(1, AGREEMENT, "open sesame", 2);
        start(2, AGREEMENT, "open barley", 1);
        world.runMillis(10_000);
        assertThat(log.warnings())
                .filteredOn(line -> line.startsWith("No peer connection"))
                .hasSize(4)
                .allMatch(line -> line.contains("different cluster secrets"))
                .noneMatch(line -> line.contains("sesame") || line.contains("barley"));
    }

    /** A client of the test's own that says what it is told to and keeps what it hears. */
    private class Stranger implements ConnectionHandler {
        final byte[] greeting;
        Connection connection;
        String closed;

        Stranger(byte[] greeting) {
            this.greeting = greeting;
            world.network().connect(address(1), this);
        }

        @Override
        public void onOpen(Connection opened) {
            connection = opened;
            connection.write(greeting, 0, greeting.length);
        }

        @Override
        public int onBytes(ByteBuffer in) {
            in.position(in.limit());
            return 0;
        }

        @Override
        public void onOutputDrained() {}

        @Override
        public void onClosed(String reason) {
            closed = reason;
        }
    }

    @Test
    void whoSaysNothingIsDroppedAndCannotKeepPeersOut() throws IOException {
        Node one = start(1, AGREEMENT, null, 2);
        List<Stranger> strangers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            strangers.add(new Stranger(new byte[0]));
        }
        world.runMillis(100);
        assertThat(world.openConnections()).isLessThanOrEqualTo(2 * 130);
        start(2, AGREEMENT, null, 1);
        world.runMillis(200);
        assertThat(one.peers.isConnected(2)).isTrue();
        assertThat(nodes.get(2).peers.isConnected(1)).isTrue();
        world.runMillis(10_000);
        assertThat(strangers).allMatch(stranger -> stranger.closed != null);
        assertThat(world.openConnections()).isEqualTo(4);
        assertThat(log.warnings())
                .filteredOn(line -> line.contains("handshake"))
                .hasSize(1);
    }

    @Test
    void garbageIsLoggedOnceAndTheNodeLivesOn() throws IOException {
        Node one = start(1, AGREEMENT, "s", 2);
        start(2, AGREEMENT, "s", 1);
        world.runMillis(2_000);
        log.clear();
        List<Stranger> strangers = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            byte[] garbage = new byte[world.random().nextInt(300)];
            world.random().nextBytes(garbage);
            int magicBytes = world.random().nextInt(7);
            byte[] start = {'R', 'N', 'G', 'L', 1, 1};
            System.arraycopy(start, 0, garbage, 0, Math.min(garbage.length, magicBytes));
            strangers.add(new Stranger(garbage));
            world.runMillis(50);
        }
        world.runMillis(7_000);
        assertThat(strangers).allMatch(stranger -> stranger.closed != null);
        assertThat(log.warnings()).hasSizeLessThanOrEqualTo(4);
        assertThat(one.events).containsExactly("up 2");
        assertThat(one.frames).isEmpty();
    }

    @Test
    void damagedAndOversizedFramesCloseTheConnection() throws IOException {
        Node one = start(1, AGREEMENT, null, 2);
        Peers.Identity two = new Peers.Identity(2, "orchard", new TreeMap<>(AGREEMENT), Optional.empty());
        byte[] damaged = ByteBuffer.allocate(12).putInt(4).putInt(77).putInt(1).array();
        byte[] oversized =
                ByteBuffer.allocate(8).putInt(FRAME_MAX_BYTES + 1).putInt(0).array();
        byte[] absurd = ByteBuffer.allocate(8).putInt(-1).putInt(0).array();
        for (byte[] bad : List.of(damaged, oversized, absurd)) {
            Handshake handshake = Handshake.dial(two, 1, world.random());
            Stranger stranger = new Stranger(handshake.opening()) {
                @Override
                public int onBytes(ByteBuffer in) {
                    Handshake.Outcome outcome = handshake.receive(in);
                    if (outcome instanceof Handshake.Reply reply) {
                        connection.write(reply.bytes(), 0, reply.bytes().length);
                    } else if (outcome instanceof Handshake.Done) {
                        connection.write(bad, 0, bad.length);
                    }
                    return 0;
                }
            };
            world.runMillis(100);
            assertThat(stranger.closed).isEqualTo("closed by the other end");
        }
        assertThat(one.frames).isEmpty();
    }

    @Test
    void aNodeThatStoodStillDoesNotBlameTheOthers() throws IOException {
        Node one = start(1, AGREEMENT, null, 2);
        start(2, AGREEMENT, null, 1);
        world.runMillis(2_500);
        world.standStillMillis(30_000);
        world.runMillis(10_000);
        assertThat(one.events).containsExactly("up 2");
    }

    @Test
    void wrongUseIsToldInWords() throws IOException {
        Node one = start(1, AGREEMENT, null, 2);
        assertThatThrownBy(() -> one.peers.send(2, new byte[FRAME_MAX_BYTES + 1], 0, FRAME_MAX_BYTES + 1))
                .hasMessageContaining("between 1 and " + FRAME_MAX_BYTES);
        assertThatThrownBy(() -> one.peers.send(2, new byte[0], 0, 0)).hasMessageContaining("has 0");
        assertThatThrownBy(() -> one.peers.isConnected(5)).hasMessageContaining("Node 5 is not a peer of node 1");
        assertThatThrownBy(() -> start(3, AGREEMENT, null, 3)).hasMessageContaining("cannot be its own peer");
        assertThatThrownBy(() -> start(70_000, AGREEMENT, null, 1)).hasMessageContaining("between 1 and 65535");
        assertThatThrownBy(() -> start(4, AGREEMENT, "", 1)).hasMessageContaining("secret is empty");
        assertThatThrownBy(() -> PeerLimits.of(100, 100, HEARTBEAT_NANOS, SILENCE_NANOS, 4_000_000_000L))
                .hasMessageContaining("room for one frame");
    }
}
