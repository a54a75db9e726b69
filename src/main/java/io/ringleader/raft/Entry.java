package io.ringleader.raft;

/**
 * One log entry. Persisting an entry at an index drops whatever the log held at that index and after it.
 *
 * @param index position in the log, from 1
 * @param term when the entry was received by a leader
 * @param payload never modified after construction
 */
public record Entry(long index, long term, EntryType type, byte[] payload) implements Durable {
    private static final int OVERHEAD_BYTES = 48;

    /** What the entry is counted as against limits: its payload and its objects in memory. */
    public long sizeBytes() {
        return OVERHEAD_BYTES + payload.length;
    }

    @Override
    public String toString() {
        return index + "@" + term + (type == EntryType.NOOP ? "(no-op)" : "(" + payload.length + " B)");
    }
}
