package io.ringleader.node;

/**
 * Room for the entries of all partitions that a node leads, until they are both committed and on its own disk: a leader may take much
 * for each of its partitions, and a node can lead very many. Owned by the raft loop.
 *
 * <p>Whoever comes first has it, so partitions that commit nothing may fill it. Where their followers are not heard, that lasts for the
 * shortest election timeout, until their leader steps down and what it held counts no more; where only this node's own disk is
 * stuck, for three of the longest. But followers that are heard and take nothing, as with full or stuck disks, keep their leader
 * in office. So a part is kept for partitions that hold nothing: those that commit get on with a batch at a time. Only where first
 * batches of partitions that commit nothing fill that part too must the others wait until some of them get on.
 */
final class UncommittedRoom {
    private static final int PARTS = 4;

    private final long maxBytes;
    private long bytes;
    private long refusals;

    UncommittedRoom(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Whether a proposal may come; one that is larger than the room may when it is empty. A refusal is counted.
     *
     * @param isFirst whether its partition holds nothing yet; or it is but a tick, for which reads wait
     */
    boolean admits(long proposalBytes, boolean isFirst) {
        long roomBytes = isFirst ? maxBytes : maxBytes - maxBytes / PARTS;
        boolean admitted = bytes == 0 || bytes + proposalBytes <= roomBytes;
        if (!admitted) {
            refusals++;
        }
        return admitted;
    }

    void add(long entryBytes) {
        bytes += entryBytes;
    }

    long bytes() {
        return bytes;
    }

    /** Since the node started. */
    long refusals() {
        return refusals;
    }
}
