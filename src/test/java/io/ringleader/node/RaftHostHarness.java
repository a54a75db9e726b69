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
import io.ringleader.store.SnapshotCapture;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;

/** The raft loop of node 1 of 3, with one partition or more; the test plays the other nodes and the disk. */
abstract class RaftHostHarness {
    static final int PARTITION = 4;
    static final long MILLI = 1_000_000;
    /** More than one partition may hold. */
    static final int UNCOMMITTED_MAX_BYTES = 5_600;

    static final byte[] KEY = {'k'};

    final VirtualWorld world = new VirtualWorld(1, 0);
    private final VirtualProcess process = world.process("node1");
    final Loop loop = process.loop("raft", 0);
    private final Loop storeLoop = process.loop("store", 0);
    final List<Message> sent = new ArrayList<>();
    final List<Response> responses = new ArrayList<>();
    final List<SnapshotKeeper.Order> orders = new ArrayList<>();
    final List<Message.InstallSnapshot> storedChunks = new ArrayList<>();
    final List<Durable> persisted = new ArrayList<>();
    /** Of nodes that are not heard just now. */
    final Map<Integer, Long> lastHeardNanos = new HashMap<>();

    long token;
    boolean diskWorks = true;
    private StoreHost store;
    RaftHost host;
    PartitionGroup group;
    long nextRequest = 1;

    private final class Outside implements RaftHost.Outside {
        @Override
        public void append(long upTo, List<LogWriter.Append> appends) {
            token = upTo;
            if (diskWorks) {
                loop.execute(() -> host.onDurable(upTo));
            }
        }

        @Override
        public void store(List<Runnable> work) {
            storeLoop.execute(() -> work.forEach(Runnable::run));
        }

        @Override
        public StoreHost storeHost() {
            return store;
        }

        @Override
        public void send(int node, int partition, Replica sender, Message message) {
            sent.add(message);
        }

        @Override
        public void respond(int node, Response response) {
            responses.add(response);
        }

        @Override
        public boolean isConnected(int node) {
            return true;
        }

        @Override
        public void tellLeaving() {
            // nobody listens
        }

        @Override
        public void leaderChanged(int partition, int leader) {
            // nobody routes here
        }

        @Override
        public void sendChunk(int partition, Effects.ChunkToSend chunk) {
            throw new AssertionError("There is no snapshot to send.");
        }

        @Override
        public void storeChunk(int partition, Message.InstallSnapshot chunk) {
            storedChunks.add(chunk);
        }

        @Override
        public void spareSnapshots(int partition, Set<SnapshotPoint> beingSent) {}

        @Override
        public void writeSnapshot(SnapshotKeeper.Order order) {
            orders.add(order);
        }

        @Override
        public long lastHeardNanos(int node) {
            return lastHeardNanos.getOrDefault(node, world.monotonicNanos());
        }

        @Override
        public void flush() {
            // all is handed over at once
        }
    }

    private final class Observed implements StepObserver {
        @Override
        public void persisted(Raft raft, List<Durable> durables) {
            persisted.addAll(durables);
        }
    }

    private final class StoreEvents implements StoreHost.Listener {
        @Override
        public void respond(int node, Response response) {
            responses.add(response);
        }

        @Override
        public void onTickNeeded(int partition, ReadWork read, long nowMillis) {
            loop.execute(() -> host.onTickNeeded(partition, read, nowMillis));
        }

        @Override
        public void onCaptured(int partition, SnapshotPoint point, SnapshotCapture capture) {
            loop.execute(() -> host.onCaptured(partition, point, capture));
        }

        @Override
        public void onRestoreNeeded(int partition, SnapshotPoint point) {
            throw new AssertionError("Nothing is restored.");
        }
    }

    @BeforeEach
    void start() {
        store = new StoreHost(storeLoop, world, 10_000, new StoreEvents());
        host = new RaftHost(
                1,
                loop,
                world,
                new RaftLimits(1 << 20, 1_000, 2_000, UNCOMMITTED_MAX_BYTES),
                RaftTimes.of(40 * MILLI, 300 * MILLI),
                new Outside());
        group = addGroup(PARTITION);
        host.start();
    }

    PartitionGroup addGroup(int partition) {
        store.add(partition, new PartitionStore(partition), 0);
        RaftConfig config = new RaftConfig(50 * MILLI, 300 * MILLI, 600 * MILLI, 10_000, 10, 100_000, 3_000, 0);
        Raft raft = new Raft(
                1,
                List.of(1, 2, 3),
                config,
                new Random(1),
                HardState.INITIAL,
                SnapshotPoint.NONE,
                List.of(),
                List.of(voter(1)),
                0,
                new Observed());
        PartitionGroup added = new PartitionGroup(partition, 1, raft, host.uncommitted());
        host.add(added);
        return added;
    }

    static Replica voter(int node) {
        return new Replica(node, 1, node, true);
    }

    void receive(Message message) {
        receive(group, message);
    }

    void receive(PartitionGroup target, Message message) {
        loop.execute(() -> host.onMessage(target.partition, voter(message.from()), message));
        world.runMillis(0);
    }

    <T extends Message> List<T> sent(Class<T> type) {
        return sent.stream().filter(type::isInstance).map(type::cast).toList();
    }

    void becomeLeader() {
        assertThat(world.runUntil(() -> !sent(Message.PreVote.class).isEmpty(), 1_000))
                .isTrue();
        long term = group.raft.term() + 1;
        receive(new Message.PreVoteReply(2, 1, term, true));
        world.runMillis(1);
        receive(new Message.VoteReply(2, 1, term, true));
        world.runMillis(1);
        assertThat(group.raft.isLeader()).isTrue();
        acknowledge();
    }

    /** Node 2 has everything. */
    void acknowledge() {
        acknowledge(group);
    }

    void acknowledge(PartitionGroup led) {
        receive(led, new Message.AppendReply(2, 1, led.raft.term(), true, led.raft.lastIndex(), 0, 0, 0));
        world.runMillis(1);
    }

    Request write(int valueBytes) {
        return write(group, valueBytes);
    }

    Request write(PartitionGroup target, int valueBytes) {
        ByteWriter batch = new ByteWriter();
        CommandBatch.begin(batch);
        CommandWriter.set(batch, KEY, 0, 1, 0, 0, new byte[valueBytes], 0, valueBytes);
        long id = nextRequest++;
        CommandBatch.session(batch, 1, 1, id, 1);
        return new Request(1, id, target.partition, true, 1, batch.toByteArray());
    }

    Request read() {
        ByteWriter commands = new ByteWriter();
        CommandWriter.get(commands, KEY, 0, 1);
        return new Request(1, nextRequest++, PARTITION, false, 1, commands.toByteArray());
    }

    void ask(Request request) {
        loop.execute(() -> host.onRequest(request));
        world.runMillis(1);
    }

    Response.Status statusOf(Request request) {
        List<Response> mine = responses.stream()
                .filter(response -> response.requestId() == request.id())
                .toList();
        assertThat(mine).hasSizeLessThanOrEqualTo(1);
        return mine.isEmpty() ? null : mine.get(0).status();
    }
}
