package io.ringleader.node;

import io.ringleader.loop.Loop;
import io.ringleader.raft.Durable;
import io.ringleader.raft.Entry;
import io.ringleader.raft.HardState;
import io.ringleader.raft.Replica;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.storage.DiskFullException;
import io.ringleader.storage.ReplicaRecord;
import io.ringleader.storage.WriteAheadLog;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log loop: everything that all groups handed over during one burst becomes durable with one write and one fsync, and then
 * the raft loop is told. Owned by the log loop.
 *
 * <p>A full disk is not an error of the disk: what waits stays in memory (the raft loop takes no new proposals meanwhile) and
 * is tried again until there is room. Any other failure is final and stops the node: after a failed fsync nobody knows what is
 * on the disk.
 */
final class LogWriter implements Closeable {
    private static final Logger log = LoggerFactory.getLogger(LogWriter.class);
    /** A little ahead of the writing, so that a new segment is ready when the old one is full. */
    private static final long SPARE_BYTES_PER_BYTE = 2;

    private static final long RETRY_NANOS = 500_000_000L;

    /** What one group wants durable, in order. */
    record Append(int partition, List<Durable> durables) {}

    /** Hears of progress, on the log loop. */
    interface Listener {
        /** Everything up to the token is durable. */
        void onDurable(long token);

        /** Recovery starts from these snapshots now, by partition: older files are not needed any more. */
        void onMarksDurable(Map<Integer, SnapshotPoint> marks);

        void onDiskFull(boolean full);

        /** These groups keep the log long: it is over its limit, and only snapshots of them make it shorter. */
        void onLogTooLong(List<Integer> partitions);
    }

    private final Loop loop;
    private final WriteAheadLog wal;
    private final long maxBytes;
    private final Listener listener;
    private long bufferedToken;
    private long durableToken;
    /** Marks that are buffered, or durable but not yet told of. */
    private Map<Integer, SnapshotPoint> marks = new TreeMap<>();

    private boolean full;
    private boolean retryScheduled;

    LogWriter(Loop loop, WriteAheadLog wal, long maxBytes, Listener listener) {
        this.loop = loop;
        this.wal = wal;
        this.maxBytes = maxBytes;
        this.listener = listener;
        loop.atEndOfBurst(this::sync);
    }

    void append(long token, List<Append> appends) {
        for (Append append : appends) {
            for (Durable durable : append.durables()) {
                append(append.partition(), durable);
            }
        }
        bufferedToken = token;
    }

    private void append(int partition, Durable durable) {
        if (durable instanceof Entry entry) {
            wal.entry(
                    partition,
                    entry.index(),
                    entry.term(),
                    entry.type().code(),
                    entry.bytes(),
                    entry.offset(),
                    entry.length());
        } else if (durable instanceof HardState state) {
            wal.hardState(partition, state.term(), state.votedFor());
        } else if (durable instanceof SnapshotPoint point) {
            wal.snapshotMark(partition, point.index(), point.term());
            marks.put(partition, point);
        } else if (durable instanceof Replica replica) {
            wal.replica(
                    partition,
                    new ReplicaRecord(replica.node(), replica.generation(), replica.identity(), replica.voter()));
        } else {
            throw new IllegalArgumentException("The log has no record for " + durable + ".");
        }
    }

    private void sync() {
        if (durableToken == bufferedToken || retryScheduled) {
            return;
        }
        try {
            long writtenBytes = wal.bufferedBytes();
            wal.sync();
            durableToken = bufferedToken;
            setFull(false);
            listener.onDurable(durableToken);
            tidy(writtenBytes);
        } catch (DiskFullException e) {
            if (!full) {
                log.error("The disk is full: writes are refused until there is room, reads go on. {}", e.getMessage());
            }
            setFull(true);
            retryScheduled = true;
            loop.schedule(RETRY_NANOS, () -> retryScheduled = false);
        } catch (IOException e) {
            throw new UncheckedIOException("The write-ahead log failed, and what is on the disk is unknown now.", e);
        }
    }

    private void setFull(boolean isFull) {
        if (full != isFull) {
            full = isFull;
            listener.onDiskFull(isFull);
            if (!isFull) {
                log.info("The disk has room again: writes are accepted.");
            }
        }
    }

    /** What can wait until the results are on their way. */
    private void tidy(long writtenBytes) throws IOException {
        wal.prepareSpare(SPARE_BYTES_PER_BYTE * Math.max(1, writtenBytes));
        if (!marks.isEmpty()) {
            listener.onMarksDurable(marks);
            marks = new TreeMap<>();
            wal.deleteObsoleteSegments();
        }
        if (wal.totalBytes() > maxBytes) {
            listener.onLogTooLong(wal.groupsPinningOldestSegment());
        }
    }

    @Override
    public void close() throws IOException {
        wal.close();
    }
}
