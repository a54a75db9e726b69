package io.ringleader.node;

/**
 * How long one connection is not read after a wrong password: twice as long as after the one before, up to a bound. Owned by the
 * client loop.
 */
final class LoginPauses {
    private static final long FIRST_PAUSE_NANOS = 200_000_000L;
    private static final int DOUBLINGS_MAX = 5;

    private boolean paused;
    private int failures;

    boolean isPaused() {
        return paused;
    }

    /** A login has failed. Returns how many nanoseconds its answer is to wait. */
    long begin() {
        paused = true;
        return FIRST_PAUSE_NANOS << Math.min(failures++, DOUBLINGS_MAX);
    }

    void end() {
        paused = false;
    }
}
