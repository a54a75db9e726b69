package io.ringleader.bench;

/** The load cannot be run. The message is for the user and says what can be done. */
public final class BenchException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message a full sentence */
    public BenchException(String message) {
        super(message);
    }
}
