package io.ringleader.memcached;

/** What a binary request asks for, and what it must look like. */
enum Opcode {
    GET(0x00, Shape.KEY, Operation.GET),
    SET(0x01, Shape.STORE, Operation.SET),
    ADD(0x02, Shape.STORE, Operation.ADD),
    REPLACE(0x03, Shape.STORE, Operation.REPLACE),
    DELETE(0x04, Shape.KEY, Operation.DELETE),
    INCREMENT(0x05, Shape.DELTA, Operation.INCR),
    DECREMENT(0x06, Shape.DELTA, Operation.DECR),
    QUIT(0x07, Shape.BARE, null),
    FLUSH(0x08, Shape.FLUSH, Operation.FLUSH_ALL),
    GETQ(0x09, Shape.KEY, Operation.GET),
    NOOP(0x0a, Shape.BARE, null),
    VERSION(0x0b, Shape.BARE, null),
    GETK(0x0c, Shape.KEY, Operation.GET),
    GETKQ(0x0d, Shape.KEY, Operation.GET),
    APPEND(0x0e, Shape.EXTEND, Operation.APPEND),
    PREPEND(0x0f, Shape.EXTEND, Operation.PREPEND),
    STAT(0x10, Shape.STAT, null),
    SETQ(0x11, Shape.STORE, Operation.SET),
    ADDQ(0x12, Shape.STORE, Operation.ADD),
    REPLACEQ(0x13, Shape.STORE, Operation.REPLACE),
    DELETEQ(0x14, Shape.KEY, Operation.DELETE),
    INCREMENTQ(0x15, Shape.DELTA, Operation.INCR),
    DECREMENTQ(0x16, Shape.DELTA, Operation.DECR),
    QUITQ(0x17, Shape.BARE, null),
    FLUSHQ(0x18, Shape.FLUSH, Operation.FLUSH_ALL),
    APPENDQ(0x19, Shape.EXTEND, Operation.APPEND),
    PREPENDQ(0x1a, Shape.EXTEND, Operation.PREPEND),
    VERBOSITY(0x1b, Shape.VERBOSITY, null),
    TOUCH(0x1c, Shape.TOUCH, Operation.TOUCH),
    GAT(0x1d, Shape.TOUCH, Operation.GAT),
    GATQ(0x1e, Shape.TOUCH, Operation.GAT),
    SASL_LIST(0x20, Shape.BARE, null),
    SASL_AUTH(0x21, Shape.EXTEND, null),
    SASL_STEP(0x22, Shape.EXTEND, null),
    GATK(0x23, Shape.TOUCH, Operation.GAT),
    GATKQ(0x24, Shape.TOUCH, Operation.GAT);

    /** Which parts the body has, and how long the extras are. */
    private enum Shape {
        BARE(0, false, false),
        KEY(0, true, false),
        /** Extras: flags, exptime. */
        STORE(8, true, true),
        EXTEND(0, true, true),
        /** Extras: delta, initial value, exptime. */
        DELTA(BinaryPacket.EXTRAS_MAX_BYTES, true, false),
        /** Extras: exptime. */
        TOUCH(4, true, false),
        /** Extras, if any: exptime. */
        FLUSH(4, false, false),
        /** Extras: the level. */
        VERBOSITY(4, false, false),
        /** The key, if any, is the argument. */
        STAT(0, true, false);

        final int extrasBytes;
        final boolean hasKey;
        final boolean hasValue;

        Shape(int extrasBytes, boolean hasKey, boolean hasValue) {
            this.extrasBytes = extrasBytes;
            this.hasKey = hasKey;
            this.hasValue = hasValue;
        }
    }

    private static final Opcode[] BY_CODE = byCode();

    private final int code;
    private final Shape shape;
    /** Null for those that never reach the store. */
    private final Operation operation;

    private final boolean quiet;
    private final boolean answersKey;

    Opcode(int code, Shape shape, Operation operation) {
        this.code = code;
        this.shape = shape;
        this.operation = operation;
        this.quiet = name().endsWith("Q");
        this.answersKey = name().startsWith("GETK") || name().startsWith("GATK");
    }

    int code() {
        return code;
    }

    Operation operation() {
        return operation;
    }

    /** What it does with that cas id in its header: with one, set, add and replace are all a compare and set. */
    Operation operationWith(long cas) {
        return cas != 0 && shape == Shape.STORE ? Operation.CAS : operation;
    }

    /** Whether it hides what is usual: a get its misses, all others their success. */
    boolean isQuiet() {
        return quiet;
    }

    /** Whether the answer has the key in it, a miss too. */
    boolean answersKey() {
        return answersKey;
    }

    /** Whether it is answered to those who have not logged in. */
    boolean isForAll() {
        return this == VERSION || isSasl();
    }

    /** Whether it is about logging in. */
    boolean isSasl() {
        return this == SASL_LIST || this == SASL_AUTH || this == SASL_STEP;
    }

    /** Whether the extras end in an exptime, when there are any. */
    boolean hasExptime() {
        return operation != null && shape.extrasBytes > 0;
    }

    /** Whether a body of these parts can be such a request. */
    boolean accepts(int extrasBytes, int keyBytes, long valueBytes) {
        boolean extras = extrasBytes == shape.extrasBytes || (shape == Shape.FLUSH && extrasBytes == 0);
        boolean key = shape.hasKey ? keyBytes > 0 || shape == Shape.STAT : keyBytes == 0;
        return extras && key && (shape.hasValue || valueBytes == 0);
    }

    /** Null if there is no such opcode. */
    static Opcode of(int code) {
        return code < BY_CODE.length ? BY_CODE[code] : null;
    }

    private static Opcode[] byCode() {
        Opcode[] table = new Opcode[GATKQ.code + 1];
        for (Opcode opcode : values()) {
            table[opcode.code] = opcode;
        }
        return table;
    }
}
