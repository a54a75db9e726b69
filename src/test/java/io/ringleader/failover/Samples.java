package io.ringleader.failover;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Every operation of one client: when it began and ended, in nanoseconds of {@link System#nanoTime}, and its outcome. Any thread. */
final class Samples {
    record Sample(long startNanos, long endNanos, Outcome outcome) {
        long nanos() {
            return endNanos - startNanos;
        }
    }

    private final List<Sample> samples = new ArrayList<>();

    synchronized void add(long startNanos, Outcome outcome) {
        samples.add(new Sample(startNanos, System.nanoTime(), outcome));
    }

    /** Those that began and ended within. */
    List<Sample> between(long fromNanos, long toNanos) {
        return endedBetween(fromNanos, toNanos).stream()
                .filter(sample -> sample.startNanos - fromNanos >= 0)
                .toList();
    }

    /** Those that ended within. */
    synchronized List<Sample> endedBetween(long fromNanos, long toNanos) {
        return samples.stream()
                .filter(sample -> sample.endNanos - fromNanos >= 0 && sample.endNanos - toNanos < 0)
                .toList();
    }

    /** The longest time within that passed without a successful answer. */
    long longestGapNanos(long fromNanos, long toNanos) {
        long last = fromNanos;
        long longest = 0;
        for (Sample sample : endedBetween(fromNanos, toNanos)) {
            if (sample.outcome == Outcome.DONE) {
                longest = Math.max(longest, sample.endNanos - last);
                last = sample.endNanos;
            }
        }
        return Math.max(longest, toNanos - last);
    }

    /**
     * The least of the values that this share of them does not exceed; 0 of none.
     *
     * @param share 0.5 for the median, 1 for the maximum
     */
    static long percentile(long[] values, double share) {
        if (values.length == 0) {
            return 0;
        }
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
    }
}
