package io.ringleader.node;

/**
 * Room for the entries of all partitions that a node leads, until they are both committed and on its own disk: a leader may take much
 * for each of its partitions, and a node can lead very many. Owned by the raft loop.
 *
 * <p>Whoever comes first has it, so partitions that commit nothing may fill it, and meanwhile the others are refused. Where their
 * followers are not heard, that lasts for the shortest election timeout, until their leader steps down and what it held counts no
 * more; where only this node's own disk is stuck, for three of the longest. But followers that are heard and take nothing, as with
 * full or stuck disks, keep their leader in office: the others are refused until one of these followers takes entries again. It
 * takes as many such partitions as fill the room with what one may hold by itself.
 */
final class UncommittedRoom {
    private final long maxBytes;
    private long bytes;
    private long refusals;

    UncommittedRoom(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Whether a proposal may come; one that is larger than the room may when it is empty. A refusal is counted. */
    boolean admits(long proposalBytes) {
        boolean admitted = bytes == 0 || bytes + proposalBytes <= maxBytes;
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
