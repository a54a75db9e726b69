package io.ringleader.spec;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The volatile state of leaders (Figure 2), reinitialised after each election. Immutable.
 *
 * @param matchIndex for each voter, itself among them, the highest index known to be durable there; absent means 0
 * @param firstIndex of the entry that opened its term
 * @param round the last round of heartbeats that it began (thesis §6.4)
 * @param answered for each other voter, the latest round that it answered
 * @param reads reads that were asked for and not answered yet, by id
 * @param transferTargets whom it has begun to hand over to
 */
record Leading(
        SortedMap<Integer, Long> matchIndex,
        long firstIndex,
        long round,
        SortedMap<Integer, Long> answered,
        SortedMap<Long, Read> reads,
        SortedSet<Integer> transferTargets) {

    /**
     * A read that waits.
     *
     * @param commitIndex what the leader knew to be committed when it was asked
     * @param round the last round that had begun then
     * @param mustSee what was committed anywhere then
     */
    record Read(long commitIndex, long round, long mustSee) {}

    static final Leading NOT = from(0);

    static Leading from(long firstIndex) {
        return new Leading(
                Collections.emptySortedMap(),
                firstIndex,
                0,
                Collections.emptySortedMap(),
                Collections.emptySortedMap(),
                Collections.emptySortedSet());
    }

    long matchIndex(int voter) {
        return matchIndex.getOrDefault(voter, 0L);
    }

    Leading withMatch(int voter, long index) {
        return new Leading(put(matchIndex, voter, index), firstIndex, round, answered, reads, transferTargets);
    }

    Leading withRound(long newRound) {
        return newRound <= round
                ? this
                : new Leading(matchIndex, firstIndex, newRound, answered, reads, transferTargets);
    }

    Leading withAnswer(int voter, long answeredRound) {
        return answeredRound <= answered.getOrDefault(voter, 0L)
                ? this
                : new Leading(
                        matchIndex, firstIndex, round, put(answered, voter, answeredRound), reads, transferTargets);
    }

    Leading withRead(long readId, Read read) {
        return new Leading(matchIndex, firstIndex, round, answered, put(reads, readId, read), transferTargets);
    }

    Leading withoutRead(long readId) {
        SortedMap<Long, Read> fewer = new TreeMap<>(reads);
        fewer.remove(readId);
        return new Leading(matchIndex, firstIndex, round, answered, fewer, transferTargets);
    }

    Leading withTarget(int voter) {
        SortedSet<Integer> more = new TreeSet<>(transferTargets);
        more.add(voter);
        return new Leading(matchIndex, firstIndex, round, answered, reads, more);
    }

    /** The largest index that a majority of the voters is known to have. */
    long matchedByMajority(List<Integer> voters) {
        long[] sorted = voters.stream().mapToLong(this::matchIndex).sorted().toArray();
        return sorted[(sorted.length - 1) / 2];
    }

    private static <K, V> SortedMap<K, V> put(Map<K, V> map, K key, V value) {
        SortedMap<K, V> changed = new TreeMap<>(map);
        changed.put(key, value);
        return changed;
    }

    @Override
    public String toString() {
        return "match " + matchIndex + ", round " + round + " answered " + answered + ", " + reads.size() + " reads";
    }
}
