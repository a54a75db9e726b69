package io.ringleader.sim;

import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What can happen to the disk of a node, as a simulation draws it. All of these are noticed by the node, at once or at its next
 * start, so that it never goes on with less than it has promised.
 */
public enum DiskFault {
    /** A bit of the log flips, but not in what the last sync wrote. */
    LOG_ROT(true),
    SNAPSHOT_ROT(true),
    /** A part of the log cannot be read any more. */
    LOG_UNREADABLE(true),
    SNAPSHOT_UNREADABLE(true),
    /** A write to the log is reported as durable and is not there, which shows once another one is. */
    LOST_WRITE(true),
    /** A write to the log is reported as durable and is in another file, which shows once another one is durable. */
    MISDIRECTED_WRITE(true),
    /** The next read has a wrong bit; what is stored is good. */
    FLIP_ON_READ(false),
    /** One write fails. */
    FAILED_WRITE(false),
    /** One sync fails, and later ones succeed without having written what that was to write. */
    FAILED_SYNC(false);

    private static final String LOG = "wal/";
    private static final String SEGMENT = ".log";
    private static final String SNAPSHOT = ".snap";

    private final boolean costsState;

    DiskFault(boolean costsState) {
        this.costsState = costsState;
    }

    /** Whether something that was durable is gone with it, so that the node has to be filled again from others. */
    public boolean costsState() {
        return costsState;
    }

    /**
     * Lets it happen, now or at the next occasion.
     *
     * @return false if there is nothing that it could hit
     */
    public boolean strike(MemoryDisk disk, Random random) {
        return switch (this) {
            case LOG_ROT -> disk.rot(DiskFault::isSegment, true).isPresent();
            case SNAPSHOT_ROT -> disk.rot(DiskFault::isSnapshot, false).isPresent();
            case LOG_UNREADABLE -> disk.breakAnySector(DiskFault::isSegment).isPresent();
            case SNAPSHOT_UNREADABLE ->
                disk.breakAnySector(DiskFault::isSnapshot).isPresent();
            case LOST_WRITE -> {
                disk.faults().loseNextSyncOnceFollowed(DiskFault::isSegment);
                yield true;
            }
            case MISDIRECTED_WRITE -> misdirect(disk, random);
            case FLIP_ON_READ -> {
                disk.faults().flipInNextRead(path -> isSegment(path) || isSnapshot(path));
                yield true;
            }
            case FAILED_WRITE -> {
                AtomicBoolean done = new AtomicBoolean();
                disk.faults().failWrites(access -> isSegment(access.path()) && !done.getAndSet(true));
                yield true;
            }
            case FAILED_SYNC -> {
                AtomicBoolean done = new AtomicBoolean();
                disk.faults().failSyncs(path -> isSegment(path) && !done.getAndSet(true));
                yield true;
            }
        };
    }

    private static boolean isSegment(String path) {
        return path.startsWith(LOG) && path.endsWith(SEGMENT);
    }

    private static boolean isSnapshot(String path) {
        return path.endsWith(SNAPSHOT);
    }

    /** Not into the newest segment: what hits the end of the log there looks like an end that was never written. */
    private static boolean misdirect(MemoryDisk disk, Random random) {
        List<String> segments =
                disk.paths().stream().filter(DiskFault::isSegment).toList();
        List<String> targets = disk.paths().stream()
                .filter(path ->
                        isSnapshot(path) || (isSegment(path) && !path.equals(segments.get(segments.size() - 1))))
                .toList();
        if (targets.isEmpty()) {
            return false;
        }
        String target = targets.get(random.nextInt(targets.size()));
        disk.faults()
                .misdirectNextSyncOnceFollowed(
                        DiskFault::isSegment,
                        new DiskFaults.Target(target, random.nextInt(disk.content(target).length)));
        return true;
    }
}
