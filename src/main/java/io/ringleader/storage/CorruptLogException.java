package io.ringleader.storage;

import java.io.IOException;

/**
 * The write-ahead log is damaged in a way that no crash explains: something that was acknowledged cannot be read. It is never
 * skipped. The message names the file, the offset, what was found, and what an operator can do.
 */
public final class CorruptLogException extends IOException {
    private static final long serialVersionUID = 1L;

    static final String ADVICE = "Keep the file and check the disk. Do not delete only this file: a node that"
            + " has forgotten what it acknowledged can make the cluster lose writes. If the damage cannot be undone, empty all of"
            + " the data directory of this node and start it again: the other replicas let it in and fill it.";

    private final String file;
    private final long offset;

    CorruptLogException(String file, long offset, String found) {
        super("The write-ahead log is damaged: " + file + ", offset " + offset + ": " + found + " " + ADVICE);
        this.file = file;
        this.offset = offset;
    }

    /** Where the damaged file is. */
    public String file() {
        return file;
    }

    /** The offset in bytes of the first thing that is wrong. */
    public long offset() {
        return offset;
    }
}
