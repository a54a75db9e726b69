package io.ringleader.trace;

import io.ringleader.raft.Role;

/**
 * One thing that happened in a run. Immutable; texts are never null. The record components are the fields of the line that
 * {@link TraceWriter} writes for an event, by name and in order, so they are a file format (docs/formats.md).
 *
 * <p>Times are simulated nanoseconds since the beginning of the run. Nodes and clients are numbered from 1, 0 is none.
 * Partitions are numbered from 0, {@link #NO_PARTITION} stands for none or all. Terms and indexes are Raft's, 0 is none.
 */
public sealed interface TraceEvent {
    int NO_PARTITION = -1;
    long NOT_KNOWN = -1;

    long atNanos();

    /** What becomes of a node's process. A crash is a loss of power; a kill ends the process and leaves what it has written. */
    enum Phase {
        START,
        STOP,
        CRASH,
        KILL,
        PAUSE,
        RESUME
    }

    /** Of a link, one way. */
    enum LinkState {
        CUT,
        CLOGGED,
        MENDED
    }

    /** The first event of a trace: what runs. */
    record Run(long atNanos, long seed, int nodes, int partitions, int replicas, String title) implements TraceEvent {}

    record Life(long atNanos, int node, Phase phase, String detail) implements TraceEvent {}

    /**
     * A replica comes up with what it found on its disk. Of the log that it had before, entries up to {@code lastIndex} are
     * left.
     */
    record Recovered(
            long atNanos,
            int node,
            int partition,
            long term,
            int vote,
            long snapshotIndex,
            long snapshotTerm,
            long lastIndex)
            implements TraceEvent {}

    /** @param leader the leader of the term as far as the node knows, 0 if it knows none */
    record RoleChanged(long atNanos, int node, int partition, long term, Role role, int leader, String reason)
            implements TraceEvent {}

    /** {@code currentTerm} and {@code votedFor} of Figure 2 have changed in memory. */
    record TermChanged(long atNanos, int node, int partition, long term, int vote) implements TraceEvent {}

    /** @param id pairs the sending with what became of it */
    record Sent(long atNanos, long id, int partition, int from, int to, String kind, long term, String summary)
            implements TraceEvent {}

    record Delivered(long atNanos, long id, int partition, int from, int to, String kind, long term)
            implements TraceEvent {}

    record Dropped(long atNanos, long id, int partition, int from, int to, String kind, long term, String reason)
            implements TraceEvent {}

    /**
     * An fsync has returned.
     *
     * @param partition whose state it was, {@link #NO_PARTITION} for all of the node
     * @param index the log is durable up to here, 0 if that is not known or not concerned
     */
    record Synced(long atNanos, int node, int partition, long index, String what) implements TraceEvent {}

    /** Entries of one term were appended; whatever the log held at {@code fromIndex} and after it is gone. */
    record Appended(long atNanos, int node, int partition, long fromIndex, long toIndex, long term)
            implements TraceEvent {}

    /** The log lost its entries at {@code fromIndex} and after it. */
    record Truncated(long atNanos, int node, int partition, long fromIndex) implements TraceEvent {}

    record Committed(long atNanos, int node, int partition, long index) implements TraceEvent {}

    record Applied(long atNanos, int node, int partition, long index) implements TraceEvent {}

    record SnapshotTaken(long atNanos, int node, int partition, long index, long term) implements TraceEvent {}

    /** A snapshot of the leader took the place of the state machine and of the log up to {@code index}. */
    record SnapshotInstalled(long atNanos, int node, int partition, long index, long term) implements TraceEvent {}

    record LinkChanged(long atNanos, int from, int to, LinkState state, String detail) implements TraceEvent {}

    /** @param skewMillis how far the wall clock of the node is ahead of the true time */
    record ClockSkewed(long atNanos, int node, long skewMillis, String detail) implements TraceEvent {}

    record DiskFault(long atNanos, int node, String fault) implements TraceEvent {}

    /** A client asks. {@code client} and {@code operation} together name the operation. */
    record Invoked(long atNanos, int client, long operation, int partition, String key, String text)
            implements TraceEvent {}

    /**
     * A client has its answer, or none and gives up.
     *
     * @param linearizedNanos when the operation took effect, {@link #NOT_KNOWN} if nobody found out
     * @param unknown whether the client cannot know if the operation took effect
     */
    record Completed(long atNanos, int client, long operation, long linearizedNanos, String result, boolean unknown)
            implements TraceEvent {}

    /** @param node whom it is about, 0 for nobody in particular */
    record Note(long atNanos, int node, String text) implements TraceEvent {}

    /** A check failed: the run ends here. */
    record Failed(long atNanos, String message) implements TraceEvent {}
}
