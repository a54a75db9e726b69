package io.ringleader.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ZipfianRanksTest {
    private static final double EXPONENT = 0.99;

    @Test
    void eachRankIsDrawnInProportionToItsPower() {
        int n = 1000;
        int draws = 2_000_000;
        long[] counts = new long[n + 1];
        ZipfianRanks ranks = new ZipfianRanks(n, EXPONENT);
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < draws; i++) {
            counts[(int) ranks.next(random)]++;
        }

        double sum = 0;
        for (int rank = 1; rank <= n; rank++) {
            sum += Math.pow(rank, -EXPONENT);
        }
        double chiSquare = 0;
        for (int rank = 1; rank <= n; rank++) {
            double expected = draws * Math.pow(rank, -EXPONENT) / sum;
            chiSquare += (counts[rank] - expected) * (counts[rank] - expected) / expected;
        }
        // 999 degrees of freedom: mean 999, standard deviation 45
        assertThat(chiSquare).isBetween(800.0, 1250.0);
        assertThat(counts[1] / (double) counts[2]).isCloseTo(Math.pow(2, EXPONENT), within(0.02));
    }

    @Test
    void aSingleRankIsTheOnlyOneAndHugeCountsCostNothing() {
        SplittableRandom random = new SplittableRandom(7);
        ZipfianRanks one = new ZipfianRanks(1, EXPONENT);
        ZipfianRanks many = new ZipfianRanks(1_000_000_000_000L, EXPONENT);
        for (int i = 0; i < 10_000; i++) {
            assertThat(one.next(random)).isEqualTo(1);
            assertThat(many.next(random)).isBetween(1L, 1_000_000_000_000L);
        }
    }
}
