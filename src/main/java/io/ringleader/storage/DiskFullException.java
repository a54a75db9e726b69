package io.ringleader.storage;

import java.io.IOException;

/**
 * There is no room on the device. Nothing that was promised is lost, and the same call may be made again once there is room;
 * that sets it apart from every other failure of a disk.
 */
public final class DiskFullException extends IOException {
    private static final long serialVersionUID = 1L;

    public DiskFullException(String message) {
        super(message);
    }

    public DiskFullException(String message, Throwable cause) {
        super(message, cause);
    }
}
