package io.ringleader.sim;

import io.ringleader.config.ReadPolicy;
import io.ringleader.sim.fault.Fault;
import io.ringleader.sim.fault.Faults;
import io.ringleader.sim.workload.Mix;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Everything that is drawn before a run begins: the cluster, how hard its clients work, and the swarm of faults. */
final class Plan {
    /** With these, a node may be right and still answer late. */
    private static final Set<String> LATE =
            Set.of("pause", "clock drift", "slow network", "stalled disk", "disk that does not answer");

    private static final long ANSWER_SLACK_MILLIS = 300;
    /** With these, wall clocks show a wrong time: by an hour at most, and what a drift and a stop are in a whole run. */
    private static final Set<String> WRONG_TIME = Set.of("clock jump", "clock drift", "frozen clock");

    private static final long WRONG_TIME_MILLIS = 3 * 3_600_000L;
    /** With these, an entry may lie in the log of a leader for long before it takes effect. */
    private static final Set<String> STUCK = Set.of(
            "pause",
            "clogged link",
            "slow network",
            "slow disk",
            "stalled disk",
            "disk that does not answer",
            "one-way split",
            "flapping link");

    private static final long STUCK_MILLIS = 15_000;
    private static final long PROMPT_MILLIS = 2_000;
    /** One run in so many has the simpler clients, whose checks know nothing of a history. */
    private static final int COUNTS_ONE_IN = 6;

    /** How far clocks drift apart where nothing depends on it: one runs twice, another one half as fast as it should. */
    private static final int ANY_DRIFT_PERCENT = 300;

    private static final int LARGE_ONE_IN = 16;
    private static final int FLUSHES_ONE_IN = 3;

    final ClusterOptions cluster = new ClusterOptions();
    final CountsAndVersions.Strength strength;
    /** What ordinary clients do; null if they only count and write versions. */
    final Mix mix;

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
        mix = random.nextInt(COUNTS_ONE_IN) == 0 ? null : drawMix(random);
        cluster.reads = random.nextBoolean()
                ? new ReadPolicy(true, pick(random, 10, 50, 100))
                : new ReadPolicy(false, ANY_DRIFT_PERCENT);
    }

    private Mix drawMix(Random random) {
        boolean large = random.nextInt(LARGE_ONE_IN) == 0;
        if (large) {
            allowLargeItems(pick(random, 128 << 10, 1 << 20));
        }
        int commandsPerSecond = pick(random, 200, 600, 2_000);
        int itemMaxBytes = (int) cluster.itemMaxBytes;
        return new Mix(
                1 + random.nextInt(12),
                1 + random.nextInt(20),
                pick(random, 1, 4, 16),
                large ? commandsPerSecond / 5 : commandsPerSecond,
                3_000,
                itemMaxBytes,
                pick(random, 1, 400, itemMaxBytes),
                random.nextInt(FLUSHES_ONE_IN) == 0 ? 1 + random.nextInt(8) : 0,
                (int) faultMillis,
                large || mayAnswerLate() ? Long.MAX_VALUE : cluster.commandTimeoutMillis + ANSWER_SLACK_MILLIS,
                toleranceMillis());
    }

    private void allowLargeItems(int itemMaxBytes) {
        cluster.itemMaxBytes = itemMaxBytes;
        cluster.batchMaxBytes = itemMaxBytes + (1 << 10);
        cluster.resultMaxBytes = cluster.batchMaxBytes;
        cluster.frameMaxBytes = 2L * itemMaxBytes;
        cluster.connectionOutputMaxBytes = 2L * itemMaxBytes;
        cluster.snapshotChunkBytes = 64 << 10;
        cluster.snapshotLogBytes = Math.max(cluster.snapshotLogBytes, 64 << 10);
    }

    /** How far an expiry may be off, see {@link io.ringleader.sim.workload.MixedWorkload}. */
    private long toleranceMillis() {
        if (has(WRONG_TIME)) {
            return WRONG_TIME_MILLIS;
        }
        return has(STUCK) ? STUCK_MILLIS : PROMPT_MILLIS;
    }

    /** Commands that a client has under way at most. */
    int pipelineMax() {
        return mix == null ? strength.pipelineMax() : mix.pipelineMax();
    }

    static Plan draw(Random random) {
        return new Plan(random);
    }

    private boolean mayAnswerLate() {
        return has(LATE);
    }

    private boolean has(Set<String> names) {
        return faults.drawn().stream().map(Fault::name).anyMatch(names::contains);
    }

    private static int pick(Random random, Integer... choices) {
        return List.of(choices).get(random.nextInt(choices.length));
    }

    @Override
    public String toString() {
        return cluster.nodes + " nodes, " + cluster.partitions + " partitions, "
                + Math.min(cluster.nodes, cluster.replicas) + " replicas, " + (mix == null ? strength : mix) + "; "
                + (cluster.reads.lease()
                        ? "leases for a drift of " + cluster.reads.clockDriftMaxPercent() + " %, "
                        : "")
                + faultMillis
                + " ms of faults: " + faults;
    }
}
