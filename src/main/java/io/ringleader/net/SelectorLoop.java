package io.ringleader.net;

import io.ringleader.loop.Loop;
import io.ringleader.loop.LoopFailureHandler;
import io.ringleader.loop.TaskQueue;
import io.ringleader.loop.ThreadLoop;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link Loop} that is one thread around a {@link Selector}, for the sockets of one {@link TcpNetwork} or several.
 *
 * <p>One turn: wait for sockets, tasks or timers; handle the sockets that are ready; run a burst of tasks; run the hooks; do
 * so again, a few times, if there are tasks by now; hand to the kernel what was written. Output therefore leaves once per turn and connection, however many answers it holds.
 *
 * <p>It starts with {@link #start} and ends in one of two ways. {@link #close} runs what was submitted before, gives
 * connections a second to take their output, closes them, tells their handlers, and waits for the end of the thread. A task,
 * timer or hook that throws, or an {@link Error} from a handler, ends it at once: all sockets are closed, no handler is called
 * any more, and the failure handler hears why.
 */
public final class SelectorLoop implements Loop, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SelectorLoop.class);

    /** What the hooks of one burst submit to the loop itself is done in the next, and all its output leaves at once. */
    private static final int BURSTS_PER_TURN_MAX = 8;

    private static final long CLOSE_GRACE_NANOS = 1_000_000_000L;

    /** What a key is attached to. */
    sealed interface Pollable permits TcpConnection, Acceptor {
        void onReady(SelectionKey key);
    }

    private final String name;
    private final LoopFailureHandler failureHandler;
    private final Selector selector;
    private final TaskQueue tasks;
    private final Thread thread;
    private final Consumer<SelectionKey> onReady = this::onReady;

    /** Connections with output to hand to the kernel, and the list that takes those that are added while they are. */
    private List<TcpConnection> toFlush = new ArrayList<>();

    private List<TcpConnection> flushing = new ArrayList<>();

    /** Resolves host names, which blocks; made when the first one is needed. */
    private ThreadLoop resolver;

    private boolean stopping;
    private long turns;

    /** @param name of the loop and of its thread, for messages */
    public SelectorLoop(String name, LoopFailureHandler failureHandler) throws IOException {
        this.name = Objects.requireNonNull(name, "name");
        this.failureHandler = Objects.requireNonNull(failureHandler, "failureHandler");
        warmUp();
        selector = Selector.open();
        tasks = new TaskQueue(selector::wakeup);
        thread = new Thread(this::run, name);
    }

    /**
     * Closing a channel makes the JDK load a class that needs a file descriptor to initialise itself. Should that happen for the
     * first time when there are none, no socket of this process could be closed any more.
     */
    private static void warmUp() throws IOException {
        Selector.open().close();
        SocketChannel.open().close();
    }

    /** Starts the thread. May be called once. */
    public SelectorLoop start() {
        thread.start();
        return this;
    }

    // ------------------------------------------------------------------------------------------------------- as a loop

    @Override
    public void execute(Runnable task) {
        tasks.execute(task);
    }

    @Override
    public void schedule(long delayNanos, Runnable task) {
        tasks.schedule(delayNanos, task);
    }

    @Override
    public void atEndOfBurst(Runnable hook) {
        tasks.atEndOfBurst(hook);
    }

    /** How many it has begun. */
    long turns() {
        return turns;
    }

    Selector selector() {
        return selector;
    }

    /** Does what may block, on a thread of its own, which is made when it is needed first. Must be called on the loop. */
    void resolve(Runnable task) {
        if (resolver == null) {
            resolver = new ThreadLoop(name + "-resolver", failureHandler).start();
        }
        resolver.execute(task);
    }

    /** Whether the caller runs on this loop. */
    public boolean isLoopThread() {
        return Thread.currentThread() == thread;
    }

    void requireLoopThread() {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException("This belongs to the loop " + name + ", but it was called by the thread "
                    + Thread.currentThread().getName() + ".");
        }
    }

    @Override
    public void close() {
        if (thread.getState() == Thread.State.NEW) {
            closeAllQuietly();
            return;
        }
        execute(() -> stopping = true);
        ThreadLoop.join(thread);
    }

    private void run() {
        try {
            boolean workLeft = false;
            while (!stopping) {
                workLeft = turn(workLeft);
            }
            stop();
        } catch (Throwable cause) { // whatever it is, the state of this loop can no longer be trusted
            try {
                closeAllQuietly();
            } finally {
                ThreadLoop.report(name, cause, failureHandler);
            }
        }
    }

    /** @return whether there is work left that the queue of tasks knows nothing of */
    private boolean turn(boolean workLeft) throws IOException {
        turns++;
        long waitNanos = workLeft ? 0 : tasks.beginWait();
        if (waitNanos == 0) {
            selector.selectNow(onReady);
        } else if (waitNanos == TaskQueue.WAIT_FOREVER) {
            selector.select(onReady);
        } else {
            selector.select(
                    onReady, (waitNanos + 999_999) / 1_000_000); // rounded up: a timer is never early, no spinning
        }
        tasks.endWait();
        Thread.interrupted(); // a stray interrupt would close the next channel that is read
        int bursts = 0;
        boolean handled;
        do {
            do {
                tasks.runBurst();
                tasks.runHooks();
                bursts++;
            } while (bursts < BURSTS_PER_TURN_MAX && tasks.isPending());
            handled = flush();
        } while (handled && bursts < BURSTS_PER_TURN_MAX);
        return handled;
    }

    private void onReady(SelectionKey key) {
        tasks.endWait(); // awake: what the handlers submit needs no wake-up
        ((Pollable) key.attachment()).onReady(key);
    }

    /** @return whether a handler was called: what it did may be work for the hooks and for another flush */
    private boolean flush() {
        if (toFlush.isEmpty()) {
            return false;
        }
        List<TcpConnection> due = toFlush;
        toFlush = flushing;
        flushing = due;
        for (int i = 0; i < due.size(); i++) {
            due.get(i).flush();
        }
        due.clear();
        return true;
    }

    /** The orderly end: the last output leaves, as far as the other ends take it in time. */
    private void stop() throws IOException {
        for (SelectionKey key : selector.keys()) {
            if (key.attachment() instanceof Acceptor acceptor) {
                acceptor.close();
            } else if (key.attachment() instanceof TcpConnection connection) {
                connection.closeAfterOutput(); // and read no more
            }
        }
        flush();
        long deadlineNanos = System.nanoTime() + CLOSE_GRACE_NANOS;
        while (anyOutputPending()) {
            long leftNanos = deadlineNanos - System.nanoTime();
            if (leftNanos <= 0) {
                break;
            }
            selector.select(onReady, (leftNanos + 999_999) / 1_000_000);
            flush();
        }
        for (SelectionKey key : selector.keys()) {
            if (key.attachment() instanceof TcpConnection connection) {
                connection.closeWithLoop("the node stops");
            }
        }
        tasks.runBurst(); // those that were closed a moment ago have yet to hear of it
        closeAllQuietly();
    }

    private boolean anyOutputPending() {
        for (SelectionKey key : selector.keys()) {
            if (key.attachment() instanceof TcpConnection connection && connection.pendingOutputBytes() > 0) {
                return true;
            }
        }
        return false;
    }

    private void closeAllQuietly() {
        for (SelectionKey key : selector.keys()) {
            closeQuietly(key.channel());
        }
        closeQuietly(selector);
        if (resolver != null) {
            resolver.execute(() -> resolver.close()); // from its own thread: it may be stuck in a look-up
        }
    }

    void flushAtEndOfBurst(TcpConnection connection) {
        toFlush.add(connection);
    }

    static void closeQuietly(Closeable closeable) {
        if (closeable == null) {
            return;
        }
        try {
            closeable.close();
        } catch (IOException e) {
            log.debug("Closing failed; the resource is given up all the same.", e);
        }
    }

    static String describe(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
