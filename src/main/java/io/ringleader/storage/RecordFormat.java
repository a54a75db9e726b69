package io.ringleader.storage;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * How one record lies in a segment (big-endian, at a multiple of 8):
 *
 * <pre>
 *  0  u32 crc32c of bytes 4..39, seeded with salt, sequence and offset: valid only where it was written
 *  4  u32 crc32c of the payload and its padding
 *  8  u32 payload length in bytes
 * 12  u32 batch distance: how many bytes before this record its write batch began
 * 16  u32 group
 * 20  u8  type     21  u8 entry type     22  u16 zero
 * 24  u64 term
 * 32  u64 index
 * 40  payload, then zeros up to a multiple of 8
 * </pre>
 *
 * The header has a checksum of its own so that a damaged length leads nobody astray, and so that the search for later records
 * costs one short checksum per candidate, whatever payloads clients choose to store.
 */
final class RecordFormat {
    static final int HEADER_BYTES = 40;
    static final int ALIGNMENT = 8;

    /** Term and vote; the vote is in the index field. */
    static final byte HARD_STATE = 1;
    /** One log entry. Drops all entries of its group at its index and after. */
    static final byte ENTRY = 2;
    /** Entries up to (index, term) are in a snapshot; the payload is the i64 index of the last entry that stays. */
    static final byte SNAPSHOT_MARK = 3;
    /** Written alone at a clean end. Says nothing, but proves that all before it was durable. */
    static final byte SEAL = 4;
    /** One directory of a node: its generation is in the term field, the node in the index field, the rest is payload. */
    static final byte REPLICA = 5;

    private static final int HEADER_CRC_AT = 0;
    private static final int PAYLOAD_CRC_AT = 4;
    private static final int LENGTH_AT = 8;
    private static final int DISTANCE_AT = 12;
    private static final int GROUP_AT = 16;
    private static final int TYPE_AT = 20;
    private static final int ENTRY_TYPE_AT = 21;
    private static final int ZERO_AT = 22;
    private static final int TERM_AT = 24;
    private static final int INDEX_AT = 32;
    private static final int SEED_BYTES = 24;

    private RecordFormat() {}

    static long recordBytes(long payloadBytes) {
        return aligned(HEADER_BYTES + payloadBytes);
    }

    static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** Writes all but the fields that depend on the place in the file; the padding must be zero already. */
    static void encode(
            ByteBuffer target,
            int at,
            byte type,
            byte entryType,
            int group,
            long term,
            long index,
            byte[] source,
            int offset,
            int length) {
        target.putInt(at + LENGTH_AT, length);
        target.putInt(at + GROUP_AT, group);
        target.put(at + TYPE_AT, type);
        target.put(at + ENTRY_TYPE_AT, entryType);
        target.putShort(at + ZERO_AT, (short) 0);
        target.putLong(at + TERM_AT, term);
        target.putLong(at + INDEX_AT, index);
        target.put(at + HEADER_BYTES, source, offset, length);
        target.putInt(at + PAYLOAD_CRC_AT, payloadCrc(target, at));
    }

    /** Writes the fields that depend on the place in the file: the distance to the start of the batch and the header's CRC. */
    static void place(ByteBuffer target, int at, long salt, long sequence, long offset, long batchStart) {
        target.putInt(at + DISTANCE_AT, Math.toIntExact(offset - batchStart));
        target.putInt(at + HEADER_CRC_AT, headerCrc(target, at, salt, sequence, offset));
    }

    /** Whether a record header that was written exactly here is at {@code at}, its record ending at {@code limit} or before. */
    static boolean hasValidHeader(ByteBuffer file, int at, int limit, long salt, long sequence) {
        if (at + HEADER_BYTES > limit) {
            return false;
        }
        int length = length(file, at);
        int distance = file.getInt(at + DISTANCE_AT);
        // cheap checks first: the search for later records calls this for every eighth byte
        return length >= 0
                && at + recordBytes(length) <= limit
                && distance >= 0
                && at - distance >= SegmentHeader.BYTES
                && type(file, at) >= HARD_STATE
                && type(file, at) <= REPLICA
                && file.getInt(at + HEADER_CRC_AT) == headerCrc(file, at, salt, sequence, at);
    }

    static boolean hasValidPayload(ByteBuffer file, int at) {
        return file.getInt(at + PAYLOAD_CRC_AT) == payloadCrc(file, at);
    }

    static int length(ByteBuffer bytes, int at) {
        return bytes.getInt(at + LENGTH_AT);
    }

    static int batchStart(ByteBuffer file, int at) {
        return at - file.getInt(at + DISTANCE_AT);
    }

    static byte type(ByteBuffer bytes, int at) {
        return bytes.get(at + TYPE_AT);
    }

    static byte entryType(ByteBuffer bytes, int at) {
        return bytes.get(at + ENTRY_TYPE_AT);
    }

    static int group(ByteBuffer bytes, int at) {
        return bytes.getInt(at + GROUP_AT);
    }

    static long term(ByteBuffer bytes, int at) {
        return bytes.getLong(at + TERM_AT);
    }

    static long index(ByteBuffer bytes, int at) {
        return bytes.getLong(at + INDEX_AT);
    }

    static byte[] payload(ByteBuffer bytes, int at) {
        byte[] payload = new byte[length(bytes, at)];
        bytes.get(at + HEADER_BYTES, payload);
        return payload;
    }

    private static int payloadCrc(ByteBuffer bytes, int at) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), bytes.arrayOffset() + at + HEADER_BYTES, (int)
                (recordBytes(length(bytes, at)) - HEADER_BYTES));
        return (int) crc.getValue();
    }

    private static int headerCrc(ByteBuffer bytes, int at, long salt, long sequence, long offset) {
        CRC32C crc = new CRC32C();
        byte[] seed = new byte[SEED_BYTES];
        ByteBuffer.wrap(seed).putLong(salt).putLong(sequence).putLong(offset);
        crc.update(seed, 0, SEED_BYTES);
        crc.update(bytes.array(), bytes.arrayOffset() + at + PAYLOAD_CRC_AT, HEADER_BYTES - PAYLOAD_CRC_AT);
        return (int) crc.getValue();
    }
}
