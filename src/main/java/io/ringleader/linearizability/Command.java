package io.ringleader.linearizability;

/**
 * What a client asks of one key, in the terms of memcached's commands; {@link FlushAll} asks it of all keys. The classic,
 * the meta and the binary protocol say the same things in different words, so each kind of request is here once, with the
 * options that any protocol can give it; the factory methods are the classic commands.
 *
 * <p>Values are strings of Latin-1 characters: each stands for one byte. Exptimes are memcached's raw numbers: 0 is never,
 * negative at once, up to 30 days seconds from now, and above that a Unix time in seconds. An option that is not given is
 * null. Immutable.
 */
public sealed interface Command {
    /** Largest exptime that is a distance: 30 days, in seconds. Anything above is a Unix time. */
    long MAX_RELATIVE_SECONDS = 60 * 60 * 24 * 30;

    /**
     * {@code get}, {@code gets}, {@code gat}, {@code gats}, {@code mg}.
     *
     * @param exptime of a get-and-touch, or null
     * @param vivifyExptime {@code mg}'s N: makes an empty item if there is none, or null
     * @param recacheExptime {@code mg}'s R: who first finds less time left than this wins, or null
     * @param wins whether the asker can win the right to renew a stale item: {@code mg} can, classic commands cannot
     */
    record Fetch(Long exptime, Long vivifyExptime, Long recacheExptime, boolean wins) implements Command {
        /** Whether it may leave the mark that its asker has won. */
        boolean canWin() {
            return wins || vivifyExptime != null || recacheExptime != null;
        }
    }

    /**
     * {@code set}, {@code add}, {@code replace}, {@code append}, {@code prepend}, {@code cas}, {@code ms}.
     *
     * @param clientFlags unsigned 32 bit number that comes back with the value; append and prepend ignore it
     * @param exptime append and prepend ignore it
     * @param compare the cas id that the item must have, or null
     * @param newCas {@code ms}'s E: the cas id that the item gets, or null for the next one
     * @param vivifyExptime {@code ms}'s N: append and prepend make the item if there is none, or null
     * @param invalidate {@code ms}'s I: with an older cas id the value is stored all the same, but marked stale
     */
    record Store(
            Mode mode,
            String value,
            int clientFlags,
            long exptime,
            Long compare,
            Long newCas,
            Long vivifyExptime,
            boolean invalidate)
            implements Command {
        public Store {
            requireLatin1("value", value);
        }
    }

    /** What a {@link Store} does with the value that is there. */
    enum Mode {
        SET,
        ADD,
        REPLACE,
        APPEND,
        PREPEND;

        boolean extendsValue() {
            return this == APPEND || this == PREPEND;
        }
    }

    /**
     * {@code delete}, {@code md}.
     *
     * @param compare the cas id that the item must have, or null
     * @param newCas the cas id that an item which stays gets, or null
     * @param exptime what an item that stays gets, or null
     * @param stale {@code md}'s I: the item stays and is marked stale
     * @param empty {@code md}'s x: the item stays and is emptied
     */
    record Delete(Long compare, Long newCas, Long exptime, boolean stale, boolean empty) implements Command {}

    /**
     * {@code incr}, {@code decr}, {@code ma}.
     *
     * @param delta unsigned
     * @param compare the cas id that the item must have, or null
     * @param newCas the cas id that the item gets, or null for the next one
     * @param exptime what the item gets, or null
     * @param vivifyExptime makes the item if there is none, or null
     * @param initial unsigned: the number of an item that is made
     */
    record Count(
            boolean subtract, long delta, Long compare, Long newCas, Long exptime, Long vivifyExptime, long initial)
            implements Command {}

    /** {@code touch}. */
    record Touch(long exptime) implements Command {}

    /**
     * {@code flush_all}: takes part in the history of every key.
     *
     * @param delaySeconds 0 or less is at once; above 30 days it is a Unix time
     */
    record FlushAll(long delaySeconds) implements Command {}

    static Command get() {
        return new Fetch(null, null, null, false);
    }

    static Command getAndTouch(long exptime) {
        return new Fetch(exptime, null, null, false);
    }

    static Command set(String value) {
        return set(value, 0, 0);
    }

    static Command set(String value, int clientFlags, long exptime) {
        return store(Mode.SET, value, clientFlags, exptime);
    }

    static Command add(String value) {
        return store(Mode.ADD, value, 0, 0);
    }

    static Command replace(String value) {
        return store(Mode.REPLACE, value, 0, 0);
    }

    static Command append(String value) {
        return store(Mode.APPEND, value, 0, 0);
    }

    static Command prepend(String value) {
        return store(Mode.PREPEND, value, 0, 0);
    }

    static Command store(Mode mode, String value, int clientFlags, long exptime) {
        return new Store(mode, value, clientFlags, exptime, null, null, null, false);
    }

    static Command cas(String value, long compare) {
        return cas(value, 0, 0, compare);
    }

    static Command cas(String value, int clientFlags, long exptime, long compare) {
        return new Store(Mode.SET, value, clientFlags, exptime, compare, null, null, false);
    }

    static Command delete() {
        return new Delete(null, null, null, false, false);
    }

    static Command incr(long delta) {
        return new Count(false, delta, null, null, null, null, 0);
    }

    static Command decr(long delta) {
        return new Count(true, delta, null, null, null, null, 0);
    }

    static Command touch(long exptime) {
        return new Touch(exptime);
    }

    static Command flushAll() {
        return new FlushAll(0);
    }

    static Command flushAll(long delaySeconds) {
        return new FlushAll(delaySeconds);
    }

    /** Whether what the command does, now or later, depends on when it takes effect. */
    default boolean isTimed() {
        if (this instanceof Fetch fetch) {
            return isTime(fetch.exptime) || isTime(fetch.vivifyExptime) || isTime(fetch.recacheExptime);
        } else if (this instanceof Store store) {
            return store.exptime != 0 || isTime(store.vivifyExptime);
        } else if (this instanceof Delete delete) {
            return isTime(delete.exptime);
        } else if (this instanceof Count count) {
            return isTime(count.exptime) || isTime(count.vivifyExptime);
        } else if (this instanceof Touch touch) {
            return touch.exptime != 0;
        }
        return this instanceof FlushAll flush && flush.delaySeconds > 0;
    }

    private static boolean isTime(Long exptime) {
        return exptime != null && exptime != 0;
    }

    private static void requireLatin1(String what, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xff) {
                throw new IllegalArgumentException("Each character of a " + what + " stands for one byte, but at " + i
                        + " there is U+" + Integer.toHexString(text.charAt(i)) + ".");
            }
        }
    }
}
