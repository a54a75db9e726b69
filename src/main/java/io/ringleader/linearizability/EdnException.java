package io.ringleader.linearizability;

/** A text is not EDN, or not a history: with the place where. */
public final class EdnException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int line;
    private final int column;

    EdnException(int line, int column, String problem) {
        super("Line " + line + ", column " + column + ": " + problem);
        this.line = line;
        this.column = column;
    }

    /** From 1. */
    public int line() {
        return line;
    }

    /** In characters, from 1. */
    public int column() {
        return column;
    }
}
