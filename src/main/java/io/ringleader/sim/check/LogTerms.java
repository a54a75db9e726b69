package io.ringleader.sim.check;

import java.util.Arrays;

/** The terms of all entries of a log from index 1 on, also of those that were compacted. */
final class LogTerms {
    private long[] terms = new long[64];
    private int last;

    long last() {
        return last;
    }

    /** 0 at index 0 and behind the end. */
    long term(long index) {
        return index >= 1 && index <= last ? terms[(int) index - 1] : 0;
    }

    void append(long term) {
        if (last == terms.length) {
            terms = Arrays.copyOf(terms, 2 * last);
        }
        terms[last++] = term;
    }

    /** Drops the entry at the index and all after it. */
    void truncateFrom(long index) {
        last = (int) Math.min(last, index - 1);
    }

    LogTerms copy() {
        LogTerms copy = new LogTerms();
        copy.terms = terms.clone();
        copy.last = last;
        return copy;
    }
}
