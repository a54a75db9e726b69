package io.ringleader.storage;

import java.io.IOException;

/** The data directory cannot be used by this node: it is in use, or belongs to another one. The message says which. */
public final class DataDirectoryException extends IOException {
    private static final long serialVersionUID = 1L;

    public DataDirectoryException(String message) {
        super(message);
    }

    public DataDirectoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
