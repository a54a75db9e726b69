package io.ringleader.store;

/**
 * Walks over the items of a {@link SnapshotCapture} that a client could see at a time, in no particular order. Owned by whoever
 * walks; it keeps the capture in memory until it is dropped.
 */
public final class CaptureItems {
    private final Item[][] shards;
    private final long timeMillis;
    private int shard;
    private int slot;

    /** @param nowMillis Unix time; what has expired by then, or by the time of the capture, is left out */
    public CaptureItems(SnapshotCapture capture, long nowMillis) {
        shards = capture.shards;
        timeMillis = Math.max(capture.timeMillis, nowMillis);
    }

    /** The next item, or null after the last. */
    public Item next() {
        for (; shard < shards.length; shard++, slot = 0) {
            Item[] items = shards[shard];
            while (items != null && slot < items.length) {
                Item item = items[slot++];
                if (item != null && item.isVisibleAt(timeMillis)) {
                    return item;
                }
            }
        }
        return null;
    }
}
