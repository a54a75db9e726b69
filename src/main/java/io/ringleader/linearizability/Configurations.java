package io.ringleader.linearizability;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the search has been. A configuration is the set of operations that are in the order and the state that they led to;
 * in which order they came makes no difference to what can follow, so a configuration has to be looked at once. This is what
 * Lowe (2017, section 3) added to Wing and Gong's search, and what keeps it from trying every permutation.
 *
 * <p>Operations with an unknown outcome make it a little stronger. They never have to be put into the order, so whatever can
 * follow after a set of them can follow after fewer of them too, if the state is the same: a configuration is passed over if
 * one was seen that differs only in having used fewer.
 *
 * @param <S> the states of the model
 */
final class Configurations<S> {
    private final Map<Key<S>, List<long[]>> seen = new HashMap<>();
    private int size;

    /** The completed operations, and the state: all but the unknown ones. */
    private record Key<S>(int firstWord, long[] words, S state) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key<?> key
                    && firstWord == key.firstWord
                    && Arrays.equals(words, key.words)
                    && state.equals(key.state);
        }

        @Override
        public int hashCode() {
            return (31 * firstWord + Arrays.hashCode(words)) * 31 + state.hashCode();
        }
    }

    /**
     * Remembers a configuration.
     *
     * @param completed the completed operations in the order, by number
     * @param unknown those with an unknown outcome, by number
     * @return false if nothing new can follow from it
     */
    boolean add(BitSet completed, BitSet unknown, S state) {
        List<long[]> used = seen.computeIfAbsent(key(completed, state), key -> new ArrayList<>(1));
        long[] words = unknown.toLongArray();
        for (long[] fewer : used) {
            if (isSubset(fewer, words)) {
                return false;
            }
        }
        size -= used.size();
        used.removeIf(more -> isSubset(words, more));
        used.add(words);
        size += used.size();
        return true;
    }

    /** How many configurations are remembered. */
    int size() {
        return size;
    }

    /** The operations are numbered by invocation, so the first ones are all in the set and are only counted. */
    private static <S> Key<S> key(BitSet completed, S state) {
        int firstWord = completed.nextClearBit(0) / Long.SIZE;
        int firstBit = firstWord * Long.SIZE;
        long[] words =
                completed.get(firstBit, Math.max(firstBit, completed.length())).toLongArray();
        return new Key<>(firstWord, words, state);
    }

    private static boolean isSubset(long[] few, long[] many) {
        for (int i = 0; i < few.length; i++) {
            if ((few[i] & ~(i < many.length ? many[i] : 0)) != 0) {
                return false;
            }
        }
        return true;
    }
}
