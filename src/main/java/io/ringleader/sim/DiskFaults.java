package io.ringleader.sim;

import io.ringleader.storage.DiskFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What a {@link MemoryDisk} is going to do wrong when its files are used. Each fault stays until it has hit, or until it is set
 * anew; {@link #clear} takes back all that has not hit. What is random comes from the seed of the disk.
 *
 * <p>A device that lies is below the page cache: a write is lost or goes elsewhere when it is synced.
 */
public final class DiskFaults {
    /** A write that is lost "once followed" has sectors that the next append leaves alone. */
    private static final int MIN_SECTORS_ONCE_FOLLOWED = 3;

    private static final int BITS = 8;

    /** Bytes of a file that are read or written. */
    public record Access(String path, long offset, long length) {
        /** Whether one of the bytes from {@code from} to before {@code to} of this file is among them. */
        public boolean touches(String file, long from, long to) {
            return path.equals(file) && offset < to && from < offset + length;
        }
    }

    /** Where a misdirected write ends up: this file, from this offset, a multiple of the sector size. */
    public record Target(String path, long offset) {}

    /** A sync that tells a lie. */
    private record Lie(Predicate<String> paths, Optional<Target> instead, boolean onceFollowed) {}

    private final Random random;
    private Predicate<String> failingSyncs;
    private Predicate<Access> failingReads;
    private Predicate<Access> failingWrites;
    private Predicate<String> flippedRead;
    private long flippedOffset;
    private int flippedBit;
    private Lie lie;
    private long capacityBytes;
    private long hits;

    DiskFaults(Random random) {
        this.random = random;
        clear();
    }

    /** Nothing more goes wrong. What is damaged stays damaged. */
    public void clear() {
        failingSyncs = path -> false;
        failingReads = access -> false;
        failingWrites = access -> false;
        flippedRead = null;
        lie = null;
        capacityBytes = Long.MAX_VALUE;
    }

    /** Every sync of a file or directory whose path matches fails, and its pages count as clean afterwards. */
    public void failSyncs(Predicate<String> paths) {
        failingSyncs = paths;
    }

    /** Input/output errors: every read that matches fails. */
    public void failReads(Predicate<Access> reads) {
        failingReads = reads;
    }

    /** Input/output errors: every write that matches fails, before it has changed anything. */
    public void failWrites(Predicate<Access> writes) {
        failingWrites = writes;
    }

    /** Growing a file beyond this in all fails with {@link DiskFullException}. */
    public void setCapacityBytes(long bytes) {
        capacityBytes = bytes;
    }

    /** The next read of a matching file has one bit wrong, somewhere where there is something. What is stored stays good. */
    public void flipInNextRead(Predicate<String> paths) {
        flippedRead = paths;
        flippedOffset = -1;
    }

    /** The next read that covers this byte has one of its bits wrong. What is stored stays good. */
    public void flipInNextRead(String path, long offset, int bit) {
        flippedRead = path::equals;
        flippedOffset = offset;
        flippedBit = bit;
    }

    /** The next sync of a matching file that has something to write says that it is done, and has not written it. */
    public void loseNextSync(Predicate<String> paths) {
        lie = new Lie(paths, Optional.empty(), false);
    }

    /** The next sync of a matching file that has something to write writes it elsewhere, and says that it is done. */
    public void misdirectNextSync(Predicate<String> paths, Target instead) {
        lie = new Lie(paths, Optional.of(instead), false);
    }

    /**
     * As {@link #loseNextSync}, but of a write of several sectors, and the loss shows only once the file was synced again. So a
     * log in which each record tells how far it was durable has something that betrays the loss. Without that, the lost end of
     * a log is like an end that was never written: no single disk can tell, see {@code docs/verification.md}.
     */
    public void loseNextSyncOnceFollowed(Predicate<String> paths) {
        lie = new Lie(paths, Optional.empty(), true);
    }

    /** As {@link #misdirectNextSync} and {@link #loseNextSyncOnceFollowed}. */
    public void misdirectNextSyncOnceFollowed(Predicate<String> paths, Target instead) {
        lie = new Lie(paths, Optional.of(instead), true);
    }

    /** How often a read, a write or a sync has failed or was wrong because of what was set here; a full disk does not count. */
    public long hits() {
        return hits;
    }

    // ---- for the disk

    boolean isAboutToLie() {
        return lie != null;
    }

    void lieNoMore() {
        lie = null;
    }

    void beforeRead(Access access, SectorFile content) throws IOException {
        if (failingReads.test(access) || content.isUnreadable(access.offset(), access.length())) {
            throw error(access.path());
        }
    }

    /** @param count how many bytes were read, up to the buffer's position */
    void afterRead(String path, long offset, ByteBuffer target, int count) {
        if (flippedRead == null || count == 0 || !flippedRead.test(path)) {
            return;
        }
        int start = target.position() - count;
        if (flippedOffset < 0) {
            int at = start + random.nextInt(count);
            for (int tried = 0; tried < count && target.get(at) == 0; tried++) {
                at = at + 1 < target.position() ? at + 1 : start;
            }
            flip(target, at, random.nextInt(BITS));
        } else if (flippedOffset >= offset && flippedOffset < offset + count) {
            flip(target, start + (int) (flippedOffset - offset), flippedBit);
        }
    }

    private void flip(ByteBuffer target, int at, int bit) {
        target.put(at, (byte) (target.get(at) ^ 1 << bit));
        flippedRead = null;
        hits++;
    }

    void beforeWrite(Access access, long growthBytes, long usedBytes) throws IOException {
        if (failingWrites.test(access)) {
            throw error(access.path());
        }
        if (growthBytes > 0 && usedBytes + growthBytes > capacityBytes) {
            throw new DiskFullException("No space left on device: " + access.path());
        }
    }

    void syncDirectory(String path) throws IOException {
        if (failingSyncs.test(path)) {
            throw error(path);
        }
    }

    /** @param files by path; null if there is none any more, and then a write that was to go there is lost */
    void sync(String path, SectorFile content, Function<String, SectorFile> files) throws IOException {
        if (failingSyncs.test(path)) {
            content.failSync(random);
            throw error(path);
        }
        int needed = lie != null && lie.onceFollowed() ? MIN_SECTORS_ONCE_FOLLOWED : 1;
        if (lie == null || content.unsyncedSectors() < needed || !lie.paths().test(path)) {
            content.sync();
            return;
        }
        SectorFile.Place instead = null;
        if (lie.instead().isPresent()) {
            Target target = lie.instead().get();
            SectorFile file = files.apply(target.path());
            instead = file == null ? null : new SectorFile.Place(file, target.offset() / SectorFile.SECTOR_BYTES);
        }
        if (lie.onceFollowed()) {
            content.syncNowhereOnceFollowed(instead);
        } else {
            content.syncNowhere(instead);
        }
        lie = null;
    }

    private IOException error(String path) {
        hits++;
        return new IOException("Input/output error: " + path);
    }
}
