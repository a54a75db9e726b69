package io.ringleader.node;

import static java.util.stream.Collectors.toUnmodifiableSet;

import io.ringleader.raft.Message.InstallSnapshot;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.storage.CorruptSnapshotException;
import io.ringleader.storage.DiskFullException;
import io.ringleader.storage.SnapshotFiles;
import io.ringleader.storage.SnapshotFiles.SnapshotId;
import io.ringleader.storage.SnapshotReader;
import io.ringleader.storage.SnapshotReceiver;
import io.ringleader.store.MalformedBytesException;
import io.ringleader.store.PartitionStore;
import io.ringleader.store.SnapshotCapture;
import io.ringleader.store.StoreSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshot files of this node's partitions: takes, sends, receives and loads them. Owned by the snapshot loop, where slow
 * work harms nobody; only before it runs several threads may {@link #load} side by side.
 */
final class SnapshotKeeper {
    private static final Logger log = LoggerFactory.getLogger(SnapshotKeeper.class);

    private static final String OTHER_RELEASE =
            "The file is as it was written. Start the release that wrote it. Or, if the other"
                    + " nodes run this release, move this node's data directory away as a whole and start it with an empty one: they let"
                    + " it in and fill it (docs/operations.md, \"Replacing a disk or a node\").";

    /**
     * A snapshot to be written.
     *
     * @param urgent as fast as can be; asked on the snapshot loop, again and again
     */
    record Order(int partition, SnapshotPoint point, SnapshotCapture capture, BooleanSupplier urgent) {}

    /** A piece of a snapshot file, and whether it is the last. */
    record Chunk(byte[] data, boolean last) {}

    /** How far a received file is; {@code fileBytes} is 0 until it is verified and durable. */
    record Received(long nextOffset, long fileBytes) {
        boolean whole() {
            return fileBytes > 0;
        }
    }

    private final SnapshotFiles files;
    private final int chunkBytes;
    private final Map<SnapshotId, SnapshotReceiver> receivers = new HashMap<>();
    /** By partition: the snapshot that was last sent to its end. */
    private final Map<Integer, SnapshotId> sentWhole = new HashMap<>();
    /** By partition: indexes of older ones that were being sent when the newest was taken. */
    private final Map<Integer, Set<Long>> sending = new HashMap<>();

    SnapshotKeeper(SnapshotFiles files, int chunkBytes) {
        this.files = files;
        this.chunkBytes = chunkBytes;
    }

    /** What is to become a file, to be {@link SnapshotWriting#run run}. */
    SnapshotWriting write(Order order) {
        return new SnapshotWriting(files, id(order.partition(), order.point()), order.capture(), order.urgent());
    }

    /** These are being sent: {@link #deleteOlder} spares them, until it is told of others. */
    void spare(int partition, Set<SnapshotPoint> beingSent) {
        sending.put(partition, beingSent.stream().map(SnapshotPoint::index).collect(toUnmodifiableSet()));
    }

    /** Recovery starts from this one now. */
    void deleteOlder(int partition, SnapshotPoint point) {
        try {
            files.deleteOlder(partition, point.index(), sending.getOrDefault(partition, Set.of()));
        } catch (IOException e) {
            throw new UncheckedIOException("Old snapshots of partition " + partition + " cannot be deleted.", e);
        }
    }

    long fileBytes(int partition, SnapshotPoint point) throws IOException {
        return files.fileBytes(id(partition, point));
    }

    /**
     * The store as the snapshot has it.
     *
     * @throws io.ringleader.storage.CorruptSnapshotException if the file is not what was written
     * @throws IOException if it is, and this release cannot read that; the message says which file, and what to do
     */
    PartitionStore load(int partition, SnapshotPoint point) throws IOException {
        try (SnapshotReader reader = files.open(id(partition, point))) {
            try {
                return StoreSnapshot.restore(partition, reader::read);
            } catch (MalformedBytesException e) {
                throw new IOException(
                        "A snapshot cannot be used: " + reader.file() + ": " + e.getMessage() + " " + OTHER_RELEASE, e);
            }
        }
    }

    /**
     * A piece of the file to send; empty if there is no such snapshot any more, or if it is damaged. The receiver checks what it is
     * sent; so the file is checked here only when all of it was sent and somebody begins again.
     *
     * @param damaged is called if the file cannot be read or is not what was written: as long as it stays, nobody can use it
     */
    Optional<Chunk> read(int partition, SnapshotPoint point, long offset, Runnable damaged) {
        SnapshotId id = id(partition, point);
        try {
            if (!files.exists(id)) {
                return Optional.empty();
            }
            if (offset == 0 && id.equals(sentWhole.get(partition))) {
                sentWhole.remove(partition);
                files.verify(id);
            }
            long size = files.fileBytes(id);
            if (offset >= size) {
                return Optional.empty();
            }
            byte[] data = files.readChunk(id, offset, chunkBytes);
            boolean last = offset + data.length >= size;
            if (last) {
                sentWhole.put(partition, id);
            }
            return Optional.of(new Chunk(data, last));
        } catch (IOException e) {
            log.error(
                    "The file of {} is of no use, a new one is taken from memory. Check the disk. {}",
                    id,
                    e.getMessage());
            damaged.run();
            return Optional.empty();
        }
    }

    /**
     * Stores a chunk that the leader sent. A file that proves damaged is begun again from offset 0.
     *
     * @return empty if the disk is full: the leader had better hear nothing, so that it does not ask again at once
     */
    Optional<Received> receive(int partition, InstallSnapshot chunk) {
        SnapshotId id = id(partition, chunk.snapshot());
        try {
            SnapshotReceiver receiver = receiver(id);
            if (chunk.offset() == receiver.nextOffset()) {
                receiver.append(chunk.offset(), chunk.data(), 0, chunk.data().length);
                if (chunk.done()) {
                    receivers.remove(id);
                    commit(receiver);
                    return Optional.of(new Received(0, files.fileBytes(id)));
                }
            }
            return Optional.of(new Received(receiver.nextOffset(), 0));
        } catch (CorruptSnapshotException e) {
            log.warn("Snapshot {} of partition {} was damaged: {}", chunk.snapshot(), partition, e.getMessage());
            return Optional.of(new Received(0, 0));
        } catch (DiskFullException e) {
            log.warn("No room for snapshot {} of partition {}: {}", chunk.snapshot(), partition, e.getMessage());
            giveUp(partition);
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("Storing a snapshot of partition " + partition + " failed.", e);
        }
    }

    private static void commit(SnapshotReceiver receiver) throws IOException {
        try {
            receiver.commit();
        } catch (DiskFullException e) {
            abort(receiver);
            throw e;
        }
    }

    /** The file being received; one of the same partition that was begun before is given up. */
    private SnapshotReceiver receiver(SnapshotId id) throws IOException {
        SnapshotReceiver receiver = receivers.get(id);
        if (receiver == null) {
            giveUp(id.group());
            receiver = files.receive(id);
            receivers.put(id, receiver);
        }
        return receiver;
    }

    /** Removes what was received so far for the partition: it takes room that may be needed. */
    private void giveUp(int partition) {
        Iterator<Map.Entry<SnapshotId, SnapshotReceiver>> all =
                receivers.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<SnapshotId, SnapshotReceiver> each = all.next();
            if (each.getKey().group() == partition) {
                all.remove();
                abort(each.getValue());
            }
        }
    }

    private static void abort(SnapshotReceiver receiver) {
        try {
            receiver.abort();
        } catch (IOException e) {
            throw new UncheckedIOException("A snapshot that was received in part cannot be removed.", e);
        }
    }

    private static SnapshotId id(int partition, SnapshotPoint point) {
        return new SnapshotId(partition, point.index(), point.term());
    }
}
