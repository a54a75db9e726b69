package io.ringleader.linearizability;

/** Arithmetic on nanoseconds that stops at the ends of the range, which stand for "since ever" and "never". */
final class Times {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private Times() {}

    static long plus(long a, long b) {
        long sum = a + b;
        boolean overflows = ((a ^ sum) & (b ^ sum)) < 0;
        return overflows ? end(a) : sum;
    }

    /** An end of the range stays what it is. */
    static long minus(long a, long b) {
        if (a == Long.MAX_VALUE || a == Long.MIN_VALUE) {
            return a;
        }
        long difference = a - b;
        boolean overflows = ((a ^ b) & (a ^ difference)) < 0;
        return overflows ? end(a) : difference;
    }

    static long seconds(long seconds) {
        return seconds > Long.MAX_VALUE / NANOS_PER_SECOND ? Long.MAX_VALUE : seconds * NANOS_PER_SECOND;
    }

    private static long end(long sign) {
        return sign < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
}
