package io.ringleader.loop;

import java.util.Arrays;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;

/**
 * What every loop that is a thread has in common: the queue of tasks, the timers, the end-of-burst hooks, and the protocol by
 * which the thread falls asleep without missing a task. It has no thread of its own: {@link ThreadLoop} parks around it, the
 * selector loop of the {@code net} package selects around it.
 *
 * <p>{@link #execute}, {@link #schedule} and {@link #atEndOfBurst} may be called by any thread, all else by the thread that
 * owns the loop only. One turn of that thread is {@link #runBurst}, {@link #runHooks}, {@link #beginWait}, the wait itself,
 * {@link #endWait}.
 *
 * <p><b>No wake-up is lost and none is wasted.</b> The owner first says that it sleeps and then looks at the queue; a
 * submitter first enqueues and then looks whether the owner sleeps. Both are volatile accesses, so at least one of the two
 * sees the other. The submitter that turns "sleeps" off is the only one that pays for a wake-up.
 */
public final class TaskQueue {
    /** Tasks, and as many timers, that run before the hooks get their turn. */
    public static final int BURST_TASKS_MAX = 1024;

    /** What {@link #beginWait} returns if nothing is scheduled. */
    public static final long WAIT_FOREVER = Long.MAX_VALUE;

    private static final int QUEUE_CHUNK_TASKS = 1024;

    private final MpscUnboundedAtomicArrayQueue<Runnable> tasks =
            new MpscUnboundedAtomicArrayQueue<>(QUEUE_CHUNK_TASKS);
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final AtomicBoolean sleeping = new AtomicBoolean();
    private final Runnable wakeUp;
    private long nextTimerSequence;

    /** Copied on write, so that a burst walks it without a lock and without an iterator. */
    private volatile Runnable[] hooks = new Runnable[0];

    /** @param wakeUp ends the wait of the owner, or makes its next wait end at once; called by any thread */
    public TaskQueue(Runnable wakeUp) {
        this.wakeUp = Objects.requireNonNull(wakeUp, "wakeUp");
    }

    /** See {@link Loop#execute}. */
    public void execute(Runnable task) {
        tasks.offer(Objects.requireNonNull(task, "task"));
        if (sleeping.get() && sleeping.compareAndSet(true, false)) {
            wakeUp.run();
        }
    }

    /** See {@link Loop#schedule}. The delay counts from this call. */
    public void schedule(long delayNanos, Runnable task) {
        if (delayNanos < 0) {
            throw new IllegalArgumentException("A delay must not be negative, but this one is " + delayNanos + " ns.");
        }
        Objects.requireNonNull(task, "task");
        // Half of the range of the clock, some 146 years: further ahead the comparison of two deadlines would overflow.
        long deadlineNanos = System.nanoTime() + Math.min(delayNanos, Long.MAX_VALUE / 2);
        execute(new Timer(deadlineNanos, task));
    }

    /** See {@link Loop#atEndOfBurst}. */
    public synchronized void atEndOfBurst(Runnable hook) {
        Objects.requireNonNull(hook, "hook");
        Runnable[] more = Arrays.copyOf(hooks, hooks.length + 1);
        more[hooks.length] = hook;
        hooks = more;
    }

    /** Runs the timers that are due and a bounded number of tasks. What one of them throws passes through. */
    public void runBurst() {
        runDueTimers();
        for (int count = 0; count < BURST_TASKS_MAX; count++) {
            Runnable task = tasks.poll();
            if (task == null) {
                return;
            }
            task.run();
        }
    }

    private void runDueTimers() {
        if (timers.isEmpty()) {
            return;
        }
        long nowNanos = System.nanoTime();
        for (int count = 0; count < BURST_TASKS_MAX; count++) {
            Timer timer = timers.peek();
            if (timer == null || timer.deadlineNanos - nowNanos > 0) {
                return;
            }
            timers.poll();
            timer.task.run();
        }
    }

    /** Runs the end-of-burst hooks in the order in which they were registered. */
    public void runHooks() {
        for (Runnable hook : hooks) {
            hook.run();
        }
    }

    /** Whether there are tasks to run now. */
    public boolean isPending() {
        return !tasks.isEmpty();
    }

    /**
     * The owner is about to wait. After this, and until {@link #endWait}, a new task calls the wake-up.
     *
     * @return how long it may wait at most, in nanoseconds: 0 if there is work now, {@link #WAIT_FOREVER} if no timer is set
     */
    public long beginWait() {
        sleeping.set(true);
        if (!tasks.isEmpty()) {
            sleeping.set(false);
            return 0;
        }
        Timer next = timers.peek();
        if (next == null) {
            return WAIT_FOREVER;
        }
        long waitNanos = next.deadlineNanos - System.nanoTime();
        if (waitNanos <= 0) {
            sleeping.set(false);
            return 0;
        }
        return waitNanos;
    }

    /** The owner is awake: new tasks need no wake-up. May be called more than once. */
    public void endWait() {
        if (sleeping.get()) {
            sleeping.set(false);
        }
    }

    /** A scheduled task. It travels through the queue like any other, and when it arrives it puts itself among the timers. */
    private final class Timer implements Runnable, Comparable<Timer> {
        private final long deadlineNanos;
        private final Runnable task;
        private long sequence;

        Timer(long deadlineNanos, Runnable task) {
            this.deadlineNanos = deadlineNanos;
            this.task = task;
        }

        @Override
        public void run() {
            sequence = nextTimerSequence++;
            timers.add(this);
        }

        /** By deadline; those with equal deadlines in the order in which they were scheduled. The clock may wrap around. */
        @Override
        public int compareTo(Timer other) {
            int byDeadline = Long.signum(deadlineNanos - other.deadlineNanos);
            return byDeadline != 0 ? byDeadline : Long.compare(sequence, other.sequence);
        }
    }
}
