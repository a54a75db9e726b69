package io.ringleader.node;

/** The surroundings of a raft loop in which everybody is connected and no router wants to know who leads. */
interface NoRouting extends RaftHost.Outside {
    @Override
    default boolean isConnected(int node) {
        return true;
    }

    @Override
    default void tellLeaving() {
        // nobody is told to stop
    }

    @Override
    default void leaderChanged(int partition, int leader) {
        // nobody routes here
    }

    @Override
    default void silence(int node, boolean begins) {
        // nobody routes here
    }
}
