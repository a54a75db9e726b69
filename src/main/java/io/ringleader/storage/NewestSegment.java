package io.ringleader.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * The file that says how far the log reaches, beside the log's directory, so that segments that are gone from the end, or the
 * whole directory, are missed at start. It is text, for people:
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
    private static final int MAX_BYTES = 4096;
    private static final Pattern LINES = Pattern.compile("(ringleader write-ahead log, format 1\\n"
            + "newest segment ([0-9a-f]{16})\\nsalt ([0-9a-f]{16})\\n)crc32c ([0-9a-f]{8})\\n");

    /** What the file says: the sequence and the salt of a segment that must be there. */
    record Recorded(long sequence, long salt) {}

    private final Disk disk;
    private final String path;
    private final String parent;

    /** @param directory of the log */
    NewestSegment(Disk disk, String directory) {
        this.disk = disk;
        this.path = directory + SUFFIX;
        this.parent = directory.contains("/") ? directory.substring(0, directory.lastIndexOf('/')) : "";
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
        ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES);
        try (DiskFile file = disk.open(path)) {
            file.read(0, bytes);
        }
        Matcher matcher = LINES.matcher(new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8));
        if (!matcher.matches() || !crc(matcher.group(1)).equals(matcher.group(4))) {
            throw new CorruptLogException(
                    describe(),
                    0,
                    "This file, which says how far the log reaches, is damaged or was written by another release.");
        }
        return Optional.of(new Recorded(
                Long.parseUnsignedLong(matcher.group(2), 16), Long.parseUnsignedLong(matcher.group(3), 16)));
    }

    /** @throws DiskFullException if there is no room; then what was recorded before still is */
    void record(Recorded newest) throws IOException {
        String lines = String.format(
                "ringleader write-ahead log, format 1\nnewest segment %016x\nsalt %016x\n",
                newest.sequence(), newest.salt());
        String temporary = path + Segment.TEMPORARY_SUFFIX;
        if (disk.exists(temporary)) {
            disk.delete(temporary);
        }
        try (DiskFile file = disk.create(temporary)) {
            file.write(0, ByteBuffer.wrap((lines + "crc32c " + crc(lines) + "\n").getBytes(StandardCharsets.UTF_8)));
            file.sync();
        }
        disk.rename(temporary, path);
        disk.syncDirectory(parent);
    }

    private static String crc(String lines) {
        CRC32C crc = new CRC32C();
        crc.update(lines.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", crc.getValue());
    }
}
