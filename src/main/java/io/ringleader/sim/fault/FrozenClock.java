package io.ringleader.sim.fault;

import java.util.Set;

/** A wall clock stands still, and later shows the right time again. */
final class FrozenClock implements Fault {
    @Override
    public String name() {
        return "frozen clock";
    }

    @Override
    public boolean inject(Scene scene) {
        int node = scene.anyNode();
        scene.cluster().note("the wall clock of " + node + " stands still");
        scene.cluster().clock(node).freeze(true);
        scene.later(scene.aboutMillis(2_000), () -> scene.cluster().clock(node).freeze(false));
        return true;
    }

    @Override
    public void heal(Scene scene, Set<Integer> nodes) {
        nodes.forEach(node -> scene.cluster().clock(node).freeze(false));
    }
}
