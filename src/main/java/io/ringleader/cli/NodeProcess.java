package io.ringleader.cli;

import io.ringleader.config.ClusterConfig;
import io.ringleader.config.Limits;
import io.ringleader.config.NodeConfig;
import io.ringleader.loop.Loop;
import io.ringleader.loop.SystemClock;
import io.ringleader.loop.ThreadLoop;
import io.ringleader.net.NetLimits;
import io.ringleader.net.NetStats;
import io.ringleader.net.SelectorLoop;
import io.ringleader.net.TcpNetwork;
import io.ringleader.node.Environment;
import io.ringleader.node.Node;
import io.ringleader.storage.DataDirectory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One node in this process: gives a {@link Node} real threads, sockets and files. */
final class NodeProcess implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NodeProcess.class);
    private static final byte[] FULL = "SERVER_ERROR too many open connections\r\n".getBytes(StandardCharsets.US_ASCII);
    /** A bug or a broken disk stopped a loop: nothing more may be acknowledged. */
    private static final int EXIT_LOOP_FAILED = 3;

    /** With this many, clients, peers and items each have a thread that runs beside the others. */
    private static final int PROCESSORS_FOR_ALL_LOOPS = 4;

    /** For loops that are busy to notice that the time to stop is over. */
    private static final long STOP_SLACK_MILLIS = 1_000;

    private final NodeConfig self;
    private final long stopMillis;
    private final DataDirectory directory;
    private final Node node;
    private final TcpNetwork clientNetwork;
    /** In the order in which they are closed. */
    private final List<SelectorLoop> selectorLoops = new ArrayList<>();

    private final List<ThreadLoop> threadLoops = new ArrayList<>();

    /** @throws IOException if the node cannot start; the message says why */
    NodeProcess(ClusterConfig config, NodeConfig self) throws IOException {
        this.self = self;
        stopMillis = config.timeouts().stopMillis();
        directory = DataDirectory.open(self.data(), config.name(), self.id(), SystemClock.INSTANCE.wallMillis());
        Limits limits = config.limits();
        warnIfHeapIsSmall(limits);
        int loopThreads = loopThreads(limits);
        SelectorLoop clientLoop = selectorLoop(loopThreads == 1 ? "node" : "client");
        SelectorLoop raftLoop = loopThreads == 1 ? clientLoop : selectorLoop("raft");
        Loop storeLoop = loopThreads < 3 ? raftLoop : threadLoop("store");
        Loop snapshotLoop = threadLoop("snapshot");
        Loop logLoop = threadLoop("log");
        clientNetwork = new TcpNetwork(clientLoop, clientLimits(limits), FULL);
        ExecutorService snapshotReaders = Executors.newFixedThreadPool(snapshotReaders(), NodeProcess::snapshotReader);
        Environment environment = new Environment(
                SystemClock.INSTANCE,
                new SecureRandom(),
                clientLoop,
                clientNetwork,
                raftLoop,
                new TcpNetwork(raftLoop, peerLimits(limits), new byte[0]),
                logLoop,
                storeLoop,
                snapshotLoop,
                directory.disk(),
                directory.incarnation(),
                snapshotReaders::execute,
                this::facts,
                NodeProcess::exit);
        try {
            node = new Node(config, self.id(), environment);
        } finally {
            snapshotReaders.shutdown();
        }
        node.start();
    }

    /** More threads than processors only get into each other's way. */
    private static int loopThreads(Limits limits) {
        int processors = Runtime.getRuntime().availableProcessors();
        return limits.loopThreads() > 0 ? limits.loopThreads() : processors < PROCESSORS_FOR_ALL_LOOPS ? 1 : 3;
    }

    /** With as many as processors, three nodes that started at once on two took longer than with one each. */
    private static int snapshotReaders() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }

    private static Thread snapshotReader(Runnable task) {
        Thread thread = new Thread(task, "snapshot-reader");
        // a start that fails does not wait for what the others read
        thread.setDaemon(true);
        return thread;
    }

    private SelectorLoop selectorLoop(String name) throws IOException {
        SelectorLoop loop = new SelectorLoop(name, NodeProcess::stopAtOnce);
        selectorLoops.add(loop);
        return loop;
    }

    private ThreadLoop threadLoop(String name) {
        ThreadLoop loop = new ThreadLoop(name, NodeProcess::stopAtOnce);
        threadLoops.add(loop);
        return loop;
    }

    /** A request is taken in whole, so the input must hold the largest; an answer may exceed the limit by one value. */
    private static NetLimits clientLimits(Limits limits) {
        int requestMaxBytes = io.ringleader.memcached.Limits.ofItemMaxBytes((int) limits.itemMaxBytes())
                .requestMaxBytes();
        long outputMaxBytes = limits.connectionOutputMaxBytes() + limits.itemMaxBytes() + (128 << 10);
        return NetLimits.of(
                (int) limits.maxConnections(), requestMaxBytes, outputMaxBytes, limits.clientBuffersMaxBytes());
    }

    /** Peers are few and trusted with what each may hold; strangers are cut off long before. */
    private static NetLimits peerLimits(Limits limits) {
        int headroomBytes = 64 << 10;
        return NetLimits.of(
                1024,
                (int) limits.frameMaxBytes() + headroomBytes,
                limits.peerBacklogMaxBytes() + headroomBytes,
                Long.MAX_VALUE);
    }

    /** Values, the log behind them and what is under way are all on the heap. */
    private static void warnIfHeapIsSmall(Limits limits) {
        long wantedBytes = 2 * limits.memoryBytes() + limits.clientBuffersMaxBytes() + limits.clientQueueMaxBytes();
        long heapBytes = Runtime.getRuntime().maxMemory();
        if (heapBytes < wantedBytes) {
            log.warn(
                    "The heap may grow to {} MiB. With memory_bytes = {} it should be at least {} MiB: start with -Xmx{}m.",
                    heapBytes >> 20,
                    limits.memoryBytes(),
                    wantedBytes >> 20,
                    wantedBytes >> 20);
        }
    }

    void start() {
        threadLoops.forEach(ThreadLoop::start);
        selectorLoops.forEach(SelectorLoop::start);
        log.info(
                "Node {} serves memcached clients at {} and peers at {}, data in {}",
                self.id(),
                self.client(),
                self.peer(),
                directory.path());
    }

    private static void stopAtOnce(String loop, Throwable cause) {
        log.error("The {} loop failed. This node stops at once, so that nothing wrong is acknowledged.", loop, cause);
        Runtime.getRuntime().halt(EXIT_LOOP_FAILED);
    }

    /** On a thread of its own, since it waits for the loops to end. */
    private static void exit() {
        new Thread(() -> System.exit(0), "exit").start();
    }

    /** What {@code stats} says of the process, by memcached's names. */
    private SortedMap<String, String> facts() {
        long uptimeMillis = ManagementFactory.getRuntimeMXBean().getUptime();
        NetStats net = clientNetwork.stats();
        SortedMap<String, String> facts = new TreeMap<>();
        facts.put("pid", Long.toString(ProcessHandle.current().pid()));
        facts.put("uptime", Long.toString(uptimeMillis / 1000));
        facts.put("time", Long.toString(System.currentTimeMillis() / 1000));
        facts.put("version", Version.forClients());
        facts.put("pointer_size", System.getProperty("sun.arch.data.model", "64"));
        facts.put(
                "threads", Integer.toString(ManagementFactory.getThreadMXBean().getThreadCount()));
        ProcessTimes times = ProcessTimes.read();
        facts.put("rusage_user", times.userSeconds());
        facts.put("rusage_system", times.systemSeconds());
        facts.put("curr_connections", Integer.toString(net.connectionsCurrent()));
        facts.put("total_connections", Long.toString(net.connectionsTotal()));
        facts.put("rejected_connections", Long.toString(net.connectionsRejected()));
        facts.put("bytes_read", Long.toString(net.bytesIn()));
        facts.put("bytes_written", Long.toString(net.bytesOut()));
        return facts;
    }

    /** Ends in good order: hands over what it leads and sees its clients off, within {@code timeouts.stop_millis}. */
    void stop() throws IOException, InterruptedException {
        CountDownLatch left = new CountDownLatch(1);
        node.leave(left::countDown);
        left.await(stopMillis + STOP_SLACK_MILLIS, TimeUnit.MILLISECONDS);
        close();
    }

    /** Stops taking part; whatever was acknowledged is on disk already. */
    @Override
    public void close() throws IOException {
        selectorLoops.forEach(SelectorLoop::close);
        threadLoops.forEach(ThreadLoop::close);
        node.close();
        directory.close();
    }
}
