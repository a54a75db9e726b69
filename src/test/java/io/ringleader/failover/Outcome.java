package io.ringleader.failover;

/** What became of one operation, as its client knows it. */
enum Outcome {
    DONE(true),
    /** The node says that it has had no effect. */
    NOT_APPLIED(false),
    NOT_READ(false),
    BUSY(false),
    /** The node does not know. */
    UNKNOWN(true),
    CONNECTION_LOST(true),
    NO_ANSWER(true),
    NO_CONNECTION(false),
    /** An answer that is none of these. */
    STRANGE(true);

    /** Whether it may have had an effect. */
    final boolean mayHaveEffect;

    Outcome(boolean mayHaveEffect) {
        this.mayHaveEffect = mayHaveEffect;
    }

    static Outcome ofError(String answer) {
        if (answer.matches("SERVER_ERROR not (applied|read): busy, .*")) {
            return BUSY;
        } else if (answer.startsWith("SERVER_ERROR not applied")) {
            return NOT_APPLIED;
        } else if (answer.startsWith("SERVER_ERROR outcome unknown")) {
            return UNKNOWN;
        } else if (answer.startsWith("SERVER_ERROR not read")) {
            return NOT_READ;
        }
        return STRANGE;
    }

    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }
}
