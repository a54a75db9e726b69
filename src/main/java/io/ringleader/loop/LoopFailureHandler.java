package io.ringleader.loop;

/** Hears that a loop has stopped because a task threw. A node then stops as a whole: half-changed state must not be served. */
@FunctionalInterface
public interface LoopFailureHandler {
    /** Called once, on the thread of the loop that failed, after its last task. */
    void onLoopFailure(String loopName, Throwable cause);
}
