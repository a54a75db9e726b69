package io.ringleader.it;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Threads that a test runs beside its own. The first failure of one is thrown where the test waits for them. */
final class Workers implements AutoCloseable {
    private static final long JOIN_MILLIS = 60_000;

    /** Runs on a thread of its own. */
    interface Work {
        void run() throws Exception;
    }

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean stopping;

    void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (Throwable e) {
                        failure.compareAndSet(null, e);
                    }
                },
                "worker-" + threads.size());
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    void requireNoFailure() {
        if (failure.get() != null) {
            throw new AssertionError("A worker failed.", failure.get());
        }
    }

    /** Work that goes on until it is told to stop looks here. */
    boolean isStopping() {
        return stopping;
    }

    /** Tells the work to stop, waits for it, and throws if any of it failed. */
    void join() throws InterruptedException {
        stopping = true;
        for (Thread thread : threads) {
            thread.join(JOIN_MILLIS);
            if (thread.isAlive()) {
                throw new AssertionError(thread.getName() + " did not end within " + JOIN_MILLIS + " ms.");
            }
        }
        requireNoFailure();
    }

    /** Lets no thread go on when the test has failed. */
    @Override
    public void close() {
        stopping = true;
        threads.forEach(Thread::interrupt);
    }
}
