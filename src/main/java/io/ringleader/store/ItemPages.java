package io.ringleader.store;

import java.util.Arrays;

/**
 * The memory of a partition's items: large arrays of bytes ("pages") that are filled from the front with cells of whole
 * {@value #UNIT_BYTES} bytes, one for each item. A collection of garbage sees thousands of arrays without references where
 * there were millions of objects.
 *
 * <p>A cell that is freed leaves a hole, which is not filled again: before more than a quarter of the memory is holes, the live
 * cells of the page with the largest ones are moved to the end of the newest page ({@link #nextToMove}, {@link #copy}), and it
 * is let go. So sizes may be mixed in any way, and a cell that a {@link SnapshotCapture} reads is never written again unless
 * {@link Leases} allow it. An item of more than {@value #LARGE_BYTES} bytes has a page for itself. Pages begin small, so that a
 * partition of few items takes little.
 *
 * <p>An address is a number of {@value #ADDRESS_BITS} bits, never 0. Owned by the store thread.
 */
final class ItemPages {
    /**
     * With its array header one MiB: it fills a region of that size of the heap, which the collector then never copies and takes
     * back as soon as nobody knows the page.
     */
    static final int PAGE_BYTES = (1 << 20) - 16;
    /** From here on an item has its own page, and no more than this is wasted at the end of a page. */
    static final int LARGE_BYTES = PAGE_BYTES / 8;

    static final int ADDRESS_BITS = 40;

    private static final int MIN_PAGE_BYTES = 1 << 10;
    /** Pages between this and the full size would leave much of a region empty. */
    private static final int MAX_SMALL_PAGE_BYTES = PAGE_BYTES / 4 & -8;

    private static final int UNIT_BYTES = 8;
    private static final int OFFSET_BITS = 17;
    private static final int OFFSET_MASK = (1 << OFFSET_BITS) - 1;
    private static final int MAX_PAGES = 1 << (ADDRESS_BITS - OFFSET_BITS);
    /** One part of this many may be holes. */
    private static final int HOLES_SHARE = 4;
    /** A page of which less than one part of this many is holes is not worth the work. */
    private static final int WORTHWHILE_SHARE = 8;
    /** Of {@link #filling}, and no address is in it. */
    private static final int NO_PAGE = 0;

    private final Leases leases;
    private byte[][] pages = new byte[4][];
    private int[] filledBytes = new int[4];
    private int[] liveBytes = new int[4];
    private int[] madeIn = new int[4];
    private int usedNumbers = 1;
    private int[] freeNumbers = new int[4];
    private int freeNumberCount;
    private int filling = NO_PAGE;
    /** Where to go on in the page whose cells are being moved away, or 0. */
    private long clearing;

    private long allPageBytes;
    private long allLiveBytes;

    ItemPages(Leases leases) {
        this.leases = leases;
    }

    /** How long a cell is that holds so many bytes. */
    static int cellBytes(int bytes) {
        return (bytes + UNIT_BYTES - 1) & -UNIT_BYTES;
    }

    static byte[] pageOf(byte[][] pages, long address) {
        return pages[(int) (address >>> OFFSET_BITS)];
    }

    static int offsetOf(long address) {
        return ((int) address & OFFSET_MASK) * UNIT_BYTES;
    }

    byte[] pageOf(long address) {
        return pageOf(pages, address);
    }

    /** A new cell, whose bytes may be anything. */
    long allocate(int cellBytes) {
        int page = cellBytes > LARGE_BYTES ? add(cellBytes) : roomFor(cellBytes);
        int at = filledBytes[page];
        filledBytes[page] += cellBytes;
        liveBytes[page] += cellBytes;
        allLiveBytes += cellBytes;
        return (long) page << OFFSET_BITS | at / UNIT_BYTES;
    }

    /** Marks the cell as a hole. Its bytes stay what they are for whoever still reads them. */
    void free(long address) {
        int page = (int) (address >>> OFFSET_BITS);
        int cellBytes = Item.cellBytes(pages[page], offsetOf(address));
        Item.markDead(pages[page], offsetOf(address));
        liveBytes[page] -= cellBytes;
        allLiveBytes -= cellBytes;
        if (liveBytes[page] == 0 && page != filling) {
            letGo(page);
        }
        if (allLiveBytes == 0 && filling != NO_PAGE) {
            letGo(filling);
            filling = NO_PAGE;
        }
    }

    /** Whether the cell may be written over with an item for a cell of that length. */
    boolean mayOverwrite(long address, int cellBytes) {
        int page = (int) (address >>> OFFSET_BITS);
        return Item.cellBytes(pages[page], offsetOf(address)) == cellBytes && leases.mayChange(madeIn[page]);
    }

    /** A copy of the cell, to take its place. */
    long copy(long address) {
        byte[] from = pageOf(address);
        int at = offsetOf(address);
        int cellBytes = Item.cellBytes(from, at);
        long copy = allocate(cellBytes);
        System.arraycopy(from, at, pageOf(copy), offsetOf(copy), cellBytes);
        return copy;
    }

    /** A live cell that should be moved, so that its page can be let go; 0 if there is no need. */
    long nextToMove() {
        if (clearing == 0 && holesBytes() * HOLES_SHARE > allPageBytes) {
            clearing = victim();
        }
        if (clearing != 0) {
            clearing = nextLive(clearing);
        }
        return clearing;
    }

    private long holesBytes() {
        int unfilled = filling == NO_PAGE ? 0 : pages[filling].length - filledBytes[filling];
        return allPageBytes - allLiveBytes - unfilled;
    }

    /** The start of the page with the largest holes; 0 if there is nothing to be gained. */
    private long victim() {
        int victim = NO_PAGE;
        int most = 0;
        for (int page = 1; page < usedNumbers; page++) {
            if (pages[page] != null && page != filling && pages[page].length - liveBytes[page] > most) {
                victim = page;
                most = pages[page].length - liveBytes[page];
            }
        }
        boolean worthwhile = victim != NO_PAGE && (long) most * WORTHWHILE_SHARE >= pages[victim].length;
        return worthwhile ? (long) victim << OFFSET_BITS : 0;
    }

    /** The first live cell of the page at or after the address; there is one, else the page had been let go. */
    private long nextLive(long address) {
        int page = (int) (address >>> OFFSET_BITS);
        int at = offsetOf(address);
        while (Item.isDead(pages[page], at)) {
            at += Item.cellBytes(pages[page], at);
        }
        return (long) page << OFFSET_BITS | at / UNIT_BYTES;
    }

    /** All pages as of now, by number. Their cells do not change until the lease that is taken with them is given back. */
    byte[][] share() {
        return Arrays.copyOf(pages, usedNumbers);
    }

    /** The memory of all pages. */
    long pageBytes() {
        return allPageBytes;
    }

    /** The part of it that is in live cells. */
    long liveBytes() {
        return allLiveBytes;
    }

    private int roomFor(int cellBytes) {
        if (filling != NO_PAGE && pages[filling].length - filledBytes[filling] >= cellBytes) {
            return filling;
        }
        int full = filling;
        long wanted = Math.max(allPageBytes, (long) cellBytes * UNIT_BYTES) / UNIT_BYTES & -UNIT_BYTES;
        filling = add(wanted > MAX_SMALL_PAGE_BYTES ? PAGE_BYTES : (int) Math.max(MIN_PAGE_BYTES, wanted));
        if (full != NO_PAGE && liveBytes[full] == 0) {
            letGo(full);
        }
        return filling;
    }

    private int add(int pageBytes) {
        int page = freeNumberCount > 0 ? freeNumbers[--freeNumberCount] : usedNumbers++;
        if (page == MAX_PAGES) {
            throw new IllegalStateException("A partition has at most " + MAX_PAGES + " pages of items.");
        }
        if (page == pages.length) {
            pages = Arrays.copyOf(pages, 2 * page);
            filledBytes = Arrays.copyOf(filledBytes, 2 * page);
            liveBytes = Arrays.copyOf(liveBytes, 2 * page);
            madeIn = Arrays.copyOf(madeIn, 2 * page);
        }
        pages[page] = new byte[pageBytes];
        filledBytes[page] = 0;
        madeIn[page] = leases.generation();
        allPageBytes += pageBytes;
        return page;
    }

    private void letGo(int page) {
        allPageBytes -= pages[page].length;
        pages[page] = null;
        if (clearing >>> OFFSET_BITS == page) {
            clearing = 0;
        }
        if (freeNumberCount == freeNumbers.length) {
            freeNumbers = Arrays.copyOf(freeNumbers, 2 * freeNumberCount);
        }
        freeNumbers[freeNumberCount++] = page;
    }
}
