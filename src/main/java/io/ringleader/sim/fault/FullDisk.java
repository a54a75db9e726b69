package io.ringleader.sim.fault;

import java.util.Set;

/** There is no more room on a disk, or little; later there is again. */
final class FullDisk implements Fault {
    @Override
    public String name() {
        return "full disk";
    }

    @Override
    public boolean inject(Scene scene) {
        int node = scene.anyNode();
        scene.cluster().note("the disk of " + node + " is full");
        scene.cluster().disk(node).setCapacityBytes(0);
        scene.later(scene.aboutMillis(1_500), () -> {
            scene.cluster().note("the disk of " + node + " has room again");
            scene.cluster().disk(node).setCapacityBytes(Long.MAX_VALUE);
        });
        return true;
    }

    @Override
    public void heal(Scene scene, Set<Integer> nodes) {
        nodes.forEach(node -> scene.cluster().disk(node).setCapacityBytes(Long.MAX_VALUE));
    }
}
