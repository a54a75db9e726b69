package io.ringleader.storage;

import java.util.Arrays;
import java.util.Objects;

/**
 * One log entry as it was found on disk.
 *
 * @param index position in the log of its group, from 1
 * @param term the term it was written under, from 1
 * @param type what the writer passed as its type; storage gives it no meaning
 * @param payload the bytes of the writer; not copied, so not to be changed
 */
public record RecoveredEntry(long index, long term, byte type, byte[] payload) {
    @Override
    public boolean equals(Object other) {
        return other instanceof RecoveredEntry that
                && index == that.index
                && term == that.term
                && type == that.type
                && Arrays.equals(payload, that.payload);
    }

    @Override
    public int hashCode() {
        return Objects.hash(index, term, type, Arrays.hashCode(payload));
    }

    @Override
    public String toString() {
        return "entry " + index + " of term " + term + " (type " + type + ", " + payload.length + " bytes)";
    }
}
