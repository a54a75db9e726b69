package io.ringleader.store;

/**
 * A cursor over encoded commands (see {@link CommandWriter}). It allocates nothing: keys and values are offsets into
 * the buffer it was reset to. Every length is checked before it is believed. An accessor of an operand that the current
 * command does not have answers 0. Owned by one thread at a time.
 */
public final class CommandReader extends ByteCursor {
    private byte op;
    private int keyOffset;
    private int keyLength;
    private int clientFlags;
    private long exptime;
    private long cas;
    private long delta;
    private int options;
    private byte mode;
    private long newCas;
    private long vivifyExptime;
    private long recacheExptime;
    private long initial;

    public CommandReader() {
        super("command");
    }

    /** Places the cursor before the first command of {@code length} bytes at {@code offset}. */
    public CommandReader reset(byte[] newBuffer, int offset, int length) {
        place(newBuffer, offset, length);
        return this;
    }

    /**
     * Moves to the next command.
     *
     * @return false at the end of the buffer
     * @throws MalformedBytesException if what follows is not a whole, known command
     */
    public boolean next() {
        if (position == end) {
            return false;
        }
        need(2);
        op = buffer[position];
        if (!Op.isKnown(op)) {
            throw new MalformedBytesException("There is an " + Op.name(op) + " at offset " + position + ".");
        }
        keyLength = buffer[position + 1] & 0xff;
        boolean legal =
                op == Op.FLUSH_ALL ? keyLength == 0 : keyLength >= 1 && keyLength <= CommandWriter.MAX_KEY_BYTES;
        if (!legal) {
            throw new MalformedBytesException("The command " + Op.name(op) + " at offset " + position
                    + " has an illegal key length of " + keyLength + ".");
        }
        position += 2;
        keyOffset = position;
        need(keyLength);
        position += keyLength;
        readOperands();
        return true;
    }

    private void readOperands() {
        clientFlags = 0;
        exptime = 0;
        cas = 0;
        delta = 0;
        valueOffset = position;
        valueLength = 0;
        options = 0;
        mode = 0;
        if (Op.isGeneral(op)) {
            readGeneral();
            return;
        }
        switch (op) {
            case Op.GET, Op.DELETE -> {}
            case Op.GAT, Op.TOUCH, Op.FLUSH_ALL -> exptime = readLong();
            case Op.INCR, Op.DECR -> delta = readLong();
            case Op.APPEND, Op.PREPEND -> readValue();
            case Op.SET, Op.ADD, Op.REPLACE -> {
                clientFlags = readInt();
                exptime = readLong();
                readValue();
            }
            case Op.CAS -> {
                clientFlags = readInt();
                exptime = readLong();
                cas = readLong();
                readValue();
            }
            default -> throw new IllegalStateException("There is no layout for " + Op.name(op) + ".");
        }
    }

    private void readGeneral() {
        need(Short.BYTES);
        options = (buffer[position] & 0xff) << Byte.SIZE | (buffer[position + 1] & 0xff);
        position += Short.BYTES;
        if (!Options.areLegal(op, options)) {
            throw new MalformedBytesException("The command " + Op.name(op) + " with its key at offset " + keyOffset
                    + " has options that are not for it: " + Integer.toHexString(options) + ".");
        }
        if (op == Op.STORE) {
            need(1);
            mode = buffer[position++];
            if (!ItemCommand.isMode(mode)) {
                throw new MalformedBytesException("The command STORE with its key at offset " + keyOffset
                        + " has an illegal mode of " + mode + ".");
            }
            clientFlags = readInt();
        }
        cas = operand(Options.COMPARE);
        newCas = operand(Options.NEW_CAS);
        exptime = operand(Options.TOUCH);
        vivifyExptime = operand(Options.VIVIFY);
        recacheExptime = operand(Options.RECACHE);
        initial = 0;
        if (op == Op.ARITHMETIC) {
            delta = readLong();
            initial = operand(Options.VIVIFY);
        }
        if (op == Op.STORE) {
            readValue();
        }
    }

    private long operand(int option) {
        return has(option) ? readLong() : 0;
    }

    public byte op() {
        return op;
    }

    public int keyOffset() {
        return keyOffset;
    }

    public int keyLength() {
        return keyLength;
    }

    public int clientFlags() {
        return clientFlags;
    }

    /** The exptime as the client sent it, in seconds. */
    public long exptime() {
        return exptime;
    }

    public long cas() {
        return cas;
    }

    /** Unsigned. */
    public long delta() {
        return delta;
    }

    /** All {@link Options} of the command. */
    int options() {
        return options;
    }

    /** Whether the command has one of {@link Options}. */
    boolean has(int option) {
        return (options & option) != 0;
    }

    /** Whether the command only looks. */
    boolean isRead() {
        return Options.isRead(op, options);
    }

    /** Of a STORE: the code of the operation that it is like. */
    byte mode() {
        return mode;
    }

    long newCas() {
        return newCas;
    }

    long vivifyExptime() {
        return vivifyExptime;
    }

    long recacheExptime() {
        return recacheExptime;
    }

    /** Unsigned. */
    long initial() {
        return initial;
    }
}
