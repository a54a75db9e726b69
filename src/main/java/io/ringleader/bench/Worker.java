package io.ringleader.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** One thread of the generator: sends what is due on its connections and reads what comes, until the end. */
final class Worker implements Runnable {
    /** For answers that are still missing when the time is over. */
    static final long DRAIN_NANOS = 5_000_000_000L;

    private static final long MAINTAIN_NANOS = 50_000_000L;
    /** A selector cannot wait for less than a millisecond; below that the thread looks again and again, with short rests. */
    private static final long REST_NANOS = 30_000L;

    private final List<Connection> connections;
    private final Pace pace;
    private final Selector selector;
    private final long endNanos;
    private final boolean endsWhenIdle;
    private final Consumer<SelectionKey> ready = this::ready;

    private volatile long cpuNanos;
    private volatile Throwable failure;

    /**
     * @param endNanos when nothing more is sent
     * @param endsWhenIdle whether it also ends when nothing is under way any more
     */
    Worker(List<Connection> connections, Pace pace, Selector selector, long endNanos, boolean endsWhenIdle) {
        this.connections = connections;
        this.pace = pace;
        this.selector = selector;
        this.endNanos = endNanos;
        this.endsWhenIdle = endsWhenIdle;
    }

    @Override
    public void run() {
        try {
            work();
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        } finally {
            connections.forEach(Connection::close);
            cpuNanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        }
    }

    /** Processor time that the thread has used; 0 before its end. */
    long cpuNanos() {
        return cpuNanos;
    }

    /** Why it broke off, or null. */
    Throwable failure() {
        return failure;
    }

    private void work() throws IOException {
        long now = System.nanoTime();
        long maintainAt = now;
        for (Connection connection : connections) {
            connection.send(now);
        }
        while (now < endNanos && !(endsWhenIdle && isIdle())) {
            for (int due = pace.nextDue(now); due >= 0; due = pace.nextDue(now)) {
                connections.get(due).send(now);
            }
            if (now >= maintainAt) {
                maintainAt = now + MAINTAIN_NANOS;
                for (Connection connection : connections) {
                    connection.maintain(selector, now);
                }
            }
            await(Math.min(endNanos, pace.quietUntilNanos(now)), now);
            now = System.nanoTime();
        }
        while (now < endNanos + DRAIN_NANOS && !isIdle()) {
            selector.select(ready, 100);
            now = System.nanoTime();
        }
        for (Connection connection : connections) {
            connection.giveUp(endNanos, now);
        }
    }

    private void await(long untilNanos, long now) throws IOException {
        long millis = (untilNanos - now) / 1_000_000;
        if (millis > 0) {
            selector.select(ready, Math.min(millis, MAINTAIN_NANOS / 1_000_000));
        } else if (selector.selectNow(ready) == 0) {
            LockSupport.parkNanos(Math.min(untilNanos - now, REST_NANOS));
        }
    }

    private void ready(SelectionKey key) {
        ((Connection) key.attachment()).ready(System.nanoTime());
    }

    private boolean isIdle() {
        for (Connection connection : connections) {
            if (!connection.isIdle()) {
                return false;
            }
        }
        return true;
    }
}
