package io.ringleader.sim.workload;

import java.util.List;
import java.util.Random;

/** Draws values, times and numbers for the commands of a run. */
final class Draw {
    private static final int SMALL_BYTES = 24;
    private static final long MILLIS_PER_SECOND = 1_000;
    /** Not long from now, long after the run, and nearly as far away as a distance may be. */
    private static final List<Long> DISTANCES = List.of(1L, 1L, 2L, 3L, 5L, 100L, 100_000L, 2_500_000L);

    private static final long DAY_SECONDS = 86_400;

    private final Random random;
    private final Mix mix;
    private long nextValue;
    private long nextOpaque;

    Draw(Random random, Mix mix) {
        this.random = random;
        this.mix = mix;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    boolean oneIn(int count) {
        return random.nextInt(count) == 0;
    }

    @SafeVarargs
    final <T> T oneOf(T... all) {
        return all[random.nextInt(all.length)];
    }

    String opaque() {
        return Long.toString(nextOpaque++);
    }

    /** One that nobody else stores, so that it is known whose it is; sometimes empty, sometimes a number to count on from. */
    String value() {
        int dice = random.nextInt(20);
        if (dice == 0) {
            return "";
        } else if (dice < 6) {
            return number();
        }
        int length = SMALL_BYTES;
        if (dice < 9) {
            length = random.nextInt(mix.valueMaxBytes());
        } else if (dice == 9 && oneIn(20)) {
            length = mix.itemMaxBytes() - random.nextInt(3);
        }
        return filled("v" + nextValue++ + ":", length);
    }

    /** Any bytes at all. */
    private String filled(String begin, int length) {
        StringBuilder value = new StringBuilder(Math.max(length, begin.length())).append(begin);
        byte[] bytes = new byte[Math.max(0, length - begin.length())];
        random.nextBytes(bytes);
        for (byte each : bytes) {
            value.append((char) (each & 0xff));
        }
        return value.toString();
    }

    /** Unsigned. */
    private String number() {
        return Long.toUnsignedString(oneIn(4) ? random.nextLong() : random.nextInt(2_000));
    }

    /** For {@link Key.Use#WORDS}. */
    String word() {
        return "w" + nextValue++ + ";";
    }

    long delta() {
        return oneIn(10) ? random.nextLong() : random.nextInt(500);
    }

    int clientFlags() {
        return oneIn(3) ? random.nextInt() : 0;
    }

    /** 0 for a key without expiry. */
    long exptime(Key key, long unixMillis) {
        if (key.use != Key.Use.TIMED || oneIn(3)) {
            return 0;
        }
        long nowSeconds = unixMillis / MILLIS_PER_SECOND;
        return switch (random.nextInt(10)) {
            case 0 -> -1;
            case 1 -> nowSeconds + 1 + random.nextInt(3);
            case 2 -> oneIn(2) ? nowSeconds - DAY_SECONDS : nowSeconds + DAY_SECONDS;
            default -> DISTANCES.get(random.nextInt(DISTANCES.size()));
        };
    }

    /** Mostly the one seen last. */
    long cas(Key key) {
        return switch (random.nextInt(6)) {
            case 0 -> key.formerCas;
            case 1 -> key.cas + random.nextInt(5);
            default -> key.cas;
        };
    }
}
