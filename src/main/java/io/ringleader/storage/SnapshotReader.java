package io.ringleader.storage;

import io.ringleader.storage.SnapshotFiles.SnapshotId;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Reads the payload of a snapshot from start to end. No byte is handed out before the checksum of its block was checked, and
 * the end is only reported as such once the footer agrees with all that was read. One thread.
 */
public final class SnapshotReader implements Closeable {
    private final SnapshotId id;
    private final DiskFile file;
    private final String name;
    private final SnapshotFormat.Footer footer;
    private final CRC32C blocksCrc = new CRC32C();
    private final byte[] block;
    private int blockLength;
    private int taken;
    private int blocks;
    private long payloadBytes;
    private long position = SnapshotFormat.HEADER_BYTES;

    /** Checks header and footer; closes the file if they are not right. */
    SnapshotReader(SnapshotId id, DiskFile file, String name) throws IOException {
        this.id = id;
        this.file = file;
        this.name = name;
        try {
            long size = file.size();
            if (size < SnapshotFormat.HEADER_BYTES + SnapshotFormat.FOOTER_BYTES) {
                throw new CorruptSnapshotException(
                        name, 0, "It has " + size + " bytes, less than a header and a footer.");
            }
            ByteBuffer header = read(0, SnapshotFormat.HEADER_BYTES);
            refuse(0, SnapshotFormat.headerDefect(header, id));
            ByteBuffer end = read(size - SnapshotFormat.FOOTER_BYTES, SnapshotFormat.FOOTER_BYTES);
            refuse(size - SnapshotFormat.FOOTER_BYTES, SnapshotFormat.footerDefect(end, size));
            footer = SnapshotFormat.decodeFooter(end);
            block = new byte[SnapshotFormat.blockBytes(header)];
        } catch (IOException | RuntimeException failure) {
            file.close();
            throw failure;
        }
    }

    public SnapshotId id() {
        return id;
    }

    /** Where the file is, for people. */
    public String file() {
        return name;
    }

    /** Length of the whole payload. */
    public long payloadBytes() {
        return footer.payloadBytes();
    }

    /** Reads at least one byte and at most {@code length}; -1 at the verified end. */
    public int read(byte[] target, int offset, int length) throws IOException {
        if (taken == blockLength && !nextBlock()) {
            return -1;
        }
        int count = Math.min(length, blockLength - taken);
        System.arraycopy(block, taken, target, offset, count);
        taken += count;
        return count;
    }

    /** Reads exactly {@code length} bytes. */
    public void readFully(byte[] target, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int count = read(target, offset + done, length - done);
            if (count < 0) {
                throw new EOFException("The payload of " + name + " ends after " + footer.payloadBytes()
                        + " bytes, inside a" + " read of " + length + ".");
            }
            done += count;
        }
    }

    /** Reads and checks all that is left. */
    void verifyRest() throws IOException {
        while (nextBlock()) {
            taken = blockLength;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private boolean nextBlock() throws IOException {
        long footerAt = footer.fileBytes() - SnapshotFormat.FOOTER_BYTES;
        if (position == footerAt) {
            boolean agrees = footer.blocks() == blocks
                    && footer.payloadBytes() == payloadBytes
                    && footer.blocksCrc() == (int) blocksCrc.getValue();
            refuse(footerAt, agrees ? "" : "The footer does not agree with the " + blocks + " blocks before it.");
            return false;
        }
        ByteBuffer head = read(position, SnapshotFormat.BLOCK_HEADER_BYTES);
        int length = head.getInt(0);
        if (length < 1 || length > block.length || position + SnapshotFormat.BLOCK_HEADER_BYTES + length > footerAt) {
            refuse(position, "Block " + blocks + " claims a length of " + length + " bytes, which cannot be.");
        }
        ByteBuffer payload = ByteBuffer.wrap(block, 0, length);
        int count = file.read(position + SnapshotFormat.BLOCK_HEADER_BYTES, payload);
        if (count < length || head.getInt(Integer.BYTES) != SnapshotFormat.blockCrc(id, blocks, block, 0, length)) {
            refuse(position, "Block " + blocks + " (" + length + " bytes) does not have the checksum that it states.");
        }
        SnapshotFormat.addBlockCrc(blocksCrc, head.getInt(Integer.BYTES));
        position += SnapshotFormat.BLOCK_HEADER_BYTES + length;
        payloadBytes += length;
        blocks++;
        blockLength = length;
        taken = 0;
        return true;
    }

    private ByteBuffer read(long at, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        int count = file.read(at, bytes);
        refuse(at, count == length ? "" : "The file ends after " + count + " of " + length + " bytes.");
        return bytes;
    }

    private void refuse(long at, String defect) throws CorruptSnapshotException {
        if (!defect.isEmpty()) {
            throw new CorruptSnapshotException(name, at, defect);
        }
    }
}
