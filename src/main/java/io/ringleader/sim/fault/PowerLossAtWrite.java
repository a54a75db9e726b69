package io.ringleader.sim.fault;

/** The power goes in the middle of what a node writes: at some create, write, truncate, sync, rename or delete to come. */
final class PowerLossAtWrite implements Fault {
    @Override
    public String name() {
        return "power loss at a write";
    }

    @Override
    public boolean inject(Scene scene) {
        int node = scene.anyUpPreferablyLeader();
        if (node == 0) {
            return false;
        }
        scene.cluster().crashAtChange(node, scene.between(1, 40));
        return true;
    }
}
