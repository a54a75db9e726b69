package io.ringleader.sim;

import io.ringleader.sim.fault.Fault;
import io.ringleader.sim.fault.Faults;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Everything that is drawn before a run begins: the cluster, how hard its clients work, and the swarm of faults. */
final class Plan {
    /** With these, a node may be right and still answer late. */
    private static final Set<String> LATE =
            Set.of("pause", "clock drift", "slow network", "stalled disk", "disk that does not answer");

    private static final long ANSWER_SLACK_MILLIS = 300;

    final ClusterOptions cluster = new ClusterOptions();
    final CountsAndVersions.Strength strength;
    final Faults faults;
    final long faultMillis;
    final long downMeanMillis;

    private Plan(Random random) {
        faults = Faults.draw(random);
        cluster.nodes = pick(random, 1, 2, 3, 3, 3, 3, 4, 5, 5, 6, 7);
        cluster.partitions = 1 + random.nextInt(random.nextBoolean() ? 3 : 8);
        cluster.replicas = pick(random, 1, 2, 3, 3, 3, 5, 7);
        cluster.commandTimeoutMillis = pick(random, 700, 1_500, 3_000);
        cluster.snapshotLogBytes = pick(random, 2 << 10, 8 << 10, 64 << 10);
        cluster.logRetainBytes = pick(random, 0, 2 << 10, 16 << 10);
        cluster.snapshotChunkBytes = pick(random, 512, 4 << 10);
        cluster.itemMaxBytes = 8 << 10;
        cluster.batchMaxBytes = pick(random, 9 << 10, 32 << 10);
        cluster.resultMaxBytes = cluster.batchMaxBytes;
        cluster.frameMaxBytes = pick(random, 80 << 10, 128 << 10);
        cluster.appendMaxBytes = pick(random, 512, 9 << 10, 64 << 10);
        cluster.inflightMaxEntries = pick(random, 1, 4, 64);
        cluster.diskDelayNanos = 1L << (10 + random.nextInt(14));
        strength = new CountsAndVersions.Strength(
                1 + random.nextInt(6),
                1 + random.nextInt(4),
                pick(random, 1, 4, 16),
                pick(random, 10, 100, 400),
                pick(random, 1, 400, 4_000),
                mayAnswerLate() ? Long.MAX_VALUE : cluster.commandTimeoutMillis + ANSWER_SLACK_MILLIS);
        faultMillis = 1_000L * pick(random, 2, 4, 8);
        downMeanMillis = pick(random, 50, 300, 1_500);
    }

    static Plan draw(Random random) {
        return new Plan(random);
    }

    private boolean mayAnswerLate() {
        return faults.drawn().stream().map(Fault::name).anyMatch(LATE::contains);
    }

    private static int pick(Random random, Integer... choices) {
        return List.of(choices).get(random.nextInt(choices.length));
    }

    @Override
    public String toString() {
        return cluster.nodes + " nodes, " + cluster.partitions + " partitions, "
                + Math.min(cluster.nodes, cluster.replicas) + " replicas, " + strength + "; " + faultMillis
                + " ms of faults: " + faults;
    }
}
