package io.ringleader.sim.workload;

import java.util.Locale;

/** The commands, as the coverage counts them. */
enum Kind {
    GET(true, false),
    GETS(true, false),
    GAT,
    GATS,
    SET(false, true),
    ADD,
    REPLACE,
    CAS,
    APPEND,
    PREPEND,
    DELETE,
    INCR,
    DECR,
    TOUCH,
    FLUSH_ALL(false, true),
    MG,
    MS,
    MD,
    MA,
    BINARY_GET(true, false),
    BINARY_GAT,
    BINARY_SET,
    BINARY_ADD,
    BINARY_REPLACE,
    BINARY_APPEND,
    BINARY_PREPEND,
    BINARY_DELETE,
    BINARY_INCREMENT,
    BINARY_DECREMENT,
    BINARY_TOUCH;

    private final boolean canFail;
    private final boolean write;

    Kind() {
        this(true, true);
    }

    Kind(boolean canFail, boolean write) {
        this.canFail = canFail;
        this.write = write;
    }

    /** Whether it may find no item, or one that does not allow it. */
    boolean canFail() {
        return canFail;
    }

    boolean isWrite() {
        return write;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace("binary_", "binary ");
    }
}
