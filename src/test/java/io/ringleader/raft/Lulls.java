package io.ringleader.raft;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Times in which no client wants anything, so that a group may go quiet; and owners that are suspicious without a reason now and
 * then, which must be harmless. Counts who goes quiet, and who wakes.
 */
final class Lulls {
    private static final int STEPS_MAX = 200;
    private static final int STEPS_BETWEEN = 150;
    private static final int STEPS_BETWEEN_SUSPICIONS = 60;

    private final TestCluster cluster;
    private final Random random;
    private final Consumer<RandomSchedule.Seen> counter;
    private final Map<Integer, Raft> quiet = new TreeMap<>();
    private int stepsLeft;

    Lulls(TestCluster cluster, Random random, Consumer<RandomSchedule.Seen> counter) {
        this.cluster = cluster;
        this.random = random;
        this.counter = counter;
    }

    /** Before each step. Returns whether clients want nothing in it. */
    boolean isLull() {
        if (random.nextInt(STEPS_BETWEEN_SUSPICIONS) == 0) {
            int size = cluster.nodes().size();
            int node = 1 + random.nextInt(size);
            int other = 1 + random.nextInt(size);
            if (cluster.node(node).isUp()) {
                cluster.suspect(node, other);
            }
        }
        if (stepsLeft == 0 && random.nextInt(STEPS_BETWEEN) == 0) {
            stepsLeft = random.nextInt(STEPS_MAX);
        }
        stepsLeft = Math.max(0, stepsLeft - 1);
        return stepsLeft > 0;
    }

    /** After each step. */
    void look() {
        for (TestNode node : cluster.nodes()) {
            Raft before = quiet.get(node.id);
            boolean isQuiet = node.isUp() && node.raft().isQuiet();
            if (before == null && isQuiet) {
                counter.accept(
                        node.isLeader()
                                ? RandomSchedule.Seen.LEADER_WENT_QUIET
                                : RandomSchedule.Seen.FOLLOWER_WENT_QUIET);
                quiet.put(node.id, node.raft());
            } else if (before != null && !isQuiet) {
                boolean crashed = node.raft() != before;
                counter.accept(crashed ? RandomSchedule.Seen.QUIET_NODE_CRASHED : RandomSchedule.Seen.QUIET_NODE_WOKE);
                quiet.remove(node.id);
            }
        }
    }
}
