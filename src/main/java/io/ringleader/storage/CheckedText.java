package io.ringleader.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A small file of lines that people can read, whose last line is {@code crc32c} and eight hex digits of all lines before. It is
 * replaced as a whole.
 */
final class CheckedText {
    private static final int MAX_BYTES = 64 << 10;
    private static final String CRC = "crc32c ";
    private static final int LAST_LINE_CHARS = CRC.length() + 9;

    private CheckedText() {}

    /** The lines without the last; empty if they are not what was once written. */
    static Optional<String> read(Disk disk, String path) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES);
        try (DiskFile file = disk.open(path)) {
            file.read(0, bytes);
        }
        String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        int end = text.length() - LAST_LINE_CHARS;
        if (end < 0 || !text.equals(withCrc(text.substring(0, end)))) {
            return Optional.empty();
        }
        return Optional.of(text.substring(0, end));
    }

    /** @throws DiskFullException if there is no room; then what was there before still is */
    static void replace(Disk disk, String path, String lines) throws IOException {
        String temporary = path + Segment.TEMPORARY_SUFFIX;
        if (disk.exists(temporary)) {
            disk.delete(temporary);
        }
        try (DiskFile file = disk.create(temporary)) {
            file.write(0, ByteBuffer.wrap(withCrc(lines).getBytes(StandardCharsets.UTF_8)));
            file.sync();
        }
        disk.rename(temporary, path);
        disk.syncDirectory(path.contains("/") ? path.substring(0, path.lastIndexOf('/')) : "");
    }

    private static String withCrc(String lines) {
        CRC32C crc = new CRC32C();
        crc.update(lines.getBytes(StandardCharsets.UTF_8));
        return lines + CRC + String.format("%08x", crc.getValue()) + "\n";
    }
}
