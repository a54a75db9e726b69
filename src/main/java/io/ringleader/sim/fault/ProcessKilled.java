package io.ringleader.sim.fault;

/** A process is killed; the operating system, and what was written, live on. */
final class ProcessKilled implements Fault {
    @Override
    public String name() {
        return "process killed";
    }

    @Override
    public boolean inject(Scene scene) {
        int node = scene.anyUpPreferablyLeader();
        if (node == 0) {
            return false;
        }
        scene.cluster().kill(node);
        return true;
    }
}
