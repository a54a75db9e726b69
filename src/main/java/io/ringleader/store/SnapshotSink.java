package io.ringleader.store;

import java.io.IOException;

/** Where a snapshot is written to, from front to end. */
@FunctionalInterface
public interface SnapshotSink {
    /** Takes all the bytes before it returns; the array is reused afterwards. */
    void write(byte[] bytes, int offset, int length) throws IOException;
}
