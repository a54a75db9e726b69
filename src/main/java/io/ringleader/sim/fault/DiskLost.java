package io.ringleader.sim.fault;

/** A node loses its data directory, and comes back with an empty one. */
final class DiskLost implements Fault {
    @Override
    public String name() {
        return "disk lost";
    }

    @Override
    public boolean inject(Scene scene) {
        int node = scene.random().nextBoolean() ? scene.anyNode() : scene.anyUpPreferablyLeader();
        if (node == 0 || !scene.atlas().mayDamage(node)) {
            return false;
        }
        if (scene.cluster().isUp(node)) {
            scene.cluster().crash(node);
        }
        scene.atlas().empty(node);
        return true;
    }
}
