package io.ringleader.failover;

/** When commands were sent, for the answers that come in the same order. One thread adds, another takes. */
final class Times {
    private final long[] nanos;
    private long added;
    private long taken;

    Times(int capacity) {
        nanos = new long[capacity];
    }

    /** @throws IllegalStateException if there is no room */
    synchronized void add(long sentNanos, int commands) {
        if (added - taken + commands > nanos.length) {
            throw new IllegalStateException(added - taken + " commands wait for an answer, and " + commands + " more.");
        }
        for (int i = 0; i < commands; i++) {
            nanos[(int) (added++ % nanos.length)] = sentNanos;
        }
    }

    synchronized long take() {
        return nanos[(int) (taken++ % nanos.length)];
    }
}
