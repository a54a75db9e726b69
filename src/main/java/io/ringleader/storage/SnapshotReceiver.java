package io.ringleader.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Takes a snapshot file from a peer in chunks, in order. The transfer may pause and go on at {@link #nextOffset}, but not across
 * a restart of the node: what is not durable is not trusted, and a restart removes it. One thread.
 */
public final class SnapshotReceiver implements Closeable {
    private final TemporarySnapshot temporary;
    private long nextOffset;

    SnapshotReceiver(TemporarySnapshot temporary) {
        this.temporary = temporary;
    }

    /** Offset in the file of the next byte that is wanted. */
    public long nextOffset() {
        return nextOffset;
    }

    /**
     * Takes a chunk if it is the one that is wanted; one that came twice, or too early, is ignored.
     *
     * @return the offset that is wanted next, for the answer to the sender
     */
    public long append(long offset, byte[] chunk, int from, int length) throws IOException {
        if (offset == nextOffset) {
            temporary.write(offset, ByteBuffer.wrap(chunk, from, length));
            nextOffset += length;
        }
        return nextOffset;
    }

    /**
     * Checks the whole file, down to each block, and makes it durable under its name.
     *
     * @throws CorruptSnapshotException if it is not whole; then it is removed, and the transfer has to start from 0
     */
    public void commit() throws IOException {
        try {
            temporary.verify();
        } catch (CorruptSnapshotException damaged) {
            abort();
            throw damaged;
        }
        temporary.commit();
    }

    /** Gives up and removes what was received. Does nothing after a commit. */
    public void abort() throws IOException {
        temporary.abort();
    }

    @Override
    public void close() throws IOException {
        abort();
    }
}
