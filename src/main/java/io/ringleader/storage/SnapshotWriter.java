package io.ringleader.storage;

import io.ringleader.storage.SnapshotFiles.SnapshotId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Writes one snapshot file under a temporary name; it counts once {@link #commit} has returned. One thread. After any failure
 * only {@link #abort} (or {@link #close}, which does the same) is of use; nothing was promised, so a failure is not final for
 * the node.
 */
public final class SnapshotWriter implements Closeable {
    private final TemporarySnapshot temporary;
    private final SnapshotId id;
    private final byte[] block;
    private final CRC32C blocksCrc = new CRC32C();
    private int filled;
    private int blocks;
    private long payloadBytes;
    private long position = SnapshotFormat.HEADER_BYTES;

    SnapshotWriter(TemporarySnapshot temporary, int blockBytes) throws IOException {
        this.temporary = temporary;
        this.id = temporary.id();
        this.block = new byte[SnapshotFormat.BLOCK_HEADER_BYTES + blockBytes];
        temporary.write(0, SnapshotFormat.header(id, blockBytes));
    }

    /** Appends bytes to the payload. */
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        int end = offset + length;
        while (from < end) {
            int count = Math.min(end - from, block.length - SnapshotFormat.BLOCK_HEADER_BYTES - filled);
            System.arraycopy(bytes, from, block, SnapshotFormat.BLOCK_HEADER_BYTES + filled, count);
            filled += count;
            from += count;
            if (filled == block.length - SnapshotFormat.BLOCK_HEADER_BYTES) {
                writeBlock();
            }
        }
    }

    /** Payload bytes written so far. */
    public long payloadBytes() {
        return payloadBytes + filled;
    }

    /** Makes what fills whole blocks so far durable, so that {@link #commit} has less to do at once. It does not count yet. */
    public void sync() throws IOException {
        temporary.sync();
    }

    /** Makes the snapshot durable under its name. An older one of the group stays until it is deleted. */
    public void commit() throws IOException {
        if (filled > 0) {
            writeBlock();
        }
        long fileBytes = position + SnapshotFormat.FOOTER_BYTES;
        temporary.write(position, SnapshotFormat.footer(new SnapshotFormat.Footer(fileBytes, payloadBytes, blocks, (int)
                blocksCrc.getValue())));
        temporary.commit();
    }

    /** Gives up and removes what was written. Does nothing after a commit. */
    public void abort() throws IOException {
        temporary.abort();
    }

    @Override
    public void close() throws IOException {
        abort();
    }

    private void writeBlock() throws IOException {
        int crc = SnapshotFormat.blockCrc(id, blocks, block, SnapshotFormat.BLOCK_HEADER_BYTES, filled);
        ByteBuffer bytes = ByteBuffer.wrap(block, 0, SnapshotFormat.BLOCK_HEADER_BYTES + filled);
        bytes.putInt(0, filled);
        bytes.putInt(Integer.BYTES, crc);
        temporary.write(position, bytes);
        SnapshotFormat.addBlockCrc(blocksCrc, crc);
        position += SnapshotFormat.BLOCK_HEADER_BYTES + filled;
        payloadBytes += filled;
        blocks = Math.incrementExact(blocks);
        filled = 0;
    }
}
