package io.ringleader.bench;

import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * What one thread saw. That thread counts; others may read at any time. What belongs to the warm-up is counted for the
 * progress only.
 */
final class Tally {
    /** Beyond an hour nobody waits. */
    private static final long HIGHEST_NANOS = 3_600_000_000_000L;

    private static final int DIGITS = 3;
    private static final int TEXTS_MAX = 8;

    private final long beginNanos;
    private final long endNanos;
    private final SingleWriterRecorder gets = new SingleWriterRecorder(HIGHEST_NANOS, DIGITS);
    private final SingleWriterRecorder sets = new SingleWriterRecorder(HIGHEST_NANOS, DIGITS);
    private final AtomicLongArray kinds = new AtomicLongArray(AnswerKind.values().length);
    /** Answers within the time that counts: to gets, to sets; and all errors and all answers so far. */
    private final AtomicLongArray counts = new AtomicLongArray(4);

    private static final int GETS_IN_TIME = 0;
    private static final int SETS_IN_TIME = 1;
    private static final int ERRORS = 2;
    private static final int ALL = 3;

    private final Set<String> texts = new ConcurrentSkipListSet<>();

    /** @param beginNanos when what counts begins; {@code endNanos} when it ends */
    Tally(long beginNanos, long endNanos) {
        this.beginNanos = beginNanos;
        this.endNanos = endNanos;
    }

    /**
     * @param dueNanos when the request was due
     * @param nowNanos when it was answered, or given up
     * @param text what went wrong, or null
     */
    void count(boolean get, AnswerKind kind, long dueNanos, long nowNanos, String text) {
        increment(counts, ALL);
        if (kind.isError()) {
            increment(counts, ERRORS);
            if (text != null && texts.size() < TEXTS_MAX) {
                texts.add(kind + ": " + text);
            }
        } else if (nowNanos >= beginNanos && nowNanos < endNanos) {
            increment(counts, get ? GETS_IN_TIME : SETS_IN_TIME);
        }
        if (dueNanos < beginNanos) {
            return;
        }
        increment(kinds, kind.ordinal());
        // a quick refusal would flatter; what got no answer took at least that long
        if (kind != AnswerKind.REFUSED && kind != AnswerKind.WRONG_ANSWER) {
            long nanos = Math.min(HIGHEST_NANOS, Math.max(0, nowNanos - dueNanos));
            (get ? gets : sets).recordValue(nanos);
        }
    }

    private static void increment(AtomicLongArray array, int index) {
        array.lazySet(index, array.getPlain(index) + 1);
    }

    long all() {
        return counts.get(ALL);
    }

    long errors() {
        return counts.get(ERRORS);
    }

    long getsInTime() {
        return counts.get(GETS_IN_TIME);
    }

    long setsInTime() {
        return counts.get(SETS_IN_TIME);
    }

    long of(AnswerKind kind) {
        return kinds.get(kind.ordinal());
    }

    Set<String> texts() {
        return texts;
    }

    /** Adds what was recorded since the last call. By one thread at a time. */
    void drainInto(Histogram allGets, Histogram allSets) {
        allGets.add(gets.getIntervalHistogram());
        allSets.add(sets.getIntervalHistogram());
    }

    static Histogram histogram() {
        return new Histogram(HIGHEST_NANOS, DIGITS);
    }
}
