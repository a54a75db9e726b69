package io.ringleader.config;

/**
 * What a node holds at most. Nothing in a node grows without one of these.
 *
 * @param memoryBytes of all items of a node, with a fixed overhead for each; its partitions share it evenly
 * @param itemMaxBytes of one value
 * @param maxConnections of clients to one node
 * @param connectionOutputMaxBytes of answers that a client has not taken; above it, its commands are not read
 * @param clientBuffersMaxBytes of unfinished requests and untaken answers of all clients of a node; above it, the client that
 *     holds most is disconnected
 * @param clientQueueMaxBytes of commands of all clients of a node that wait for their turn; above it, none are read
 * @param batchMaxBytes of commands in one batch, which is one Raft entry
 * @param resultMaxBytes of results in one answer to a batch of reads
 * @param appendMaxBytes of entries in one AppendEntries message
 * @param inflightMaxBytes of entries sent to one follower of one partition and not yet acknowledged
 * @param inflightMaxEntries likewise, counted
 * @param uncommittedMaxBytes of entries that a leader holds for one partition and that are not yet both committed and on its disk
 * @param uncommittedNodeMaxBytes likewise, for all partitions that a node leads; above it, none of them takes more
 * @param snapshotLogBytes of log of one partition since its last snapshot that make it take the next, unless a third of that one is
 *     more; up to {@link #LOG_GROWTH_MAX} times that may wait for others
 * @param logRetainBytes of log of one partition kept behind a snapshot for followers that lag
 * @param walSegmentBytes of one file of the write-ahead log
 * @param walMaxBytes of the whole write-ahead log; above it, the partitions that keep it long are snapshotted
 * @param snapshotChunkBytes of a snapshot in one message
 * @param frameMaxBytes of one message between nodes
 * @param peerBacklogMaxBytes of messages that wait for one peer; above it, messages are dropped, which Raft allows
 * @param loopThreads that serve clients, peers and items: 3 is one for each, 2 is one for clients and one for the rest, 1 is one for
 *     all, and 0 is 1 or 3, as the machine has processors
 */
public record Limits(
        long memoryBytes,
        long itemMaxBytes,
        long maxConnections,
        long connectionOutputMaxBytes,
        long clientBuffersMaxBytes,
        long clientQueueMaxBytes,
        long batchMaxBytes,
        long resultMaxBytes,
        long appendMaxBytes,
        long inflightMaxBytes,
        long inflightMaxEntries,
        long uncommittedMaxBytes,
        long uncommittedNodeMaxBytes,
        long snapshotLogBytes,
        long logRetainBytes,
        long walSegmentBytes,
        long walMaxBytes,
        long snapshotChunkBytes,
        long frameMaxBytes,
        long peerBacklogMaxBytes,
        int loopThreads) {
    /** A log may grow to so many times what calls for a snapshot while others of the node have theirs written or sent. */
    public static final int LOG_GROWTH_MAX = 2;

    /** Bounds what is written to snapshots by what is written to the log, and the log by what it is the log of. */
    public static final int SNAPSHOT_BYTES_PER_LOG_BYTE = 3;
}
