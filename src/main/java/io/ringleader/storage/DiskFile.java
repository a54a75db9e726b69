package io.ringleader.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** One open file of a {@link Disk}. Used by one thread at a time. */
public interface DiskFile extends Closeable {
    long size() throws IOException;

    /** Reads until the buffer is full or the file ends; returns the number of bytes read, 0 at the end. */
    int read(long position, ByteBuffer target) throws IOException;

    /** Writes all remaining bytes of the buffer at the position, extending the file where needed. */
    void write(long position, ByteBuffer source) throws IOException;

    void truncate(long size) throws IOException;

    /** Makes all that was written durable, with the metadata needed to read it back. A failure is final: see WriteAheadLog. */
    void sync() throws IOException;
}
