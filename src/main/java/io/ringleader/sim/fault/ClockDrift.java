package io.ringleader.sim.fault;

import java.util.Set;

/** A machine's clocks run too fast or too slow, timers and all: two as far apart as the cluster was told that they may. */
final class ClockDrift implements Fault {
    @Override
    public String name() {
        return "clock drift";
    }

    @Override
    public boolean inject(Scene scene) {
        int node = scene.anyNode();
        double apart = 1 + scene.cluster().config().reads().clockDriftMaxPercent() / 100.0;
        double rate = Math.pow(apart, scene.random().nextDouble() - 0.5);
        scene.cluster().note("the clocks of " + node + " run " + rate + " times as fast");
        scene.cluster().clock(node).setRate(rate);
        return true;
    }

    @Override
    public void heal(Scene scene, Set<Integer> nodes) {
        nodes.forEach(node -> scene.cluster().clock(node).setRate(1));
    }
}
