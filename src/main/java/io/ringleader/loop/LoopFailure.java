package io.ringleader.loop;

/**
 * Ends the loop on whose thread it is thrown, whoever called what failed. Handlers of connections run among those of others, and
 * an exception of one of them costs no more than its connection; it takes an error to say that there is more to it.
 */
public final class LoopFailure extends Error {
    private static final long serialVersionUID = 1L;

    private LoopFailure(RuntimeException cause) {
        super(cause.toString(), cause);
    }

    /** Runs the task now. An exception of it ends the loop. */
    public static void unlessDone(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            throw new LoopFailure(e);
        }
    }
}
