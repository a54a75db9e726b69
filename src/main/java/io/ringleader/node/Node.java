package io.ringleader.node;

import io.ringleader.config.ClientAccess;
import io.ringleader.config.ClusterConfig;
import io.ringleader.config.Limits;
import io.ringleader.config.NodeConfig;
import io.ringleader.config.Timeouts;
import io.ringleader.loop.LoopFailure;
import io.ringleader.memcached.Administration.Topic;
import io.ringleader.memcached.Credentials;
import io.ringleader.net.PeerLimits;
import io.ringleader.net.Peers;
import io.ringleader.raft.Effects;
import io.ringleader.raft.HardState;
import io.ringleader.raft.Message;
import io.ringleader.raft.Message.InstallSnapshot;
import io.ringleader.raft.Replica;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.ring.Ring;
import io.ringleader.storage.NodeRecovery;
import io.ringleader.storage.NodeRecovery.Recovered;
import io.ringleader.storage.WriteAheadLog;
import io.ringleader.store.ByteWriter;
import io.ringleader.store.PartitionStore;
import io.ringleader.store.ResultReader;
import io.ringleader.store.SnapshotCapture;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node of a cluster: recovers what its disk holds, wires the parts that run on its loops, and starts them. This class only
 * connects; each part is told of the others by small interfaces, and every call that crosses loops is in here.
 */
public final class Node implements Closeable {
    private static final Logger log = LoggerFactory.getLogger(Node.class);
    private static final long MILLI = 1_000_000L;
    private static final int SNAPSHOT_BLOCK_BYTES = 64 << 10;
    private static final int FRAME_TARGET_BYTES = 1 << 20;
    /** More than a frame holds besides the results of a batch. */
    private static final int FRAME_OVERHEAD_BYTES = 256;

    private static final int PIPELINE_MAX_COMMANDS = 1024;

    private final ClusterConfig config;
    private final NodeConfig self;
    private final Environment env;
    private final Ring ring;
    private final LogWriter logWriter;
    private final SnapshotKeeper snapshots;
    private final RaftHost raftHost;
    private final StoreHost storeHost;
    private final Router router;
    private final Peers peers;
    private final Outbox outbox;
    private final Relay relay;
    private final ClientSession.Shared clients;

    private List<Response> raftResponses = new ArrayList<>();
    private List<Response> storeResponses = new ArrayList<>();
    private Map<Integer, List<Response>> remoteResponses = new TreeMap<>();

    /**
     * Recovers the node. Nothing runs and nothing is heard of outside until {@link #start}.
     *
     * @throws IOException if what is on the disk cannot be read or must not be trusted; the message says which file, and why
     */
    public Node(ClusterConfig config, int id, Environment env) throws IOException {
        this.config = config;
        this.env = env;
        this.self = config.node(id)
                .orElseThrow(() -> new IllegalArgumentException("The configuration has no node " + id + "."));
        this.ring = config.ring();
        Limits limits = config.limits();
        Timeouts timeouts = config.timeouts();

        Recovered recovered = NodeRecovery.open(
                env.disk(),
                config.layout(),
                new WriteAheadLog.Options(limits.walSegmentBytes(), limits.frameMaxBytes()),
                SNAPSHOT_BLOCK_BYTES,
                env.random());
        log.info("Recovered {}", recovered.summary());
        logWriter = new LogWriter(env.logLoop(), recovered.log(), limits.walMaxBytes(), new LogEvents());
        snapshots = new SnapshotKeeper(recovered.snapshots(), (int) limits.snapshotChunkBytes());
        storeHost = new StoreHost(env.storeLoop(), env.clock(), (int) limits.resultMaxBytes(), new StoreEvents());
        raftHost = new RaftHost(
                id,
                env.raftLoop(),
                env.clock(),
                RaftLimits.of(limits, ring.replicaCount(id)),
                times(timeouts),
                new RaftEffects());
        peers = new Peers(
                env.peerNetwork(),
                env.raftLoop(),
                env.clock(),
                env.random(),
                new Peers.Identity(id, config.name(), config.agreement(), config.peerSecret()),
                self.peer().toSocketAddress(),
                otherPeers(),
                peerLimits(),
                new PeerEvents());
        outbox = new Outbox(peers, FRAME_TARGET_BYTES, (int) limits.frameMaxBytes());
        relay = new Relay(id, otherPeers().keySet(), Router.firstRequestId(env.incarnation()), peers, outbox);
        router = new Router(
                id,
                env.incarnation(),
                ring,
                env.clientLoop(),
                env.clock(),
                new Router.Settings(
                        timeouts.commandTimeoutMillis() * MILLI,
                        timeouts.electionTimeoutMaxMillis() * MILLI,
                        (int) limits.batchMaxBytes(),
                        limits.frameMaxBytes() - FRAME_OVERHEAD_BYTES,
                        limits.clientQueueMaxBytes()),
                this::submit);
        ClientStats stats = new ClientStats();
        ClientServices services = clientServices();
        clients = new ClientSession.Shared(
                router,
                io.ringleader.memcached.Limits.ofItemMaxBytes((int) limits.itemMaxBytes()),
                stats,
                new Statistics(config, self, env, stats, services, raftHost, storeHost),
                PIPELINE_MAX_COMMANDS,
                limits.connectionOutputMaxBytes() / 2,
                new ByteWriter(),
                new ResultReader(),
                services);
        new GroupRecovery(config, id, env, snapshots, storeHost, raftHost).recover(recovered);
        env.storeLoop().atEndOfBurst(this::flushStoreResponses);
    }

    private ClientServices clientServices() {
        ClientAccess access = config.clientAccess();
        Watchers watchers = new Watchers(env.clock());
        watchers.onRaftWanted(wanted -> env.raftLoop()
                .execute(() -> raftHost.watch()
                        .listen(
                                wanted
                                        ? (wallMillis, event) -> env.clientLoop()
                                                .execute(() -> watchers.tell(Topic.RAFT, wallMillis, event))
                                        : null)));
        return new ClientServices(
                env.clientLoop(),
                env.clock(),
                new KeyDumps(storeHost, env.clock(), env.clientLoop(), env.snapshotLoop()),
                watchers,
                access.authFile().map(file -> new Credentials(access.passwords())),
                access.allowShutdownCommand() ? Optional.of(env.shutdown()) : Optional.empty());
    }

    private Map<Integer, InetSocketAddress> otherPeers() {
        Map<Integer, InetSocketAddress> others = new TreeMap<>();
        for (NodeConfig node : config.nodes()) {
            if (node.id() != self.id()) {
                others.put(node.id(), node.peer().toDial());
            }
        }
        return others;
    }

    private static RaftTimes times(Timeouts timeouts) {
        return RaftTimes.of(timeouts.heartbeatMillis() * MILLI, timeouts.electionTimeoutMinMillis() * MILLI);
    }

    private PeerLimits peerLimits() {
        return PeerLimits.of(
                (int) config.limits().frameMaxBytes(),
                config.limits().peerBacklogMaxBytes(),
                times(config.timeouts()).beatNanos(),
                times(config.timeouts()).silenceNanos(),
                config.timeouts().electionTimeoutMaxMillis() * MILLI);
    }

    /**
     * Opens the ports and begins to take part. Called before the loops run, or on the client loop when all run on one thread.
     *
     * @throws IOException if a port cannot be bound
     */
    public void start() throws IOException {
        env.clientNetwork().listen(self.client().toSocketAddress(), () -> new ClientSession(clients));
        peers.start();
        raftHost.start();
        storeHost.start();
    }

    /**
     * Takes its leave before it is closed: hands over what it leads, answers what its clients have asked, and closes their
     * connections, within {@code timeouts.stop_millis}. Any thread, once.
     *
     * @param done called on the client loop
     */
    public void leave(Runnable done) {
        long beganNanos = env.clock().monotonicNanos();
        long stopNanos = config.timeouts().stopMillis() * MILLI;
        long deadlineNanos = beganNanos + stopNanos;
        Farewell farewell = new Farewell(clients.services(), env.clientNetwork(), deadlineNanos, done);
        env.raftLoop()
                .execute(() -> raftHost.leaderships()
                        .retire(
                                beganNanos,
                                beganNanos + stopNanos / 2,
                                () -> env.clientLoop().execute(farewell::begin)));
    }

    /** Closes the log in good order. Called when the loops have ended, before the data directory is given up. */
    @Override
    public void close() throws IOException {
        logWriter.close();
    }

    /** Hands the partition over to the target, if this node leads it and the target can take it. Any thread. */
    public void transferLeadership(int partition, int target) {
        env.raftLoop().execute(() -> raftHost.transferLeadership(partition, target));
    }

    /** Takes a snapshot of the partition soon, however short its log is. Any thread. */
    public void takeSnapshot(int partition) {
        env.raftLoop().execute(() -> raftHost.onLogTooLong(List.of(partition)));
    }

    /** How far the store of the partition is. To be asked only where all loops are one thread. */
    public long appliedIndex(int partition) {
        return storeHost.appliedIndex(partition);
    }

    /** What was asked and is not answered yet; empty if nothing is. For simulations, which run all loops on one thread. */
    public String unfinished() {
        return router.unfinished() + raftHost.unfinished();
    }

    // ---- from the client loop

    private void submit(int target, int via, Request request) {
        env.raftLoop().execute(() -> {
            if (target == self.id()) {
                raftHost.onRequest(request);
            } else if (via != HardState.NOBODY && peers.isConnected(via)) {
                outbox.addRelayed(via, target, request);
            } else if (via == HardState.NOBODY && peers.isConnected(target)) {
                outbox.add(target, request);
            } else {
                raftResponses.add(Response.failed(request.id(), Response.Status.UNREACHABLE));
            }
        });
    }

    /** From the raft loop to the other loops. */
    private final class RaftEffects implements RaftHost.Outside {
        @Override
        public void append(long token, List<LogWriter.Append> appends) {
            env.logLoop().execute(() -> logWriter.append(token, appends));
        }

        @Override
        public void store(List<Runnable> work) {
            env.storeLoop().execute(() -> work.forEach(Runnable::run));
        }

        @Override
        public StoreHost storeHost() {
            return storeHost;
        }

        @Override
        public void send(int node, int partition, Replica sender, Message message) {
            outbox.add(node, partition, sender, message);
        }

        @Override
        public void respond(int node, Response response) {
            if (node == self.id()) {
                raftResponses.add(response);
            } else {
                outbox.add(node, response);
            }
        }

        @Override
        public boolean isConnected(int node) {
            return peers.isConnected(node);
        }

        @Override
        public void tellLeaving() {
            otherPeers().keySet().forEach(outbox::addLeaving);
        }

        @Override
        public void leaderChanged(int partition, int leader) {
            env.clientLoop().execute(() -> router.onLeaderChanged(partition, leader));
        }

        @Override
        public void sendChunk(int partition, Effects.ChunkToSend chunk) {
            if (!peers.isConnected(chunk.to())) {
                return;
            }
            env.snapshotLoop()
                    .execute(() -> snapshots
                            .read(
                                    partition,
                                    chunk.snapshot(),
                                    chunk.offset(),
                                    () -> env.raftLoop()
                                            .execute(() -> raftHost.onSnapshotDamaged(partition, chunk.snapshot())))
                            .ifPresent(read -> env.raftLoop()
                                    .execute(() -> raftHost.send(
                                            partition, chunk.message(self.id(), read.data(), read.last())))));
        }

        @Override
        public void storeChunk(int partition, InstallSnapshot chunk) {
            env.snapshotLoop()
                    .execute(() -> snapshots
                            .receive(partition, chunk)
                            .ifPresent(received -> env.raftLoop()
                                    .execute(() -> raftHost.onChunkStored(partition, chunk.snapshot(), received))));
        }

        @Override
        public void writeSnapshot(SnapshotKeeper.Order order) {
            env.snapshotLoop()
                    .execute(() -> snapshots
                            .write(order)
                            .run(
                                    env.snapshotLoop(),
                                    env.clock(),
                                    bytes -> env.raftLoop()
                                            .execute(() -> raftHost.onSnapshotTaken(
                                                    order.partition(), order.point(), bytes))));
        }

        @Override
        public void spareSnapshots(int partition, Set<SnapshotPoint> beingSent) {
            env.snapshotLoop().execute(() -> snapshots.spare(partition, beingSent));
        }

        @Override
        public long lastHeardNanos(int node) {
            return peers.lastHeardNanos(node);
        }

        @Override
        public void flush() {
            outbox.flush();
            if (!raftResponses.isEmpty()) {
                List<Response> responses = raftResponses;
                raftResponses = new ArrayList<>();
                env.clientLoop().execute(() -> responses.forEach(router::onResponse));
            }
        }
    }

    /** From the log loop to the raft loop. */
    private final class LogEvents implements LogWriter.Listener {
        @Override
        public void onDurable(long token) {
            env.raftLoop().execute(() -> raftHost.onDurable(token));
        }

        @Override
        public void onMarksDurable(Map<Integer, SnapshotPoint> marks) {
            env.snapshotLoop().execute(() -> marks.forEach(snapshots::deleteOlder));
        }

        @Override
        public void onDiskFull(boolean full) {
            env.raftLoop().execute(() -> raftHost.onDiskFull(full));
        }

        @Override
        public void onLogTooLong(List<Integer> partitions) {
            env.raftLoop().execute(() -> raftHost.onLogTooLong(partitions));
        }
    }

    /** From the store loop to the others. */
    private final class StoreEvents implements StoreHost.Listener {
        @Override
        public void respond(int node, Response response) {
            if (node == self.id()) {
                storeResponses.add(response);
            } else {
                remoteResponses.computeIfAbsent(node, id -> new ArrayList<>()).add(response);
            }
        }

        @Override
        public void onTickNeeded(int partition, Pending.ReadWork read, long nowMillis) {
            env.raftLoop().execute(() -> raftHost.onTickNeeded(partition, read, nowMillis));
        }

        @Override
        public void onCaptured(int partition, SnapshotPoint point, SnapshotCapture capture) {
            env.raftLoop().execute(() -> raftHost.onCaptured(partition, point, capture));
        }

        @Override
        public void onRestoreNeeded(int partition, SnapshotPoint point) {
            env.snapshotLoop().execute(() -> {
                try {
                    PartitionStore store = snapshots.load(partition, point);
                    env.storeLoop().execute(() -> storeHost.restored(partition, store, point));
                } catch (IOException e) {
                    throw new UncheckedIOException(
                            "The snapshot of partition " + partition + " at " + point + " cannot be read back.", e);
                }
            });
        }
    }

    private void flushStoreResponses() {
        if (!storeResponses.isEmpty()) {
            List<Response> responses = storeResponses;
            storeResponses = new ArrayList<>();
            env.clientLoop().execute(() -> responses.forEach(router::onResponse));
        }
        if (!remoteResponses.isEmpty()) {
            Map<Integer, List<Response>> responses = remoteResponses;
            remoteResponses = new TreeMap<>();
            env.raftLoop()
                    .execute(() ->
                            responses.forEach((node, list) -> list.forEach(response -> outbox.add(node, response))));
        }
    }

    /** From the peers, on the raft loop. */
    private final class PeerEvents implements Peers.Handler, PeerCodec.Receiver {
        @Override
        public void onFrame(int from, byte[] buffer, int offset, int length) {
            PeerCodec.read(from, self.id(), buffer, offset, length, this);
        }

        // A frame that cannot be read costs its sender the connection; but if what it asks for fails, this node must
        // stop.

        @Override
        public void onMessage(int partition, Replica sender, Message message) {
            LoopFailure.unlessDone(() -> raftHost.onMessage(partition, sender, message));
        }

        @Override
        public void onRequest(Request request) {
            LoopFailure.unlessDone(() -> raftHost.onRequest(request));
        }

        @Override
        public void onRelay(int target, Request request) {
            LoopFailure.unlessDone(() -> relay.pass(target, request));
        }

        @Override
        public void onResponse(Response response) {
            LoopFailure.unlessDone(() -> {
                if (!relay.takes(response)) {
                    raftResponses.add(response);
                }
            });
        }

        @Override
        public void onLeaving(int node) {
            LoopFailure.unlessDone(() -> raftHost.onLeaving(node));
        }

        @Override
        public void onPeerUp(int node) {
            LoopFailure.unlessDone(() -> raftHost.onPeerUp(node));
        }

        @Override
        public void onLinkChanged(int node) {
            LoopFailure.unlessDone(() -> raftHost.onLinkChanged(node));
        }

        @Override
        public void onPeerDown(int node, String reason) {
            env.clientLoop().execute(() -> router.onPeerDown(node));
        }

        @Override
        public void onReach(int node, boolean reached) {
            env.clientLoop().execute(() -> router.onReach(node, reached));
        }
    }
}
