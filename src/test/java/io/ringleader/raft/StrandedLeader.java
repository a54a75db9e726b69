package io.ringleader.raft;

import java.util.Optional;
import java.util.Random;

/**
 * Now and then cuts a leader off and lets it append what nobody else gets, waits until the others have committed something else
 * in the place of the first of that, lets them snapshot, and mends the network: the snapshot that the leader of old times is sent
 * ends in the middle of a tail that conflicts with it (Figure 13, 7).
 */
final class StrandedLeader {
    private static final int STEPS_BETWEEN = 40;
    private static final long PASSES_NANOS = 2 * Settings.HEARTBEAT;
    private static final int ROUNDS = 20;
    private static final int TAIL_MAX = 6;

    private final TestCluster cluster;
    private final Random random;
    private int proposals;
    /** 0 if none is cut off. */
    private int stranded;

    private long committedIndex;
    /** Until it has the snapshot. */
    private int roundsLeft;

    StrandedLeader(TestCluster cluster, Random random) {
        this.cluster = cluster;
        this.random = random;
    }

    void step() {
        if (stranded != 0) {
            look();
        } else if (roundsLeft > 0) {
            roundsLeft--;
            getOn();
        } else if (random.nextInt(STEPS_BETWEEN) == 0) {
            cluster.leaders().stream().findFirst().ifPresent(this::strand);
        }
    }

    private void strand(TestNode leader) {
        stranded = leader.id;
        committedIndex = leader.raft().commitIndex();
        cluster.isolate(stranded);
        for (int i = 2 + random.nextInt(TAIL_MAX - 1); i > 0; i--) {
            cluster.propose(stranded, "stranded" + ++proposals);
        }
    }

    private void look() {
        TestNode node = cluster.node(stranded);
        boolean hasTail = node.isUp() && node.raft().commitIndex() == committedIndex;
        Optional<TestNode> successor = cluster.leaders().stream()
                .filter(other -> other.id != stranded && hasTail && conflict(node, other))
                .findFirst();
        if (hasTail && successor.isEmpty()) {
            getOn();
            propose();
            return;
        }
        if (hasTail && successor.get().appliedIndex() < node.raft().lastIndex()) {
            cluster.snapshot(successor.get().id);
            roundsLeft = ROUNDS;
        }
        mend();
    }

    /** Whether the others have committed something else where the tail is, or beyond it. */
    private static boolean conflict(TestNode node, TestNode other) {
        long index = other.appliedIndex();
        return index > node.raft().commitIndex()
                && !node.state().log.matches(index, other.state().log.term(index));
    }

    /** Else all this would take so long that something always comes between. */
    private void getOn() {
        cluster.advance(PASSES_NANOS);
        cluster.up().stream().filter(node -> node.id != stranded).forEach(node -> cluster.tick(node.id));
        cluster.deliverOnce(message -> true);
    }

    private void propose() {
        cluster.leaders().stream()
                .filter(node -> node.id != stranded)
                .findFirst()
                .ifPresent(node -> cluster.propose(node.id, "instead" + ++proposals));
    }

    private void mend() {
        stranded = 0;
        cluster.network.healAll();
    }
}
