package io.ringleader.storage;

import java.io.IOException;

/**
 * A snapshot file is damaged or missing. An older one is never taken in its place, as the log that would lead from the older
 * state to the newer may be gone. The message names the file, the offset, what was found, and what an operator can do.
 */
public final class CorruptSnapshotException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final long offset;

    CorruptSnapshotException(String file, long offset, String found) {
        super("A snapshot cannot be used: " + file + ", offset " + offset + ": " + found + " "
                + CorruptLogException.ADVICE);
        this.file = file;
        this.offset = offset;
    }

    /** Where the file is, or would have to be. */
    public String file() {
        return file;
    }

    /** The offset in bytes of the first thing that is wrong. */
    public long offset() {
        return offset;
    }
}
