package io.ringleader.raft;

/**
 * {@code currentTerm} and {@code votedFor} of Figure 2.
 *
 * @param term latest term this node has seen, 0 on first boot
 * @param votedFor the candidate that received its vote in that term, {@link #NOBODY} if none
 */
public record HardState(long term, int votedFor) implements Durable {
    /** No node has this id. */
    public static final int NOBODY = 0;

    public static final HardState INITIAL = new HardState(0, NOBODY);
}
