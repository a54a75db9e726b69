package io.ringleader.store;

/**
 * One command of a general operation, put together option by option and then appended to a batch: {@code u8 op | u8
 * keyLength | key | u16 options | operands}. The operands are, big-endian, in this order and each only if it is there:
 *
 * <pre>
 * u8  mode, u32 clientFlags     STORE; the mode is the code of SET, ADD, REPLACE, APPEND or PREPEND
 * u64 cas                       COMPARE
 * u64 cas                       NEW_CAS
 * i64 exptime                   TOUCH
 * i64 exptime                   VIVIFY
 * i64 exptime                   RECACHE
 * u64 delta                     ARITHMETIC
 * u64 initial number            ARITHMETIC with VIVIFY
 * i32 valueLength, value        STORE
 * </pre>
 *
 * <p>Can be written any number of times, and used again after one of the methods that begin a command. Owned by one thread.
 */
public final class ItemCommand {
    private byte op = Op.FETCH;
    private int options;
    private byte mode;
    private int clientFlags;
    private long cas;
    private long newCas;
    private long exptime;
    private long vivifyExptime;
    private long recacheExptime;
    private long delta;
    private long initial;

    /** Begins a look at an item. Result: ITEM, MISS, NEEDS_LOG (only without the log), OUT_OF_MEMORY. */
    public ItemCommand fetch() {
        return begin(Op.FETCH);
    }

    /**
     * Begins a store. Append and prepend keep flags and expiry of what is there. Result: ITEM (with the new cas id and size),
     * NOT_STORED, EXISTS, NOT_FOUND, TOO_LARGE, OUT_OF_MEMORY.
     *
     * @param newMode {@link Op#SET}, ADD, REPLACE, APPEND or PREPEND
     */
    public ItemCommand store(byte newMode, int newClientFlags) {
        if (!isMode(newMode)) {
            throw new IllegalArgumentException(Op.name(newMode) + " is not a way to store a value.");
        }
        begin(Op.STORE);
        mode = newMode;
        clientFlags = newClientFlags;
        return this;
    }

    /** Begins a removal. Result: DELETED, NOT_FOUND, EXISTS. */
    public ItemCommand remove() {
        return begin(Op.REMOVE);
    }

    /**
     * Begins an addition; with {@link Options#SUBTRACT} a subtraction. Result: ITEM (with the number), NOT_FOUND, EXISTS,
     * NON_NUMERIC, TOO_LARGE, OUT_OF_MEMORY.
     *
     * @param newDelta unsigned
     */
    public ItemCommand arithmetic(long newDelta) {
        begin(Op.ARITHMETIC);
        delta = newDelta;
        return this;
    }

    private ItemCommand begin(byte newOp) {
        op = newOp;
        options = 0;
        initial = 0;
        return this;
    }

    /** Adds options that have no operand. */
    public ItemCommand with(int moreOptions) {
        options |= moreOptions;
        return this;
    }

    public ItemCommand compare(long expectedCas) {
        cas = expectedCas;
        return with(Options.COMPARE);
    }

    public ItemCommand newCas(long casToGive) {
        newCas = casToGive;
        return with(Options.NEW_CAS);
    }

    public ItemCommand touch(long newExptime) {
        exptime = newExptime;
        return with(Options.TOUCH);
    }

    public ItemCommand vivify(long exptimeOfNew) {
        vivifyExptime = exptimeOfNew;
        return with(Options.VIVIFY);
    }

    public ItemCommand recache(long exptimeToReach) {
        recacheExptime = exptimeToReach;
        return with(Options.RECACHE);
    }

    /** @param number unsigned; what arithmetic with {@link Options#VIVIFY} stores where nothing is, 0 if this is not called */
    public ItemCommand initial(long number) {
        initial = number;
        return this;
    }

    /** {@link Op#FETCH}, STORE, REMOVE or ARITHMETIC. */
    public byte op() {
        return op;
    }

    /** Whether it can be answered without the log. */
    public boolean isRead() {
        return Options.isRead(op, options);
    }

    /** Appends the command, which is not a store. */
    public void writeTo(ByteWriter w, byte[] key, int keyOffset, int keyLength) {
        if (op == Op.STORE) {
            throw new IllegalArgumentException("A store is written with its value.");
        }
        writeHead(w, key, keyOffset, keyLength);
    }

    /** Appends the store. */
    public void writeTo(
            ByteWriter w, byte[] key, int keyOffset, int keyLength, byte[] value, int valueOffset, int valueLength) {
        if (op != Op.STORE) {
            throw new IllegalArgumentException("A " + Op.name(op) + " has no value.");
        }
        writeHead(w, key, keyOffset, keyLength);
        w.putInt(valueLength);
        w.putBytes(value, valueOffset, valueLength);
    }

    private void writeHead(ByteWriter w, byte[] key, int keyOffset, int keyLength) {
        if (!Options.areLegal(op, options)) {
            throw new IllegalArgumentException(
                    "The options " + Integer.toHexString(options) + " are not all for " + Op.name(op) + ".");
        }
        CommandWriter.key(w, op, key, keyOffset, keyLength);
        w.putByte(options >> 8);
        w.putByte(options);
        if (op == Op.STORE) {
            w.putByte(mode);
            w.putInt(clientFlags);
        }
        operand(w, Options.COMPARE, cas);
        operand(w, Options.NEW_CAS, newCas);
        operand(w, Options.TOUCH, exptime);
        operand(w, Options.VIVIFY, vivifyExptime);
        operand(w, Options.RECACHE, recacheExptime);
        if (op == Op.ARITHMETIC) {
            w.putLong(delta);
            operand(w, Options.VIVIFY, initial);
        }
    }

    private void operand(ByteWriter w, int option, long value) {
        if ((options & option) != 0) {
            w.putLong(value);
        }
    }

    static boolean isMode(byte mode) {
        return switch (mode) {
            case Op.SET, Op.ADD, Op.REPLACE, Op.APPEND, Op.PREPEND -> true;
            default -> false;
        };
    }
}
