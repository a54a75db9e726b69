package io.ringleader.raft;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A leader loses the others one after the other, some of whom are restarted, and then stands still; it is asked for reads all
 * the time, also when another one leads and what it was told before arrives late.
 */
final class OutlivedLeader {
    private final TestCluster cluster;
    private final Random random;
    private final TestNode old;
    private final Consumer<TestNode> read;
    /** By node: when the leader loses it. */
    private final Map<Integer, Long> lostAt = new TreeMap<>();

    OutlivedLeader(TestCluster cluster, Random random, TestNode old, Consumer<TestNode> read) {
        this.cluster = cluster;
        this.random = random;
        this.old = old;
        this.read = read;
    }

    void run(long stepNanos) {
        cluster.nodes().stream()
                .filter(node -> node != old)
                .forEach(node -> lostAt.put(node.id, cluster.now() + random.nextLong(Settings.TIMEOUT_MAX)));
        long stillAt = cluster.now() + random.nextLong(2 * Settings.TIMEOUT_MAX);
        long end = cluster.now() + 3 * Settings.TIMEOUT_MAX;
        while (cluster.now() < end) {
            cluster.advance(stepNanos);
            lose();
            for (TestNode node : cluster.nodes()) {
                if (node != old || cluster.now() < stillAt) {
                    cluster.tick(node.id);
                }
            }
            cluster.settleWhatIsDeliverable();
            boolean otherLeads = cluster.leaders().stream().anyMatch(node -> node != old);
            if (otherLeads && random.nextBoolean()) {
                cluster.network.inFlight().stream()
                        .filter(message -> message.to() == old.id)
                        .findFirst()
                        .ifPresent(cluster::deliver);
            }
            read.accept(old);
        }
    }

    private void lose() {
        lostAt.entrySet().removeIf(lost -> {
            boolean now = cluster.now() >= lost.getValue();
            if (now) {
                cluster.network.clog(lost.getKey(), old.id);
                // Else it hears on what it answers late, as long as the leader goes on.
                if (random.nextBoolean()) {
                    cluster.network.clog(old.id, lost.getKey());
                }
                if (random.nextBoolean()) {
                    cluster.crash(lost.getKey());
                    cluster.start(lost.getKey());
                }
            }
            return now;
        });
    }
}
