package io.ringleader.storage;

import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file that says how far the log reaches, beside the log's directory, so that segments that are gone from the end, or the
 * whole directory, are missed at start. A {@link CheckedText}:
 *
 * <pre>
 * ringleader write-ahead log, format 1
 * newest segment SIXTEEN HEX DIGITS OF ITS SEQUENCE
 * salt SIXTEEN HEX DIGITS
 * crc32c EIGHT HEX DIGITS OF ALL LINES BEFORE
 * </pre>
 *
 * It is replaced as a whole after a new segment is durable under its name and before the first record is written to that. So a
 * crash leaves it at most behind the newest segment, which then has no records; never ahead. Owned by the log loop.
 */
final class NewestSegment {
    private static final String SUFFIX = ".newest";
    private static final Pattern LINES = Pattern.compile(
            "ringleader write-ahead log, format 1\\n" + "newest segment ([0-9a-f]{16})\\nsalt ([0-9a-f]{16})\\n");

    /** What the file says: the sequence and the salt of a segment that must be there. */
    record Recorded(long sequence, long salt) {}

    private final Disk disk;
    private final String path;

    /** @param directory of the log */
    NewestSegment(Disk disk, String directory) {
        this.disk = disk;
        this.path = directory + SUFFIX;
    }

    String describe() {
        return disk.describe(path);
    }

    /**
     * Empty if there is no such file.
     *
     * @throws CorruptLogException if it is not what was once written
     */
    Optional<Recorded> read() throws IOException {
        if (!disk.exists(path)) {
            return Optional.empty();
        }
        Matcher lines = CheckedText.read(disk, path)
                .map(LINES::matcher)
                .filter(Matcher::matches)
                .orElseThrow(
                        () -> new CorruptLogException(
                                describe(),
                                0,
                                "This file, which says how far the log reaches, is damaged or was written by another release."));
        return Optional.of(
                new Recorded(Long.parseUnsignedLong(lines.group(1), 16), Long.parseUnsignedLong(lines.group(2), 16)));
    }

    /** @throws DiskFullException if there is no room; then what was recorded before still is */
    void record(Recorded newest) throws IOException {
        CheckedText.replace(
                disk,
                path,
                String.format(
                        "ringleader write-ahead log, format 1\nnewest segment %016x\nsalt %016x\n",
                        newest.sequence(), newest.salt()));
    }
}
