package io.ringleader.sim.fault;

/** The power of the whole cluster goes at once. */
final class AllLosePower implements Fault {
    @Override
    public String name() {
        return "all lose power";
    }

    @Override
    public boolean inject(Scene scene) {
        if (scene.anyUp() == 0) {
            return false;
        }
        scene.cluster().nodes().stream().filter(scene.cluster()::isUp).forEach(scene.cluster()::crash);
        return true;
    }
}
