package io.ringleader.bench;

import org.HdrHistogram.Histogram;

/**
 * How long operations took, from when they were due to when the answer was read.
 *
 * @param count of them
 * @param perSecond answered within the time that counts
 * @param p50Nanos half of them took no longer
 */
public record Latencies(
        long count,
        double perSecond,
        double meanNanos,
        long p50Nanos,
        long p90Nanos,
        long p99Nanos,
        long p999Nanos,
        long maxNanos) {
    static Latencies of(Histogram histogram, long answeredInTime, double seconds) {
        return new Latencies(
                histogram.getTotalCount(),
                answeredInTime / seconds,
                histogram.getMean(),
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(90),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                histogram.getMaxValue());
    }
}
