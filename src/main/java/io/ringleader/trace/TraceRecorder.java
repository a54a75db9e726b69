package io.ringleader.trace;

/**
 * Where a simulated run tells what happens in it. Whoever records asks {@link #isOn} before making an event, so that a run
 * nobody looks at pays for one call that returns false.
 */
public interface TraceRecorder {
    /** Remembers nothing. */
    TraceRecorder OFF = new TraceRecorder() {
        @Override
        public boolean isOn() {
            return false;
        }

        @Override
        public void record(TraceEvent event) {
            // nobody looks
        }
    };

    boolean isOn();

    /** Events come in the order of their times. */
    void record(TraceEvent event);
}
