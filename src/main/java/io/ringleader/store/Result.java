package io.ringleader.store;

/** The codes of results. Remembered results are part of snapshots, so a code keeps its meaning for ever. */
public final class Result {
    public static final byte STORED = 1;
    /** The condition of add, replace, append or prepend was not met, or an append would make the value too large. */
    public static final byte NOT_STORED = 2;
    /** The item has changed since the cas id was read. */
    public static final byte EXISTS = 3;

    public static final byte NOT_FOUND = 4;
    public static final byte DELETED = 5;
    public static final byte TOUCHED = 6;
    public static final byte OK = 7;
    /** Followed by the key, flags, cas id and value of an item. */
    public static final byte VALUE = 8;
    /** A get or gat found nothing. */
    public static final byte MISS = 9;
    /** Followed by the unsigned number that incr or decr made. */
    public static final byte NUMBER = 10;
    /** The value is larger than an item may be. Nothing changed. */
    public static final byte TOO_LARGE = 11;
    /** The partition, or the answer to the batch, has no room. Nothing changed. */
    public static final byte OUT_OF_MEMORY = 12;
    /** incr or decr of a value that is not a number. */
    public static final byte NON_NUMERIC = 13;

    /** A general operation succeeded; followed by the {@link Facts} of the item. */
    public static final byte ITEM = 14;
    /**
     * A fetch without the log came upon a stale item that nobody has won yet; followed by the key and the
     * {@link Hints}. Asked again through the log, it wins or hears that another has.
     */
    public static final byte NEEDS_LOG = 15;

    private static final String[] NAMES = {
        null,
        "STORED",
        "NOT_STORED",
        "EXISTS",
        "NOT_FOUND",
        "DELETED",
        "TOUCHED",
        "OK",
        "VALUE",
        "MISS",
        "NUMBER",
        "TOO_LARGE",
        "OUT_OF_MEMORY",
        "NON_NUMERIC",
        "ITEM",
        "NEEDS_LOG"
    };

    private Result() {}

    public static boolean isKnown(byte code) {
        return code >= STORED && code <= NEEDS_LOG;
    }

    public static String name(byte code) {
        return isKnown(code) ? NAMES[code] : "unknown result " + (code & 0xff);
    }
}
