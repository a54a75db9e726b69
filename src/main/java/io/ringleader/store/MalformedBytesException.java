package io.ringleader.store;

/** Bytes that should be a command batch, a list of results or a snapshot are not; the message says where and why. */
public final class MalformedBytesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedBytesException(String message) {
        super(message);
    }
}
