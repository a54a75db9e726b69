package io.ringleader.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads all segments of a log at start and decides, by {@link RecoveryRule}, what each is worth. */
final class LogRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);

    /** What was found, in the order of the log; {@code recordedSequence} as in {@link NewestSegment}, 0 if nothing is. */
    record Result(
            List<Segment> segments,
            long recordedSequence,
            Map<Integer, RecoveredGroup> groups,
            Map<Integer, GroupLog> logs,
            String summary) {}

    /** A segment file whose header was read. */
    private record Candidate(long sequence, String path, SegmentHeader header, String headerDefect) {}

    private final Disk disk;
    private final String directory;
    private final NewestSegment newest;
    private final Replay replay;
    private final List<Segment> segments = new ArrayList<>();
    private String tail = "the log ends cleanly";
    /** Of one segment after the other: a new one for each would first be filled with zeros. */
    private ByteBuffer content = ByteBuffer.allocate(0);

    /** @param inSnapshots see {@link WriteAheadLog#open} */
    LogRecovery(Disk disk, String directory, NewestSegment newest, IntToLongFunction inSnapshots) {
        this.newest = newest;
        this.replay = new Replay(inSnapshots);
        this.disk = disk;
        this.directory = directory;
    }

    Result run() throws IOException {
        List<Candidate> candidates = candidates();
        for (int i = 0; i < candidates.size(); i++) {
            Candidate before = i == 0 ? null : candidates.get(i - 1);
            Candidate after = i + 1 == candidates.size() ? null : candidates.get(i + 1);
            segment(before, candidates.get(i), after);
        }
        long recordedSequence = requireEnd();
        // a process that died between naming a segment and the fsync of the directory left the name to chance
        disk.syncDirectory(directory);
        Map<Integer, GroupLog> logs = new TreeMap<>();
        Map<Integer, RecoveredGroup> groups = replay.finish(logs);
        String summary = segments.size() + " segments, " + replay.records() + " records, " + groups.size() + " groups; "
                + (segments.isEmpty() ? "the log is new" : tail);
        return new Result(segments, recordedSequence, groups, logs, summary);
    }

    /** Whether the log reaches as far as it did once: segments may also be gone from its end. Returns how far that was. */
    private long requireEnd() throws IOException {
        Optional<NewestSegment.Recorded> recorded = newest.read();
        if (recorded.isEmpty()) {
            // A crash before the first record was written may leave the first segment alone, and that one empty.
            boolean neverWritten = segments.isEmpty() || (segments.get(0).sequence() == 1 && replay.records() == 0);
            if (!neverWritten) {
                throw new CorruptLogException(
                        newest.describe(),
                        0,
                        "This file, which says how far the log reaches, is missing, and the log in "
                                + disk.describe(directory) + " is not new.");
            }
            return 0;
        }
        long sequence = recorded.get().sequence();
        String path = disk.describe(directory + "/" + Segment.fileName(sequence));
        Segment found = segments.stream()
                .filter(segment -> segment.sequence() == sequence)
                .findFirst()
                .orElseThrow(() -> new CorruptLogException(
                        path,
                        0,
                        "This segment is missing: " + newest.describe() + " says that the log reaches to it, and "
                                + (segments.isEmpty()
                                        ? "there is no segment at all."
                                        : "the newest there is "
                                                + segments.get(segments.size() - 1)
                                                        .path() + ".")));
        if (found.salt() != recorded.get().salt()) {
            throw new CorruptLogException(
                    path, 0, "This segment is from another log than the one that " + newest.describe() + " speaks of.");
        }
        return sequence;
    }

    /** The segment files in order; removes what interrupted creations left. */
    private List<Candidate> candidates() throws IOException {
        List<Candidate> candidates = new ArrayList<>();
        for (String name : disk.list(directory)) {
            String path = directory + "/" + name;
            if (name.endsWith(Segment.TEMPORARY_SUFFIX)) {
                // never counted: a segment gets its name once it is whole and durable
                disk.delete(path);
                continue;
            }
            long sequence = Segment.sequenceOf(name);
            if (sequence < 0) {
                LOG.warn("{} is not a segment of the write-ahead log and is left alone.", disk.describe(path));
                continue;
            }
            candidates.add(candidate(sequence, path));
        }
        return candidates;
    }

    private Candidate candidate(long sequence, String path) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(SegmentHeader.BYTES);
        int available;
        try (DiskFile file = disk.open(path)) {
            available = file.read(0, bytes);
        }
        String defect = SegmentHeader.defect(bytes, available, sequence);
        return new Candidate(sequence, path, defect.isEmpty() ? SegmentHeader.decode(bytes) : null, defect);
    }

    private static boolean isLinked(Candidate before, Candidate candidate) {
        return before == null
                || (before.header() != null
                        && candidate.header() != null
                        && candidate.sequence() == before.sequence() + 1
                        && candidate.header().previousSalt() == before.header().salt());
    }

    private void segment(Candidate before, Candidate candidate, Candidate after) throws IOException {
        if (candidate.header() == null) {
            // the other conditions do not matter without a header
            refuse(
                    RecoveryRule.decide(
                            new RecoveryRule.Conditions(false, false, false, after == null, false, false, false)),
                    before,
                    candidate,
                    after,
                    null);
        }
        try (DiskFile file = disk.open(candidate.path())) {
            // a successor that is damaged itself, or does not follow, knows no end of this one; it is reported in its
            // turn
            boolean endIsKnown = after != null && isLinked(candidate, after);
            long recordedEnd = endIsKnown ? after.header().previousEnd() : file.size();
            ByteBuffer bytes = read(file, Math.toIntExact(Math.min(file.size(), recordedEnd)));
            SegmentScan scan = new SegmentScan(bytes, bytes.position(), candidate.header());
            RecoveryRule rule = RecoveryRule.decide(new RecoveryRule.Conditions(
                    true,
                    isLinked(before, candidate),
                    scan.validEnd() >= candidate.header().checkpointEnd(),
                    after == null,
                    after != null && (!endIsKnown || scan.validEnd() == recordedEnd),
                    scan.restIsZero(),
                    after == null && scan.laterBatch() >= 0));
            if (rule.isCorruption()) {
                refuse(rule, before, candidate, after, scan);
            }
            if (rule == RecoveryRule.TORN_TAIL) {
                requireSameAgain(candidate, file, bytes);
            }
            String name = disk.describe(candidate.path());
            for (int at = SegmentHeader.BYTES; at < scan.validEnd(); at += scan.recordBytes(at)) {
                replay.record(bytes, at, candidate.sequence(), name);
            }
            if (after == null) {
                settleTail(rule, candidate, file, bytes, scan);
            }
            segments.add(new Segment(
                    candidate.sequence(), candidate.header().salt(), candidate.path(), scan.validEnd(), file.size()));
        }
    }

    private ByteBuffer read(DiskFile file, int length) throws IOException {
        if (length > content.capacity()) {
            content = ByteBuffer.allocate(length);
        }
        content.clear().limit(length);
        file.read(0, content);
        return content;
    }

    /** A tail is cut for good, so it must really look torn, and not only have come so from the disk this once. */
    private void requireSameAgain(Candidate candidate, DiskFile file, ByteBuffer bytes) throws IOException {
        ByteBuffer again = ByteBuffer.allocate(bytes.limit());
        file.read(0, again);
        int difference = bytes.duplicate().flip().mismatch(again.flip());
        if (difference >= 0) {
            throw new CorruptLogException(
                    disk.describe(candidate.path()),
                    difference,
                    "Reading this twice gave different bytes: the disk, its cable or the memory is not to be trusted.");
        }
    }

    /**
     * Makes the last batch durable before anything is built on it. It was perhaps never fsynced, or its fsync failed and the
     * process ended: then the kernel may show pages as clean that the disk does not have, and an fsync alone would do nothing.
     * Written again they are dirty, and the fsync is honest. Everything before that batch was fsynced before it was begun.
     *
     * <p>What follows the last whole record is left as it is: the log goes on in a new segment, whose header records this end.
     */
    private void settleTail(RecoveryRule rule, Candidate candidate, DiskFile file, ByteBuffer bytes, SegmentScan scan)
            throws IOException {
        int batchStart = scan.lastBatchStart();
        file.write(batchStart, bytes.duplicate().position(batchStart).limit(scan.validEnd()));
        file.sync();
        if (rule == RecoveryRule.TORN_TAIL) {
            tail = "a torn tail of " + (scan.dataEnd() - scan.validEnd()) + " bytes was cut from "
                    + disk.describe(candidate.path()) + " at offset " + scan.validEnd() + ", where "
                    + scan.describeDamage();
        }
        if (file.size() < candidate.header().segmentBytes()) {
            LOG.warn(
                    "{} has {} bytes; it was created with {}. No crash shortens it; check the file system.",
                    disk.describe(candidate.path()),
                    file.size(),
                    candidate.header().segmentBytes());
        }
    }

    private void refuse(RecoveryRule rule, Candidate before, Candidate candidate, Candidate after, SegmentScan scan)
            throws CorruptLogException {
        String file = disk.describe(candidate.path());
        switch (rule) {
            case CORRUPT_HEADER -> throw new CorruptLogException(file, 0, candidate.headerDefect());
            case MISSING_SEGMENT ->
                throw new CorruptLogException(
                        file,
                        0,
                        "This segment does not follow the one before it, " + disk.describe(before.path())
                                + ": a segment between them is missing, or one of the two is from another log.");
            case CORRUPT_CHECKPOINT ->
                throw new CorruptLogException(
                        file,
                        scan.validEnd(),
                        "In the checkpoint, which was durable before the file got its name and ends at offset "
                                + candidate.header().checkpointEnd() + ", " + scan.describeDamage() + ".");
            case CORRUPT_CLOSED ->
                throw new CorruptLogException(
                        file,
                        scan.validEnd(),
                        "The segment was closed with records up to offset "
                                + after.header().previousEnd() + ", but here " + scan.describeDamage() + ".");
            case CORRUPT_MIDDLE ->
                throw new CorruptLogException(
                        file,
                        scan.validEnd(),
                        "Here " + scan.describeDamage() + ", but at offset " + scan.laterBatch()
                                + " there is a record that was only written once all up to offset " + scan.validEnd()
                                + " and beyond was durable.");
            default -> throw new IllegalStateException("The rule " + rule + " is no reason to refuse.");
        }
    }
}
