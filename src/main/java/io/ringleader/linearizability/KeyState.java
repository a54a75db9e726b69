package io.ringleader.linearizability;

import java.util.ArrayList;
import java.util.List;

/**
 * All that matters of one key at one moment. Immutable.
 *
 * <p><b>Cas ids are unknowns.</b> A change gives the item an id that nobody has seen yet: of it we know only that it is above
 * all ids that were seen before ({@link #casFloor}), because ids rise and are never used twice, and that it is none of those
 * with which a comparison failed ({@link Item#notCas}). The first answer that shows the id, or the first comparison that
 * succeeds, binds it. After that it is a number like any other: two answers with one id have seen one version.
 *
 * <p><b>Times are windows.</b> Nobody knows when exactly an operation took effect or what the clock of its server said, so a
 * time is a window from the first to the last possible nanosecond of the history.
 *
 * @param item null if there is none
 * @param casFloor every id still to be given out is above this, unsigned
 * @param flush when all that is there then will go, {@link Window#NEVER} if no flush is pending
 */
record KeyState(Item item, long casFloor, Window flush) {
    static final KeyState EMPTY = new KeyState(null, 0, Window.NEVER);

    /**
     * A moment that lies between two times.
     *
     * @param fromNanos before this it has certainly not come
     * @param toNanos from this on it certainly has
     */
    record Window(long fromNanos, long toNanos) {
        static final Window NEVER = new Window(Long.MAX_VALUE, Long.MAX_VALUE);
        static final Window PAST = new Window(Long.MIN_VALUE, Long.MIN_VALUE);

        boolean isNever() {
            return fromNanos == Long.MAX_VALUE;
        }

        @Override
        public String toString() {
            return isNever() ? "never" : fromNanos / 1000 + " to " + toNanos / 1000 + " us";
        }
    }

    /**
     * @param cas the item's cas id, or null as long as nobody has seen it
     * @param notCas what an unseen cas id is known not to be, rising
     * @param stale the value is out of date
     * @param taken somebody has won the right to renew it
     */
    record Item(
            String value, int clientFlags, Long cas, List<Long> notCas, Window expiry, boolean stale, boolean taken) {

        /** An item whose cas id nobody has seen. */
        static Item fresh(String value, int clientFlags, Window expiry, boolean stale, boolean taken) {
            return new Item(value, clientFlags, null, List.of(), expiry, stale, taken);
        }

        Item withExpiry(Window newExpiry) {
            return new Item(value, clientFlags, cas, notCas, newExpiry, stale, taken);
        }

        Item withCas(Long newCas) {
            return new Item(value, clientFlags, newCas, List.of(), expiry, stale, taken);
        }

        Item withMarks(boolean isStale, boolean isTaken) {
            return new Item(value, clientFlags, cas, notCas, expiry, isStale, isTaken);
        }
    }

    KeyState with(Item newItem) {
        return new KeyState(newItem, casFloor, flush);
    }

    KeyState withFlush(Window newFlush) {
        return new KeyState(item, casFloor, newFlush);
    }

    /** Whether the item can have that cas id. */
    boolean canHaveCas(long cas) {
        if (item.cas != null) {
            return item.cas == cas;
        }
        return Long.compareUnsigned(cas, casFloor) > 0 && !item.notCas.contains(cas);
    }

    /** The state if the item has that cas id, which it {@link #canHaveCas can have}. */
    KeyState bind(long cas) {
        return item.cas != null ? this : new KeyState(item.withCas(cas), cas, flush);
    }

    /** Whether the item can have another cas id than that. */
    boolean canHaveOtherCas(long cas) {
        return item.cas == null || item.cas != cas;
    }

    /** The state if the item has another cas id than that, which it {@link #canHaveOtherCas can have}. */
    KeyState exclude(long cas) {
        if (item.cas != null || !canHaveCas(cas)) {
            return this;
        }
        List<Long> not = new ArrayList<>(item.notCas);
        not.add(cas);
        not.sort(Long::compareUnsigned);
        Item next = new Item(item.value, item.clientFlags, null, List.copyOf(not), item.expiry, item.stale, item.taken);
        return with(next);
    }

    /** The state if the item's cas id is above that one, which the caller knows to be possible. */
    KeyState raiseFloor(long cas) {
        return Long.compareUnsigned(cas, casFloor) > 0 ? new KeyState(item, cas, flush) : this;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        if (item == null) {
            text.append("no item");
        } else {
            text.append("value ").append(Text.quoted(item.value));
            text.append(item.clientFlags == 0 ? "" : ", flags " + Integer.toUnsignedString(item.clientFlags));
            text.append(", cas ");
            text.append(
                    item.cas == null
                            ? "above " + Long.toUnsignedString(casFloor)
                                    + (item.notCas.isEmpty() ? "" : " but not " + item.notCas)
                            : Long.toUnsignedString(item.cas));
            text.append(item.expiry.isNever() ? "" : ", expires " + item.expiry);
            text.append(item.stale ? ", stale" : "").append(item.taken ? ", taken" : "");
        }
        return text.append(flush.isNever() ? "" : ", flushed " + flush).toString();
    }
}
