package io.ringleader.spec;

/** A real node did what no action of the specification allows, or the properties that make Raft safe do not hold. */
public final class SpecViolation extends IllegalStateException {
    private static final long serialVersionUID = 1;

    public SpecViolation(String message) {
        super(message);
    }
}
