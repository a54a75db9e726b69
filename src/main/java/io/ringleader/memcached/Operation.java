package io.ringleader.memcached;

import io.ringleader.memcached.RequestHandler.Kind;

/** What one {@link Request} does to one key ({@link #FLUSH_ALL}: to all). */
public enum Operation {
    GET(Kind.READ),
    /** A get whose answer carries the cas id. */
    GETS(Kind.READ),
    /** Get and touch: a write, since it moves the expiry. */
    GAT(Kind.WRITE),
    GATS(Kind.WRITE),
    SET(Kind.WRITE),
    ADD(Kind.WRITE),
    REPLACE(Kind.WRITE),
    APPEND(Kind.WRITE),
    PREPEND(Kind.WRITE),
    CAS(Kind.WRITE),
    DELETE(Kind.WRITE),
    INCR(Kind.WRITE),
    DECR(Kind.WRITE),
    TOUCH(Kind.WRITE),
    FLUSH_ALL(Kind.WRITE),
    /** A look at an item from outside, which does not count as an access. */
    INSPECT(Kind.READ);

    private final Kind kind;

    Operation(Kind kind) {
        this.kind = kind;
    }

    /** What it needs if nothing else is said; a meta command says it by its flags. */
    public Kind kind() {
        return kind;
    }

    /** Whether the answer is zero or more {@code VALUE} blocks and, for the whole line of keys, one {@code END}. */
    public boolean isRetrieval() {
        return this == GET || this == GETS || this == GAT || this == GATS;
    }

    /** Whether a {@code VALUE} line of the answer ends in the cas id. */
    public boolean answersCas() {
        return this == GETS || this == GATS;
    }
}
