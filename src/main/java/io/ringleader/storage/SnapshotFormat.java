package io.ringleader.storage;

import io.ringleader.storage.SnapshotFiles.SnapshotId;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * How a snapshot file lies on disk (big-endian): a header, blocks, a footer. Without a footer that fits the file to the byte it
 * is no snapshot.
 *
 * <pre>
 * header, 48 bytes              block                          footer, 40 bytes
 *  0 u64 magic                   0 u32 length, 1 and up          0 u32 0 (no block has this length)
 *  8 u32 version                 4 u32 crc32c of the payload,    4 u32 crc32c of bytes 8..39
 * 12 u32 crc32c of the rest        seeded with group, index,     8 u64 magic
 * 16 u32 group                     term and block number        16 u64 length of the whole file
 * 20 u32 largest block             and length                   24 u64 payload bytes
 * 24 u64 index                   8 payload                      32 u32 number of blocks
 * 32 u64 term                                                   36 u32 crc32c over the checksums of all blocks
 * 40 u64 zero
 * </pre>
 */
final class SnapshotFormat {
    static final int HEADER_BYTES = 48;
    static final int BLOCK_HEADER_BYTES = 8;
    static final int FOOTER_BYTES = 40;
    static final int MAX_BLOCK_BYTES = 64 * 1024 * 1024;
    private static final long MAGIC = 0x52494e47534e500aL; // "RINGSNP\n"
    private static final long FOOTER_MAGIC = 0x52494e47454e440aL; // "RINGEND\n"
    private static final int VERSION = 1;
    private static final int SEED_BYTES = 28;

    /** What the footer says. */
    record Footer(long fileBytes, long payloadBytes, int blocks, int blocksCrc) {}

    private SnapshotFormat() {}

    static ByteBuffer header(SnapshotId id, int blockBytes) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        header.putLong(0, MAGIC);
        header.putInt(8, VERSION);
        header.putInt(16, id.group());
        header.putInt(20, blockBytes);
        header.putLong(24, id.index());
        header.putLong(32, id.term());
        header.putInt(12, headerCrc(header));
        return header;
    }

    /** Why these bytes are not the header of this snapshot; empty if they are. */
    static String headerDefect(ByteBuffer header, SnapshotId id) {
        if (header.getLong(0) != MAGIC) {
            return String.format("It begins with %016x and not with %016x.", header.getLong(0), MAGIC);
        }
        if (header.getInt(8) != VERSION) {
            return "It has format version " + header.getInt(8) + "; this release reads version " + VERSION
                    + ". If another release wrote it, start that one.";
        }
        if (header.getInt(12) != headerCrc(header)) {
            return String.format(
                    "The header has checksum %08x where its bytes give %08x.", header.getInt(12), headerCrc(header));
        }
        SnapshotId found = new SnapshotId(header.getInt(16), header.getLong(24), header.getLong(32));
        if (!found.equals(id)) {
            return "It holds " + found + " and not " + id + ".";
        }
        if (blockBytes(header) < 1 || blockBytes(header) > MAX_BLOCK_BYTES) {
            return "It has blocks of up to " + blockBytes(header) + " bytes; this release reads up to "
                    + MAX_BLOCK_BYTES + ".";
        }
        return "";
    }

    static int blockBytes(ByteBuffer header) {
        return header.getInt(20);
    }

    private static int headerCrc(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.array(), 0, 12);
        crc.update(header.array(), 16, HEADER_BYTES - 16);
        return (int) crc.getValue();
    }

    static int blockCrc(SnapshotId id, int number, byte[] bytes, int offset, int length) {
        ByteBuffer seed = ByteBuffer.allocate(SEED_BYTES);
        seed.putInt(id.group())
                .putLong(id.index())
                .putLong(id.term())
                .putInt(number)
                .putInt(length);
        CRC32C crc = new CRC32C();
        crc.update(seed.array());
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }

    static ByteBuffer footer(Footer footer) {
        ByteBuffer bytes = ByteBuffer.allocate(FOOTER_BYTES);
        bytes.putLong(8, FOOTER_MAGIC);
        bytes.putLong(16, footer.fileBytes());
        bytes.putLong(24, footer.payloadBytes());
        bytes.putInt(32, footer.blocks());
        bytes.putInt(36, footer.blocksCrc());
        bytes.putInt(4, footerCrc(bytes));
        return bytes;
    }

    /** Why these bytes are not the footer of a file of this size; empty if they are. */
    static String footerDefect(ByteBuffer bytes, long fileBytes) {
        if (bytes.getInt(0) != 0 || bytes.getLong(8) != FOOTER_MAGIC || bytes.getInt(4) != footerCrc(bytes)) {
            return "There is no valid footer at its end: the file is not whole.";
        }
        if (bytes.getLong(16) != fileBytes) {
            return "It has " + fileBytes + " bytes where its footer says " + bytes.getLong(16) + ".";
        }
        return "";
    }

    static Footer decodeFooter(ByteBuffer bytes) {
        return new Footer(bytes.getLong(16), bytes.getLong(24), bytes.getInt(32), bytes.getInt(36));
    }

    /** Adds a block's checksum to that over all of them. */
    static void addBlockCrc(CRC32C blocks, int blockCrc) {
        blocks.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, blockCrc));
    }

    private static int footerCrc(ByteBuffer footer) {
        CRC32C crc = new CRC32C();
        crc.update(footer.array(), 8, FOOTER_BYTES - 8);
        return (int) crc.getValue();
    }
}
