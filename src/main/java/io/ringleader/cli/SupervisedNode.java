package io.ringleader.cli;

import io.ringleader.config.NodeConfig;

/** One node as its {@link Supervisor} sees it; used by the supervisor's thread only. */
final class SupervisedNode {
    /** Waits for {@link #restartAtNanos}, runs, or is gone for good. */
    enum State {
        WAITING,
        RUNNING,
        GONE
    }

    final NodeConfig config;
    State state = State.WAITING;

    /** The last process; null before the first. */
    Process process;

    /** Copies the output of {@link #process}; ends when the output does. */
    Thread copier;

    /** Whether the client port of this process has accepted a connection. */
    boolean accepts;

    long startedAtNanos;
    long restartAtNanos;
    long backoffMillis;

    SupervisedNode(NodeConfig config) {
        this.config = config;
    }

    boolean isRunning() {
        return state == State.RUNNING;
    }

    @Override
    public String toString() {
        return "node " + config.id() + (process == null ? "" : " (pid " + process.pid() + ")");
    }
}
