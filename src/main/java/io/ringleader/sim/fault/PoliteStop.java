package io.ringleader.sim.fault;

import java.util.Set;

/** A node is ended in good order. */
final class PoliteStop implements Fault {
    @Override
    public String name() {
        return "polite stop";
    }

    @Override
    public boolean inject(Scene scene) {
        int node = scene.anyUp();
        if (node == 0) {
            return false;
        }
        scene.cluster().stop(node);
        return true;
    }

    @Override
    public void heal(Scene scene, Set<Integer> nodes) {
        nodes.forEach(scene.cluster()::endStop);
    }
}
