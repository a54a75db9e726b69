package io.ringleader.failover;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** Durations in nanoseconds, all of them. One thread adds. */
final class Latencies {
    private long[] nanos = new long[1024];
    private int count;

    synchronized void add(long duration) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = duration;
    }

    private synchronized LongStream all() {
        return Arrays.stream(nanos.clone(), 0, count);
    }

    /** Median, 99th percentile and maximum of all together. */
    static double[] millis(List<Latencies> some) {
        long[] values = some.stream().flatMapToLong(Latencies::all).toArray();
        return new double[] {
            Samples.percentile(values, 0.5) / 1e6,
            Samples.percentile(values, 0.99) / 1e6,
            Samples.percentile(values, 1) / 1e6
        };
    }
}
