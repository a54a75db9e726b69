package io.ringleader.sim.fault;

import java.util.Set;

/** Everything takes long and random times: what is on different connections overtakes each other. */
final class SlowNetwork implements Fault {
    private static final long USUAL_MIN_NANOS = 100_000;
    private static final long USUAL_MAX_NANOS = 1_000_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final int mostMillis;

    /** @param mostMillis that bytes are on their way */
    SlowNetwork(int mostMillis) {
        this.mostMillis = mostMillis;
    }

    @Override
    public String name() {
        return "slow network";
    }

    @Override
    public boolean inject(Scene scene) {
        long millis = scene.between(2, mostMillis);
        scene.cluster().note("bytes take up to " + millis + " ms");
        scene.cluster().world().latency(USUAL_MIN_NANOS, millis * NANOS_PER_MILLI);
        scene.later(scene.aboutMillis(1_500), () -> usual(scene));
        return true;
    }

    private static void usual(Scene scene) {
        scene.cluster().world().latency(USUAL_MIN_NANOS, USUAL_MAX_NANOS);
    }

    @Override
    public void heal(Scene scene, Set<Integer> nodes) {
        usual(scene);
    }
}
