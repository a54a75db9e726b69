package io.ringleader.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.Arrays;

/**
 * Bytes that wait for the kernel, in a row of buffers from a pool. Holds no buffer while it is empty. Owned by one loop.
 *
 * <p>Every buffer is ready to be read: what is between its position and its limit is unsent, what is behind its limit is free.
 */
final class OutputQueue {
    /** Buffers handed to the kernel in one call; more would only lengthen what is done for one connection. */
    private static final int GATHER_MAX = 64;

    private final BufferPool pool;
    private ByteBuffer[] chunks = new ByteBuffer[2];
    private int head;
    private int tail;
    private long pendingBytes;

    OutputQueue(BufferPool pool) {
        this.pool = pool;
    }

    long pendingBytes() {
        return pendingBytes;
    }

    void append(byte[] source, int offset, int length) {
        int from = offset;
        int left = length;
        while (left > 0) {
            ByteBuffer chunk = chunkWithRoom();
            int end = chunk.limit();
            int count = Math.min(left, chunk.capacity() - end);
            chunk.limit(end + count);
            chunk.put(end, source, from, count);
            from += count;
            left -= count;
        }
        pendingBytes += length;
    }

    private ByteBuffer chunkWithRoom() {
        if (tail > head) {
            ByteBuffer last = chunks[tail - 1];
            if (last.limit() < last.capacity()) {
                return last;
            }
        }
        if (tail == chunks.length) {
            makeRoomAtTail();
        }
        ByteBuffer fresh = pool.take(1).limit(0);
        chunks[tail++] = fresh;
        return fresh;
    }

    private void makeRoomAtTail() {
        int count = tail - head;
        ByteBuffer[] target = count > chunks.length / 2 ? new ByteBuffer[chunks.length * 2] : chunks;
        System.arraycopy(chunks, head, target, 0, count);
        if (target == chunks) {
            Arrays.fill(chunks, count, tail, null);
        }
        chunks = target;
        head = 0;
        tail = count;
    }

    /** Writes until everything is taken or the channel takes no more; returns how many bytes it took. */
    long writeTo(GatheringByteChannel channel) throws IOException {
        long totalBytes = 0;
        while (head < tail) {
            int count = Math.min(tail - head, GATHER_MAX);
            long written = count == 1 ? channel.write(chunks[head]) : channel.write(chunks, head, count);
            if (written <= 0) {
                break;
            }
            totalBytes += written;
            pendingBytes -= written;
            releaseSent();
        }
        return totalBytes;
    }

    private void releaseSent() {
        while (head < tail && !chunks[head].hasRemaining()) {
            releaseHead();
        }
        if (head == tail) {
            empty();
        }
    }

    private void empty() {
        head = 0;
        tail = 0;
        if (chunks.length > GATHER_MAX) {
            chunks = new ByteBuffer[2]; // a burst once must not cost an idle connection memory for ever
        }
    }

    /** Drops everything and gives all buffers back. */
    void clear() {
        while (head < tail) {
            releaseHead();
        }
        empty();
        pendingBytes = 0;
    }

    private void releaseHead() {
        ByteBuffer sent = chunks[head];
        chunks[head++] = null;
        pool.give(sent);
    }
}
