package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.loop.Loop;
import io.ringleader.node.Pending.ReadWork;
import io.ringleader.raft.Durable;
import io.ringleader.raft.Effects;
import io.ringleader.raft.HardState;
import io.ringleader.raft.Message;
import io.ringleader.raft.Raft;
import io.ringleader.raft.RaftConfig;
import io.ringleader.raft.Replica;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.raft.StepObserver;
import io.ringleader.sim.VirtualProcess;
import io.ringleader.sim.VirtualWorld;
import io.ringleader.store.ByteWriter;
import io.ringleader.store.CommandBatch;
import io.ringleader.store.CommandWriter;
import io.ringleader.store.PartitionStore;
import io.ringleader.store.ResultReader;
import io.ringleader.store.SnapshotCapture;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The raft loops of three nodes with one partition, their store loops, and nothing else: the log is a loop that takes its time or
 * stalls. Nodes stand still and then hear all that was said meanwhile in one burst, cannot be heard, hand over, take snapshots. All
 * of it follows from the seed. Who is told that its write is done must be told what that write did, everybody is answered once, no
 * snapshot is written of a term that is not durable, and what is uncommitted counts while its leader leads.
 */
public final class RaftLoopSchedule {
    private static final int PARTITION = 2;
    private static final int NODES = 3;
    private static final int STEPS = 600;
    private static final long MILLI = 1_000_000;
    private static final RaftConfig CONFIG =
            new RaftConfig(50 * MILLI, 300 * MILLI, 600 * MILLI, 10_000, 2, 100_000, 20_000, 1 << 20);
    private static final long DELAY_NANOS = 300_000;
    private static final byte[] KEY = {'k'};
    private static final int HEALED_MILLIS = 6_000;

    private final Random random;
    private final VirtualWorld world;
    private final Map<Integer, Node> nodes = new TreeMap<>();
    /** By request: what it must be answered if it is done. */
    private final Map<Long, String> waiting = new TreeMap<>();

    private long requests;

    private RaftLoopSchedule(long seed) {
        random = new Random(seed);
        world = new VirtualWorld(seed, 0);
        IntStream.rangeClosed(1, NODES).forEach(id -> nodes.put(id, new Node(id)));
        nodes.values().forEach(node -> node.host.start());
        nodes.values().forEach(Node::beat);
    }

    /** Fails if a property does not hold. */
    public static void run(long seed) {
        new RaftLoopSchedule(seed).run();
    }

    private void run() {
        for (int i = 0; i < STEPS; i++) {
            step();
            nodes.values().forEach(Node::checkRoom);
        }
        nodes.values().forEach(Node::heal);
        world.runMillis(HEALED_MILLIS);
        assertThat(nodes.values().stream().filter(node -> node.raft().isLeader()))
                .as("leaders in the end")
                .hasSize(1);
        assertThat(waiting).as("requests that nobody answered").isEmpty();
        nodes.values()
                .forEach(node -> assertThat(node.host.unfinished())
                        .as("what node %d still holds", node.id)
                        .isEmpty());
    }

    private void step() {
        Node node = random.nextBoolean() ? anyLeader() : nodes.get(1 + random.nextInt(NODES));
        switch (random.nextInt(32)) {
            case 0 -> node.process.standStill((100 + random.nextInt(2_500)) * MILLI);
            case 1, 2 -> node.mute = true;
            case 3, 4 -> nodes.values().forEach(Node::heal);
            case 5 -> node.process.stall("log", (50 + random.nextInt(1_500)) * MILLI);
            case 6, 7 -> node.loop.execute(() -> node.host.transferLeadership(PARTITION, 1 + random.nextInt(NODES)));
            case 8, 9 -> node.loop.execute(() -> node.host.onLogTooLong(List.of(PARTITION)));
            case 10, 11, 12, 13, 14, 15 -> write(node);
            default -> world.runMillis(random.nextInt(random.nextInt(4) == 0 ? 400 : 20));
        }
    }

    private Node anyLeader() {
        return nodes.values().stream()
                .filter(node -> node.raft().isLeader())
                .skip(random.nextInt(NODES) == 0 ? 1 : 0)
                .findFirst()
                .orElse(nodes.get(1 + random.nextInt(NODES)));
    }

    /** A value that nobody else sets, and a look at it. */
    private void write(Node node) {
        long id = ++requests;
        byte[] value = ("v" + id).getBytes(StandardCharsets.US_ASCII);
        ByteWriter batch = new ByteWriter();
        CommandBatch.begin(batch);
        CommandWriter.set(batch, KEY, 0, 1, 0, 0, value, 0, value.length);
        CommandWriter.get(batch, KEY, 0, 1);
        CommandBatch.session(batch, (int) id, 1, 1, 2);
        waiting.put(id, "v" + id);
        Request request = new Request(node.id, id, PARTITION, true, 2, batch.toByteArray());
        node.loop.execute(() -> node.host.onRequest(request));
    }

    /** One node: everything outside of its raft loop. */
    private final class Node implements RaftHost.Outside, StoreHost.Listener {
        private final int id;
        private final VirtualProcess process;
        private final Loop loop;
        private final Loop storeLoop;
        private final Loop logLoop;
        private final StoreHost store;
        private final RaftHost host;
        private final PartitionGroup group;
        /** What it says is lost. */
        private boolean mute;

        private long durableTerm;
        /** By node: when its last sign of life came. */
        private final Map<Integer, Long> heardNanos = new TreeMap<>();

        Node(int id) {
            this.id = id;
            process = world.process("node" + id);
            loop = process.loop("raft", DELAY_NANOS);
            storeLoop = process.loop("store", DELAY_NANOS);
            logLoop = process.loop("log", 10 * DELAY_NANOS);
            store = new StoreHost(storeLoop, world, 10_000, this);
            store.add(PARTITION, new PartitionStore(PARTITION), 0);
            host = new RaftHost(
                    id,
                    loop,
                    world,
                    new RaftLimits(1 << 20, 1_000, 1 << 20, 1 << 20),
                    RaftTimes.of(40 * MILLI, CONFIG.electionTimeoutMinNanos()),
                    this);
            List<Integer> voters = IntStream.rangeClosed(1, NODES).boxed().toList();
            List<Replica> replicas = voters.stream()
                    .map(voter -> new Replica(voter, 1, voter, voter == id))
                    .toList();
            Raft raft = new Raft(
                    id,
                    voters,
                    CONFIG,
                    new Random(random.nextLong()),
                    HardState.INITIAL,
                    SnapshotPoint.NONE,
                    List.of(),
                    replicas,
                    world.monotonicNanos(),
                    StepObserver.NONE);
            group = new PartitionGroup(PARTITION, id, raft, host.uncommitted());
            host.add(group);
        }

        Raft raft() {
            return group.raft;
        }

        /** What a group leaves uncommitted counts while this node leads it, and no longer. */
        void checkRoom() {
            assertThat(host.uncommitted().bytes())
                    .as("what node %d counts as uncommitted", id)
                    .isEqualTo(raft().isLeader() ? raft().uncommittedBytes() : 0);
        }

        /** Gives a sign of life, again and again. */
        void beat() {
            for (Node other : nodes.values()) {
                if (other != this && !mute) {
                    world.after(1, () -> other.loop.execute(() -> other.heardNanos.put(id, world.monotonicNanos())));
                }
            }
            loop.schedule(CONFIG.heartbeatNanos(), this::beat);
        }

        void heal() {
            mute = false;
            process.standStill(0);
            process.stall("log", 0);
        }

        @Override
        public void append(long token, List<LogWriter.Append> appends) {
            List<LogWriter.Append> written = new ArrayList<>(appends);
            logLoop.execute(() -> {
                for (LogWriter.Append append : written) {
                    append.durables().forEach(this::durable);
                }
                loop.execute(() -> host.onDurable(token));
            });
        }

        private void durable(Durable durable) {
            if (durable instanceof HardState state) {
                durableTerm = state.term();
            }
        }

        @Override
        public void store(List<Runnable> work) {
            storeLoop.execute(() -> work.forEach(Runnable::run));
        }

        @Override
        public boolean isConnected(int node) {
            return true;
        }

        @Override
        public void tellLeaving() {
            // nobody is told to stop
        }

        /** A node that stands still gives no sign of life. */
        @Override
        public long lastHeardNanos(int other) {
            return heardNanos.getOrDefault(other, Long.MIN_VALUE / 2);
        }

        @Override
        public StoreHost storeHost() {
            return store;
        }

        @Override
        public void send(int to, int partition, Replica sender, Message message) {
            if (!mute) {
                Node target = nodes.get(to);
                world.after(1, () -> target.loop.execute(() -> target.host.onMessage(partition, sender, message)));
            }
        }

        /** From the raft loop: not done. From the store loop: done. */
        @Override
        public void respond(int node, Response response) {
            String value = waiting.remove(response.requestId());
            assertThat(value)
                    .as("the first answer to request " + response.requestId())
                    .isNotNull();
            if (response.status() == Response.Status.OK) {
                ResultReader results = new ResultReader().reset(response.results(), 0, response.results().length);
                assertThat(results.next() && results.next())
                        .as("two results for request " + response.requestId())
                        .isTrue();
                assertThat(new String(
                                response.results(),
                                results.valueOffset(),
                                results.valueLength(),
                                StandardCharsets.US_ASCII))
                        .as("what request " + response.requestId() + " is told")
                        .isEqualTo(value);
            }
        }

        @Override
        public void leaderChanged(int partition, int leader) {
            // nobody routes here
        }

        @Override
        public void sendChunk(int partition, Effects.ChunkToSend chunk) {
            throw new AssertionError("Nobody needs a snapshot: all logs are kept.");
        }

        @Override
        public void storeChunk(int partition, Message.InstallSnapshot chunk) {
            throw new AssertionError("Nobody sends a snapshot.");
        }

        @Override
        public void spareSnapshots(int partition, Set<SnapshotPoint> beingSent) {}

        @Override
        public void writeSnapshot(SnapshotKeeper.Order order) {
            assertThat(durableTerm)
                    .as("the durable term of node %d when it writes its snapshot at %s", id, order.point())
                    .isGreaterThanOrEqualTo(order.point().term());
            loop.execute(() -> host.onSnapshotTaken(order.partition(), order.point(), OptionalLong.of(0)));
        }

        @Override
        public void flush() {
            // all is handed over at once
        }

        @Override
        public void onTickNeeded(int partition, ReadWork read, long nowMillis) {
            throw new AssertionError("Nothing expires.");
        }

        @Override
        public void onCaptured(int partition, SnapshotPoint point, SnapshotCapture capture) {
            loop.execute(() -> host.onCaptured(partition, point, capture));
        }

        @Override
        public void onRestoreNeeded(int partition, SnapshotPoint point) {
            throw new AssertionError("Nobody has a snapshot to load.");
        }
    }
}
