package io.ringleader.sim.fault;

import java.util.Set;

/** A disk takes its time, or does nothing at all for a while. */
final class SlowDisk implements Fault {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final int mostMillis;
    private final String name;

    /** @param mostMillis that one write takes */
    SlowDisk(String name, int mostMillis) {
        this.name = name;
        this.mostMillis = mostMillis;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean inject(Scene scene) {
        int node = scene.anyUpPreferablyLeader();
        if (node == 0) {
            return false;
        }
        long millis = scene.between(2, mostMillis);
        scene.cluster().note("the disk of " + node + " takes up to " + millis + " ms");
        scene.cluster().diskDelay(node, millis * NANOS_PER_MILLI);
        scene.later(scene.aboutMillis(1_000), () -> usual(scene, node));
        return true;
    }

    private static void usual(Scene scene, int node) {
        scene.cluster().diskDelay(node, scene.cluster().options().diskDelayNanos);
    }

    @Override
    public void heal(Scene scene, Set<Integer> nodes) {
        nodes.forEach(node -> usual(scene, node));
    }
}
