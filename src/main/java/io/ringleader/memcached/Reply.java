package io.ringleader.memcached;

import io.ringleader.store.ByteWriter;
import io.ringleader.store.ResultReader;

/**
 * How the answer to one command is written, in the dialect it was asked in. Shared by all requests that want the same; a
 * request that says itself what it wants to see has its own.
 */
public interface Reply {
    /** What was asked, for the statistics. */
    Operation operation();

    /**
     * Writes what follows from the result that the reader stands on; perhaps nothing.
     *
     * @return false if the command failed and {@link #isPart} answers of the same request must not follow
     * @throws IllegalArgumentException if such a result cannot come from such an operation
     */
    boolean write(ResultReader result, ByteWriter out);

    /** Writes that the command could not be done, and why. */
    void writeFailure(String sentence, ByteWriter out);

    /** Writes that nobody can say whether the command was done, and why; a dialect that has a code for each tells them apart. */
    default void writeUncertain(String sentence, ByteWriter out) {
        writeFailure(sentence, out);
    }

    /** Writes the read that this is the answer to once more, for the key; only for an operation that is a read. */
    void writeRead(byte[] key, int keyOffset, int keyLength, ByteWriter commands);

    /** Whether a meta command was asked, for the statistics. */
    default boolean isMeta() {
        return false;
    }

    /** Whether this is one of several parts of an answer, whose end is announced by {@link RequestHandler#endOfKeys}. */
    default boolean isPart() {
        return false;
    }
}
