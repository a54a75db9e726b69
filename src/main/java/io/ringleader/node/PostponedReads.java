package io.ringleader.node;

import java.util.Arrays;
import java.util.TreeMap;

/**
 * Values that one connection has asked for and that came when it held too much already: they are forgotten, and asked for again
 * when their turn comes. So a client that asks for much and reads slowly costs no more than its limit. Owned by the client loop.
 */
final class PostponedReads {
    /** The read to repeat, for the slot of its answer. */
    record Read(long slot, int partition, byte[] key, int resultBytes) {}

    private final long maxBytes;
    /** By slot: the first is asked for first. */
    private final TreeMap<Long, Read> waiting = new TreeMap<>();
    /** Asked for again, by slot. */
    private final TreeMap<Long, Read> underWay = new TreeMap<>();

    private long underWayBytes;

    /** @param maxBytes of results that a connection may hold */
    PostponedReads(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Whether nothing waits and there is room for a result of that size, as nearly always. */
    boolean isIdle(long heldBytes, int resultBytes) {
        return waiting.isEmpty() && underWay.isEmpty() && hasRoom(heldBytes, resultBytes);
    }

    /**
     * Whether there is no room for the value in the slot besides what is held and what was promised room. Or one before it, of the
     * same partition, will be asked for again: of the same key, that would be the younger value in the older answer.
     */
    boolean mustWait(long slot, int partition, long heldBytes, int resultBytes) {
        return !hasRoom(heldBytes, resultBytes)
                || isBefore(waiting, slot, partition)
                || isBefore(underWay, slot, partition);
    }

    private boolean hasRoom(long heldBytes, int resultBytes) {
        return heldBytes + underWayBytes + resultBytes <= maxBytes;
    }

    private static boolean isBefore(TreeMap<Long, Read> reads, long slot, int partition) {
        return reads.headMap(slot).values().stream().anyMatch(read -> read.partition() == partition);
    }

    void postpone(long slot, int partition, byte[] buffer, int keyOffset, int keyLength, int resultBytes) {
        byte[] key = Arrays.copyOfRange(buffer, keyOffset, keyOffset + keyLength);
        waiting.put(slot, new Read(slot, partition, key, resultBytes));
    }

    /** A result, or a failure, has come for the slot. Returns whether room was promised to it. */
    boolean arrived(long slot) {
        Read read = underWay.remove(slot);
        if (read != null) {
            underWayBytes -= read.resultBytes();
        }
        return read != null;
    }

    /**
     * The next read to repeat, if there is room for it; null if not. The answer that all others wait for is always repeated.
     *
     * @param frontSlot the answer that leaves next
     */
    Read next(long heldBytes, long frontSlot) {
        if (waiting.isEmpty()) {
            return null;
        }
        Read first = waiting.firstEntry().getValue();
        if (first.slot() != frontSlot && !hasRoom(heldBytes, first.resultBytes())) {
            return null;
        }
        waiting.remove(first.slot());
        underWay.put(first.slot(), first);
        underWayBytes += first.resultBytes();
        return first;
    }
}
