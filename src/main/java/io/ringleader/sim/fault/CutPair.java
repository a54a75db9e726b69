package io.ringleader.sim.fault;

import io.ringleader.sim.SimCluster;

/** Two nodes cannot talk to each other, but everybody else can talk to both. */
final class CutPair implements Fault {
    private final long meanMillis;

    CutPair(long meanMillis) {
        this.meanMillis = meanMillis;
    }

    @Override
    public String name() {
        return "cut between two";
    }

    @Override
    public boolean inject(Scene scene) {
        int one = scene.anyNode();
        int other = scene.anyOther(one);
        if (other == 0) {
            return false;
        }
        SimCluster cluster = scene.cluster();
        cluster.note("cut between " + one + " and " + other);
        cluster.world().cutBetween(SimCluster.host(one), SimCluster.host(other));
        scene.later(scene.aboutMillis(meanMillis), () -> {
            cluster.note("mended between " + one + " and " + other);
            cluster.world().mendLink(SimCluster.host(one), SimCluster.host(other));
            cluster.world().mendLink(SimCluster.host(other), SimCluster.host(one));
        });
        return true;
    }
}
