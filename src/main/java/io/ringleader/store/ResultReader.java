package io.ringleader.store;

/**
 * A cursor over encoded results (see {@link ResultWriter}), allocation-free and as careful as {@link CommandReader}.
 * Owned by one thread at a time.
 */
public final class ResultReader {
    private byte[] buffer = new byte[0];
    private int position;
    private int end;

    private byte code;
    private int keyOffset;
    private int keyLength;
    private int clientFlags;
    private long cas;
    private int valueOffset;
    private int valueLength;
    private long number;
    private int facts;
    private long ttlSeconds;
    private int sizeBytes;
    private int idleSeconds;

    /** Places the cursor before the first result of {@code length} bytes at {@code offset}. */
    public ResultReader reset(byte[] newBuffer, int offset, int length) {
        if (offset < 0 || length < 0 || offset > newBuffer.length - length) {
            throw new IndexOutOfBoundsException("Results of " + length + " bytes at " + offset
                    + " do not fit into an array of " + newBuffer.length + " bytes.");
        }
        buffer = newBuffer;
        position = offset;
        end = offset + length;
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
            case Result.NEEDS_LOG -> readKey(1);
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

    private void readItem() {
        need(1);
        facts = buffer[position++] & 0xff;
        if ((facts & ~Facts.ALL) != 0) {
            throw new MalformedBytesException(
                    "The facts " + Integer.toHexString(facts) + " at offset " + (position - 1) + " are not known.");
        }
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

    private void readValue() {
        int length = readInt();
        if (length < 0) {
            throw new MalformedBytesException(
                    "The value length of " + length + " at offset " + (position - Integer.BYTES) + " is illegal.");
        }
        need(length);
        valueOffset = position;
        valueLength = length;
        position += length;
    }

    private int readInt() {
        need(Integer.BYTES);
        int value = ByteWriter.getInt(buffer, position);
        position += Integer.BYTES;
        return value;
    }

    private long readLong() {
        need(Long.BYTES);
        long value = ByteWriter.getLong(buffer, position);
        position += Long.BYTES;
        return value;
    }

    private void need(int count) {
        if (count > end - position) {
            throw new MalformedBytesException("A result is cut off at offset " + position + ": it needs " + count
                    + " more bytes, but only " + (end - position) + " follow.");
        }
    }

    public byte[] buffer() {
        return buffer;
    }

    /** Where the next result begins, in the buffer's offsets. */
    public int position() {
        return position;
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

    public int valueOffset() {
        return valueOffset;
    }

    public int valueLength() {
        return valueLength;
    }

    /** Unsigned. */
    public long number() {
        return number;
    }

    /** Of an ITEM: see {@link Facts}. */
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

    /** Of an ITEM that was fetched: seconds since the last access, as far as the answering node knows. */
    public long idleSeconds() {
        return Integer.toUnsignedLong(idleSeconds);
    }
}
