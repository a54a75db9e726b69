package io.ringleader.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ringleader.loop.Clock;
import io.ringleader.loop.Loop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The links of a node to all others of its cluster. Owned by its loop: every method is called there, {@link #start} also
 * before the loop runs.
 *
 * <p>Each node dials every other. Frames leave on the connection it dialled and arrive on those it accepted: one connection
 * per pair and direction, so two nodes that dial each other at once have nothing to sort out. A lost connection is dialled
 * again after a random, growing, but always short time; and at once when the peer, being back, has dialled this node.
 *
 * <p>Delivery is what TCP gives and no more: the frames of one connection arrive whole, in order and once, those around the
 * loss of a connection may be lost. Raft copes.
 *
 * <p>The network must allow, per connection, at least {@code frameMaxBytes + 8} of input and {@code backlogMaxBytes} and a
 * handshake of output; and at least {@link #STRANGERS_MAX} accepted connections and two per peer, or strangers could keep
 * peers out.
 */
public final class Peers {
    private static final Logger log = LoggerFactory.getLogger(Peers.class);

    private static final long LOG_INTERVAL_NANOS = 60_000_000_000L;

    /**
     * Accepted connections that have not said who they are. One more, and the oldest has to go: whoever opens connections and
     * says nothing cannot keep the peers out for longer than he keeps opening them.
     */
    public static final int STRANGERS_MAX = 128;

    /**
     * Who a node is, and what it must have in common with its peers.
     *
     * @param nodeId 1 to 65535
     * @param clusterName 1 to 255 bytes
     * @param agreement settings that must be the same on all nodes, by name; together at most some 16 KB
     * @param secret shared by all nodes of the cluster, if it has one; not empty. It is never sent
     */
    public record Identity(
            int nodeId, String clusterName, SortedMap<String, String> agreement, Optional<String> secret) {
        public Identity {
            requireNodeId(nodeId);
            int nameBytes = clusterName.getBytes(UTF_8).length;
            if (nameBytes < 1 || nameBytes > 255) {
                throw new IllegalArgumentException(
                        "The name of a cluster has 1 to 255 bytes, but '" + clusterName + "' has " + nameBytes + ".");
            }
            agreement = Collections.unmodifiableSortedMap(new TreeMap<>(agreement));
            Handshake.encodeAgreement(agreement); // refuses what is too large
            if (secret.isPresent() && secret.get().isEmpty()) {
                throw new IllegalArgumentException("The cluster secret is empty; leave it out or choose one.");
            }
        }

        /** Without the secret. */
        @Override
        public String toString() {
            return "Identity[nodeId=" + nodeId + ", clusterName=" + clusterName + ", agreement=" + agreement
                    + ", secret=" + (secret.isPresent() ? "(set)" : "(none)") + "]";
        }
    }

    /** Hears what comes from the peers, on the loop. */
    public interface Handler {
        /** A frame of a peer. The bytes are valid during the call only. An exception closes the connection. */
        void onFrame(int from, byte[] buffer, int offset, int length);

        /** From now on {@link Peers#send} reaches the node. */
        void onPeerUp(int node);

        /** A connection to or from the node was lost, or one from it was made anew: it may have been restarted. */
        void onLinkChanged(int node);

        /** The node cannot be reached any more. Always after {@link #onPeerUp}. */
        void onPeerDown(int node, String reason);

        /** The node has begun to be {@linkplain Peers#isReached reached}, or has ceased to be. */
        void onReach(int node, boolean reached);
    }

    /** What is known of one other node. */
    private static final class Peer {
        final int node;
        final InetSocketAddress address;

        /** The connection this node dials, from the attempt on; null during a pause. */
        PeerConnection outgoing;

        /** The connection the peer dialled, once it has proved to be the peer; null if there is none. */
        PeerConnection incoming;

        long pauseNanos;

        /** A dial that was planned is carried out only if nothing has happened since. */
        long plan;

        /** When anything last came in on a connection that the peer dialled: what it says comes there, and nowhere else. */
        long lastHeardNanos;

        boolean announcedUp;
        boolean reached;
        String problem;

        Peer(int node, InetSocketAddress address, long nowNanos) {
            this.node = node;
            this.address = address;
            lastHeardNanos = nowNanos;
        }
    }

    private final Network network;
    private final Loop loop;
    private final Clock clock;
    private final RandomGenerator random;
    private final Identity self;
    private final InetSocketAddress listenAddress;
    private final PeerLimits limits;
    private final Handler handler;
    private final Map<Integer, Peer> peers = new TreeMap<>();
    private final Set<PeerConnection> strangers = new LinkedHashSet<>();
    private final LogLimiter logLimiter = new LogLimiter(LOG_INTERVAL_NANOS);
    private long lastTickNanos;

    /**
     * @param random also chooses the nonces of the handshake: with a secret, a {@link java.security.SecureRandom}
     * @param peers where the other nodes listen, by id, without this node
     */
    public Peers(
            Network network,
            Loop loop,
            Clock clock,
            RandomGenerator random,
            Identity self,
            InetSocketAddress listenAddress,
            Map<Integer, InetSocketAddress> peers,
            PeerLimits limits,
            Handler handler) {
        this.network = Objects.requireNonNull(network, "network");
        this.loop = Objects.requireNonNull(loop, "loop");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.random = Objects.requireNonNull(random, "random");
        this.self = Objects.requireNonNull(self, "self");
        this.listenAddress = Objects.requireNonNull(listenAddress, "listenAddress");
        this.limits = Objects.requireNonNull(limits, "limits");
        this.handler = Objects.requireNonNull(handler, "handler");
        peers.forEach((node, address) -> {
            requireNodeId(node);
            if (node == self.nodeId()) {
                throw new IllegalArgumentException("Node " + node + " cannot be its own peer.");
            }
            this.peers.put(node, new Peer(node, Objects.requireNonNull(address, "address"), nowNanos()));
        });
    }

    private static void requireNodeId(int node) {
        if (node < 1 || node > 65_535) {
            throw new IllegalArgumentException("A node id must be between 1 and 65535, but one is " + node + ".");
        }
    }

    /**
     * Listens, and dials all peers. Called once.
     *
     * @throws IOException if the address cannot be bound
     */
    public void start() throws IOException {
        network.listen(listenAddress, this::acceptStranger);
        loop.execute(() -> {
            lastTickNanos = nowNanos();
            for (Peer peer : peers.values()) {
                peer.pauseNanos = limits.reconnectMinNanos();
                dial(peer);
            }
            scheduleTick(lastTickNanos);
        });
    }

    /** Whether {@link #send} reaches the node at the moment, as far as this node knows. */
    public boolean isConnected(int node) {
        PeerConnection outgoing = peer(node).outgoing;
        return outgoing != null && outgoing.isEstablished();
    }

    /**
     * Whether {@link #send} reaches the node and it can answer: it is connected both ways, and not silent. A link that is cut shows
     * by silence at first.
     */
    public boolean isReached(int node) {
        return peer(node).reached;
    }

    private void lookAt(Peer peer) {
        boolean reached = isConnected(peer.node)
                && peer.incoming != null
                && nowNanos() - peer.lastHeardNanos < limits.silenceNanos();
        if (reached != peer.reached) {
            peer.reached = reached;
            handler.onReach(peer.node, reached);
        }
    }

    /**
     * Queues a frame of 1 to {@code frameMaxBytes} bytes; they are copied.
     *
     * @return false if the node is not connected or too much is pending already; the frame is dropped
     */
    public boolean send(int node, byte[] frame, int offset, int length) {
        if (length < 1 || length > limits.frameMaxBytes()) {
            throw new IllegalArgumentException("A frame has between 1 and " + limits.frameMaxBytes()
                    + " bytes, but one for node " + node + " has " + length + ".");
        }
        Objects.checkFromIndexSize(offset, length, frame.length);
        PeerConnection outgoing = peer(node).outgoing;
        return outgoing != null && outgoing.send(frame, offset, length);
    }

    /**
     * When anything last came from the node on the connection on which its frames come, if only when this was made. While both
     * nodes are well that is no longer ago than its ping interval, and a little.
     */
    public long lastHeardNanos(int node) {
        return peer(node).lastHeardNanos;
    }

    /** Why the node cannot be reached, as a sentence for people; empty if it can be, or if nothing is known yet. */
    public Optional<String> problem(int node) {
        return Optional.ofNullable(peer(node).problem);
    }

    private Peer peer(int node) {
        Peer peer = peers.get(node);
        if (peer == null) {
            throw new IllegalArgumentException("Node " + node + " is not a peer of node " + self.nodeId() + ".");
        }
        return peer;
    }

    // -------------------------------------------------------------------------------------------------------- dialling

    private void dial(Peer peer) {
        peer.plan++;
        peer.outgoing = new PeerConnection(this, Handshake.dial(self, peer.node, random), true, nowNanos());
        network.connect(peer.address, peer.outgoing);
    }

    /** Half of the pause is random, so that nodes which lost each other at once do not come back at once, again and again. */
    private void dialLater(Peer peer) {
        long delayNanos = peer.pauseNanos / 2 + random.nextLong(peer.pauseNanos / 2 + 1);
        peer.pauseNanos = Math.min(2 * peer.pauseNanos, limits.reconnectMaxNanos());
        long plan = ++peer.plan;
        loop.schedule(delayNanos, () -> {
            if (peer.plan == plan) {
                dial(peer);
            }
        });
    }

    // ---------------------------------------------------------------------------------------- called by the
    // connections

    PeerLimits limits() {
        return limits;
    }

    long nowNanos() {
        return clock.monotonicNanos();
    }

    private ConnectionHandler acceptStranger() {
        if (strangers.size() >= STRANGERS_MAX) {
            Iterator<PeerConnection> oldest = strangers.iterator();
            PeerConnection dropped = oldest.next();
            oldest.remove();
            dropped.fail("too many connections have not said who they are; this one is the oldest");
        }
        PeerConnection stranger =
                new PeerConnection(this, Handshake.accept(self, peers.keySet(), random), false, nowNanos());
        strangers.add(stranger);
        return stranger;
    }

    void established(PeerConnection connection) {
        Peer peer = peer(connection.peer());
        if (connection.isDialled()) {
            peer.pauseNanos = limits.reconnectMinNanos();
            peer.problem = null;
            logLimiter.forget(unreachableKey(peer));
            peer.announcedUp = true;
            log.info("Connected to node {} at {}.", peer.node, connection.remoteAddress());
            handler.onPeerUp(peer.node);
            lookAt(peer);
            return;
        }
        strangers.remove(connection);
        PeerConnection previous = peer.incoming;
        peer.incoming = connection;
        if (previous != null) {
            previous.fail("node " + peer.node + " has made a new connection");
        }
        peer.lastHeardNanos = nowNanos();
        handler.onLinkChanged(peer.node);
        lookAt(peer);
        if (peer.outgoing == null) {
            peer.pauseNanos = limits.reconnectMinNanos();
            dial(peer); // it is there, so why wait
        }
    }

    void refused(PeerConnection connection, Handshake.Refused refused) {
        strangers.remove(connection);
        Peer peer = peers.get(connection.peer());
        if (peer != null && connection.isDialled()) {
            peer.problem = refused.reason();
        }
        String who = (connection.isDialled() ? "to" : hostOf(connection.remoteAddress())) + " " + connection.peer();
        if (logLimiter.mayLog(who + " " + refused.problem(), nowNanos())) {
            log.warn(
                    "No peer connection {} {} at {}: {}.",
                    connection.isDialled() ? "to" : "from",
                    connection.peer() == 0 ? "a stranger" : "node " + connection.peer(),
                    connection.remoteAddress(),
                    refused.reason());
        }
    }

    /** Something came in on an established connection. */
    void heard(PeerConnection connection) {
        Peer peer = connection.isDialled() ? null : peers.get(connection.peer());
        if (peer != null && peer.incoming == connection) {
            peer.lastHeardNanos = nowNanos();
            if (!peer.reached) {
                lookAt(peer);
            }
        }
    }

    void frame(PeerConnection connection, byte[] buffer, int offset, int length) {
        if (connection.isDialled()) {
            connection.fail("it sent a frame on the connection that carries frames the other way");
            return;
        }
        handler.onFrame(connection.peer(), buffer, offset, length);
    }

    void closed(PeerConnection connection, String reason) {
        if (connection.isDialled()) {
            outgoingClosed(peer(connection.peer()), connection, reason);
            return;
        }
        if (strangers.remove(connection)) {
            if (logLimiter.mayLog(hostOf(connection.remoteAddress()) + " gone", nowNanos())) {
                log.warn(
                        "A connection from {} ended before its handshake did: {}.", connection.remoteAddress(), reason);
            }
            return;
        }
        Peer peer = peers.get(connection.peer());
        if (peer != null && peer.incoming == connection) {
            peer.incoming = null;
            log.info("The connection from node {} is closed: {}.", peer.node, reason);
            handler.onLinkChanged(peer.node);
            lookAt(peer);
        }
    }

    private void outgoingClosed(Peer peer, PeerConnection connection, String reason) {
        if (peer.outgoing != connection) {
            return;
        }
        peer.outgoing = null;
        if (!connection.wasEstablished() && !connection.wasRefused()) {
            peer.problem = reason;
            if (logLimiter.mayLog(unreachableKey(peer), nowNanos())) {
                log.warn("Node {} cannot be reached: {}.", peer.node, reason);
            }
        }
        dialLater(peer);
        if (peer.announcedUp) {
            peer.announcedUp = false;
            peer.problem = reason;
            log.warn("The connection to node {} is lost: {}.", peer.node, reason);
            handler.onPeerDown(peer.node, reason);
            handler.onLinkChanged(peer.node);
            lookAt(peer);
        }
    }

    private static String unreachableKey(Peer peer) {
        return "node " + peer.node + " unreachable";
    }

    /** Without the port, which is another each time. */
    private static String hostOf(String address) {
        int colon = address.lastIndexOf(':');
        return colon < 0 ? address : address.substring(0, colon);
    }

    // ------------------------------------------------------------------------------------------------------------ time

    private void tick() {
        long nowNanos = nowNanos();
        long lateNanos = nowNanos - lastTickNanos - limits.pingIntervalNanos();
        lastTickNanos = nowNanos;
        // If this node stood still, what others sent meanwhile is still in the kernel and has yet to be read.
        long forgivenNanos = lateNanos > limits.pingIntervalNanos() ? lateNanos : 0;
        for (Peer peer : peers.values()) {
            tick(peer.outgoing, nowNanos, forgivenNanos);
            tick(peer.incoming, nowNanos, forgivenNanos);
            if (forgivenNanos == 0) {
                lookAt(peer);
            }
        }
        for (PeerConnection stranger : strangers) {
            tick(stranger, nowNanos, forgivenNanos);
        }
        scheduleTick(nowNanos);
    }

    /** On multiples of the interval, so that an idle loop has all its work at once. */
    private void scheduleTick(long nowNanos) {
        long interval = limits.pingIntervalNanos();
        loop.schedule(interval - Math.floorMod(nowNanos, interval), this::tick);
    }

    private static void tick(PeerConnection connection, long nowNanos, long forgivenNanos) {
        if (connection != null) {
            connection.forgive(forgivenNanos);
            connection.tick(nowNanos);
        }
    }
}
