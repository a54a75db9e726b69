package io.ringleader.cli;

/** A command cannot do what it was asked for. The message is for the user and says what can be done. */
final class CommandFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommandFailedException(String message) {
        super(message);
    }
}
