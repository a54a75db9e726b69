package io.ringleader.cli;

import io.ringleader.cli.SupervisedNode.State;
import io.ringleader.config.HostPort;
import io.ringleader.config.NodeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Keeps the processes of some nodes: starts them, merges their logs, says when they are ready and when one dies, starts it again
 * if asked to, and stops them all.
 *
 * <p>One thread, the caller of {@link #run}, owns everything. What happens elsewhere (a process exits, somebody asks to stop)
 * reaches it through a queue.
 */
final class Supervisor {
    /**
     * How long to wait for what.
     *
     * @param probeMillis between two looks whether nodes accept connections
     * @param signalSpreadMillis for a Ctrl-C that a node has heard to be heard here
     * @param stopMillis for nodes to stop by themselves before they are killed
     * @param backoffFirstMillis before the first restart of a node
     * @param backoffMaxMillis before any restart; the wait doubles each time the node dies again soon
     * @param soonMillis a node that ran longer than this is restarted after the first wait again
     */
    record Timing(
            long probeMillis,
            long signalSpreadMillis,
            long stopMillis,
            long backoffFirstMillis,
            long backoffMaxMillis,
            long soonMillis) {
        static final Timing USUAL = new Timing(100, 500, 10_000, 500, 30_000, 10_000);

        /** For nodes that take up to this time to hand over and to see their clients off. */
        Timing forNodesThatLeaveWithin(long millis) {
            return new Timing(
                    probeMillis,
                    signalSpreadMillis,
                    stopMillis + millis,
                    backoffFirstMillis,
                    backoffMaxMillis,
                    soonMillis);
        }
    }

    private sealed interface Event {}

    private record Exited(SupervisedNode node, Process process) implements Event {}

    private record StopAsked() implements Event {}

    /** What a process that was told to stop exits with: 0, or 128 and the number of SIGINT or SIGTERM. */
    private static final Set<Integer> TOLD_TO_STOP = Set.of(0, 130, 143);

    /** The output of a process is copied to its end within this time after the process is gone. */
    private static final int LAST_OUTPUT_MILLIS = 2_000;

    private static final int CONNECT_TIMEOUT_MILLIS = 500;

    private final List<SupervisedNode> nodes;
    private final NodeLauncher launcher;
    private final MergedLog log;
    private final boolean restart;
    private final Timing timing;
    private final Function<List<SupervisedNode>, String> banner;
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final CountDownLatch stopAsked = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);
    private boolean bannerShown;

    Supervisor(
            List<NodeConfig> nodes,
            NodeLauncher launcher,
            MergedLog log,
            boolean restart,
            Timing timing,
            Function<List<SupervisedNode>, String> banner) {
        this.nodes = nodes.stream().map(SupervisedNode::new).toList();
        this.launcher = launcher;
        this.log = log;
        this.restart = restart;
        this.timing = timing;
        this.banner = banner;
    }

    /** Asks {@link #run} to stop all nodes and return. Any thread may call it, at any time. */
    void stop() {
        stopAsked.countDown();
        events.add(new StopAsked());
    }

    /** Waits until {@link #run} has returned, for as long as it may take it to stop. Any thread may call it. */
    void awaitFinished() throws InterruptedException {
        finished.await(2 * timing.stopMillis, TimeUnit.MILLISECONDS);
    }

    boolean isFinished() {
        return finished.getCount() == 0;
    }

    /**
     * Starts all nodes and returns when all are gone.
     *
     * @return whether it was asked to; false if all nodes died by themselves
     */
    boolean run() throws InterruptedException {
        try {
            return supervise();
        } finally {
            stopAll();
            finished.countDown();
        }
    }

    private boolean supervise() throws InterruptedException {
        for (SupervisedNode node : nodes) {
            start(node);
        }
        while (nodes.stream().anyMatch(node -> node.state != State.GONE)) {
            Event event = events.poll(timing.probeMillis, TimeUnit.MILLISECONDS);
            if (event instanceof StopAsked) {
                return true;
            } else if (event instanceof Exited exited && exited.process == exited.node.process) {
                if (wasStoppedWithUs(exited.process.exitValue())) {
                    return true;
                }
                died(exited.node);
            }
            startThoseDue();
            probe();
        }
        log.say("All nodes are gone.");
        return false;
    }

    /**
     * Ctrl-C reaches every process in the foreground, so nodes may be gone a moment before we hear that we shall stop: that
     * is no death worth a report.
     */
    private boolean wasStoppedWithUs(int exitCode) throws InterruptedException {
        return TOLD_TO_STOP.contains(exitCode) && stopAsked.await(timing.signalSpreadMillis, TimeUnit.MILLISECONDS);
    }

    private void start(SupervisedNode node) {
        node.accepts = false;
        node.startedAtNanos = System.nanoTime();
        try {
            node.process = launcher.start(node.config);
        } catch (IOException e) {
            node.process = null;
            node.copier = null;
            afterDeath(node, "node " + node.config.id() + " could not be started: " + e.getMessage());
            return;
        }
        node.state = State.RUNNING;
        Process process = node.process;
        node.copier = new Thread(() -> log.copy(node.config.id(), process.getInputStream()), "log of " + node);
        node.copier.setDaemon(true);
        node.copier.start();
        process.onExit().thenAccept(exited -> events.add(new Exited(node, process)));
    }

    private void died(SupervisedNode node) throws InterruptedException {
        awaitOutput(node);
        double seconds = (System.nanoTime() - node.startedAtNanos) / 1e9;
        String end = String.format(
                Locale.ROOT, "%s died after %.1f s with %s", node, seconds, describeExit(node.process.exitValue()));
        afterDeath(node, end);
    }

    private void afterDeath(SupervisedNode node, String what) {
        if (!restart) {
            node.state = State.GONE;
            boolean alone = nodes.stream().allMatch(other -> other.state == State.GONE);
            log.say(what + (alone ? "." : ". The others go on."));
            return;
        }
        long ranMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - node.startedAtNanos);
        boolean soon = ranMillis <= timing.soonMillis && node.backoffMillis > 0;
        node.backoffMillis =
                soon ? Math.min(2 * node.backoffMillis, timing.backoffMaxMillis) : timing.backoffFirstMillis;
        node.restartAtNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(node.backoffMillis);
        node.state = State.WAITING;
        log.say(what + ". Starting it again in " + node.backoffMillis + " ms.");
    }

    static String describeExit(int code) {
        return code > 128 && code < 160 ? "code " + code + " (signal " + (code - 128) + ")" : "code " + code;
    }

    private void startThoseDue() {
        for (SupervisedNode node : nodes) {
            if (node.state == State.WAITING && node.restartAtNanos - System.nanoTime() <= 0) {
                start(node);
            }
        }
    }

    /** Looks which nodes accept clients by now; once all that run do, shows the banner. */
    private void probe() {
        boolean all = true;
        for (SupervisedNode node : nodes) {
            if (node.isRunning() && !node.accepts) {
                node.accepts = accepts(node.config.client());
                if (node.accepts && bannerShown) {
                    log.say(node + " is back and accepts clients at " + node.config.client() + ".");
                }
            }
            all &= node.accepts || node.state == State.GONE;
        }
        if (all && !bannerShown && nodes.stream().anyMatch(SupervisedNode::isRunning)) {
            bannerShown = true;
            log.sayPlain(banner.apply(nodes));
        }
    }

    private static boolean accepts(HostPort client) {
        try (Socket socket = new Socket()) {
            InetSocketAddress address = client.isWildcard()
                    ? new InetSocketAddress(InetAddress.getLoopbackAddress(), client.port())
                    : client.toSocketAddress();
            socket.connect(address, CONNECT_TIMEOUT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void stopAll() throws InterruptedException {
        // through the handle: Process.destroy would also close the pipe that the last lines of the log come through
        for (SupervisedNode node : nodes) {
            if (node.process != null && node.process.isAlive()) {
                node.process.toHandle().destroy();
            }
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timing.stopMillis);
        for (SupervisedNode node : nodes) {
            if (node.process == null) {
                continue;
            }
            if (!node.process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                log.say(node + " did not stop within " + timing.stopMillis + " ms and is killed.");
                node.process.toHandle().destroyForcibly();
                node.process.waitFor(timing.stopMillis, TimeUnit.MILLISECONDS);
            }
            awaitOutput(node);
        }
    }

    /** Lets the last lines of a process out before what is said about its end. */
    private void awaitOutput(SupervisedNode node) throws InterruptedException {
        if (node.copier != null) {
            // bounded, because a child of the node that lives on would hold the pipe open
            node.copier.join(LAST_OUTPUT_MILLIS);
        }
    }
}
