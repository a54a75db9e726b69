package io.ringleader.store;

import java.util.Arrays;

/**
 * The hash table of one partition: {@value #SHARDS} small open-addressing tables, chosen by the upper bits of the key's
 * hash, with linear probing and backward-shift deletion (so no tombstones). A shard grows and shrinks on its own; even with
 * tens of millions of items one resize moves some thousand references, far less than a millisecond. A lookup allocates
 * nothing.
 *
 * <p>{@link #share()} hands out all shards as they are, at the cost of copying {@value #SHARDS} references. From then on the
 * first change of a shard copies it, so the one who holds the shared shards sees them unchanged for ever and may read them
 * on another thread.
 *
 * <p>Owned by the store thread.
 */
final class ItemTable {
    static final int SHARD_BITS = 12;
    static final int SHARDS = 1 << SHARD_BITS;
    private static final int MIN_CAPACITY = 8;

    private final Item[][] slots = new Item[SHARDS][];
    private final int[] counts = new int[SHARDS];
    /** The generation in which a shard's array was made. It may be written only in that generation. */
    private final int[] madeIn = new int[SHARDS];

    private int generation;
    private long size;

    static int shardOf(long hash) {
        return (int) (hash >>> (Long.SIZE - SHARD_BITS));
    }

    long size() {
        return size;
    }

    Item find(byte[] key, int offset, int length, long hash) {
        Item[] shard = slots[shardOf(hash)];
        if (shard == null) {
            return null;
        }
        return shard[slotOf(shard, key, offset, length, hash)];
    }

    /** Stores the item and returns the one it replaced, or null. */
    Item put(Item item) {
        int s = shardOf(item.hash());
        Item[] shard = writable(s);
        int slot = slotOf(shard, item.data(), 0, item.keyLength(), item.hash());
        Item previous = shard[slot];
        shard[slot] = item;
        if (previous == null) {
            size++;
            counts[s]++;
            if (counts[s] * 3L > shard.length * 2L) {
                resize(s, shard.length * 2);
            }
        }
        return previous;
    }

    /** Removes an item that is in the table; it must be the very object. */
    void remove(Item item) {
        int s = shardOf(item.hash());
        Item[] shard = writable(s);
        int slot = slotOf(shard, item.data(), 0, item.keyLength(), item.hash());
        if (shard[slot] != item) {
            throw new IllegalStateException("An item to be removed is not in the table (hash " + item.hash() + ").");
        }
        closeGap(shard, slot);
        size--;
        counts[s]--;
        if (shard.length > MIN_CAPACITY && counts[s] * 8L < shard.length) {
            resize(s, shard.length / 2);
        }
    }

    /** Forgets all items. The old shards are left alone, since they may be shared. */
    void clear() {
        Arrays.fill(slots, null);
        Arrays.fill(counts, 0);
        size = 0;
    }

    /** All shards as of now, empty ones possibly null. They and their slots never change again. */
    Item[][] share() {
        generation++;
        return slots.clone();
    }

    /** The slot that holds the key, or the free one where it belongs. A shard always has a free slot. */
    private static int slotOf(Item[] shard, byte[] key, int offset, int length, long hash) {
        int mask = shard.length - 1;
        int slot = (int) hash & mask;
        while (true) {
            Item item = shard[slot];
            if (item == null || (item.hash() == hash && item.hasKey(key, offset, length))) {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
    }

    /** Empties a slot and moves later items of the same run back, so that no search stops early. */
    private static void closeGap(Item[] shard, int slot) {
        int mask = shard.length - 1;
        int gap = slot;
        int next = (gap + 1) & mask;
        while (shard[next] != null) {
            int home = (int) shard[next].hash() & mask;
            // It may move if its home is not within (gap, next], read around the end of the array.
            if (((next - home) & mask) >= ((next - gap) & mask)) {
                shard[gap] = shard[next];
                gap = next;
            }
            next = (next + 1) & mask;
        }
        shard[gap] = null;
    }

    private Item[] writable(int s) {
        Item[] shard = slots[s];
        if (shard == null) {
            shard = new Item[MIN_CAPACITY];
        } else if (madeIn[s] != generation) {
            shard = shard.clone();
        } else {
            return shard;
        }
        slots[s] = shard;
        madeIn[s] = generation;
        return shard;
    }

    /** For a shard that is {@link #writable} already. */
    private void resize(int s, int capacity) {
        Item[] from = slots[s];
        Item[] to = new Item[capacity];
        int mask = capacity - 1;
        for (Item item : from) {
            if (item != null) {
                int slot = (int) item.hash() & mask;
                while (to[slot] != null) {
                    slot = (slot + 1) & mask;
                }
                to[slot] = item;
            }
        }
        slots[s] = to;
    }
}
