package io.ringleader.loop;

/**
 * One thread that owns some state, with a queue in front of it: the only way in which the parts of a node reach each other.
 *
 * <p>Tasks run one at a time, in the order in which one thread submitted them. What a loop owns is touched by no other
 * thread, so nothing in a node is locked. In production a loop is a thread ({@code ThreadLoop}, or the selector loop of
 * the {@code net} package); in a simulation it is a lane in one big event queue, run from one seed.
 *
 * <p>A task must not block. A task that throws stops the loop: a bug must not be survived with half-changed state.
 */
public interface Loop {
    /** Runs the task on this loop after all that were submitted before it. Any thread may call it. */
    void execute(Runnable task);

    /** Runs the task on this loop once the delay has passed. Any thread may call it. There is no cancellation. */
    void schedule(long delayNanos, Runnable task);

    /**
     * Registers a hook that runs on this loop each time it has emptied its queue (or handled a bounded burst of it), before
     * it waits for more. This is where work is batched: append all, then sync once; answer all, then write once.
     */
    void atEndOfBurst(Runnable hook);
}
