package io.ringleader.raft;

import java.util.List;

/**
 * Somebody who looks on: is told of every input that a {@link Raft} took and of what it made of it. For checks after every
 * event, for traces, and to compare each step with a specification. Called on the thread that owns the Raft, which may be asked
 * for its state but must not be changed.
 */
public interface StepObserver {
    /** Nobody looks on, and nothing is spent on it. */
    StepObserver NONE = new StepObserver() {};

    /**
     * A node came up, for the first time or again, with what its disk held.
     *
     * @param pending what it wants done already: on a disk that is empty, to be known
     */
    default void started(Raft raft, Effects pending) {}

    /**
     * The Raft took an input and its invariants hold.
     *
     * @param pending all effects since they were last taken, those of this step at the ends of the lists
     */
    default void took(Raft raft, Step step, Effects pending) {}

    /** The owner takes these effects to carry them out. */
    default void effectsTaken(Raft raft, Effects effects) {}

    /** What the owner handed to its log has become durable, in this order; told before any message that waited for it leaves. */
    default void persisted(Raft raft, List<Durable> durables) {}
}
