package io.ringleader.sim.fault;

import java.util.Set;

/** A wall clock is set, forwards or back: by little, by a lot, or by so much that it must be a mistake. */
final class ClockJump implements Fault {
    private static final int SMALL_MILLIS = 1_000;
    private static final int LARGE_MILLIS = 3_600_000;

    @Override
    public String name() {
        return "clock jump";
    }

    @Override
    public boolean inject(Scene scene) {
        int node = scene.anyNode();
        int span = scene.random().nextBoolean() ? SMALL_MILLIS : LARGE_MILLIS;
        long offsetMillis = scene.between(-span, span);
        scene.cluster().note("the clock of " + node + " is set to be off by " + offsetMillis + " ms");
        scene.cluster().skew(node, offsetMillis);
        return true;
    }

    @Override
    public void heal(Scene scene, Set<Integer> nodes) {
        nodes.forEach(node -> scene.cluster().skew(node, 0));
    }
}
