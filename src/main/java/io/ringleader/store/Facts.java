package io.ringleader.store;

/** The bits of an ITEM result. Remembered results are part of snapshots, so a bit keeps its meaning for ever. */
public final class Facts {
    /** The item had been accessed before. A hint of the answering node, see {@link Item}; never in a remembered result. */
    public static final int HIT_BEFORE = 1;
    /** The item is marked stale. */
    public static final int STALE = 1 << 1;
    /** The asker has won the right to renew the item. */
    public static final int WON = 1 << 2;
    /** Somebody else has won that right before. */
    public static final int TAKEN = 1 << 3;
    /** The command has made the item, since there was none. */
    public static final int CREATED = 1 << 4;
    /** The value follows. */
    public static final int VALUE = 1 << 5;
    /** The number follows. */
    public static final int NUMBER = 1 << 6;

    static final int ALL = (NUMBER << 1) - 1;

    private Facts() {}
}
