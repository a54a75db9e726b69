package io.ringleader.store;

import java.io.IOException;
import java.util.Arrays;

/** Reads a snapshot through a buffer, knows where it is, and does not believe lengths: memory follows the bytes that come. */
final class SnapshotInput {
    private static final int CHUNK_BYTES = 64 << 10;
    private static final int TRUSTED_BYTES = 2 << 20;

    private final SnapshotSource source;
    private final byte[] buffer = new byte[CHUNK_BYTES];
    private int next;
    private int limit;
    private long offset;

    SnapshotInput(SnapshotSource source) {
        this.source = source;
    }

    /** Exactly {@code length} bytes, in a new array. */
    byte[] read(int length, String what) throws IOException {
        return read(new byte[Math.min(length, TRUSTED_BYTES)], length, what);
    }

    /** Exactly {@code length} bytes, at the beginning of the array that is returned: this one, not empty, or a longer one if it must be. */
    byte[] read(byte[] into, int length, String what) throws IOException {
        byte[] bytes = into;
        int filled = 0;
        while (filled < length) {
            if (filled == bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(length, 2L * filled));
            }
            if (!fill()) {
                throw new MalformedBytesException("The snapshot ends at offset " + offset + ", in the middle of: "
                        + what + " (" + filled + " of " + length + " bytes).");
            }
            int count = Math.min(Math.min(length, bytes.length) - filled, limit - next);
            System.arraycopy(buffer, next, bytes, filled, count);
            next += count;
            offset += count;
            filled += count;
        }
        return bytes;
    }

    void requireEnd() throws IOException {
        if (fill()) {
            throw new MalformedBytesException("The snapshot is complete at offset " + offset + ", but bytes follow.");
        }
    }

    void require(boolean legal, String field, long value) {
        if (!legal) {
            throw new MalformedBytesException(
                    "The snapshot has an illegal " + field + " of " + value + " before offset " + offset + ".");
        }
    }

    long notNegative(String field, long value) {
        require(value >= 0, field, value);
        return value;
    }

    long offset() {
        return offset;
    }

    /** Whether there is at least one more byte, which then is in the buffer. */
    private boolean fill() throws IOException {
        if (next < limit) {
            return true;
        }
        int count = source.read(buffer, 0, buffer.length);
        if (count == 0 || count > buffer.length) {
            throw new IOException(
                    "The source of a snapshot read " + count + " bytes instead of 1 to " + buffer.length + ".");
        }
        if (count < 0) {
            return false;
        }
        next = 0;
        limit = count;
        return true;
    }
}
