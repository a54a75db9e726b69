package io.ringleader.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates segment files, filled with real zeros so that an append changes no metadata and its fsync costs one write. A file is
 * made whole and durable under a temporary name and only then named, so a segment that can be seen can be trusted.
 *
 * <p>Filling takes long (64 MiB: some 50 ms on a fast disk, a second on a slow one). So a spare file can be filled in small
 * steps beforehand; then a new segment costs two short fsyncs (file and directory). The price is the disk space of one more
 * segment.
 */
final class SegmentFactory {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentFactory.class);
    private static final String SPARE_NAME = "spare" + Segment.TEMPORARY_SUFFIX;
    private static final int ZEROS_BYTES = 256 * 1024;
    /** Bounds how long an fsync of a spare can take, and the records that come meanwhile wait for it. */
    private static final long SPARE_SYNC_BYTES = 512L * 1024;

    private static final ByteBuffer ZEROS = ByteBuffer.allocate(ZEROS_BYTES).asReadOnlyBuffer();

    private final Disk disk;
    private final String directory;
    private final long segmentBytes;

    private DiskFile spare;
    private long spareFilledBytes;
    private long spareSyncedBytes;
    /** After a full disk no spare is tried until a segment could be created again. */
    private boolean spareGivenUp;

    SegmentFactory(Disk disk, String directory, long segmentBytes) {
        this.disk = disk;
        this.directory = directory;
        this.segmentBytes = segmentBytes;
    }

    /**
     * Creates a segment durably, with its name.
     *
     * @param start header and checkpoint
     * @param bytes size of the file
     * @throws DiskFullException if there is no room; then nothing has changed
     */
    DiskFile create(long sequence, ByteBuffer start, long bytes) throws IOException {
        String path = directory + "/" + Segment.fileName(sequence);
        boolean fromSpare = spare != null && spareFilledBytes == bytes;
        String temporary = fromSpare ? directory + "/" + SPARE_NAME : path + Segment.TEMPORARY_SUFFIX;
        DiskFile file = null;
        try {
            if (fromSpare) {
                file = spare;
                spare = null;
            } else {
                deleteIfThere(temporary);
                file = disk.create(temporary);
                fill(file, 0, bytes);
            }
            file.write(0, start);
            file.sync();
            disk.rename(temporary, path);
        } catch (DiskFullException full) {
            discard(file, temporary, full);
            throw full;
        }
        try {
            disk.syncDirectory(directory);
        } catch (DiskFullException full) {
            // the name may or may not be there: no longer a failure without consequences
            throw new IOException("The name of " + disk.describe(path) + " could not be made durable.", full);
        }
        spareGivenUp = false;
        return file;
    }

    /** Fills some more of the spare file. A full disk only means that there is no spare. */
    void prepareSpare(long maxBytes) throws IOException {
        if (spareGivenUp || (spare != null && spareFilledBytes == segmentBytes)) {
            return;
        }
        String path = directory + "/" + SPARE_NAME;
        try {
            if (spare == null) {
                deleteIfThere(path);
                spare = disk.create(path);
                spareFilledBytes = 0;
                spareSyncedBytes = 0;
            }
            long step = Math.min(maxBytes, segmentBytes - spareFilledBytes);
            fill(spare, spareFilledBytes, step);
            spareFilledBytes += step;
            if (spareFilledBytes == segmentBytes || spareFilledBytes - spareSyncedBytes >= SPARE_SYNC_BYTES) {
                spare.sync();
                spareSyncedBytes = spareFilledBytes;
            }
        } catch (DiskFullException full) {
            LOG.warn("No spare segment can be prepared: {}", full.getMessage());
            spareGivenUp = true;
            DiskFile partial = spare;
            spare = null;
            discard(partial, path, full);
        }
    }

    void close() throws IOException {
        if (spare != null) {
            spare.close();
            spare = null;
        }
    }

    private static void fill(DiskFile file, long from, long bytes) throws IOException {
        long end = from + bytes;
        for (long at = from; at < end; at += ZEROS_BYTES) {
            file.write(at, ZEROS.duplicate().limit((int) Math.min(ZEROS_BYTES, end - at)));
        }
    }

    private void deleteIfThere(String path) throws IOException {
        if (disk.exists(path)) {
            disk.delete(path);
        }
    }

    private void discard(DiskFile file, String path, DiskFullException cause) {
        try {
            if (file != null) {
                file.close();
            }
            deleteIfThere(path);
        } catch (IOException failure) {
            // the next attempt deletes it first
            cause.addSuppressed(failure);
        }
    }
}
