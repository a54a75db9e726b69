package io.ringleader.loop;

import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link Loop} that is one thread and parks when there is nothing to do.
 *
 * <p>It starts with {@link #start} and ends in one of two ways. {@link #close} lets it finish what was submitted before and
 * waits for it. An exception that escapes a task, a timer or a hook ends it at once and is reported to the failure handler.
 * What is submitted after the end is dropped.
 */
public final class ThreadLoop implements Loop, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ThreadLoop.class);

    private final String name;
    private final LoopFailureHandler failureHandler;
    private final Thread thread;
    private final TaskQueue tasks;

    /** Owned by the thread of the loop. */
    private boolean stopping;

    /** @param name of the loop and of its thread, for messages */
    public ThreadLoop(String name, LoopFailureHandler failureHandler) {
        this.name = Objects.requireNonNull(name, "name");
        this.failureHandler = Objects.requireNonNull(failureHandler, "failureHandler");
        thread = new Thread(this::run, name);
        tasks = new TaskQueue(() -> LockSupport.unpark(thread));
    }

    /** Starts the thread. May be called once. */
    public ThreadLoop start() {
        thread.start();
        return this;
    }

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

    /** Whether the caller runs on this loop. */
    public boolean isLoopThread() {
        return Thread.currentThread() == thread;
    }

    /**
     * Runs what has been submitted, then the hooks, then ends the thread and waits for that. Timers that are not yet due are
     * dropped. Called on the loop itself it does not wait. If the caller is interrupted while it waits, it returns early with
     * the interrupt flag set.
     */
    @Override
    public void close() {
        execute(() -> stopping = true);
        join(thread);
    }

    /** Waits for the end of the thread of a loop, unless that is the caller's own. */
    public static void join(Thread thread) {
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!stopping) {
                tasks.runBurst();
                tasks.runHooks();
                park();
            }
        } catch (Throwable cause) { // whatever it is, the state of this loop can no longer be trusted
            report(name, cause, failureHandler);
        }
    }

    private void park() {
        if (stopping) {
            return;
        }
        long waitNanos = tasks.beginWait();
        if (waitNanos == TaskQueue.WAIT_FOREVER) {
            LockSupport.park(this);
        } else if (waitNanos > 0) {
            LockSupport.parkNanos(this, waitNanos);
        }
        tasks.endWait();
        // Nothing here is interruptible, and with the flag set the thread could never park again.
        Thread.interrupted();
    }

    /** Logs that a loop has failed and tells its failure handler. */
    public static void report(String loopName, Throwable cause, LoopFailureHandler failureHandler) {
        log.error("The loop {} has stopped: a task threw an exception.", loopName, cause);
        try {
            failureHandler.onLoopFailure(loopName, cause);
        } catch (RuntimeException e) {
            log.error("The failure handler of the loop {} failed as well.", loopName, e);
        }
    }
}
