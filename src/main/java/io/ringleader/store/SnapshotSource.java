package io.ringleader.store;

import java.io.IOException;

/** Where a snapshot is read from, from front to end. */
@FunctionalInterface
public interface SnapshotSource {
    /** Reads 1 to {@code length} bytes and returns how many, or -1 at the end. */
    int read(byte[] bytes, int offset, int length) throws IOException;
}
