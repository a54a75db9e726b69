package io.ringleader.raft;

/**
 * Where the payloads of one log lie in memory: arrays of bytes ("pages"), filled one after the other, each for as long as an
 * entry is in it. A collection of garbage that finds payloads in arrays of their own, all of them alive until the next snapshot,
 * moves each of them twice, and the node stands still for that; pages of full size are never moved. Belongs to its log.
 */
final class Payloads {
    /** With its array header one MiB: it fills a region of that size of the heap (see bin/ringleader). */
    static final int PAGE_BYTES = (1 << 20) - 16;

    private static final int MIN_PAGE_BYTES = 1 << 10;
    /** Of what the log holds, so that a log of little takes little. */
    private static final int PAGES = 8;
    /** From here on pages have the full size. */
    private static final int MAX_SMALL_PAGE_BYTES = 64 << 10;

    private static final byte[] EMPTY = new byte[0];

    private byte[] page = EMPTY;
    private int filledBytes;

    /** The same entry with a copy of its payload in a page. What was copied is never written over. */
    Entry keep(Entry entry, long logBytes) {
        int length = entry.length();
        byte[] to = EMPTY;
        int offset = 0;
        if (length > PAGE_BYTES / PAGES) {
            to = new byte[length];
        } else if (length > 0) {
            if (page.length - filledBytes < length) {
                page = new byte[pageBytes(Math.max(logBytes / PAGES, length))];
                filledBytes = 0;
            }
            to = page;
            offset = filledBytes;
            filledBytes += length;
        }
        System.arraycopy(entry.bytes(), entry.offset(), to, offset, length);
        return new Entry(entry.index(), entry.term(), entry.type(), to, offset, length);
    }

    private static int pageBytes(long wanted) {
        return wanted > MAX_SMALL_PAGE_BYTES ? PAGE_BYTES : (int) Math.max(MIN_PAGE_BYTES, wanted);
    }
}
