package io.ringleader.node;

import io.ringleader.loop.Clock;
import io.ringleader.loop.Loop;
import io.ringleader.storage.DiskFullException;
import io.ringleader.storage.SnapshotFiles;
import io.ringleader.storage.SnapshotFiles.SnapshotId;
import io.ringleader.storage.SnapshotWriter;
import io.ringleader.store.SnapshotCapture;
import io.ringleader.store.SnapshotEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A snapshot on its way from memory to its file. At full speed it would take a processor from clients, and syncs of the log
 * would wait on the disk behind the whole of it. So it is written a piece at a time: each is synced at once and followed by a
 * rest that is longer than it took. If that is too slow for what the node logs, more partitions are due before this one is
 * done, and rest side by side; and what has become urgent meanwhile rests no more. Owned by the snapshot loop, which has time
 * for others in the rests.
 */
final class SnapshotWriting {
    /** About what a sync of the log has to wait for at most. */
    static final int PIECE_BYTES = 1 << 20;
    /** A snapshot works a third of the time. */
    static final int REST_PER_WORK = 2;
    /** However long a piece took: the disk, or the process, may have stood still. */
    static final long REST_MAX_NANOS = 1_000_000_000L;

    private static final Logger log = LoggerFactory.getLogger(SnapshotWriting.class);

    private final SnapshotFiles files;
    private final SnapshotId id;
    private final SnapshotCapture capture;
    private final BooleanSupplier urgent;
    private final SnapshotEncoder encoder;
    private SnapshotWriter writer;

    /** @param urgent asked on the snapshot loop after each piece: whether to go on without a rest */
    SnapshotWriting(SnapshotFiles files, SnapshotId id, SnapshotCapture capture, BooleanSupplier urgent) {
        this.files = files;
        this.id = id;
        this.capture = capture;
        this.urgent = urgent;
        this.encoder = capture.encoder();
    }

    /**
     * Writes all of it and releases the capture.
     *
     * @param done is called on the loop: so many bytes are durable; or none, the disk is full, and the log then stays longer
     */
    void run(Loop loop, Clock clock, Consumer<OptionalLong> done) {
        long begunNanos = clock.monotonicNanos();
        try {
            while (writePiece()) {
                if (!urgent.getAsBoolean()) {
                    long workNanos = clock.monotonicNanos() - begunNanos;
                    loop.schedule(Math.min(REST_PER_WORK * workNanos, REST_MAX_NANOS), () -> run(loop, clock, done));
                    return;
                }
            }
            done.accept(OptionalLong.of(files.fileBytes(id)));
        } catch (DiskFullException e) {
            log.warn("No room for a snapshot of partition {}: {}", id.group(), e.getMessage());
            done.accept(OptionalLong.empty());
        } catch (IOException e) {
            throw new UncheckedIOException("Writing the snapshot of partition " + id.group() + " failed.", e);
        }
    }

    /** Returns whether there is more. */
    private boolean writePiece() throws IOException {
        try {
            if (writer == null) {
                writer = files.create(id);
            }
            if (encoder.writePiece(PIECE_BYTES, writer::write)) {
                writer.sync();
                return true;
            }
            writer.commit();
            capture.release();
            return false;
        } catch (IOException e) {
            capture.release();
            if (writer != null) {
                writer.abort();
            }
            throw e;
        }
    }
}
