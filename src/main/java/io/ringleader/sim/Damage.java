package io.ringleader.sim;

/**
 * A place on a {@link MemoryDisk} that does not hold what was written to it.
 *
 * @param path the file
 * @param offset of the sector, in bytes
 */
public record Damage(String path, long offset, Kind kind) {
    /** What happened to it. */
    public enum Kind {
        BIT_ROT,
        /** It should have been written and was not. */
        LOST_WRITE,
        /** What should be here is elsewhere, or what should be elsewhere is here. */
        MISDIRECTED_WRITE,
        UNREADABLE
    }
}
