package io.ringleader.store;

import java.util.Arrays;

/**
 * The hash table of one partition: {@value #SHARDS} small open-addressing tables, chosen by the upper bits of the key's
 * hash, with linear probing and backward-shift deletion (so no tombstones). A slot is a number: the address of an item in
 * {@link ItemPages}, and above it the lower bits of the hash, so that other items are hardly ever looked at. A shard grows and
 * shrinks on its own; even with tens of millions of items one resize moves some thousand numbers, far less than a millisecond.
 * Nothing is allocated but for that.
 *
 * <p>{@link #share()} hands out all shards as they are, at the cost of copying {@value #SHARDS} references. As long as
 * {@link Leases} say that somebody may read a shard, the first change copies it.
 *
 * <p>Owned by the store thread.
 */
final class ItemTable {
    static final int SHARD_BITS = 12;
    static final int SHARDS = 1 << SHARD_BITS;
    private static final int MIN_CAPACITY = 4;
    private static final long ADDRESS_MASK = (1L << ItemPages.ADDRESS_BITS) - 1;
    private static final int TAG_BITS = Long.SIZE - ItemPages.ADDRESS_BITS;
    private static final int TAG_MASK = (1 << TAG_BITS) - 1;
    /** A slot's place is a function of the tag alone, so a shard cannot use more. */
    private static final int MAX_CAPACITY = 1 << TAG_BITS;

    private final ItemPages pages;
    private final Leases leases;
    private final long[][] slots = new long[SHARDS][];
    private final int[] counts = new int[SHARDS];
    /** The generation in which a shard's array was made. */
    private final int[] madeIn = new int[SHARDS];

    private long size;

    ItemTable(ItemPages pages, Leases leases) {
        this.pages = pages;
        this.leases = leases;
    }

    static int shardOf(long hash) {
        return (int) (hash >>> (Long.SIZE - SHARD_BITS));
    }

    static long addressIn(long slot) {
        return slot & ADDRESS_MASK;
    }

    /** Of an item in a snapshot: those of lower rank come before. */
    static long rankOf(long hash) {
        return (long) shardOf(hash) << TAG_BITS | tagOf(hash);
    }

    /** The slots of a shard that are taken, by rank; those of equal rank in no certain order. */
    static long[] sorted(long[] shard) {
        long[] taken = new long[shard.length];
        int count = 0;
        for (long slot : shard) {
            if (slot != 0) {
                // the upper bit is one of the tag's, and no sign
                taken[count++] = slot ^ Long.MIN_VALUE;
            }
        }
        Arrays.sort(taken, 0, count);
        for (int i = 0; i < count; i++) {
            taken[i] ^= Long.MIN_VALUE;
        }
        return Arrays.copyOf(taken, count);
    }

    /** Where, in a shard that is {@link #sorted}, those end that are of the same rank as the one at the index. */
    static int endOfEqual(long[] sorted, int from) {
        int end = from + 1;
        while (end < sorted.length && tagIn(sorted[end]) == tagIn(sorted[from])) {
            end++;
        }
        return end;
    }

    long size() {
        return size;
    }

    /** The address of the item with that key, or 0. */
    long find(byte[] key, int offset, int length, long hash) {
        long[] shard = slots[shardOf(hash)];
        if (shard == null) {
            return 0;
        }
        int tag = tagOf(hash);
        int mask = shard.length - 1;
        int at = tag & mask;
        for (long slot = shard[at]; slot != 0; slot = shard[at]) {
            long address = slot & ADDRESS_MASK;
            if (tagIn(slot) == tag
                    && Item.hasKey(pages.pageOf(address), ItemPages.offsetOf(address), key, offset, length)) {
                return address;
            }
            at = (at + 1) & mask;
        }
        return 0;
    }

    /** Adds an item whose key is not in the table. */
    void add(long hash, long address) {
        int s = shardOf(hash);
        long[] shard = writable(s);
        counts[s]++;
        size++;
        if (counts[s] * 5L > shard.length * 4L) {
            shard = resize(s, shard.length * 2);
        }
        insert(shard, slotOf(hash, address));
    }

    /** Puts an item, or another version of it, where the item at the old address is. */
    void replace(long hash, long oldAddress, long address) {
        long[] shard = writable(shardOf(hash));
        shard[positionOf(shard, hash, oldAddress)] = slotOf(hash, address);
    }

    /** Removes the item at the address. */
    void remove(long hash, long address) {
        int s = shardOf(hash);
        long[] shard = writable(s);
        closeGap(shard, positionOf(shard, hash, address));
        size--;
        counts[s]--;
        if (shard.length > MIN_CAPACITY && counts[s] * 8L < shard.length) {
            resize(s, shard.length / 2);
        }
    }

    /** All shards as of now, empty ones possibly null. They do not change until the lease taken with them is given back. */
    long[][] share() {
        return slots.clone();
    }

    private static int tagOf(long hash) {
        return (int) hash & TAG_MASK;
    }

    private static int tagIn(long slot) {
        return (int) (slot >>> ItemPages.ADDRESS_BITS);
    }

    private static long slotOf(long hash, long address) {
        return (long) tagOf(hash) << ItemPages.ADDRESS_BITS | address;
    }

    private static int positionOf(long[] shard, long hash, long address) {
        long wanted = slotOf(hash, address);
        int mask = shard.length - 1;
        int at = tagOf(hash) & mask;
        while (shard[at] != wanted) {
            if (shard[at] == 0) {
                throw new IllegalStateException(
                        "There is no item at address " + address + " in the table (hash " + hash + ").");
            }
            at = (at + 1) & mask;
        }
        return at;
    }

    /** A shard always has a free slot. */
    private static void insert(long[] shard, long slot) {
        int mask = shard.length - 1;
        int at = tagIn(slot) & mask;
        while (shard[at] != 0) {
            at = (at + 1) & mask;
        }
        shard[at] = slot;
    }

    /** Empties a slot and moves later items of the same run back, so that no search stops early. */
    private static void closeGap(long[] shard, int slot) {
        int mask = shard.length - 1;
        int gap = slot;
        int next = (gap + 1) & mask;
        while (shard[next] != 0) {
            int home = tagIn(shard[next]) & mask;
            // It may move if its home is not within (gap, next], read around the end of the array.
            if (((next - home) & mask) >= ((next - gap) & mask)) {
                shard[gap] = shard[next];
                gap = next;
            }
            next = (next + 1) & mask;
        }
        shard[gap] = 0;
    }

    private long[] writable(int s) {
        long[] shard = slots[s];
        if (shard == null) {
            shard = new long[MIN_CAPACITY];
        } else if (!leases.mayChange(madeIn[s])) {
            shard = shard.clone();
        } else {
            return shard;
        }
        slots[s] = shard;
        madeIn[s] = leases.generation();
        return shard;
    }

    /** For a shard that is {@link #writable} already. */
    private long[] resize(int s, int capacity) {
        if (capacity > MAX_CAPACITY) {
            throw new IllegalStateException("A part of the table holds at most " + MAX_CAPACITY + " items.");
        }
        long[] to = new long[capacity];
        for (long slot : slots[s]) {
            if (slot != 0) {
                insert(to, slot);
            }
        }
        slots[s] = to;
        return to;
    }
}
