package io.ringleader.bench;

/** What became of an operation. */
public enum AnswerKind {
    /** A set was acknowledged. */
    STORED(false),
    /** A get found the value that belongs to the key. */
    HIT(false),
    /** A get found nothing. */
    MISS(false),
    /** A get found what was never stored under this key, or the answer was one to another question. */
    WRONG_ANSWER(true),
    /** The server said that it could not. */
    REFUSED(true),
    /** The connection was lost before the answer. */
    CONNECTION_LOST(true),
    /** No answer within {@link Worker#DRAIN_NANOS} of the end. */
    UNANSWERED(true),
    /**
     * At a fixed rate: due, but not sent when the time was over. Many of them are a rate that the server cannot take; a few were
     * due in the last moment.
     */
    UNSENT(false);

    private final boolean error;

    AnswerKind(boolean error) {
        this.error = error;
    }

    /** Whether it is not what a healthy server does. */
    public boolean isError() {
        return error;
    }
}
