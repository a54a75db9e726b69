package io.ringleader.sim.fault;

/** One machine loses its power: what it has not synced may be gone, in any order and in parts. */
final class PowerLoss implements Fault {
    @Override
    public String name() {
        return "power loss";
    }

    @Override
    public boolean inject(Scene scene) {
        int node = scene.anyUpPreferablyLeader();
        if (node == 0) {
            return false;
        }
        scene.cluster().crash(node);
        return true;
    }
}
