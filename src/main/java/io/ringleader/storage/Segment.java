package io.ringleader.storage;

/**
 * A segment that is on disk under its name.
 *
 * @param sequence its number
 * @param salt its random salt
 * @param path its file
 * @param end offset after its last record; grows while it is the active one
 * @param bytes size of the file
 */
record Segment(long sequence, long salt, String path, long end, long bytes) {
    static final String SUFFIX = ".log";
    static final String TEMPORARY_SUFFIX = ".tmp";
    private static final int HEX_DIGITS = 16;

    Segment withEnd(long newEnd) {
        return new Segment(sequence, salt, path, newEnd, bytes);
    }

    Segment withBytes(long newBytes) {
        return new Segment(sequence, salt, path, end, newBytes);
    }

    static String fileName(long sequence) {
        return String.format("%016x%s", sequence, SUFFIX);
    }

    /** The number in a file name, or -1 if it is not the name of a segment. */
    static long sequenceOf(String fileName) {
        if (fileName.length() != HEX_DIGITS + SUFFIX.length()
                || !fileName.endsWith(SUFFIX)
                || !fileName.chars().limit(HEX_DIGITS).allMatch(digit -> "0123456789abcdef".indexOf(digit) >= 0)) {
            return -1;
        }
        return Long.parseUnsignedLong(fileName.substring(0, HEX_DIGITS), HEX_DIGITS);
    }
}
