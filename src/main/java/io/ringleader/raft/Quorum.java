package io.ringleader.raft;

import java.util.Arrays;
import java.util.Collection;
import java.util.function.ToLongFunction;

/** The arithmetic of majorities. Pure. */
final class Quorum {
    private Quorum() {}

    /** The smallest number of voters of which any two sets share one. */
    static int majority(int voters) {
        return voters / 2 + 1;
    }

    /** The smallest number of nodes other than a certain one, of which every majority that counts this one has at least one. */
    static int witnesses(int voters) {
        return voters - majority(voters) + 1;
    }

    /** The largest value that a majority has reached: the median, rounded down for an even number of voters. */
    static <T> long reachedByMajority(Collection<T> voters, ToLongFunction<T> value) {
        long[] sorted = new long[voters.size()];
        int count = 0;
        for (T voter : voters) {
            sorted[count++] = value.applyAsLong(voter);
        }
        Arrays.sort(sorted);
        return sorted[sorted.length - majority(sorted.length)];
    }
}
