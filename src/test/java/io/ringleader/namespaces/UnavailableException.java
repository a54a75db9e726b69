package io.ringleader.namespaces;

import java.io.IOException;

/** This machine cannot do it; the message says what is missing. */
public final class UnavailableException extends IOException {
    private static final long serialVersionUID = 1L;

    UnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
