package io.ringleader.store;

/**
 * The option bits of the general operations. They are written into the log, so a bit keeps its meaning for ever. An option
 * that brings an operand says so; {@link ItemCommand} has a method for each of those.
 */
public final class Options {
    /** Operand: a cas id. A change is refused if it is not the item's; a fetch leaves the value out if it is. */
    public static final int COMPARE = 1;
    /** Operand: a cas id, which the item gets in place of the next one of the partition. */
    public static final int NEW_CAS = 1 << 1;
    /** Operand: an exptime. The item gets it. For a store it is 0 without this option; a removal needs a reason to keep the item. */
    public static final int TOUCH = 1 << 2;
    /**
     * Operand: an exptime. If there is no item, one is made that has it: empty by a fetch (whose asker has won the right to
     * fill it), the value by an append or prepend, the initial number by arithmetic.
     */
    public static final int VIVIFY = 1 << 3;
    /** Operand: an exptime. Whoever first finds that the item expires earlier than this has won the right to renew it. */
    public static final int RECACHE = 1 << 4;
    /** The answer has the value; that of arithmetic always has the number. */
    public static final int VALUE = 1 << 5;
    /** Whoever first finds an item marked stale has won the right to renew it, and needs the log for that. */
    public static final int WIN_STALE = 1 << 6;
    /** The answer has the time left as it was before a touch or vivify. */
    public static final int TTL_BEFORE = 1 << 7;
    /** {@link #RECACHE} is judged by the time left as it was before a touch. */
    public static final int RECACHE_BEFORE = 1 << 8;
    /** The fetch does not count as an access. */
    public static final int UNSEEN = 1 << 9;
    /**
     * A removal keeps the item, but marks it stale. A set or replace with a cas id lower than the item's is done all the same,
     * keeps the time left, and marks the item stale.
     */
    public static final int STALE = 1 << 10;
    /** A removal keeps the item, but empties it. */
    public static final int EMPTY = 1 << 11;
    /** Arithmetic subtracts, and stops at 0. */
    public static final int SUBTRACT = 1 << 12;
    /**
     * With touch and vivify: an item that is made gets both exptimes, one after the other, and the answer has the time left
     * between them. With {@link #TTL_BEFORE} the touch comes last, else the vivify.
     */
    public static final int TTL_BETWEEN = 1 << 13;

    private static final int FETCH = COMPARE
            | NEW_CAS
            | TOUCH
            | VIVIFY
            | RECACHE
            | VALUE
            | WIN_STALE
            | TTL_BEFORE
            | RECACHE_BEFORE
            | UNSEEN
            | TTL_BETWEEN;
    private static final int STORE = COMPARE | NEW_CAS | TOUCH | VIVIFY | STALE;
    private static final int REMOVE = COMPARE | NEW_CAS | TOUCH | STALE | EMPTY;
    private static final int ARITHMETIC = COMPARE | NEW_CAS | TOUCH | VIVIFY | TTL_BEFORE | SUBTRACT | TTL_BETWEEN;
    private static final int CHANGING = TOUCH | VIVIFY | RECACHE;

    private Options() {}

    static boolean areLegal(byte op, int options) {
        int legal = switch (op) {
            case Op.FETCH -> FETCH;
            case Op.STORE -> STORE;
            case Op.REMOVE -> REMOVE;
            case Op.ARITHMETIC -> ARITHMETIC;
            default -> 0;
        };
        return (options & ~legal) == 0;
    }

    /** Whether the command only looks, so that it does not need the log. */
    static boolean isRead(byte op, int options) {
        return op == Op.GET || (op == Op.FETCH && (options & CHANGING) == 0);
    }
}
