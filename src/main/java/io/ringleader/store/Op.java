package io.ringleader.store;

/**
 * The operation codes of commands. They are written into the log, so a code keeps its meaning for ever; new operations
 * take new codes.
 */
public final class Op {
    public static final byte GET = 1;
    /** Get and touch: answers the value and gives the item a new expiry. A write, because it goes through the log. */
    public static final byte GAT = 2;

    public static final byte SET = 3;
    public static final byte ADD = 4;
    public static final byte REPLACE = 5;
    public static final byte CAS = 6;
    public static final byte APPEND = 7;
    public static final byte PREPEND = 8;
    public static final byte DELETE = 9;
    public static final byte INCR = 10;
    public static final byte DECR = 11;
    public static final byte TOUCH = 12;
    public static final byte FLUSH_ALL = 13;
    /**
     * The general operations: one each for looking, storing, removing and counting, with {@link Options} that say what is
     * compared, changed and answered. Written by {@link ItemCommand}. A fetch without an option that changes something is
     * a read.
     */
    public static final byte FETCH = 14;

    public static final byte STORE = 15;
    public static final byte REMOVE = 16;
    public static final byte ARITHMETIC = 17;

    private static final String[] NAMES = {
        null,
        "GET",
        "GAT",
        "SET",
        "ADD",
        "REPLACE",
        "CAS",
        "APPEND",
        "PREPEND",
        "DELETE",
        "INCR",
        "DECR",
        "TOUCH",
        "FLUSH_ALL",
        "FETCH",
        "STORE",
        "REMOVE",
        "ARITHMETIC"
    };

    private Op() {}

    /** Whether the operation has {@link Options}. */
    static boolean isGeneral(byte op) {
        return op >= FETCH && op <= ARITHMETIC;
    }

    public static boolean isKnown(byte op) {
        return op >= GET && op <= ARITHMETIC;
    }

    public static String name(byte op) {
        return isKnown(op) ? NAMES[op] : "unknown operation " + (op & 0xff);
    }
}
