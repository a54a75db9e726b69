package io.ringleader.storage;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The first 4096 bytes of a segment file. They have a block of their own, so that no append ever rewrites them. Written once,
 * before the file gets its name.
 *
 * @param sequence number of the segment, from 1; the file name says the same
 * @param salt random, so that no record of an older file in the same blocks can pass for one of this file
 * @param segmentBytes size the file was created with
 * @param checkpointEnd offset after the checkpoint records, which were durable before the file got its name
 * @param previousEnd offset at which the records of the segment before this one end; 0 if this is the first ever
 * @param previousSalt salt of the segment before this one; 0 if this is the first ever
 */
record SegmentHeader(
        long sequence, long salt, long segmentBytes, long checkpointEnd, long previousEnd, long previousSalt) {
    static final int BYTES = 4096;
    static final long MAGIC = 0x52494e4757414c0aL; // "RINGWAL\n"
    static final int VERSION = 1;

    private static final int VERSION_AT = 8;
    private static final int CRC_AT = 12;
    private static final int SEQUENCE_AT = 16;
    private static final int SALT_AT = 24;
    private static final int SEGMENT_BYTES_AT = 32;
    private static final int CHECKPOINT_END_AT = 40;
    private static final int PREVIOUS_END_AT = 48;
    private static final int PREVIOUS_SALT_AT = 56;

    void encode(ByteBuffer target) {
        target.putLong(0, MAGIC);
        target.putInt(VERSION_AT, VERSION);
        target.putLong(SEQUENCE_AT, sequence);
        target.putLong(SALT_AT, salt);
        target.putLong(SEGMENT_BYTES_AT, segmentBytes);
        target.putLong(CHECKPOINT_END_AT, checkpointEnd);
        target.putLong(PREVIOUS_END_AT, previousEnd);
        target.putLong(PREVIOUS_SALT_AT, previousSalt);
        target.putInt(CRC_AT, crc(target));
    }

    /** Whether the bytes are a header of this version for this file name; if not, a sentence that says why. */
    static String defect(ByteBuffer bytes, int available, long sequenceInName) {
        if (available < BYTES) {
            return "The file has " + available + " bytes, which is less than the header of a segment (" + BYTES + ").";
        }
        if (bytes.getLong(0) != MAGIC) {
            return String.format("It begins with %016x and not with %016x.", bytes.getLong(0), MAGIC);
        }
        if (bytes.getInt(VERSION_AT) != VERSION) {
            return "It has format version " + bytes.getInt(VERSION_AT) + "; this release reads version " + VERSION
                    + ".";
        }
        if (bytes.getInt(CRC_AT) != crc(bytes)) {
            return String.format(
                    "The header has checksum %08x where its bytes give %08x.", bytes.getInt(CRC_AT), crc(bytes));
        }
        if (bytes.getLong(SEQUENCE_AT) != sequenceInName) {
            return "The header is that of segment " + bytes.getLong(SEQUENCE_AT) + ", so the file has a wrong name.";
        }
        return "";
    }

    /** Only for bytes without a {@link #defect}. */
    static SegmentHeader decode(ByteBuffer bytes) {
        return new SegmentHeader(
                bytes.getLong(SEQUENCE_AT),
                bytes.getLong(SALT_AT),
                bytes.getLong(SEGMENT_BYTES_AT),
                bytes.getLong(CHECKPOINT_END_AT),
                bytes.getLong(PREVIOUS_END_AT),
                bytes.getLong(PREVIOUS_SALT_AT));
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().position(0).limit(CRC_AT));
        crc.update(bytes.duplicate().position(CRC_AT + Integer.BYTES).limit(BYTES));
        return (int) crc.getValue();
    }
}
