package io.ringleader.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.ringleader.config.ClientAccess;
import io.ringleader.config.ClusterConfig;
import io.ringleader.config.HostPort;
import io.ringleader.config.Limits;
import io.ringleader.config.NodeConfig;
import io.ringleader.config.RingConfig;
import io.ringleader.config.Timeouts;
import io.ringleader.loop.Clock;
import io.ringleader.loop.Loop;
import io.ringleader.net.ConnectionHandler;
import io.ringleader.net.VirtualProcess;
import io.ringleader.net.VirtualWorld;
import io.ringleader.storage.MemoryDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.slf4j.LoggerFactory;

/**
 * A whole cluster in one thread: real {@link Node}s on simulated loops, clocks, networks and disks. Everything that happens
 * follows from the seed and from what the test does; {@link #traceHash} proves it.
 *
 * <p>Nodes are numbered from 1 and run on hosts {@code node1}, {@code node2}, ...; clients on the host {@code clients}. A bug in
 * a node (something escapes a loop) fails the test, unless {@link #mayFail} says that it is to be expected.
 */
final class OneThreadCluster {
    private static final long WALL_ORIGIN_MILLIS = 1_700_000_000_000L;
    private static final long THREAD_DELAY_NANOS = 50_000;
    private static final int CLIENT_PORT = 11_000;
    private static final int PEER_PORT = 12_000;
    private static final String CLIENTS = "clients";

    static {
        // Hundreds of clusters that crash all the time have much to say.
        ((Logger) LoggerFactory.getLogger("io.ringleader")).setLevel(Level.OFF);
    }

    /** How the cluster is built; sizes are small, so that every limit is reached soon. */
    static final class Options {
        int nodes = 3;
        int partitions = 4;
        int replicas = 3;
        long commandTimeoutMillis = 3_000;
        long itemMaxBytes = 16 << 10;
        long batchMaxBytes = 32 << 10;
        long resultMaxBytes = 32 << 10;
        long frameMaxBytes = 128 << 10;
        long connectionOutputMaxBytes = 256 << 10;
        long snapshotLogBytes = 64 << 10;
        long logRetainBytes = 16 << 10;
        long snapshotChunkBytes = 4 << 10;
        /** How long the log loop takes at most to get to its work: a slow disk. */
        long diskDelayNanos = 500_000;

        ClientAccess clientAccess = ClientAccess.OPEN;

        private ClusterConfig config() {
            long appendMaxBytes = Math.max(64 << 10, batchMaxBytes);
            long walSegmentBytes = 2 * frameMaxBytes;
            Limits limits = new Limits(
                    64L << 20,
                    itemMaxBytes,
                    100,
                    connectionOutputMaxBytes,
                    64 << 20,
                    8 * batchMaxBytes,
                    batchMaxBytes,
                    resultMaxBytes,
                    appendMaxBytes,
                    4 * appendMaxBytes,
                    64,
                    8 * appendMaxBytes,
                    snapshotLogBytes,
                    logRetainBytes,
                    walSegmentBytes,
                    partitions * (snapshotLogBytes + logRetainBytes) + 2 * walSegmentBytes,
                    snapshotChunkBytes,
                    frameMaxBytes,
                    8 * frameMaxBytes);
            List<NodeConfig> all = IntStream.rangeClosed(1, nodes)
                    .mapToObj(id -> new NodeConfig(
                            id,
                            new HostPort("127.0.0.1", CLIENT_PORT + id),
                            new HostPort("127.0.0.1", PEER_PORT + id),
                            Path.of("/node" + id)))
                    .toList();
            return new ClusterConfig(
                    "orchard",
                    partitions,
                    Math.min(nodes, replicas),
                    Optional.empty(),
                    true,
                    clientAccess,
                    new RingConfig(32, 1.25),
                    new Timeouts(50, 300, 600, commandTimeoutMillis),
                    limits,
                    all,
                    List.of());
        }
    }

    /** What outlives a process of a node. */
    private static final class Machine {
        MemoryDisk disk;
        long incarnation;
        long skewMillis;
        boolean mayFail;
        VirtualProcess process;
        Node node;

        Machine(MemoryDisk disk) {
            this.disk = disk;
        }
    }

    private final long seed;
    private final Options options;
    private final VirtualWorld world;
    private final ClusterConfig config;
    private final SortedMap<Integer, Machine> machines = new TreeMap<>();
    private final List<String> log = new ArrayList<>();
    private final VirtualProcess clients;

    OneThreadCluster(long seed) {
        this(seed, options -> {});
    }

    /** Nothing runs yet: see {@link #start()}. */
    OneThreadCluster(long seed, Consumer<Options> choices) {
        this.seed = seed;
        world = new VirtualWorld(seed, 1_000_000_000L);
        world.latency(100_000, 1_000_000);
        Options options = new Options();
        choices.accept(options);
        this.options = options;
        config = options.config();
        for (NodeConfig node : config.nodes()) {
            machines.put(node.id(), new Machine(new MemoryDisk(world.random().nextLong())));
        }
        clients = world.process(CLIENTS);
    }

    // ---- nodes

    /** Starts all nodes that are not up. */
    OneThreadCluster start() {
        for (int id : machines.keySet()) {
            if (!isUp(id)) {
                start(id);
            }
        }
        return this;
    }

    void start(int id) {
        note("start " + id);
        Machine machine = machines.get(id);
        VirtualProcess process = world.process(host(id));
        machine.process = process;
        process.onLoopFailure((loop, cause) -> failed(id, loop, cause));
        try {
            machine.node = new Node(config, id, environment(machine, process));
            machine.node.start();
        } catch (IOException e) {
            throw new UncheckedIOException("Node " + id + " cannot start. " + this, e);
        }
    }

    private Environment environment(Machine machine, VirtualProcess process) {
        Loop clientLoop = process.loop("client", THREAD_DELAY_NANOS);
        Loop raftLoop = process.loop("raft", THREAD_DELAY_NANOS);
        long outputMaxBytes = options.connectionOutputMaxBytes + options.itemMaxBytes + (128 << 10);
        machine.incarnation++;
        return new Environment(
                clock(machine),
                new Random(world.random().nextLong()),
                clientLoop,
                process.network(clientLoop, outputMaxBytes),
                raftLoop,
                process.network(raftLoop, config.limits().peerBacklogMaxBytes() + (64 << 10)),
                process.loop("log", options.diskDelayNanos),
                process.loop("store", THREAD_DELAY_NANOS),
                process.loop("snapshot", options.diskDelayNanos),
                machine.disk,
                machine.incarnation,
                () -> new TreeMap<>(Map.of("version", "0.0.1")),
                () -> note("a node is asked to end"));
    }

    private Clock clock(Machine machine) {
        return new Clock() {
            @Override
            public long monotonicNanos() {
                return world.monotonicNanos();
            }

            @Override
            public long wallMillis() {
                return WALL_ORIGIN_MILLIS + world.wallMillis() + machine.skewMillis;
            }
        };
    }

    private void failed(int id, String loop, Throwable cause) {
        Machine machine = machines.get(id);
        note("loop " + loop + " of node " + id + " failed: " + cause);
        machine.process.kill();
        if (cause instanceof MemoryDisk.PowerLost) {
            machine.disk.powerLoss();
        } else if (!machine.mayFail) {
            throw new AssertionError("The loop " + loop + " of node " + id + " failed. " + this, cause);
        }
    }

    /** From now on a failure of a loop of the node ends its process, as it is meant to, and not the test. */
    void mayFail(int id) {
        machines.get(id).mayFail = true;
    }

    /** The machine loses its power: what was not synced may be gone. */
    void crash(int id) {
        note("crash " + id);
        Machine machine = machines.get(id);
        machine.process.kill();
        machine.disk.powerLoss();
    }

    /** As {@link #crash}, in the middle of what the node writes: at the n-th change of its disk from now, from 1. */
    void crashAtChange(int id, long count) {
        note("crash " + id + " at change " + count);
        machines.get(id).disk.losePowerAfter(count);
    }

    /** The process ends; what it has written stays. */
    void kill(int id) {
        note("kill " + id);
        Machine machine = machines.get(id);
        machine.process.kill();
        machine.disk.killProcess();
    }

    /** The node, which is not up, loses its data directory and gets an empty one. Returns what it had. */
    MemoryDisk wipe(int id) {
        return replaceDisk(id, new MemoryDisk(world.random().nextLong()));
    }

    /** The node, which is not up, finds this as its data directory. Returns what it had. */
    MemoryDisk replaceDisk(int id, MemoryDisk disk) {
        note("another disk for " + id);
        Machine machine = machines.get(id);
        MemoryDisk previous = machine.disk;
        machine.disk = disk;
        return previous;
    }

    boolean isUp(int id) {
        Machine machine = machines.get(id);
        return machine.process != null && machine.process.isAlive();
    }

    Node node(int id) {
        return machines.get(id).node;
    }

    MemoryDisk disk(int id) {
        return machines.get(id).disk;
    }

    /** How far the wall clock of the node is ahead of the true time; negative if it is behind. */
    void skew(int id, long millis) {
        machines.get(id).skewMillis = millis;
    }

    List<Integer> nodes() {
        return List.copyOf(machines.keySet());
    }

    static String host(int id) {
        return "node" + id;
    }

    /** Cuts the node off from all other nodes; its clients still reach it. */
    void isolate(int id) {
        note("isolate " + id);
        for (int other : machines.keySet()) {
            if (other != id) {
                world.cutBetween(host(id), host(other));
            }
        }
    }

    void heal() {
        note("heal");
        world.mendAllLinks();
    }

    // ---- what it knows

    ClusterConfig config() {
        return config;
    }

    int partitionOf(String key) {
        return config.ring().partitionOf(key.getBytes(StandardCharsets.US_ASCII), 0, key.length());
    }

    /** A key of the partition; another one for each number. */
    String keyOf(int partition, int number) {
        int found = 0;
        for (int i = 0; ; i++) {
            if (partitionOf("key" + i) == partition && found++ == number) {
                return "key" + i;
            }
        }
    }

    /** The living node that leads the partition in the highest term; 0 if none does. */
    int leaderOf(int partition) {
        int leader = 0;
        long term = -1;
        for (int id : machines.keySet()) {
            if (isUp(id)) {
                for (PartitionGroup group : node(id).raftHost().groups()) {
                    if (group.partition == partition && group.raft.isLeader() && group.raft.term() > term) {
                        leader = id;
                        term = group.raft.term();
                    }
                }
            }
        }
        return leader;
    }

    int followerOf(int partition) {
        int leader = leaderOf(partition);
        return nodes().stream()
                .filter(id -> id != leader && isUp(id))
                .findFirst()
                .orElseThrow();
    }

    boolean everyPartitionIsLed() {
        return IntStream.range(0, config.partitions()).allMatch(partition -> leaderOf(partition) != 0);
    }

    OneThreadCluster awaitLeaders() {
        runUntil(this::everyPartitionIsLed, 20_000, "every partition is led");
        return this;
    }

    // ---- clients and time

    TextClient client(int id) {
        NodeConfig node = config.node(id).orElseThrow();
        return new TextClient(
                world,
                clients,
                node.client().toSocketAddress(),
                3 * config.timeouts().commandTimeoutMillis(),
                this::toString);
    }

    BinaryClient binaryClient(int id) {
        NodeConfig node = config.node(id).orElseThrow();
        return new BinaryClient(this, clients, node.client().toSocketAddress());
    }

    /** For a client that is no {@link TextClient}. */
    void connect(int id, ConnectionHandler handler) {
        NodeConfig node = config.node(id).orElseThrow();
        clients.network(clients.loop("client", 0), Long.MAX_VALUE)
                .connect(node.client().toSocketAddress(), handler);
    }

    VirtualWorld world() {
        return world;
    }

    void runMillis(long millis) {
        world.runMillis(millis);
    }

    void runUntil(BooleanSupplier condition, long maxMillis, String what) {
        if (!world.runUntil(condition, maxMillis)) {
            throw new AssertionError("It did not come true within " + maxMillis + " ms that " + what + ". " + this);
        }
    }

    long nowMillis() {
        return world.wallMillis();
    }

    long traceHash() {
        return world.traceHash();
    }

    void note(String what) {
        log.add(world.wallMillis() + " ms: " + what);
    }

    /** The lines of {@code stats digests} of the node, by name. */
    private SortedMap<String, String> digests(int id) {
        TextClient client = client(id);
        SortedMap<String, String> digests = new TreeMap<>();
        for (String line : client.ask("stats digests").split("\r\n")) {
            String[] words = line.split(" ");
            if (words[0].equals("STAT")) {
                digests.put(words[1], words[2]);
            }
        }
        client.close();
        return digests;
    }

    /** Waits until all replicas of each partition have applied the same entries and hold the same. All nodes must be up. */
    void awaitEqualReplicas() {
        long deadlineMillis = nowMillis() + 20_000;
        String difference;
        do {
            runMillis(100);
            difference = differenceOfReplicas();
        } while (!difference.isEmpty() && nowMillis() < deadlineMillis);
        if (!difference.isEmpty()) {
            throw new AssertionError("The replicas stay different: " + difference + ". " + this);
        }
    }

    private String differenceOfReplicas() {
        SortedMap<String, String> first = new TreeMap<>();
        for (int id : machines.keySet()) {
            for (Map.Entry<String, String> digest : digests(id).entrySet()) {
                String known = first.putIfAbsent(digest.getKey(), digest.getValue());
                if (known != null && !known.equals(digest.getValue())) {
                    return digest.getKey() + " is " + known + ", but on node " + id + " " + digest.getValue();
                }
            }
        }
        return "";
    }

    /** Nobody waits for anything, so nothing may be left of what was asked. */
    void requireNothingLeftBehind() {
        for (int id : machines.keySet()) {
            if (isUp(id)) {
                String left = node(id).unfinished();
                if (!left.isEmpty()) {
                    throw new AssertionError("Node " + id + " still holds " + left + ". " + this);
                }
            }
        }
    }

    @Override
    public String toString() {
        return "Seed " + seed + ", at " + world.wallMillis() + " ms. What happened: " + log;
    }
}
