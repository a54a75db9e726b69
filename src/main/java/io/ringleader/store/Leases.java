package io.ringleader.store;

import java.util.ArrayDeque;

/**
 * Which arrays of a partition a {@link SnapshotCapture} may be reading. Every capture ends a generation; an array that was
 * made in a later one than the newest capture that is still out was never handed to anybody, and the store may change it.
 *
 * <p>A capture that is never given back does no harm but that what it has seen stays as it is: the store writes elsewhere.
 *
 * <p>Owned by the store thread; a {@link Lease} is given back by any.
 */
final class Leases {
    private static final int NONE = -1;

    private final ArrayDeque<Lease> taken = new ArrayDeque<>();
    private int generation;
    private int newestTaken = NONE;

    /** What one capture may read. */
    static final class Lease {
        private final int generation;
        private volatile boolean givenBack;

        private Lease(int generation) {
            this.generation = generation;
        }

        /** From now on nobody reads what this one covers. Any thread; more than once does nothing more. */
        void giveBack() {
            givenBack = true;
        }
    }

    /** Everything there is now is shared until the lease is given back. */
    Lease take() {
        Lease lease = new Lease(generation);
        taken.addLast(lease);
        newestTaken = generation;
        generation++;
        return lease;
    }

    /** The one in which an array is that is made now. */
    int generation() {
        return generation;
    }

    /** Whether an array of that generation may be changed where captures read it. */
    boolean mayChange(int madeIn) {
        return madeIn > newestTaken || madeIn > newestStillTaken();
    }

    private int newestStillTaken() {
        while (!taken.isEmpty() && taken.peekLast().givenBack) {
            taken.removeLast();
        }
        newestTaken = taken.isEmpty() ? NONE : taken.peekLast().generation;
        return newestTaken;
    }
}
