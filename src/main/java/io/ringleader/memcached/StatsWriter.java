package io.ringleader.memcached;

import io.ringleader.store.ByteWriter;

/** Writes statistics in the dialect they were asked in. */
public interface StatsWriter {
    void stat(String name, String value, ByteWriter out);

    /** After the last one. */
    void end(ByteWriter out);

    /** The statistics were reset, as was asked. */
    void reset(ByteWriter out);

    /** There are no such statistics. */
    void unknown(ByteWriter out);
}
