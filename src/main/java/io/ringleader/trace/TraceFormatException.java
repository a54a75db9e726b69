package io.ringleader.trace;

/** A text is no trace. The message names the line, from 1, and what is wrong with it. */
public final class TraceFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    TraceFormatException(int line, String problem) {
        super("Line " + line + " of the trace: " + problem);
    }
}
