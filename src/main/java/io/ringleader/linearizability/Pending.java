package io.ringleader.linearizability;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The completed operations that are not yet in the order which the search is building: a doubly linked list of their
 * invocations and returns as they happened. This is the data structure of Wing and Gong (1993, section 4): to put an operation
 * into the order, both its events are lifted out; to take it back, they are linked in again at the very same places, which
 * costs no search as long as operations come back in the opposite order.
 *
 * <p>Entry 0 is the head; the invocation of operation {@code i} is entry {@code 2 * i + 1}, its return the one after.
 */
final class Pending {
    /** No operation is left. */
    static final int NONE = -1;

    private static final int HEAD = 0;

    private final List<Operation> operations;
    private final int[] next;
    private final int[] previous;

    /** @param operations completed ones, in the order of invocation */
    Pending(List<Operation> operations) {
        this.operations = operations;
        next = new int[2 * operations.size() + 1];
        previous = new int[next.length];
        List<Integer> entries = new ArrayList<>();
        for (int entry = 1; entry < next.length; entry++) {
            entries.add(entry);
        }
        entries.sort(Comparator.comparingInt(this::event));
        int last = HEAD;
        for (int entry : entries) {
            next[last] = entry;
            previous[entry] = last;
            last = entry;
        }
        next[last] = HEAD;
        previous[HEAD] = last;
    }

    private int event(int entry) {
        Operation o = operations.get((entry - 1) / 2);
        return isReturn(entry) ? o.completedAt() : o.invokedAt();
    }

    private static boolean isReturn(int entry) {
        return (entry & 1) == 0;
    }

    boolean isEmpty() {
        return next[HEAD] == HEAD;
    }

    /** The operation that returns before all others that are left, or {@link #NONE}. */
    int firstToReturn() {
        int entry = next[HEAD];
        while (entry != HEAD && !isReturn(entry)) {
            entry = next[entry];
        }
        return entry == HEAD ? NONE : (entry - 1) / 2;
    }

    /** The operations that were invoked before the first return, in the order of invocation: any may be the next. */
    int[] invokedBeforeFirstReturn() {
        int count = 0;
        for (int entry = next[HEAD]; entry != HEAD && !isReturn(entry); entry = next[entry]) {
            count++;
        }
        int[] operationsThen = new int[count];
        int entry = next[HEAD];
        for (int i = 0; i < count; i++) {
            operationsThen[i] = (entry - 1) / 2;
            entry = next[entry];
        }
        return operationsThen;
    }

    void lift(int operation) {
        unlink(2 * operation + 1);
        unlink(2 * operation + 2);
    }

    /** Undoes the last {@link #lift} that is not undone yet. */
    void unlift(int operation) {
        relink(2 * operation + 2);
        relink(2 * operation + 1);
    }

    private void unlink(int entry) {
        next[previous[entry]] = next[entry];
        previous[next[entry]] = previous[entry];
    }

    private void relink(int entry) {
        next[previous[entry]] = entry;
        previous[next[entry]] = entry;
    }
}
