package io.ringleader.bench;

import java.util.SplittableRandom;

/**
 * Draws ranks 1 to n, rank r in proportion to 1 / r^s, exactly and in constant time and space whatever n is: by
 * rejection-inversion. W. Hörmann, G. Derflinger: Rejection-inversion to generate variates from monotone discrete
 * distributions. ACM Transactions on Modeling and Computer Simulation 6(3), 1996.
 */
final class ZipfianRanks {
    private final double exponent;
    private final long n;
    private final double hIntegralFirst;
    private final double hIntegralLast;
    private final double acceptAtOnce;

    /** @param exponent s; positive and not 1 */
    ZipfianRanks(long n, double exponent) {
        this.n = n;
        this.exponent = exponent;
        hIntegralFirst = hIntegral(1.5) - 1;
        hIntegralLast = hIntegral(n + 0.5);
        acceptAtOnce = 2 - hIntegralInverse(hIntegral(2.5) - h(2));
    }

    long next(SplittableRandom random) {
        while (true) {
            double u = hIntegralLast + random.nextDouble() * (hIntegralFirst - hIntegralLast);
            double x = hIntegralInverse(u);
            long rank = Math.max(1, Math.min(n, (long) (x + 0.5)));
            if (rank - x <= acceptAtOnce || u >= hIntegral(rank + 0.5) - h(rank)) {
                return rank;
            }
        }
    }

    private double h(double x) {
        return Math.pow(x, -exponent);
    }

    /** An antiderivative of h. */
    private double hIntegral(double x) {
        return (Math.pow(x, 1 - exponent) - 1) / (1 - exponent);
    }

    private double hIntegralInverse(double y) {
        return Math.pow(1 + y * (1 - exponent), 1 / (1 - exponent));
    }
}
