package io.ringleader.linearizability;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Commands of all kinds, with few values and cas ids, so that they meet. */
final class RandomCommands {
    private static final String[] VALUES = {"", "0", "9", "10", "a", "bc", "18446744073709551615", "7 "};

    private final Random random;
    /** Whether commands have exptimes, options of the meta protocol, and flushes. */
    private final boolean timed;

    private final boolean meta;
    private final List<Long> tokens = new ArrayList<>(List.of(1L));

    RandomCommands(Random random, boolean timed, boolean meta) {
        this.random = random;
        this.timed = timed;
        this.meta = meta;
    }

    /** Notes a cas id that a client has seen. */
    void seen(Answer answer) {
        if (answer.cas() != null) {
            tokens.add(answer.cas());
        }
    }

    Command next() {
        int kind = random.nextInt(100);
        if (kind < 30) {
            return new Command.Fetch(
                    sometimes(10) ? exptime() : null,
                    meta && sometimes(10) ? exptime() : null,
                    meta && timed && sometimes(20) ? (Long) (1L + random.nextInt(5)) : null,
                    meta && random.nextBoolean());
        } else if (kind < 65) {
            return store();
        } else if (kind < 75) {
            boolean stale = meta && sometimes(30);
            boolean empty = meta && sometimes(20);
            Long exptime = stale && sometimes(30) ? exptime() : null;
            return new Command.Delete(
                    sometimes(30) && meta ? token() : null,
                    meta && sometimes(5) ? chosen() : null,
                    exptime,
                    stale,
                    empty);
        } else if (kind < 90) {
            return new Command.Count(
                    random.nextBoolean(),
                    random.nextInt(12),
                    sometimes(20) && meta ? token() : null,
                    null,
                    meta && sometimes(10) ? exptime() : null,
                    meta && sometimes(20) ? exptime() : null,
                    random.nextInt(3));
        } else if (kind < 97) {
            return Command.touch(timed ? exptime() : 0);
        }
        return Command.flushAll(timed ? random.nextInt(4) : 0);
    }

    private Command store() {
        Command.Mode mode = sometimes(50) ? Command.Mode.SET : Command.Mode.values()[random.nextInt(5)];
        boolean joins = mode == Command.Mode.APPEND || mode == Command.Mode.PREPEND;
        return new Command.Store(
                mode,
                VALUES[random.nextInt(VALUES.length)],
                random.nextInt(3),
                exptime(),
                sometimes(40) ? token() : null,
                meta && sometimes(5) ? chosen() : null,
                meta && joins && sometimes(30) ? exptime() : null,
                meta && sometimes(30));
    }

    private Long exptime() {
        boolean none = !timed || sometimes(50);
        return none ? 0L : (Long) (random.nextInt(8) - 1L);
    }

    /** One of the last ids that were seen, or one near it. */
    private Long token() {
        int back = Math.min(tokens.size(), 4);
        long token = tokens.get(tokens.size() - 1 - random.nextInt(back));
        return sometimes(10) ? token + random.nextInt(3) - 1 : token;
    }

    /** An id that is far above those which the store gives out. */
    private Long chosen() {
        return 1_000_000L + random.nextInt(1_000_000);
    }

    private boolean sometimes(int percent) {
        return random.nextInt(100) < percent;
    }
}
