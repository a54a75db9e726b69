package io.ringleader.sim.fault;

/** A node dies and comes back again and again, each time before it has found its feet. */
final class RestartStorm implements Fault {
    @Override
    public String name() {
        return "restart storm";
    }

    @Override
    public boolean inject(Scene scene) {
        again(scene, scene.anyNode(), scene.between(3, 8));
        return true;
    }

    private void again(Scene scene, int node, int times) {
        if (scene.cluster().isUp(node)) {
            if (scene.random().nextBoolean()) {
                scene.cluster().crash(node);
            } else {
                scene.cluster().kill(node);
            }
        }
        scene.start(node);
        if (times > 1) {
            scene.later(scene.aboutMillis(150), () -> again(scene, node, times - 1));
        }
    }
}
