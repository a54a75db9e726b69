package io.ringleader.spec;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The reads that wait at a server which does not lead (thesis §6.4). Immutable.
 *
 * @param firstAsk the number of the first question that it sent to a leader since it started, 0 if none
 * @param lastAsk of the last
 * @param reads by id
 */
record Following(long firstAsk, long lastAsk, SortedMap<Long, Read> reads) {
    private static final long UNKNOWN = Long.MAX_VALUE;

    /**
     * A read that waits.
     *
     * @param lastAsk the last question that had left when it came
     * @param mustSee what was committed anywhere then
     * @param readIndex the lowest one that a leader has answered to a later question, {@link #UNKNOWN} if none has
     */
    record Read(long lastAsk, long mustSee, long readIndex) {
        boolean isAnswered() {
            return readIndex != UNKNOWN;
        }
    }

    static final Following NOT = new Following(0, 0, Collections.emptySortedMap());

    Following asking(long ask) {
        return new Following(firstAsk == 0 ? ask : firstAsk, ask, reads);
    }

    /** Whether it is of this life of the server. */
    boolean hasAsked(long ask) {
        return firstAsk != 0 && firstAsk <= ask && ask <= lastAsk;
    }

    Following withRead(long readId, long mustSee) {
        SortedMap<Long, Read> more = new TreeMap<>(reads);
        more.put(readId, new Read(lastAsk, mustSee, UNKNOWN));
        return new Following(firstAsk, lastAsk, more);
    }

    Following withoutRead(long readId) {
        if (!reads.containsKey(readId)) {
            return this;
        }
        SortedMap<Long, Read> fewer = new TreeMap<>(reads);
        fewer.remove(readId);
        return new Following(firstAsk, lastAsk, fewer);
    }

    /** An answer holds for the reads that had come when its question left. */
    Following answered(long ask, long readIndex) {
        if (!hasAsked(ask)) {
            return this;
        }
        SortedMap<Long, Read> changed = new TreeMap<>(reads);
        changed.replaceAll((id, read) -> read.lastAsk() < ask
                ? new Read(read.lastAsk(), read.mustSee(), Math.min(read.readIndex(), readIndex))
                : read);
        return new Following(firstAsk, lastAsk, changed);
    }
}
