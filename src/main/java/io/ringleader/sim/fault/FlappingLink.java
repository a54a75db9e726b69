package io.ringleader.sim.fault;

import io.ringleader.sim.SimCluster;

/** The link between two nodes, or one way of it, comes and goes. */
final class FlappingLink implements Fault {
    @Override
    public String name() {
        return "flapping link";
    }

    @Override
    public boolean inject(Scene scene) {
        int one = scene.anyNode();
        int other = scene.anyOther(one);
        if (other == 0) {
            return false;
        }
        scene.cluster().note("the link between " + one + " and " + other + " flaps");
        flap(scene, SimCluster.host(one), SimCluster.host(other), scene.random().nextBoolean(), scene.between(4, 16));
        return true;
    }

    private void flap(Scene scene, String one, String other, boolean oneWay, int times) {
        scene.cluster().world().cutLink(one, other);
        if (!oneWay) {
            scene.cluster().world().cutLink(other, one);
        }
        scene.later(scene.aboutMillis(150), () -> {
            scene.cluster().world().mendLink(one, other);
            scene.cluster().world().mendLink(other, one);
            if (times > 1) {
                scene.later(scene.aboutMillis(100), () -> flap(scene, one, other, oneWay, times - 1));
            }
        });
    }
}
