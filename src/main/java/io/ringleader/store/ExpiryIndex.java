package io.ringleader.store;

import java.util.Arrays;

/**
 * The items that will expire, ordered by (expiry, key): a B+ tree of two levels. Sorted blocks hold the items with their
 * expiries beside them, and a sorted directory holds the blocks. A search touches a few cache lines of plain numbers where
 * a red-black tree follows a pointer to a cold item at every level; with millions of items that decides the price of a
 * write. A change moves at most one block and, once in many changes, the directory, whose entries are some hundred times
 * fewer than the items.
 *
 * <p>Owned by the store thread.
 */
final class ExpiryIndex {
    /** Answer of {@link #nextAfter} when nothing follows. */
    static final long NONE = Long.MAX_VALUE;

    private static final int DEFAULT_BLOCK_ITEMS = 256;

    private final ItemPages pages;
    private final int blockItems;
    private Block[] blocks = new Block[4];
    /** The first expiry of each block, so that most of a search stays in this array. */
    private long[] firstExpiries = new long[4];

    private int blockCount;

    ExpiryIndex(ItemPages pages) {
        this(pages, DEFAULT_BLOCK_ITEMS);
    }

    /** @param blockItems at least 4; how many items a block takes before it is split */
    ExpiryIndex(ItemPages pages, int blockItems) {
        this.pages = pages;
        this.blockItems = blockItems;
    }

    private static final class Block {
        final long[] expiries;
        /** Their addresses. */
        final long[] items;

        int count;

        Block(int capacity) {
            expiries = new long[capacity];
            items = new long[capacity];
        }

        void insert(int at, Item item) {
            System.arraycopy(expiries, at, expiries, at + 1, count - at);
            System.arraycopy(items, at, items, at + 1, count - at);
            expiries[at] = item.expiresAtMillis();
            items[at] = item.address();
            count++;
        }

        void delete(int at) {
            System.arraycopy(expiries, at + 1, expiries, at, count - at - 1);
            System.arraycopy(items, at + 1, items, at, count - at - 1);
            count--;
        }

        /** Moves the items from {@code from} on to the end of another block. */
        void moveTo(Block target, int from) {
            System.arraycopy(expiries, from, target.expiries, target.count, count - from);
            System.arraycopy(items, from, target.items, target.count, count - from);
            target.count += count - from;
            count = from;
        }
    }

    boolean isEmpty() {
        return blockCount == 0;
    }

    /** The item that expires first; null if there is none. */
    Item first() {
        return blockCount == 0 ? null : item(blocks[0].items[0]);
    }

    /** The earliest expiry later than {@code timeMillis}, or {@link #NONE}. */
    long nextAfter(long timeMillis) {
        int low = 0;
        int high = blockCount;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (firstExpiries[middle] <= timeMillis) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        // Block low is the first that begins later; the one before it may also end later.
        if (low > 0) {
            Block block = blocks[low - 1];
            if (block.expiries[block.count - 1] > timeMillis) {
                // Whichever of several equal expiries is found, the answer is the same.
                int at = Arrays.binarySearch(block.expiries, 0, block.count, timeMillis + 1);
                return block.expiries[at < 0 ? -at - 1 : at];
            }
        }
        return low < blockCount ? firstExpiries[low] : NONE;
    }

    void add(Item item) {
        if (blockCount == 0) {
            insertBlock(0, new Block(blockItems));
        }
        int b = blockOf(item);
        Block block = blocks[b];
        int at = positionOf(block, item);
        if (block.count == blockItems) {
            // Equal distances arrive in order: at the end nothing is split, so that blocks stay full.
            boolean append = at == block.count && b == blockCount - 1;
            Block next = new Block(blockItems);
            int keep = append ? block.count : blockItems / 2;
            if (!append) {
                block.moveTo(next, keep);
            }
            insertBlock(b + 1, next);
            if (at > keep || append) {
                b++;
                at -= keep;
            }
        }
        blocks[b].insert(at, item);
        firstExpiries[b] = blocks[b].expiries[0];
        if (b + 1 < blockCount) {
            firstExpiries[b + 1] = blocks[b + 1].expiries[0];
        }
    }

    /** Removes an item that was added. */
    void remove(Item item) {
        int b = blockOfAdded(item, item.address());
        Block block = blocks[b];
        int at = positionOf(block, item);
        block.delete(at);
        if (block.count == 0) {
            deleteBlock(b);
            return;
        }
        firstExpiries[b] = block.expiries[0];
        if (block.count < blockItems / 4) {
            mergeIfSmall(Math.min(b, blockCount - 2));
        }
    }

    /** An item that was added has moved: it is the same, and is to be found elsewhere. */
    void replace(long oldAddress, Item item) {
        Block block = blocks[blockOfAdded(item, oldAddress)];
        block.items[positionOf(block, item)] = item.address();
    }

    /** The block that has the item, at that address. */
    private int blockOfAdded(Item item, long address) {
        int b = blockCount == 0 ? -1 : blockOf(item);
        int at = b < 0 ? 0 : positionOf(blocks[b], item);
        if (b < 0 || at == blocks[b].count || blocks[b].items[at] != address) {
            throw new IllegalStateException("An item at address " + address + " that expires at "
                    + item.expiresAtMillis() + " is not in the index of expiries.");
        }
        return b;
    }

    /** The first position in the block whose item is not before the given one; the block's count if there is none. */
    private int positionOf(Block block, Item item) {
        long time = item.expiresAtMillis();
        int low = 0;
        int high = block.count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            long expiry = block.expiries[middle];
            if (expiry < time || (expiry == time && Item.compareKeys(item(block.items[middle]), item) < 0)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private Item item(long address) {
        return new Item(pages.pageOf(address), address);
    }

    /** Joins block {@code b} and the one after it if together they are far from being split again. */
    private void mergeIfSmall(int b) {
        if (b >= 0 && blocks[b].count + blocks[b + 1].count <= blockItems / 2) {
            blocks[b + 1].moveTo(blocks[b], 0);
            deleteBlock(b + 1);
        }
    }

    /** The last block that does not begin after the item, or the first block if all do. */
    private int blockOf(Item item) {
        long time = item.expiresAtMillis();
        int low = 0;
        int high = blockCount - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            long expiry = firstExpiries[middle];
            // Keys are looked at only among equals, since they are far away in memory.
            if (expiry < time || (expiry == time && Item.compareKeys(item(blocks[middle].items[0]), item) <= 0)) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private void insertBlock(int at, Block block) {
        if (blockCount == blocks.length) {
            blocks = Arrays.copyOf(blocks, 2 * blockCount);
            firstExpiries = Arrays.copyOf(firstExpiries, 2 * blockCount);
        }
        System.arraycopy(blocks, at, blocks, at + 1, blockCount - at);
        System.arraycopy(firstExpiries, at, firstExpiries, at + 1, blockCount - at);
        blocks[at] = block;
        blockCount++;
    }

    private void deleteBlock(int at) {
        blockCount--;
        System.arraycopy(blocks, at + 1, blocks, at, blockCount - at);
        System.arraycopy(firstExpiries, at + 1, firstExpiries, at, blockCount - at);
        blocks[blockCount] = null;
    }
}
