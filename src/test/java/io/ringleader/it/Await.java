package io.ringleader.it;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for what other processes do: looks again and again, up to a deadline. */
public final class Await {
    /** Between two looks; short against anything that is waited for. */
    private static final long PAUSE_NANOS = 20_000_000L;

    /** An {@link IOException} counts as "not yet": the process that is asked may be starting or just gone. */
    public interface Condition {
        boolean holds() throws IOException;
    }

    private Await() {}

    /** @throws AssertionError if it does not hold in time; the message says what was waited for */
    public static void until(String what, Duration limit, Condition condition) {
        long startNanos = System.nanoTime();
        IOException last = null;
        while (true) {
            try {
                if (condition.holds()) {
                    return;
                }
                last = null;
            } catch (IOException e) {
                last = e;
            }
            if (System.nanoTime() - startNanos > limit.toNanos()) {
                throw new AssertionError("Not within " + limit.toMillis() + " ms: " + what + ".", last);
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("Interrupted while waiting until " + what + ".", last);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
