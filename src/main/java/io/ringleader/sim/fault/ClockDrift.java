package io.ringleader.sim.fault;

import java.util.Set;

/** A machine's clocks run too fast or too slow, up to twice or half as fast, timers and all. */
final class ClockDrift implements Fault {
    @Override
    public String name() {
        return "clock drift";
    }

    @Override
    public boolean inject(Scene scene) {
        int node = scene.anyNode();
        double rate = Math.pow(2, 2 * scene.random().nextDouble() - 1);
        scene.cluster().note("the clocks of " + node + " run " + rate + " times as fast");
        scene.cluster().clock(node).setRate(rate);
        return true;
    }

    @Override
    public void heal(Scene scene, Set<Integer> nodes) {
        nodes.forEach(node -> scene.cluster().clock(node).setRate(1));
    }
}
