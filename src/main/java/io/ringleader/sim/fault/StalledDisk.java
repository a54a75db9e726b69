package io.ringleader.sim.fault;

import java.util.Set;

/** A disk answers nothing for a while: what waits for it waits, and everything else of the node goes on. */
final class StalledDisk implements Fault {
    @Override
    public String name() {
        return "disk that does not answer";
    }

    @Override
    public boolean inject(Scene scene) {
        int node = scene.anyUpPreferablyLeader();
        if (node == 0) {
            return false;
        }
        scene.cluster().stallDisk(node, scene.aboutMillis(1_500));
        return true;
    }

    @Override
    public void heal(Scene scene, Set<Integer> nodes) {
        nodes.stream()
                .filter(scene.cluster()::isUp)
                .forEach(node -> scene.cluster().stallDisk(node, 0));
    }
}
