package io.ringleader.sim.fault;

import io.ringleader.sim.SimCluster;
import java.util.ArrayList;
import java.util.List;

/** The nodes fall into two parts that cannot talk to each other, or of which only one can talk to the other. */
final class Split implements Fault {
    private final boolean oneWay;
    private final long meanMillis;

    Split(boolean oneWay, long meanMillis) {
        this.oneWay = oneWay;
        this.meanMillis = meanMillis;
    }

    @Override
    public String name() {
        return oneWay ? "one-way split" : "split";
    }

    @Override
    public boolean inject(Scene scene) {
        SimCluster cluster = scene.cluster();
        List<Integer> here = new ArrayList<>();
        List<Integer> there = new ArrayList<>();
        cluster.nodes().forEach(node -> (scene.random().nextBoolean() ? here : there).add(node));
        if (here.isEmpty() || there.isEmpty()) {
            return false;
        }
        cluster.note(name() + " between " + here + " and " + there);
        for (int one : here) {
            for (int other : there) {
                cluster.world().cutLink(SimCluster.host(one), SimCluster.host(other));
                if (!oneWay) {
                    cluster.world().cutLink(SimCluster.host(other), SimCluster.host(one));
                }
            }
        }
        scene.later(scene.aboutMillis(meanMillis), () -> {
            cluster.note("the " + name() + " between " + here + " and " + there + " is over");
            for (int one : here) {
                for (int other : there) {
                    cluster.world().mendLink(SimCluster.host(one), SimCluster.host(other));
                    cluster.world().mendLink(SimCluster.host(other), SimCluster.host(one));
                }
            }
        });
        return true;
    }
}
