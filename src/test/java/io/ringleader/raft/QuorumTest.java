package io.ringleader.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class QuorumTest {
    /** Tries every value there is, from the highest, and counts who has reached it. */
    private static long naive(long[] values) {
        return LongStream.of(values)
                .filter(value -> 2
                                * LongStream.of(values)
                                        .filter(other -> other >= value)
                                        .count()
                        > values.length)
                .max()
                .orElseThrow();
    }

    private static long reachedByMajority(long[] values) {
        return Quorum.reachedByMajority(LongStream.of(values).boxed().toList(), Long::longValue);
    }

    @Property
    void whatAMajorityReachedIsWhatANaiveCountFinds(
            @ForAll @Size(min = 1, max = 9) @LongRange(max = 12) long[] values) {
        assertThat(reachedByMajority(values)).isEqualTo(naive(values));
    }

    @Property
    void extremeValuesDoNotOverflow(@ForAll @Size(min = 1, max = 7) long[] values) {
        assertThat(reachedByMajority(values)).isEqualTo(naive(values));
    }

    @Property
    void anyTwoMajoritiesShareAVoterAndNoSmallerSetsAlwaysDo(@ForAll @IntRange(min = 1, max = 100) int voters) {
        int majority = Quorum.majority(voters);

        assertThat(2 * majority).isGreaterThan(voters);
        assertThat(2 * (majority - 1)).isLessThanOrEqualTo(voters);
    }

    @Property
    void theOrderOfTheVotersDoesNotMatter(@ForAll @Size(min = 1, max = 9) long[] values) {
        long[] sorted = values.clone();
        Arrays.sort(sorted);

        assertThat(reachedByMajority(values)).isEqualTo(reachedByMajority(sorted));
    }
}
