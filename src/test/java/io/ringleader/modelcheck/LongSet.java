package io.ringleader.modelcheck;

/** Numbers other than 0, in one array: millions of them. */
final class LongSet {
    private long[] slots = new long[1 << 16];
    private int size;

    int size() {
        return size;
    }

    /** @return whether it was not there yet */
    boolean add(long value) {
        if (size * 2 > slots.length) {
            grow();
        }
        return insert(value);
    }

    private boolean insert(long value) {
        int mask = slots.length - 1;
        int at = (int) (value ^ (value >>> 32)) & mask;
        while (slots[at] != 0) {
            if (slots[at] == value) {
                return false;
            }
            at = (at + 1) & mask;
        }
        slots[at] = value;
        size++;
        return true;
    }

    private void grow() {
        long[] old = slots;
        slots = new long[old.length * 2];
        size = 0;
        for (long value : old) {
            if (value != 0) {
                insert(value);
            }
        }
    }
}
