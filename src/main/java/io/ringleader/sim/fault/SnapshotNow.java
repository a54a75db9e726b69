package io.ringleader.sim.fault;

/** A node takes a snapshot, however little there is to be saved, also while others need the log. */
final class SnapshotNow implements Fault {
    @Override
    public String name() {
        return "snapshot now";
    }

    @Override
    public boolean inject(Scene scene) {
        int node = scene.anyUp();
        if (node == 0) {
            return false;
        }
        int partition = scene.random().nextInt(scene.cluster().config().partitions());
        scene.cluster().note("node " + node + " is to snapshot partition " + partition);
        scene.cluster().node(node).takeSnapshot(partition);
        return true;
    }
}
