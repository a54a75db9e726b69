package io.ringleader.raft;

import java.util.Arrays;
import java.util.Objects;

/**
 * One log entry. Persisting an entry at an index drops whatever the log held at that index and after it.
 *
 * @param index position in the log, from 1
 * @param term when the entry was received by a leader
 * @param bytes where the payload lies, perhaps among others; the payload is never modified after construction
 * @param offset of the payload in there
 * @param length of the payload
 */
public record Entry(long index, long term, EntryType type, byte[] bytes, int offset, int length) implements Durable {
    private static final int OVERHEAD_BYTES = 48;

    public Entry {
        Objects.checkFromIndexSize(offset, length, bytes.length);
    }

    /** An entry whose payload has an array for itself. */
    public Entry(long index, long term, EntryType type, byte[] payload) {
        this(index, term, type, payload, 0, payload.length);
    }

    /** A copy of the payload. */
    public byte[] payload() {
        return Arrays.copyOfRange(bytes, offset, offset + length);
    }

    /** What the entry is counted as against limits: its payload and its objects in memory. */
    public long sizeBytes() {
        return OVERHEAD_BYTES + length;
    }

    /** Wherever the payload lies. */
    @Override
    public boolean equals(Object other) {
        return this == other
                || other instanceof Entry that
                        && index == that.index
                        && term == that.term
                        && type == that.type
                        && Arrays.equals(
                                bytes, offset, offset + length, that.bytes, that.offset, that.offset + that.length);
    }

    @Override
    public int hashCode() {
        return Objects.hash(index, term, type, length);
    }

    @Override
    public String toString() {
        return index + "@" + term + (type == EntryType.NOOP ? "(no-op)" : "(" + length + " B)");
    }
}
