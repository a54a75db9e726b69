package io.ringleader.raft;

/**
 * The last entry that a snapshot covers ({@code lastIncludedIndex} and {@code lastIncludedTerm} of Figure 13). As something
 * {@link Durable} it says that this snapshot is on disk and that recovery starts from it: the log before it is not needed, and
 * neither is the log after it unless it holds the very entry {@code (index, term)}.
 */
public record SnapshotPoint(long index, long term) implements Durable {
    /** Before the first entry: no snapshot. */
    public static final SnapshotPoint NONE = new SnapshotPoint(0, 0);

    @Override
    public String toString() {
        return index + "@" + term;
    }
}
