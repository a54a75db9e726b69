package io.ringleader.modelcheck;

/** What can happen to one node, with a number that says more: as one int, for there are millions of them. */
enum Input {
    /** The argument is a message's number. */
    RECEIVE,
    /** The election timer of a node that does not lead fires. */
    TIMEOUT,
    /** The shortest election timeout passes without a word from a leader; the node's own, which is longer, has not fired. */
    QUIET,
    TICK,
    SILENCE,
    PROPOSE,
    /** The argument is the number of the read. */
    READ,
    /** The argument is the target. */
    TRANSFER,
    SNAPSHOT,
    /** The argument is the other node. */
    RECONNECT,
    /** The first batch of writes that waits becomes durable, and what waited for it leaves. */
    PERSIST,
    /** The argument is how many of the writes that waited made it to the disk. */
    CRASH,
    RESTART;

    private static final int SHIFT = 24;
    private static final Input[] ALL = values();

    int with(int argument) {
        return ordinal() << SHIFT | argument;
    }

    static Input of(int code) {
        return ALL[code >>> SHIFT];
    }

    static int argument(int code) {
        return code & ((1 << SHIFT) - 1);
    }
}
