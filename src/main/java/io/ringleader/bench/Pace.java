package io.ringleader.bench;

/**
 * When requests are due, for the connections of one thread. Latency counts from the time a request was due, not from when it
 * could be sent: a server that stands still has all requests wait that others would have sent it meanwhile, and to leave these
 * out would hide its worst moments ("coordinated omission", G. Tene: How NOT to Measure Latency, 2013). Times as of
 * {@link System#nanoTime}.
 */
abstract class Pace {
    /** No request is due. */
    static final long NONE = Long.MIN_VALUE;

    /** When the next request of the connection was due, which takes it off; or {@link #NONE}, as always after the end. */
    abstract long take(int connection, long nowNanos);

    /** The next connection for which something became due since it was asked last, or -1. */
    abstract int nextDue(long nowNanos);

    /** Until when nothing becomes due by itself. */
    abstract long quietUntilNanos(long nowNanos);

    /** As {@link #take}, for what was due before the end and never sent. */
    abstract long takeUnsent(int connection);

    /** The next request is due when an earlier one is answered; {@code limit} requests in all. */
    static Pace closed(long limit, long endNanos) {
        return new Closed(limit, endNanos);
    }

    /**
     * Requests are due at equal distances, at the connections in turn.
     *
     * @param intervalNanos between two requests of this thread
     */
    static Pace open(int connections, long startNanos, long endNanos, double intervalNanos) {
        return new Open(connections, startNanos, endNanos, intervalNanos);
    }

    private static final class Closed extends Pace {
        private final long endNanos;
        private long left;

        Closed(long limit, long endNanos) {
            left = limit;
            this.endNanos = endNanos;
        }

        @Override
        long take(int connection, long nowNanos) {
            if (left == 0 || nowNanos >= endNanos) {
                return NONE;
            }
            left--;
            return nowNanos;
        }

        @Override
        int nextDue(long nowNanos) {
            return -1;
        }

        @Override
        long quietUntilNanos(long nowNanos) {
            return Long.MAX_VALUE;
        }

        @Override
        long takeUnsent(int connection) {
            return NONE;
        }
    }

    private static final class Open extends Pace {
        private final int connections;
        private final long startNanos;
        private final long endNanos;
        private final double intervalNanos;
        /** Requests that each connection has taken. */
        private final long[] taken;
        /** Number of the next request that becomes due. */
        private long next;

        Open(int connections, long startNanos, long endNanos, double intervalNanos) {
            this.connections = connections;
            this.startNanos = startNanos;
            this.endNanos = endNanos;
            this.intervalNanos = intervalNanos;
            taken = new long[connections];
        }

        private long dueNanos(long number) {
            return startNanos + (long) (number * intervalNanos);
        }

        @Override
        long take(int connection, long nowNanos) {
            return nowNanos < endNanos ? takeDue(connection, nowNanos) : NONE;
        }

        private long takeDue(int connection, long nowNanos) {
            long due = dueNanos(taken[connection] * connections + connection);
            if (due > nowNanos) {
                return NONE;
            }
            taken[connection]++;
            return due;
        }

        @Override
        int nextDue(long nowNanos) {
            return dueNanos(next) <= nowNanos ? (int) (next++ % connections) : -1;
        }

        @Override
        long quietUntilNanos(long nowNanos) {
            return dueNanos(next);
        }

        @Override
        long takeUnsent(int connection) {
            return takeDue(connection, endNanos - 1);
        }
    }
}
