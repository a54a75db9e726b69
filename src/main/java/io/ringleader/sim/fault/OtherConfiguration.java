package io.ringleader.sim.fault;

import io.ringleader.config.ClusterConfig;
import io.ringleader.sim.ClusterOptions;
import io.ringleader.sim.SimCluster;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A node is started again with a configuration file that is not that of the others, and some time later with the right one. If keys
 * would lie elsewhere, it must not start; if peers cannot agree, they must refuse it; all else it has to bear.
 */
final class OtherConfiguration implements Fault {
    private static final long MEAN_MILLIS = 2_000;

    private enum Kind {
        PLACEMENT,
        AGREEMENT,
        OWN_BUSINESS
    }

    @Override
    public String name() {
        return "another configuration";
    }

    @Override
    public boolean inject(Scene scene) {
        int node = scene.anyUp();
        // A damaged disk may refuse to start for its own reasons, and would then be taken for the fault.
        if (node == 0 || !scene.atlas().isWhole(node)) {
            return false;
        }
        Kind kind = Kind.values()[scene.random().nextInt(Kind.values().length)];
        SimCluster cluster = scene.cluster();
        cluster.note("another configuration for " + node + ": " + kind);
        cluster.kill(node);
        cluster.configure(node, drawn(scene, kind));
        if (kind == Kind.PLACEMENT) {
            cluster.requireRefusal(node);
            cluster.configure(node, cluster.config());
        } else {
            cluster.start(node);
            scene.later(scene.aboutMillis(MEAN_MILLIS), () -> correct(scene, node));
        }
        return true;
    }

    private static ClusterConfig drawn(Scene scene, Kind kind) {
        Consumer<ClusterOptions> change = switch (kind) {
            case PLACEMENT ->
                scene.random().nextBoolean() ? options -> options.partitions++ : options -> options.virtualNodes++;
            case AGREEMENT -> options -> options.frameMaxBytes += 1 << 10;
            case OWN_BUSINESS ->
                options -> {
                    options.heartbeatMillis = scene.between(20, 90);
                    options.electionTimeoutMillis = scene.between(200, 600);
                    options.snapshotLogBytes = scene.between(1, 64) << 10;
                    options.logRetainBytes = scene.between(0, 16) << 10;
                    options.inflightMaxEntries = scene.between(1, 64);
                };
        };
        return scene.cluster().options().changed(change);
    }

    private static void correct(Scene scene, int node) {
        SimCluster cluster = scene.cluster();
        if (cluster.isConfiguredOtherwise(node)) {
            cluster.configure(node, cluster.config());
            if (cluster.isUp(node)) {
                cluster.kill(node);
                scene.start(node);
            }
        }
    }

    @Override
    public void heal(Scene scene, Set<Integer> nodes) {
        nodes.forEach(node -> correct(scene, node));
    }
}
