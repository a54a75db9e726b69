package io.ringleader.store;

/**
 * Walks over the items of a {@link SnapshotCapture} that a client could see at a time, in no particular order. Owned by whoever
 * walks; it keeps the capture in memory until it is dropped.
 */
public final class CaptureItems {
    private final SnapshotCapture capture;
    private final long timeMillis;
    private int shard;
    private int slot;

    /** @param nowMillis Unix time; what has expired by then, or by the time of the capture, is left out */
    public CaptureItems(SnapshotCapture capture, long nowMillis) {
        this.capture = capture;
        timeMillis = Math.max(capture.timeMillis, nowMillis);
    }

    /** The next item, or null after the last. */
    public Item next() {
        for (; shard < capture.shards.length; shard++, slot = 0) {
            long[] slots = capture.shards[shard];
            while (slots != null && slot < slots.length) {
                long next = slots[slot++];
                Item item = next == 0 ? null : capture.itemIn(next);
                if (item != null && item.isVisibleAt(timeMillis)) {
                    return item;
                }
            }
        }
        return null;
    }
}
