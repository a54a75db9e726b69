package io.ringleader.store;

/** A place in an array of encoded commands or results, and how to read on from there without going beyond the end. */
abstract class ByteCursor {
    private final String what;
    byte[] buffer;
    int position;
    int end;
    int valueOffset;
    int valueLength;

    /** @param what one of the things that are read, for messages */
    ByteCursor(String what) {
        this.what = what;
    }

    final void place(byte[] newBuffer, int offset, int length) {
        if (offset < 0 || length < 0 || offset > newBuffer.length - length) {
            throw new IndexOutOfBoundsException("A " + what + " cannot be read from " + length + " bytes at " + offset
                    + " of an array of " + newBuffer.length + " bytes.");
        }
        buffer = newBuffer;
        position = offset;
        end = offset + length;
    }

    final int readInt() {
        need(Integer.BYTES);
        int value = ByteWriter.getInt(buffer, position);
        position += Integer.BYTES;
        return value;
    }

    final long readLong() {
        need(Long.BYTES);
        long value = ByteWriter.getLong(buffer, position);
        position += Long.BYTES;
        return value;
    }

    /** A length and as many bytes, which become the value. */
    final void readValue() {
        int length = readInt();
        if (length < 0) {
            throw new MalformedBytesException("A " + what + " has an illegal value length of " + length + " at offset "
                    + (position - Integer.BYTES) + ".");
        }
        need(length);
        valueOffset = position;
        valueLength = length;
        position += length;
    }

    final void need(int count) {
        if (count > end - position) {
            throw new MalformedBytesException("A " + what + " is cut off at offset " + position + ": it needs " + count
                    + " more bytes, but only " + (end - position) + " follow.");
        }
    }

    public final byte[] buffer() {
        return buffer;
    }

    /** Where the next one begins, in the buffer's offsets. */
    public final int position() {
        return position;
    }

    public final int valueOffset() {
        return valueOffset;
    }

    public final int valueLength() {
        return valueLength;
    }
}
