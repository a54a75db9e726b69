package io.ringleader.raft;

/**
 * Something happened that Raft proves impossible: a bug, a broken disk, or two clusters mixed up. The node must stop; going on
 * could lose or invent data.
 */
public final class InvariantViolation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvariantViolation(String message) {
        super(message);
    }
}
