package io.ringleader.sim.fault;

import io.ringleader.sim.SimCluster;

/** A connection between two nodes, or to a client, is reset: what was on its way is lost, cut at any byte. */
final class LostConnection implements Fault {
    @Override
    public String name() {
        return "connection lost";
    }

    @Override
    public boolean inject(Scene scene) {
        int node = scene.anyUp();
        int other = node == 0 ? 0 : scene.anyOther(node);
        String end = other == 0 || scene.random().nextInt(4) == 0 ? SimCluster.CLIENTS : SimCluster.host(other);
        return node != 0 && scene.cluster().world().loseConnection(SimCluster.host(node), end);
    }
}
