package io.ringleader.net;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Free buffers in sizes that are powers of two. Owned by one loop; the amount in use may be read by any thread.
 *
 * <p>A buffer has one owner at a time: who gives it back must forget it in the same statement, see the callers.
 */
final class BufferPool {
    private static final int SIZE_CLASSES = 31;

    private final boolean direct;
    private final int bufferMinBytes;
    private final long pooledMaxBytes;
    private final List<List<ByteBuffer>> free = new ArrayList<>(SIZE_CLASSES);
    private long pooledBytes;
    private volatile long inUseBytes;

    /**
     * @param direct whether the buffers lie outside of the heap, where the kernel can read them without a copy
     * @param bufferMinBytes size of the smallest buffer, rounded up to a power of two
     * @param pooledMaxBytes free bytes to keep; what comes back beyond that is left to the garbage collector
     */
    BufferPool(boolean direct, int bufferMinBytes, long pooledMaxBytes) {
        this.direct = direct;
        this.bufferMinBytes = bufferMinBytes;
        this.pooledMaxBytes = pooledMaxBytes;
        for (int sizeClass = 0; sizeClass < SIZE_CLASSES; sizeClass++) {
            free.add(new ArrayList<>());
        }
    }

    /** An empty buffer with room for at least that many bytes, 1 to 2^30. */
    ByteBuffer take(int bytes) {
        if (bytes < 1 || bytes > 1 << SIZE_CLASSES - 1) {
            throw new IllegalArgumentException("A buffer cannot have " + bytes + " bytes.");
        }
        int sizeClass = sizeClass(Math.max(bytes, bufferMinBytes));
        List<ByteBuffer> candidates = free.get(sizeClass);
        ByteBuffer buffer;
        if (candidates.isEmpty()) {
            buffer = direct ? ByteBuffer.allocateDirect(1 << sizeClass) : ByteBuffer.allocate(1 << sizeClass);
        } else {
            buffer = candidates.remove(candidates.size() - 1);
            pooledBytes -= buffer.capacity();
        }
        inUseBytes = inUseBytes + buffer.capacity();
        return buffer.clear();
    }

    void give(ByteBuffer buffer) {
        long stillInUseBytes = inUseBytes - buffer.capacity();
        if (stillInUseBytes < 0) {
            throw new IllegalStateException("A buffer of " + buffer.capacity() + " bytes was given back, but only "
                    + inUseBytes + " bytes are in use: one was given back twice.");
        }
        inUseBytes = stillInUseBytes;
        if (pooledBytes + buffer.capacity() <= pooledMaxBytes) {
            pooledBytes += buffer.capacity();
            free.get(sizeClass(buffer.capacity())).add(buffer);
        }
    }

    long inUseBytes() {
        return inUseBytes;
    }

    private static int sizeClass(int bytes) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(bytes - 1);
    }
}
