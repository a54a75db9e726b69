package io.ringleader.sim;

import io.ringleader.raft.StepObserver;

/** Gives everybody who looks on at a {@link SimCluster} a place at each replica, each time its node starts. */
public interface NodeObserver {
    /** All that the node had on its disk is gone; it is not up. */
    default void diskLost(int node) {}

    /** Nobody looks on. */
    NodeObserver NOBODY = (node, partition) -> StepObserver.NONE;

    StepObserver of(int node, int partition);
}
