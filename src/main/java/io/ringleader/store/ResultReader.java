package io.ringleader.store;

/**
 * A cursor over encoded results (see {@link ResultWriter}), allocation-free and as careful as {@link CommandReader}.
 * Owned by one thread at a time.
 */
public final class ResultReader extends ByteCursor {
    private byte code;
    private int keyOffset;
    private int keyLength;
    private int clientFlags;
    private long cas;
    private long number;
    private int facts;
    private long ttlSeconds;
    private int sizeBytes;
    private int idleSeconds;

    public ResultReader() {
        super("result");
    }

    /** Places the cursor before the first result of {@code length} bytes at {@code offset}. */
    public ResultReader reset(byte[] newBuffer, int offset, int length) {
        place(newBuffer, offset, length);
        return this;
    }

    /**
     * Moves to the next result.
     *
     * @return false at the end of the buffer
     * @throws MalformedBytesException if what follows is not a whole, known result
     */
    public boolean next() {
        if (position == end) {
            return false;
        }
        code = buffer[position];
        if (!Result.isKnown(code)) {
            throw new MalformedBytesException("There is an " + Result.name(code) + " at offset " + position + ".");
        }
        position++;
        keyOffset = position;
        keyLength = 0;
        clientFlags = 0;
        cas = 0;
        valueOffset = position;
        valueLength = 0;
        number = 0;
        facts = 0;
        ttlSeconds = 0;
        sizeBytes = 0;
        idleSeconds = 0;
        switch (code) {
            case Result.NUMBER -> number = readLong();
            case Result.NEEDS_LOG -> {
                readFacts(Facts.HIT_BEFORE);
                readKey(1);
                idleSeconds = readInt();
            }
            case Result.VALUE -> {
                readKey(1);
                clientFlags = readInt();
                cas = readLong();
                readValue();
            }
            case Result.ITEM -> readItem();
            default -> {}
        }
        return true;
    }

    private void readFacts(int known) {
        need(1);
        facts = buffer[position++] & 0xff;
        if ((facts & ~known) != 0) {
            throw new MalformedBytesException(
                    "The facts " + Integer.toHexString(facts) + " at offset " + (position - 1) + " are not known.");
        }
    }

    private void readItem() {
        readFacts(Facts.ALL);
        readKey(0);
        clientFlags = readInt();
        cas = readLong();
        ttlSeconds = readLong();
        sizeBytes = readInt();
        idleSeconds = readInt();
        if ((facts & Facts.NUMBER) != 0) {
            number = readLong();
        }
        if ((facts & Facts.VALUE) != 0) {
            readValue();
        }
    }

    private void readKey(int minBytes) {
        need(1);
        keyLength = buffer[position++] & 0xff;
        if (keyLength < minBytes || keyLength > CommandWriter.MAX_KEY_BYTES) {
            throw new MalformedBytesException(
                    "The key length of " + keyLength + " at offset " + (position - 1) + " is illegal.");
        }
        need(keyLength);
        keyOffset = position;
        position += keyLength;
    }

    public byte code() {
        return code;
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

    public long cas() {
        return cas;
    }

    /** Unsigned. */
    public long number() {
        return number;
    }

    /** Of an ITEM or NEEDS_LOG: see {@link Facts}. */
    public int facts() {
        return facts;
    }

    public boolean has(int fact) {
        return (facts & fact) != 0;
    }

    /** Of an ITEM: seconds until it expires, rounded up; -1 if it never does. */
    public long ttlSeconds() {
        return ttlSeconds;
    }

    /** Of an ITEM: bytes of its value, whether that follows or not. */
    public int sizeBytes() {
        return sizeBytes;
    }

    /** Of a NEEDS_LOG, or an ITEM that was fetched: seconds since the last access, as far as the answering node knows. */
    public long idleSeconds() {
        return Integer.toUnsignedLong(idleSeconds);
    }
}
