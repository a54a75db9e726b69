package io.ringleader.bench;

import io.ringleader.bench.BenchOptions.Distribution;
import java.util.SplittableRandom;

/** What is asked next. One per thread; {@link #advance} draws an operation, the others tell of it. Allocates nothing. */
abstract class Operations {
    long key;
    boolean get;
    int valueBytes;

    abstract void advance();

    /** Drawn at random. */
    static Operations mixed(BenchOptions options, int thread) {
        return new Mixed(options, thread);
    }

    /** Sets of every key once: of those that fall to this thread. */
    static Operations preload(BenchOptions options, int thread) {
        return new Preload(options, thread);
    }

    private static final class Mixed extends Operations {
        private static final double ZIPFIAN_EXPONENT = 0.99;

        private final SplittableRandom random;
        private final ZipfianRanks ranks;
        private final long keys;
        private final double getRatio;
        private final Lengths lengths;

        Mixed(BenchOptions options, int thread) {
            random = new SplittableRandom(options.seed() * 31 + thread);
            keys = options.keys();
            ranks = options.distribution() == Distribution.ZIPFIAN ? new ZipfianRanks(keys, ZIPFIAN_EXPONENT) : null;
            getRatio = options.getRatio();
            lengths = new Lengths(options, random);
        }

        @Override
        void advance() {
            key = ranks == null ? random.nextLong(keys) : ranks.next(random) - 1;
            get = getRatio >= 1 || getRatio > 0 && random.nextDouble() < getRatio;
            valueBytes = get ? 0 : lengths.next();
        }
    }

    private static final class Preload extends Operations {
        private final int step;
        private final Lengths lengths;
        private long next;

        Preload(BenchOptions options, int thread) {
            step = options.threads();
            next = thread;
            lengths = new Lengths(options, new SplittableRandom(options.seed() * 31 + thread));
        }

        @Override
        void advance() {
            key = next;
            next += step;
            valueBytes = lengths.next();
        }
    }

    private record Lengths(int minBytes, int maxBytes, SplittableRandom random) {
        Lengths(BenchOptions options, SplittableRandom random) {
            this(options.valueMinBytes(), options.valueMaxBytes(), random);
        }

        int next() {
            return minBytes == maxBytes ? minBytes : random.nextInt(minBytes, maxBytes + 1);
        }
    }
}
