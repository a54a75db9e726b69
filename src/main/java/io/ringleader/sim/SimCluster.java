package io.ringleader.sim;

import io.ringleader.config.ClusterConfig;
import io.ringleader.config.NodeConfig;
import io.ringleader.loop.Loop;
import io.ringleader.net.ConnectionHandler;
import io.ringleader.node.Environment;
import io.ringleader.node.Node;
import io.ringleader.raft.Raft;
import io.ringleader.storage.DiskFullException;
import io.ringleader.trace.TraceEvent.Phase;
import io.ringleader.trace.TraceRecorder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * A whole cluster in one thread: real {@link Node}s on simulated loops, clocks, networks and disks. Everything that happens
 * follows from the seed and from what is done to it; {@link #traceHash} proves it.
 *
 * <p>Nodes are numbered from 1 and run on hosts {@code node1}, {@code node2}, ...; clients on the host {@code clients}. A bug in
 * a node (something escapes a loop) fails the run, unless {@link #mayFail} says that it is to be expected.
 */
public class SimCluster {
    private static final long THREAD_DELAY_NANOS = 50_000;
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final long EQUAL_REPLICAS_MILLIS = 20_000;
    private static final int NOTES_MAX = 300;
    /** The host of all clients. */
    public static final String CLIENTS = "clients";

    private final long seed;
    private final ClusterOptions options;
    private final NodeObserver observer;
    private final VirtualWorld world;
    private final ClusterConfig config;
    private final SortedMap<Integer, Machine> machines = new TreeMap<>();
    private final ArrayDeque<String> log = new ArrayDeque<>();
    private final VirtualProcess clients;
    private final Tracing tracing;

    /** Nothing runs yet: see {@link #start()}. */
    public SimCluster(long seed, ClusterOptions options, NodeObserver observer) {
        this(seed, options, observer, TraceRecorder.OFF);
    }

    /** @param recorder is told of everything that happens */
    @SuppressWarnings("this-escape") // what is handed out here runs later
    public SimCluster(long seed, ClusterOptions options, NodeObserver observer, TraceRecorder recorder) {
        this.seed = seed;
        this.options = options;
        this.observer = observer;
        world = new VirtualWorld(seed, 1_000_000_000L);
        world.latency(100_000, 1_000_000);
        config = options.config();
        tracing = new Tracing(recorder, world, config, seed);
        for (NodeConfig node : config.nodes()) {
            MemoryDisk disk = new MemoryDisk(world.random().nextLong());
            machines.put(
                    node.id(), new Machine(node.id(), disk, new MachineClock(world), options.diskDelayNanos, config));
        }
        clients = world.process(CLIENTS);
        clients.onLoopFailure((loop, cause) -> {
            throw failure("Seen by a client", cause);
        });
    }

    // ---- nodes

    /** Starts all nodes that are not up. */
    public SimCluster start() {
        for (int id : machines.keySet()) {
            if (!isUp(id)) {
                start(id);
            }
        }
        return this;
    }

    /** Returns whether it is up now: its power may go while it recovers, and its disk may be full. */
    public boolean start(int id) {
        note("start " + id);
        tracing.life(id, Phase.START, "");
        Machine machine = machines.get(id);
        VirtualProcess process = world.process(host(id), machine.clock::trueNanosOf);
        machine.process = process;
        machine.rafts.clear();
        process.onLoopFailure((loop, cause) -> failed(machine, loop, cause));
        try {
            machine.hitsAtStart = machine.disk.faults().hits();
            machine.node = new Node(machine.config, id, environment(machine, process));
            machine.node.start();
            machine.mayFail = false;
            machine.refusals = 0;
            return true;
        } catch (DiskFullException e) {
            note("node " + id + " cannot start: " + e.getMessage());
            kill(id);
        } catch (IOException e) {
            if (!machine.isExcused()) {
                throw failure("Node " + id + " cannot start", e);
            }
            machine.refusals++;
            note("node " + id + " cannot start: " + e.getMessage());
            kill(id);
        } catch (MemoryDisk.PowerLost e) {
            crash(id);
        }
        return false;
    }

    private Environment environment(Machine machine, VirtualProcess process) {
        Loop clientLoop = process.loop("client", THREAD_DELAY_NANOS);
        Loop raftLoop = process.loop("raft", THREAD_DELAY_NANOS);
        long outputMaxBytes = options.connectionOutputMaxBytes + options.itemMaxBytes + (128 << 10);
        machine.incarnation++;
        return new Environment(
                machine.clock,
                new Random(world.random().nextLong()),
                clientLoop,
                process.network(clientLoop, outputMaxBytes),
                raftLoop,
                process.network(raftLoop, config.limits().peerBacklogMaxBytes() + (64 << 10)),
                process.loop("log", () -> machine.diskDelayNanos),
                process.loop("store", THREAD_DELAY_NANOS),
                process.loop("snapshot", () -> machine.diskDelayNanos),
                machine.disk,
                machine.incarnation,
                Runnable::run,
                () -> new TreeMap<>(Map.of("version", "0.0.1")),
                () -> note("a node is asked to end"),
                partition -> new Registration(
                        machine.rafts, partition, tracing.of(machine, partition, observer.of(machine.id, partition))));
    }

    private void failed(Machine machine, String loop, Throwable cause) {
        note("loop " + loop + " of node " + machine.id + " failed: " + cause);
        if (cause instanceof SimulationFailure) {
            throw failure("Seen at the loop " + loop + " of node " + machine.id, cause);
        }
        tracing.life(
                machine.id,
                cause instanceof MemoryDisk.PowerLost ? Phase.CRASH : Phase.KILL,
                "loop " + loop + ": " + cause);
        machine.process.kill();
        if (cause instanceof MemoryDisk.PowerLost) {
            machine.disk.powerLoss();
        } else if (machine.isExcused() && isOfItsDisk(cause)) {
            machine.disk.killProcess();
        } else {
            throw failure("The loop " + loop + " of node " + machine.id + " failed", cause);
        }
    }

    /** With all that is needed to understand it. */
    public SimulationFailure failure(String what, Throwable cause) {
        String why = cause == null ? "" : ": " + cause.getMessage();
        tracing.failed(what + why);
        return new SimulationFailure(what + why + ". " + this, cause);
    }

    private static boolean isOfItsDisk(Throwable cause) {
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (each instanceof IOException) {
                return true;
            }
        }
        return false;
    }

    /** Until it starts again, a failure of the node's disk ends its process, as it is meant to, and not the run. */
    public void mayFail(int id) {
        machines.get(id).mayFail = true;
    }

    /** The machine loses its power: what was not synced may be gone. */
    public void crash(int id) {
        note("crash " + id);
        tracing.life(id, Phase.CRASH, "");
        Machine machine = machines.get(id);
        machine.process.kill();
        machine.disk.powerLoss();
    }

    /** As {@link #crash}, in the middle of what the node writes: at the n-th change of its disk from now, from 1. */
    public void crashAtChange(int id, long count) {
        note("crash " + id + " at change " + count);
        machines.get(id).disk.losePowerAfter(count);
    }

    /** The process ends; what it has written stays. */
    public void kill(int id) {
        note("kill " + id);
        tracing.life(id, Phase.KILL, "");
        Machine machine = machines.get(id);
        machine.process.kill();
        machine.disk.killProcess();
    }

    /** How often in a row the node has refused to start because of what is on its disk. */
    public int refusals(int id) {
        return machines.get(id).refusals;
    }

    /** As {@link #wipe}, in place: what is planned for the disk happens to it still. */
    void emptyDisk(int id) {
        note("the directory of node " + id + " is emptied");
        Machine machine = machines.get(id);
        machine.disk.wipe();
        machine.refusals = 0;
        observer.diskLost(id);
    }

    /** The node, which is not up, loses its data directory and gets an empty one. Returns what it had. */
    public MemoryDisk wipe(int id) {
        return replaceDisk(id, new MemoryDisk(world.random().nextLong()));
    }

    /** The node, which is not up, finds this as its data directory. Returns what it had. */
    public MemoryDisk replaceDisk(int id, MemoryDisk disk) {
        note("another disk for " + id);
        Machine machine = machines.get(id);
        MemoryDisk previous = machine.disk;
        machine.disk = disk;
        return previous;
    }

    /** The process is told to end in good order, as by a SIGTERM: it takes its leave first. */
    public void stop(int id) {
        note("node " + id + " is told to stop");
        Machine machine = machines.get(id);
        machine.leaving = machine.process;
        machine.node.leave(() -> world.after(0, () -> endStop(id)));
    }

    /** If the node has been told to stop, it ends now, without taking any more leave. */
    public void endStop(int id) {
        Machine machine = machines.get(id);
        if (machine.isUp() && machine.leaving == machine.process) {
            note("stop " + id);
            tracing.life(id, Phase.STOP, "");
            try {
                machine.endInOrder();
            } catch (IOException e) {
                throw failure("Node " + id + " cannot end in good order", e);
            }
        }
    }

    /** All loops of the node stand still for that long. */
    public void pause(int id, long millis) {
        note("node " + id + " stands still for " + millis + " ms");
        tracing.paused(id, millis * NANOS_PER_MILLI);
        machines.get(id).process.standStill(millis * NANOS_PER_MILLI);
    }

    /** The disk of the node answers nothing for that long: its log loop and its snapshot loop wait. */
    public void stallDisk(int id, long millis) {
        note("the disk of node " + id + " stalls for " + millis + " ms");
        machines.get(id).process.stall("log", millis * NANOS_PER_MILLI);
        machines.get(id).process.stall("snapshot", millis * NANOS_PER_MILLI);
    }

    /** What the node finds as its configuration when it starts the next time. */
    public void configure(int id, ClusterConfig found) {
        machines.get(id).config = found;
    }

    /** Whether the node has, or will have, another configuration than the cluster. */
    public boolean isConfiguredOtherwise(int id) {
        return machines.get(id).config != config;
    }

    /** Starts the node, which must not come up, and must leave everything as it is. */
    public void requireRefusal(int id) {
        long changes = disk(id).changes();
        mayFail(id);
        if (start(id) || disk(id).changes() != changes) {
            throw failure("Node " + id + " was to refuse to start", null);
        }
        machines.get(id).mayFail = false;
        machines.get(id).refusals = 0;
    }

    public boolean isUp(int id) {
        return machines.get(id).isUp();
    }

    public Node node(int id) {
        return machines.get(id).node;
    }

    public MemoryDisk disk(int id) {
        return machines.get(id).disk;
    }

    /** How far the wall clock of the node is ahead of the true time; negative if it is behind. */
    public void skew(int id, long millis) {
        tracing.clockSkewed(id, millis);
        machines.get(id).clock.setOffsetMillis(millis);
    }

    public MachineClock clock(int id) {
        return machines.get(id).clock;
    }

    /** How long the node's log loop and snapshot loop take at most to get to their work. */
    public void diskDelay(int id, long nanos) {
        machines.get(id).diskDelayNanos = nanos;
    }

    /** The options that the cluster was built with. */
    public ClusterOptions options() {
        return options;
    }

    /** By partition, the Rafts of the node's process. To look at only. */
    public Map<Integer, Raft> rafts(int id) {
        return machines.get(id).rafts;
    }

    public List<Integer> nodes() {
        return List.copyOf(machines.keySet());
    }

    public static String host(int id) {
        return "node" + id;
    }

    /** Cuts the node off from all other nodes; its clients still reach it. */
    public void isolate(int id) {
        note("isolate " + id);
        for (int other : machines.keySet()) {
            if (other != id) {
                world.cutBetween(host(id), host(other));
            }
        }
    }

    public void heal() {
        note("heal");
        world.mendAllLinks();
    }

    // ---- what it knows

    public ClusterConfig config() {
        return config;
    }

    public int partitionOf(String key) {
        return config.ring().partitionOf(key.getBytes(StandardCharsets.US_ASCII), 0, key.length());
    }

    /** A key of the partition; another one for each number. */
    public String keyOf(int partition, int number) {
        int found = 0;
        for (int i = 0; ; i++) {
            if (partitionOf("key" + i) == partition && found++ == number) {
                return "key" + i;
            }
        }
    }

    /** The living node that leads the partition in the highest term; 0 if none does. */
    public int leaderOf(int partition) {
        int leader = 0;
        long term = -1;
        for (int id : machines.keySet()) {
            if (isUp(id)) {
                Raft raft = machines.get(id).rafts.get(partition);
                if (raft != null && raft.isLeader() && raft.term() > term) {
                    leader = id;
                    term = raft.term();
                }
            }
        }
        return leader;
    }

    public int followerOf(int partition) {
        int leader = leaderOf(partition);
        return nodes().stream()
                .filter(id -> id != leader && isUp(id))
                .findFirst()
                .orElseThrow();
    }

    public boolean everyPartitionIsLed() {
        return IntStream.range(0, config.partitions()).allMatch(partition -> leaderOf(partition) != 0);
    }

    public SimCluster awaitLeaders() {
        runUntil(this::everyPartitionIsLed, 20_000, "every partition is led");
        return this;
    }

    // ---- clients and time

    /** With the patience of a client that knows how long a command may take. */
    public TextClient client(int id) {
        return client(id, 3 * config.timeouts().commandTimeoutMillis());
    }

    TextClient client(int id, long patienceMillis) {
        NodeConfig node = config.node(id).orElseThrow();
        return new TextClient(world, clients, node.client().toSocketAddress(), patienceMillis, this::toString, tracing);
    }

    /** The process of all clients. */
    public VirtualProcess clients() {
        return clients;
    }

    /** For a client that is no {@link TextClient}. */
    public void connect(int id, ConnectionHandler handler) {
        NodeConfig node = config.node(id).orElseThrow();
        clients.network(clients.loop("client", 0), Long.MAX_VALUE)
                .connect(node.client().toSocketAddress(), handler);
    }

    public VirtualWorld world() {
        return world;
    }

    public void runMillis(long millis) {
        world.runMillis(millis);
    }

    public void runUntil(BooleanSupplier condition, long maxMillis, String what) {
        if (!world.runUntil(condition, maxMillis)) {
            throw failure("It did not come true within " + maxMillis + " ms that " + what, null);
        }
    }

    public long nowMillis() {
        return world.wallMillis();
    }

    public long traceHash() {
        return world.traceHash();
    }

    /** As {@link #note}, of what the disk of a node does wrong. */
    public void noteDiskFault(int id, String fault) {
        note(fault + " at node " + id);
        tracing.diskFault(id, fault);
    }

    /** Something to be told should the run fail. */
    public void note(String what) {
        tracing.note(what);
        if (log.size() == NOTES_MAX) {
            log.poll();
        }
        log.add(world.wallMillis() + " ms: " + what);
    }

    /** Waits until all replicas of each partition have applied the same entries and hold the same. All nodes must be up. */
    public void awaitEqualReplicas() {
        new Replicas(this).awaitEqual(EQUAL_REPLICAS_MILLIS);
    }

    /** Nobody waits for anything any more, so nothing may stay of what was asked when the time for it is over. */
    public void requireNothingLeftBehind() {
        if (!world.runUntil(() -> leftBehind().isEmpty(), 2 * options.commandTimeoutMillis)) {
            throw failure(leftBehind(), null);
        }
    }

    private String leftBehind() {
        for (int id : machines.keySet()) {
            String left = isUp(id) ? node(id).unfinished() : "";
            if (!left.isEmpty()) {
                return "Node " + id + " still holds " + left;
            }
        }
        return "";
    }

    @Override
    public String toString() {
        return "Seed " + seed + ", at " + world.wallMillis() + " ms. What happened:\n  " + String.join("\n  ", log);
    }
}
