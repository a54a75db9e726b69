package io.ringleader.storage;

import java.io.IOException;

/**
 * A write or an fsync of the write-ahead log failed earlier, so nobody knows what is on the device. It is final: the kernel may
 * have dropped the pages it could not write and report success the next time ("fsyncgate"), so a retry proves nothing. The
 * process has to end; recovery at the next start finds out what is there.
 */
public final class LogFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    public LogFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
