package io.ringleader.sim;

import io.ringleader.loop.Clock;
import io.ringleader.loop.Loop;
import io.ringleader.net.Connection;
import io.ringleader.net.ConnectionHandler;
import io.ringleader.net.Network;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

/**
 * Time, loops and a network in one thread: what happens depends on the seed and on nothing else. Whoever takes part runs in a
 * {@link VirtualProcess}, which can be killed.
 *
 * <p>The network behaves as TCP does: bytes arrive in order and are cut anywhere; between two hosts whose link is cut they wait
 * until it is whole again, or until one of the ends gives up. An end whose reader does not read fills up.
 */
public final class VirtualWorld implements Clock {
    private static final long MILLI = 1_000_000;
    /** As the first packet of a TCP connection: sent again a second later, and given up without a word. */
    private static final long CONNECT_AGAIN_NANOS = 1_000 * MILLI;

    private static final int CONNECT_TRIES = 3;

    record Event(long atNanos, long sequence, VirtualProcess owner, Runnable task) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    private record Listener(
            VirtualProcess process, Loop loop, long outputMaxBytes, Supplier<ConnectionHandler> handlers) {}

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Map<InetSocketAddress, Listener> listeners = new HashMap<>();
    private final Set<VirtualConnection> open = new LinkedHashSet<>();
    private final Set<VirtualConnection> stuck = new LinkedHashSet<>();
    private final VirtualLinks links = new VirtualLinks();
    private final VirtualProcess everyone;
    private final Random random;
    private final CRC32C contentCrc = new CRC32C();
    private long latencyMinNanos = MILLI;
    private long latencyMaxNanos = MILLI + 50_000;
    private final long startNanos;
    private long nowNanos;
    private long elapsedNanos;
    private long nextSequence;
    private long traceHash;
    private long eventCount;
    private boolean everythingCut;

    private int connectionsMade;

    /** A world whose monotonic clock wraps around after five seconds. */
    public VirtualWorld(long seed) {
        this(seed, Long.MAX_VALUE - 5_000 * MILLI);
    }

    /** @param startNanos what the monotonic clock shows at the beginning */
    public VirtualWorld(long seed, long startNanos) {
        random = new Random(seed);
        this.startNanos = startNanos;
        nowNanos = startNanos;
        everyone = process("everywhere");
    }

    public Random random() {
        return random;
    }

    @Override
    public long monotonicNanos() {
        return nowNanos;
    }

    /** Since the beginning. */
    @Override
    public long wallMillis() {
        return elapsedNanos / MILLI;
    }

    /** Depends on every event so far, when it happened, and on every byte that arrived somewhere. */
    public long traceHash() {
        return traceHash;
    }

    /** What the monotonic clock showed at the beginning. */
    long startNanos() {
        return startNanos;
    }

    /** Since the beginning, in true time. */
    public long elapsedNanos() {
        return elapsedNanos;
    }

    /** How many events there were so far. */
    public long eventCount() {
        return eventCount;
    }

    // ---- running

    /** Plans what a process does; it is forgotten if the process is killed before. Null: the world itself does it. */
    void at(long delayNanos, VirtualProcess owner, Runnable task) {
        events.add(new Event(elapsedNanos + delayNanos, nextSequence++, owner, task));
    }

    /** What a process missed happens now, in order. */
    void resume(Event missed) {
        events.add(new Event(elapsedNanos, missed.sequence(), missed.owner(), missed.task()));
    }

    /** Runs the task after the delay, come what may. */
    public void after(long delayMillis, Runnable task) {
        at(delayMillis * MILLI, null, task);
    }

    public void runMillis(long millis) {
        runUntil(() -> false, millis);
    }

    /** Runs until the condition holds, which is looked at after every event; false if it did not within the time. */
    public boolean runUntil(BooleanSupplier condition, long maxMillis) {
        long untilNanos = elapsedNanos + maxMillis * MILLI;
        boolean holds = condition.getAsBoolean();
        while (!holds && !events.isEmpty() && events.peek().atNanos() <= untilNanos) {
            Event event = events.poll();
            VirtualProcess owner = event.owner();
            if (owner != null && owner.holds(event)) {
                continue;
            }
            advanceTo(event.atNanos());
            if (owner == null || owner.isAlive()) {
                eventCount++;
                trace(event.atNanos());
                trace(event.sequence());
                event.task().run();
                holds = condition.getAsBoolean();
            }
        }
        if (!holds) {
            advanceTo(untilNanos);
        }
        return holds;
    }

    /** The whole machine stands still: time passes, nothing runs. */
    public void standStillMillis(long millis) {
        advanceTo(elapsedNanos + millis * MILLI);
    }

    private void advanceTo(long nanos) {
        if (nanos > elapsedNanos) {
            nowNanos += nanos - elapsedNanos;
            elapsedNanos = nanos;
        }
    }

    private void trace(long what) {
        traceHash = (traceHash ^ what) * 0x9E3779B97F4A7C15L;
        traceHash ^= traceHash >>> 29;
    }

    void traceBytes(byte[] bytes) {
        contentCrc.reset();
        contentCrc.update(bytes);
        trace(contentCrc.getValue());
    }

    // ---- who takes part

    /** A process on a host, with exact timers. Hosts are names; a link is cut between two of them. */
    public VirtualProcess process(String host) {
        return process(host, delayNanos -> delayNanos);
    }

    /** @param timers true nanoseconds until a timer of so many nanoseconds of the machine's clock is due */
    VirtualProcess process(String host, LongUnaryOperator timers) {
        return new VirtualProcess(this, host, links.number(host), timers);
    }

    /** A loop for those who need no process of their own. */
    public Loop loop() {
        return everyone.loop("loop", 0);
    }

    public Network network() {
        return everyone.network(loop(), Long.MAX_VALUE);
    }

    // ---- the network

    /** How long bytes are on their way. */
    public void latency(long minNanos, long maxNanos) {
        latencyMinNanos = minNanos;
        latencyMaxNanos = maxNanos;
    }

    long latencyNanos() {
        return latencyMinNanos + random.nextLong(latencyMaxNanos - latencyMinNanos + 1);
    }

    /** While set, nothing arrives, and connections are neither made nor refused: a cable that was pulled. */
    public void cut(boolean cut) {
        everythingCut = cut;
        releaseStuck();
    }

    /** Nothing gets from the one host to the other any more; the other way it does. */
    public void cutLink(String from, String to) {
        links.cut(from, to);
    }

    public void mendLink(String from, String to) {
        links.mend(from, to);
        releaseStuck();
    }

    /** Both ways. */
    public void cutBetween(String one, String other) {
        cutLink(one, other);
        cutLink(other, one);
    }

    public void mendAllLinks() {
        links.mendAll();
        releaseStuck();
    }

    void watchLinks(VirtualLinks.Watcher watcher) {
        links.watch(watcher);
    }

    boolean isCut(VirtualProcess from, VirtualProcess to) {
        return everythingCut || links.isCut(from.hostNumber(), to.hostNumber());
    }

    /** What is sent from the one host to the other arrives after that time only. */
    public void clogLink(String from, String to, long millis) {
        links.clog(from, to, elapsedNanos + millis * MILLI);
    }

    /** How long from now at least a packet is on its way. */
    long clogNanos(VirtualProcess from, VirtualProcess to) {
        return links.clogUntilNanos(from.hostNumber(), to.hostNumber()) - elapsedNanos;
    }

    void addStuck(VirtualConnection connection) {
        stuck.add(connection);
    }

    private void releaseStuck() {
        for (VirtualConnection connection : List.copyOf(stuck)) {
            at(latencyNanos(), null, () -> {
                if (connection.release()) {
                    stuck.remove(connection);
                }
            });
        }
    }

    void listen(VirtualProcess process, Loop loop, InetSocketAddress address, long max, Supplier<ConnectionHandler> h) {
        listeners.put(address, new Listener(process, loop, max, h));
    }

    void stopListening(VirtualProcess process, Loop loop) {
        listeners.values().removeIf(listener -> listener.process() == process && listener.loop() == loop);
    }

    void connect(
            VirtualProcess process,
            Loop loop,
            InetSocketAddress address,
            long outputMaxBytes,
            ConnectionHandler handler) {
        at(latencyNanos(), null, () -> connectNow(process, loop, address, outputMaxBytes, handler, CONNECT_TRIES));
    }

    private void connectNow(
            VirtualProcess process,
            Loop loop,
            InetSocketAddress address,
            long outputMaxBytes,
            ConnectionHandler handler,
            int triesLeft) {
        Listener listener = listeners.get(address);
        boolean cutOff = everythingCut
                || (listener != null && (isCut(process, listener.process()) || isCut(listener.process(), process)));
        if (cutOff && triesLeft > 1) {
            at(
                    CONNECT_AGAIN_NANOS,
                    null,
                    () -> connectNow(process, loop, address, outputMaxBytes, handler, triesLeft - 1));
        }
        if (cutOff || !process.isAlive()) {
            return;
        }
        if (listener == null || !listener.process().isAlive()) {
            loop.execute(() -> handler.onClosed("connection refused"));
            return;
        }
        connectionsMade++;
        String dialler = "dialler:" + connectionsMade;
        VirtualConnection dialling =
                new VirtualConnection(this, process, loop, outputMaxBytes, address.toString(), () -> handler);
        VirtualConnection accepting = new VirtualConnection(
                this, listener.process(), listener.loop(), listener.outputMaxBytes(), dialler, listener.handlers());
        dialling.join(accepting);
        accepting.open();
        dialling.open();
    }

    /** Half-closes: the other end reads to the end of what was written, and can still answer. */
    public static void endOutput(Connection connection) {
        ((VirtualConnection) connection).endOutput();
    }

    void opened(VirtualConnection connection) {
        open.add(connection);
    }

    void closed(VirtualConnection connection) {
        open.remove(connection);
    }

    /** Ends all connections at once, as both machines see it. */
    public void resetConnections() {
        for (VirtualConnection connection : List.copyOf(open)) {
            connection.close("reset");
        }
    }

    /** Ends one of the connections between the two hosts, if there is any: all that is on its way is lost. */
    public boolean loseConnection(String one, String other) {
        List<VirtualConnection> between =
                open.stream().filter(each -> each.isBetween(one, other)).toList();
        if (between.isEmpty()) {
            return false;
        }
        between.get(random.nextInt(between.size())).lose();
        return true;
    }

    /** Those of one process, from its side. */
    void killConnections(VirtualProcess process) {
        for (VirtualConnection connection : List.copyOf(open)) {
            if (connection.process() == process) {
                connection.kill();
            }
        }
    }

    /** How many were made since the beginning. */
    public int connectionsMade() {
        return connectionsMade;
    }

    public int openConnections() {
        return open.size();
    }
}
