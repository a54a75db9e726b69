package io.ringleader.sim;

/** A promise was broken, or something that must happen did not. An Error, so that no error handling of a node takes it for its own. */
public final class SimulationFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    public SimulationFailure(String what) {
        super(what);
    }

    public SimulationFailure(String what, Throwable cause) {
        super(what, cause);
    }
}
