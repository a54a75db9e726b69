package io.ringleader.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import java.util.random.RandomGenerator;

/**
 * The one log of a node, for all its groups: terms, votes, entries, snapshot marks and who its replicas are. What is buffered by any number of calls
 * becomes durable by one write and one fsync ({@link #sync}), so that many groups share the cost. The bytes are described in
 * {@code docs/formats.md}, what is done with them after a crash in {@link RecoveryRule}.
 *
 * <p>Owned by one thread, the log loop. No thread that uses it may be interrupted.
 *
 * <p><b>What callers must keep.</b>
 * <ul>
 *   <li>Nothing may be acknowledged, and no message that depends on a record may leave, before the {@code sync} that wrote the
 *       record has returned.
 *   <li>A failure other than {@link DiskFullException} is final: nothing more is acknowledged and the process ends. A retry of
 *       a failed fsync may report success for pages that were dropped.
 *   <li>While the disk is full ({@link DiskFullException}) nothing but snapshot marks should be buffered: the buffer is not
 *       bounded by anything but its caller, see {@link #bufferedBytes}.
 *   <li>The order of compaction: first the snapshot file is durable, then {@link #snapshotMark} and {@code sync}, and only then
 *       {@link #deleteObsoleteSegments} and the deletion of older snapshot files.
 *   <li>The hard state of a group is synced before its first snapshot file is committed, see {@link NodeRecovery}.
 *   <li>A crash may keep any prefix, in the order of the calls, of what was buffered and not acknowledged: so a term is
 *       buffered before the entries of that term.
 * </ul>
 *
 * <p>Relied on: a sector of 512 bytes is written whole or not at all, and writing a sector does not damage its neighbours.
 */
public final class WriteAheadLog implements Closeable {
    private static final byte[] NO_PAYLOAD = new byte[0];
    private static final byte NO_TYPE = 0;
    private static final long MIN_SEGMENT_BYTES = 2L * SegmentHeader.BYTES;
    private static final long MAX_SEGMENT_BYTES = 1L << 30;
    private static final long MAX_RECORD_BYTES = 1L << 29;

    /**
     * @param segmentBytes size of a segment file, 8 KiB to 1 GiB; one is larger where a single batch needs it
     * @param maxRecordBytes largest payload of an entry, 1 byte to 512 MiB
     */
    public record Options(long segmentBytes, long maxRecordBytes) {
        public Options {
            if (segmentBytes < MIN_SEGMENT_BYTES || segmentBytes > MAX_SEGMENT_BYTES) {
                throw new IllegalArgumentException("A segment of " + segmentBytes + " bytes is not between "
                        + MIN_SEGMENT_BYTES + " and " + MAX_SEGMENT_BYTES + ".");
            }
            if (maxRecordBytes < 1 || maxRecordBytes > MAX_RECORD_BYTES) {
                throw new IllegalArgumentException("A record limit of " + maxRecordBytes
                        + " bytes is not between 1 and " + MAX_RECORD_BYTES + ".");
            }
        }
    }

    /**
     * @param log ready to be written to
     * @param groups every group the log knows, by number
     * @param summary one line for the node's log: how much was read and whether a torn tail was cut
     */
    public record Recovery(WriteAheadLog log, Map<Integer, RecoveredGroup> groups, String summary) {}

    private final Disk disk;
    private final String directory;
    private final Options options;
    private final RandomGenerator saltSource;
    private final SegmentFactory factory;
    private final NewestSegment newest;
    private final Map<Integer, GroupLog> groups;

    /** From oldest to newest; the last is the one that is appended to, if {@link #activeFile} is there. */
    private final List<Segment> segments;

    private final RecordBuffer buffer = new RecordBuffer();
    /** Groups with records in the buffer. */
    private final List<GroupLog> changedGroups = new ArrayList<>();

    /** Null until the first sync after opening: a recovered segment is never appended to. */
    private DiskFile activeFile;

    /** How far the log is known to reach on disk; nothing is written to a later segment before that is recorded. */
    private long recordedSequence;

    private Throwable failure;
    private boolean closed;

    private WriteAheadLog(
            Disk disk,
            String directory,
            Options options,
            RandomGenerator saltSource,
            NewestSegment newest,
            LogRecovery.Result found) {
        this.newest = newest;
        this.recordedSequence = found.recordedSequence();
        this.disk = disk;
        this.directory = directory;
        this.options = options;
        this.saltSource = saltSource;
        this.factory = new SegmentFactory(disk, directory, options.segmentBytes());
        this.segments = new ArrayList<>(found.segments());
        this.groups = found.logs();
    }

    /**
     * Opens the log in a directory, which is created if it is not there, and recovers what it holds.
     *
     * @param saltSource gives each segment its salt; need not be secret, must differ from run to run
     * @throws CorruptLogException if something that was durable cannot be read; names file and offset
     */
    public static Recovery open(Disk disk, String directory, Options options, RandomGenerator saltSource)
            throws IOException {
        return open(disk, directory, options, saltSource, group -> 0);
    }

    /**
     * As {@link #open(Disk, String, Options, RandomGenerator)}, but payloads that nobody will ask for are left out: a log may well
     * hold several times what is still needed of it.
     *
     * @param inSnapshots by group, the index of its newest snapshot file, 0 if there is none; entries up to it are found empty
     */
    static Recovery open(
            Disk disk, String directory, Options options, RandomGenerator saltSource, IntToLongFunction inSnapshots)
            throws IOException {
        Directories.createDurably(disk, directory);
        NewestSegment newest = new NewestSegment(disk, directory);
        LogRecovery.Result found = new LogRecovery(disk, directory, newest, inSnapshots).run();
        return new Recovery(
                new WriteAheadLog(disk, directory, options, saltSource, newest, found),
                found.groups(),
                found.summary());
    }

    /** Buffers the term and the vote (0 for none) of a group. The term never falls. */
    public void hardState(int group, long term, int votedFor) {
        require(term >= 0 && votedFor >= 0, "Neither a term (%d) nor a vote (%d) is negative.", term, votedFor);
        changing(group).hardState(term, votedFor);
        append(RecordFormat.HARD_STATE, NO_TYPE, group, term, votedFor, NO_PAYLOAD);
    }

    /** Buffers what a group notes of the directory of one of its nodes; it takes the place of what was noted of that node. */
    public void replica(int group, ReplicaRecord replica) {
        require(
                replica.node() >= 1 && replica.generation() >= 1,
                "A node (%d) and the generation of its directory (%d) are at least 1.",
                replica.node(),
                replica.generation());
        changing(group).replica(replica);
        append(
                RecordFormat.REPLICA,
                NO_TYPE,
                group,
                replica.generation(),
                replica.node(),
                GroupLog.replicaPayload(replica));
    }

    /**
     * Buffers one entry of a group, at most one after its last. All entries of the group at this index and after are dropped by
     * it. The payload is copied.
     */
    public void entry(int group, long index, long term, byte type, byte[] payload) {
        entry(group, index, term, type, payload, 0, payload.length);
    }

    /** As {@link #entry(int, long, long, byte, byte[])}, where the payload lies among other bytes. */
    public void entry(int group, long index, long term, byte type, byte[] bytes, int offset, int length) {
        require(index >= 1 && term >= 1, "An entry has an index (%d) and a term (%d) of at least 1.", index, term);
        require(
                length <= options.maxRecordBytes(),
                "An entry of %d bytes is above the limit of %d.",
                length,
                options.maxRecordBytes());
        changing(group).entry(index, term);
        append(RecordFormat.ENTRY, type, group, term, index, bytes, offset, length);
    }

    /**
     * Buffers the fact that the state up to (index, term) is durable in a snapshot file, so that entries up to it are no longer
     * needed. If the group has that entry, its later ones stay; else none does. Never goes back to an earlier index.
     */
    public void snapshotMark(int group, long index, long term) {
        require(index >= 1 && term >= 1, "A snapshot has an index (%d) and a term (%d) of at least 1.", index, term);
        long lastIndex = changing(group).snapshotMark(index, term);
        append(RecordFormat.SNAPSHOT_MARK, NO_TYPE, group, term, index, markPayload(lastIndex));
    }

    /**
     * Makes all that was buffered durable, with one write and one fsync (and a new segment first, where it does not fit).
     *
     * @throws DiskFullException if there is no room for a new segment: the buffer is untouched, nothing was written, and the
     *     call may be made again. (A file system that copies on write may report a full disk for the write into the segment
     *     too; that is as final as any other failure, because part of the batch may be on disk.)
     * @throws IOException if anything else fails; then every later call fails too
     */
    public void sync() throws IOException {
        requireUsable();
        if (buffer.size() == 0) {
            return;
        }
        try {
            if (activeFile == null || active().end() + buffer.size() > active().bytes()) {
                roll();
            }
            if (active().sequence() != recordedSequence) {
                newest.record(new NewestSegment.Recorded(active().sequence(), active().salt()));
                recordedSequence = active().sequence();
            }
        } catch (DiskFullException full) {
            throw full;
        } catch (IOException | RuntimeException broken) {
            throw latched("A new segment could not be created", broken);
        }
        appendBuffer();
        for (GroupLog group : changedGroups) {
            group.madeDurable(active().sequence());
        }
        changedGroups.clear();
    }

    /**
     * Fills up to {@code maxBytes} more of a spare file, so that the next segment costs no time to fill. Meant to be called after
     * the results of a {@code sync} were handed on, with a few times the bytes that it wrote. Optional.
     */
    public void prepareSpare(long maxBytes) throws IOException {
        requireUsable();
        require(maxBytes >= 1, "A step of %d bytes prepares nothing.", maxBytes);
        try {
            factory.prepareSpare(maxBytes);
        } catch (IOException | RuntimeException broken) {
            throw latched("A spare segment could not be prepared", broken);
        }
    }

    /**
     * Deletes the oldest segments in which no group has an entry it still needs, as of the last {@code sync}; hard states need
     * none, as every segment begins with those of all groups. Never deletes the newest segment.
     *
     * @return how many were deleted
     */
    public int deleteObsoleteSegments() throws IOException {
        requireUsable();
        // the next start asks for the one that is recorded
        long oldestNeeded = Math.min(oldestNeededSegment(), recordedSequence);
        int count = 0;
        try {
            while (segments.size() > 1 && segments.get(0).sequence() < oldestNeeded) {
                disk.delete(segments.get(0).path());
                // one by one: if a crash undid the first of two deletions and not the second, a segment would be
                // missing
                disk.syncDirectory(directory);
                segments.remove(0);
                count++;
            }
        } catch (IOException | RuntimeException broken) {
            throw latched("An obsolete segment could not be deleted", broken);
        }
        return count;
    }

    /** Groups that need entries in the oldest segment, as of the last {@code sync}: a snapshot of each lets it go. */
    public List<Integer> groupsPinningOldestSegment() {
        if (segments.size() < 2) {
            return List.of();
        }
        long oldest = segments.get(0).sequence();
        return groups.values().stream()
                .filter(group -> group.durableOldestSegment() == oldest)
                .map(GroupLog::group)
                .toList();
    }

    /** Size of all segment files; a spare is not counted. */
    public long totalBytes() {
        return segments.stream().mapToLong(Segment::bytes).sum();
    }

    /** What the next {@code sync} has to write. */
    public long bufferedBytes() {
        return buffer.size();
    }

    /** Ends the log with a seal where possible. What is still buffered is discarded: nobody was told that it is durable. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        factory.close();
        if (activeFile == null) {
            return;
        }
        try (DiskFile file = activeFile) {
            boolean sealable = failure == null
                    && buffer.size() == 0
                    && active().end() + RecordFormat.HEADER_BYTES <= active().bytes();
            if (sealable) {
                buffer.add(RecordFormat.SEAL, NO_TYPE, 0, 0, 0, NO_PAYLOAD);
                file.write(active().end(), buffer.placedAt(active().salt(), active().sequence(), active().end()));
                file.sync();
            }
        }
    }

    private Segment active() {
        return segments.get(segments.size() - 1);
    }

    private void replaceActive(Segment segment) {
        segments.set(segments.size() - 1, segment);
    }

    private void appendBuffer() throws LogFailedException {
        Segment segment = active();
        try {
            activeFile.write(segment.end(), buffer.placedAt(segment.salt(), segment.sequence(), segment.end()));
            activeFile.sync();
        } catch (IOException | RuntimeException broken) {
            throw latched("A batch could not be written to " + disk.describe(segment.path()), broken);
        }
        replaceActive(segment.withEnd(segment.end() + buffer.size()));
        buffer.clear();
    }

    /**
     * Starts a new segment. The old one is durable to its end: by the sync that wrote its last batch, or by recovery. The new
     * one is durable, with its name, when this returns.
     */
    private void roll() throws IOException {
        Segment previous = segments.isEmpty() ? null : active();
        long sequence = previous == null ? 1 : previous.sequence() + 1;
        long salt = saltSource.nextLong();
        RecordBuffer checkpoint = checkpoint();
        long checkpointEnd = SegmentHeader.BYTES + (long) checkpoint.size();
        long blocks = (checkpointEnd + buffer.size() + SegmentHeader.BYTES - 1) / SegmentHeader.BYTES;
        long bytes = Math.max(options.segmentBytes(), blocks * SegmentHeader.BYTES);
        SegmentHeader header = new SegmentHeader(
                sequence,
                salt,
                bytes,
                checkpointEnd,
                previous == null ? 0 : previous.end(),
                previous == null ? 0 : previous.salt());
        ByteBuffer start = ByteBuffer.allocate((int) checkpointEnd);
        header.encode(start);
        start.position(SegmentHeader.BYTES).put(checkpoint.placedAt(salt, sequence, SegmentHeader.BYTES));
        DiskFile created = factory.create(sequence, start.flip(), bytes);
        try {
            if (previous != null) {
                release(previous);
            }
        } finally {
            activeFile = created;
            String path = directory + "/" + Segment.fileName(sequence);
            segments.add(new Segment(sequence, salt, path, checkpointEnd, bytes));
        }
    }

    /** Gives back the unused end of a segment that was closed. Its successor says where it ends, so this need not be durable. */
    private void release(Segment previous) throws IOException {
        try (DiskFile file = activeFile == null ? disk.open(previous.path()) : activeFile) {
            file.truncate(previous.end());
        }
        replaceActive(previous.withBytes(previous.end()));
    }

    /** Hard state, mark and replicas of every group as of the last sync, so that nothing in older segments but entries is ever needed. */
    private RecordBuffer checkpoint() {
        RecordBuffer records = new RecordBuffer();
        for (GroupLog group : groups.values()) {
            if (group.everDurable()) {
                GroupLog.Durable state = group.durable();
                records.add(
                        RecordFormat.HARD_STATE, NO_TYPE, group.group(), state.term(), state.votedFor(), NO_PAYLOAD);
                records.add(
                        RecordFormat.SNAPSHOT_MARK,
                        NO_TYPE,
                        group.group(),
                        state.snapshotTerm(),
                        state.snapshotIndex(),
                        markPayload(state.lastIndex()));
                for (ReplicaRecord replica : state.replicas()) {
                    records.add(
                            RecordFormat.REPLICA,
                            NO_TYPE,
                            group.group(),
                            replica.generation(),
                            replica.node(),
                            GroupLog.replicaPayload(replica));
                }
            }
        }
        return records;
    }

    private static byte[] markPayload(long lastIndex) {
        return ByteBuffer.allocate(Long.BYTES).putLong(lastIndex).array();
    }

    private long oldestNeededSegment() {
        return groups.values().stream()
                .mapToLong(GroupLog::durableOldestSegment)
                .min()
                .orElse(GroupLog.NONE);
    }

    private void append(byte type, byte entryType, int group, long term, long index, byte[] payload) {
        append(type, entryType, group, term, index, payload, 0, payload.length);
    }

    private void append(
            byte type, byte entryType, int group, long term, long index, byte[] bytes, int offset, int length) {
        try {
            buffer.add(type, entryType, group, term, index, bytes, offset, length);
        } catch (RuntimeException | Error broken) {
            // the group's state already counts the record, so it must never be believed again
            failure = broken;
            throw broken;
        }
    }

    private GroupLog changing(int group) {
        if (failure != null || closed) {
            throw new IllegalStateException("The write-ahead log has failed or is closed and takes no more.", failure);
        }
        require(group >= 0, "The group number %d is negative.", group);
        GroupLog log = groups.computeIfAbsent(group, GroupLog::new);
        if (log.markChanged()) {
            changedGroups.add(log);
        }
        return log;
    }

    private void requireUsable() throws LogFailedException {
        if (failure != null) {
            throw new LogFailedException("The write-ahead log failed earlier and is not used any more.", failure);
        }
        if (closed) {
            throw new IllegalStateException("The write-ahead log is closed.");
        }
    }

    private LogFailedException latched(String what, Exception cause) {
        failure = cause;
        return new LogFailedException(
                what + "; the write-ahead log " + disk.describe(directory)
                        + " is not used any more and the node has to stop. Check the disk before it is started again.",
                cause);
    }

    private static void require(boolean holds, String message, long value) {
        require(holds, message, value, 0);
    }

    /** Of numbers and not of objects, which would be made for every record. */
    private static void require(boolean holds, String message, long first, long second) {
        if (!holds) {
            throw new IllegalArgumentException(String.format(message, first, second));
        }
    }
}
