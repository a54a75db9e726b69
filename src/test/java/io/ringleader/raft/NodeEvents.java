package io.ringleader.raft;

/** Who watches the nodes under test: a trace, a checker, a count. */
interface NodeEvents {
    /** A message left the node; one that waits for the disk has waited. */
    default void sent(TestNode node, Message message) {}

    /** A message to the node itself came back from the disk. */
    default void sentToSelf(TestNode node, Message message) {}

    /** Handed to the disk, not durable yet. */
    default void written(TestNode node, Durable durable) {}

    default void durable(TestNode node, Durable durable) {}

    default void applied(TestNode node, Entry entry) {}

    default void restored(TestNode node, SnapshotPoint snapshot) {}

    default void roleChanged(TestNode node, Effects.RoleChange change) {}

    default void readServed(TestNode node, Effects.Read read) {}

    default void readRefused(TestNode node, long readId) {}
}
