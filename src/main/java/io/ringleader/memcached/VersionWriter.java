package io.ringleader.memcached;

import io.ringleader.store.ByteWriter;

/** Writes the answer to the question for the version, in the dialect it was asked in. */
@FunctionalInterface
public interface VersionWriter {
    /** @param version three numbers with dots between them */
    void write(String version, ByteWriter out);
}
