package io.ringleader.storage;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Records gathered for one write. Knows nothing of files until it is told where the batch begins. One thread. */
final class RecordBuffer {
    private static final int INITIAL_BYTES = 64 * 1024;
    /** What a rare huge batch made it grow to is given back. */
    private static final int KEPT_BYTES = 8 * 1024 * 1024;
    /** Far above any sensible batch; a caller that gathers this much has stopped to look at {@code bufferedBytes}. */
    private static final long MAX_BYTES = 1L << 30;

    private ByteBuffer bytes = ByteBuffer.allocate(INITIAL_BYTES);
    private int size;

    int size() {
        return size;
    }

    void add(byte type, byte entryType, int group, long term, long index, byte[] payload) {
        add(type, entryType, group, term, index, payload, 0, payload.length);
    }

    /** The payload is {@code length} bytes at the offset. */
    void add(byte type, byte entryType, int group, long term, long index, byte[] source, int offset, int length) {
        long end = size + RecordFormat.recordBytes(length);
        if (end > MAX_BYTES) {
            throw new IllegalStateException("The write-ahead log has " + size + " bytes buffered and cannot take "
                    + length + " more; the limit is " + MAX_BYTES + ".");
        }
        if (end > bytes.capacity()) {
            bytes = ByteBuffer.wrap(Arrays.copyOf(bytes.array(), (int) Math.min(MAX_BYTES, Math.max(end, 2L * size))));
        }
        // the buffer is reused, so the padding may hold bytes of an earlier batch
        Arrays.fill(bytes.array(), size + RecordFormat.HEADER_BYTES + length, (int) end, (byte) 0);
        RecordFormat.encode(bytes, size, type, entryType, group, term, index, source, offset, length);
        size = (int) end;
    }

    /** The batch, ready to be written at this offset of this segment. May be asked for again with another place. */
    ByteBuffer placedAt(long salt, long sequence, long batchStart) {
        for (int at = 0; at < size; at += (int) RecordFormat.recordBytes(RecordFormat.length(bytes, at))) {
            RecordFormat.place(bytes, at, salt, sequence, batchStart + at, batchStart);
        }
        return bytes.duplicate().position(0).limit(size);
    }

    void clear() {
        size = 0;
        if (bytes.capacity() > KEPT_BYTES) {
            bytes = ByteBuffer.allocate(INITIAL_BYTES);
        }
    }
}
