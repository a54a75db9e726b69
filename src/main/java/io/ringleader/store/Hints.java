package io.ringleader.store;

import java.util.Arrays;

/**
 * What a node remembers of the accesses to an item, see {@link Item}. A fetch that a read sent to the log answers what that read
 * saw: other reads may have come between the two, from the same pipeline too.
 *
 * @param hitBefore whether the item had been accessed
 * @param idleSeconds unsigned: since the last access
 */
public record Hints(boolean hitBefore, int idleSeconds) {
    /** @param result a NEEDS_LOG */
    public static Hints of(ResultReader result) {
        return new Hints(result.has(Facts.HIT_BEFORE), (int) result.idleSeconds());
    }

    /** The one result at [offset, end) with these hints, as a copy; one of an item that was made by the fetch keeps its own. */
    public byte[] putInto(byte[] results, int offset, int end) {
        byte[] copy = Arrays.copyOfRange(results, offset, end);
        if (copy[0] == Result.ITEM && (copy[1] & Facts.CREATED) == 0) {
            put(copy, 0, copy[2] & 0xff);
        }
        return copy;
    }

    /** @param at where an ITEM begins */
    void put(byte[] results, int at, int keyLength) {
        int facts = results[at + 1] & ~Facts.HIT_BEFORE;
        results[at + 1] = (byte) (hitBefore ? facts | Facts.HIT_BEFORE : facts);
        ByteWriter.setInt(results, at + ResultWriter.ITEM_FIXED_BYTES - Integer.BYTES + keyLength, idleSeconds);
    }
}
