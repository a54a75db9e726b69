package io.ringleader.sim.fault;

import io.ringleader.sim.SimCluster;

/** One way of a link takes everything and delivers nothing for a while, then all of it at once. */
final class CloggedLink implements Fault {
    @Override
    public String name() {
        return "clogged link";
    }

    @Override
    public boolean inject(Scene scene) {
        int one = scene.anyNode();
        int other = scene.anyOther(one);
        if (other == 0) {
            return false;
        }
        long millis = scene.aboutMillis(500);
        scene.cluster().note("the link from " + one + " to " + other + " is clogged for " + millis + " ms");
        scene.cluster().world().clogLink(SimCluster.host(one), SimCluster.host(other), millis);
        return true;
    }
}
