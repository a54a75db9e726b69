package io.ringleader.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.ringleader.config.NodeConfig;
import io.ringleader.sim.ClusterOptions;
import io.ringleader.sim.NodeObserver;
import io.ringleader.sim.SimCluster;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/** A {@link SimCluster} as tests want it: quiet, and with clients of every kind. A failure names the seed and what happened. */
final class OneThreadCluster extends SimCluster {
    static {
        // Hundreds of clusters that crash all the time have much to say.
        ((Logger) LoggerFactory.getLogger("io.ringleader")).setLevel(Level.OFF);
    }

    OneThreadCluster(long seed) {
        this(seed, options -> {});
    }

    /** Nothing runs yet: see {@link #start()}. */
    OneThreadCluster(long seed, Consumer<ClusterOptions> choices) {
        super(seed, chosen(choices), NodeObserver.NOBODY);
    }

    private static ClusterOptions chosen(Consumer<ClusterOptions> choices) {
        ClusterOptions options = new ClusterOptions();
        choices.accept(options);
        return options;
    }

    @Override
    public OneThreadCluster start() {
        super.start();
        return this;
    }

    @Override
    public OneThreadCluster awaitLeaders() {
        super.awaitLeaders();
        return this;
    }

    BinaryClient binaryClient(int id) {
        NodeConfig node = config().node(id).orElseThrow();
        return new BinaryClient(this, clients(), node.client().toSocketAddress());
    }

    /** A node that has no replica of the partition, where there are more nodes than replicas. */
    int strangerTo(int partition) {
        return nodes().stream()
                .filter(id -> !config().ring().replicas(partition).contains(id))
                .findFirst()
                .orElseThrow();
    }
}
