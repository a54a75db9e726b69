package io.ringleader.sim.fault;

import java.util.Set;

/** A process stands still, long enough to be taken for dead, and goes on as if nothing had happened. */
final class Pause implements Fault {
    @Override
    public String name() {
        return "pause";
    }

    @Override
    public boolean inject(Scene scene) {
        int node = scene.anyUpPreferablyLeader();
        if (node == 0) {
            return false;
        }
        scene.cluster().pause(node, scene.aboutMillis(900));
        return true;
    }

    @Override
    public void heal(Scene scene, Set<Integer> nodes) {
        nodes.stream()
                .filter(scene.cluster()::isUp)
                .forEach(node -> scene.cluster().pause(node, 0));
    }
}
