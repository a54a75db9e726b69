package io.ringleader.sim.fault;

import java.util.Set;

/**
 * One kind of thing that goes wrong, or that operators do at a bad moment. Each run draws which kinds it has, and how often; a
 * new kind is one class and one line in {@link Faults}.
 */
public interface Fault {
    /** What it is called in notes and counts. */
    String name();

    /** It happens now, somewhere, if it can. Returns whether it did. What is to end by itself ends with {@link Scene#later}. */
    boolean inject(Scene scene);

    /** Whatever of it lasts at these nodes is over at once; links are mended for all kinds together. */
    default void heal(Scene scene, Set<Integer> nodes) {}
}
