package io.ringleader.node;

import io.ringleader.sim.CountsAndVersions;
import java.util.List;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Whatever happens to nodes, disks, clocks and links: what was acknowledged is there, and nothing happened twice. */
class ClusterPropertyTest {
    private static final long FAULTS_MILLIS = 5_000;
    /** For nodes to find each other again. */
    private static final long RECOVERY_MILLIS = 3_000;

    private static final long COMMAND_TIMEOUT_MILLIS = 1_500;
    private static final CountsAndVersions.Strength STRENGTH =
            new CountsAndVersions.Strength(4, 3, 4, 100, 400, COMMAND_TIMEOUT_MILLIS + 200);

    /** A failure names the seed and what was done to the cluster: {@code run(seed)} repeats it exactly. */
    @Property(tries = 250, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void whatWasAcknowledgedIsThereAndNothingHappenedTwice(@ForAll long seed) {
        run(seed);
    }

    static void run(long seed) {
        OneThreadCluster cluster = new OneThreadCluster(seed, options -> {
            Random choices = new Random(seed);
            options.partitions = 1 + choices.nextInt(3);
            options.nodes = choices.nextInt(8) == 0 ? 1 : 3;
            options.commandTimeoutMillis = COMMAND_TIMEOUT_MILLIS;
            options.snapshotLogBytes = 4 << 10;
            options.logRetainBytes = choices.nextBoolean() ? 0 : 2 << 10;
            options.snapshotChunkBytes = 512;
            options.diskDelayNanos = 1L << (10 + choices.nextInt(16));
        });
        cluster.start().awaitLeaders();
        CountsAndVersions workload = new CountsAndVersions(cluster, STRENGTH);
        workload.start();
        Random random = cluster.world().random();
        long end = cluster.nowMillis() + FAULTS_MILLIS;
        while (cluster.nowMillis() < end) {
            cluster.runMillis(10 + random.nextInt(400));
            breakSomething(cluster, random);
        }
        cluster.heal();
        cluster.world().latency(100_000, 1_000_000);
        for (int node : cluster.nodes()) {
            cluster.disk(node).losePowerAfter(Long.MAX_VALUE / 2);
            cluster.disk(node).setCapacityBytes(Long.MAX_VALUE);
        }
        cluster.start();
        workload.stop();
        cluster.runUntil(workload::isAnswered, 20_000, "everything is answered");
        cluster.runMillis(RECOVERY_MILLIS);
        cluster.awaitLeaders();
        workload.verify();
        cluster.awaitEqualReplicas();
        cluster.requireNothingLeftBehind();
    }

    private static void breakSomething(OneThreadCluster cluster, Random random) {
        List<Integer> nodes = cluster.nodes();
        int node = nodes.get(random.nextInt(nodes.size()));
        int other = nodes.get(random.nextInt(nodes.size()));
        switch (random.nextInt(13)) {
            case 0 -> whereUp(cluster, node, () -> cluster.crash(node));
            case 1 -> whereUp(cluster, node, () -> cluster.kill(node));
            case 2 -> whereUp(cluster, node, () -> cluster.crashAtChange(node, 1 + random.nextInt(30)));
            case 3 -> {
                int leader = cluster.leaderOf(0);
                if (leader != 0) {
                    cluster.crash(leader);
                }
            }
            case 4 -> cluster.isolate(node);
            case 5 -> {
                cluster.note("cut " + node + " to " + other);
                cluster.world().cutLink(OneThreadCluster.host(node), OneThreadCluster.host(other));
            }
            case 6 -> {
                long millis = 1 + random.nextInt(60);
                cluster.note("latency up to " + millis + " ms");
                cluster.world().latency(100_000, millis * 1_000_000);
            }
            case 7 -> cluster.skew(node, random.nextInt(10_000) - 5_000);
            case 8 -> cluster.heal();
            case 10 -> {
                cluster.note("the disk of " + node + " is full");
                cluster.disk(node).setCapacityBytes(0);
            }
            case 11 -> nodes.forEach(id -> cluster.disk(id).setCapacityBytes(Long.MAX_VALUE));
            case 9 -> nodes.stream().filter(cluster::isUp).forEach(cluster::crash);
            default -> cluster.start();
        }
    }

    private static void whereUp(OneThreadCluster cluster, int node, Runnable fault) {
        if (cluster.isUp(node)) {
            fault.run();
        }
    }
}
