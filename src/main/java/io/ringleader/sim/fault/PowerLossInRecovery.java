package io.ringleader.sim.fault;

/** A node that is down will lose its power while it recovers, at any of the first things it writes. */
final class PowerLossInRecovery implements Fault {
    @Override
    public String name() {
        return "power loss in recovery";
    }

    @Override
    public boolean inject(Scene scene) {
        int node = scene.anyDown();
        if (node == 0) {
            return false;
        }
        scene.cluster().crashAtChange(node, scene.between(1, 10));
        return true;
    }
}
