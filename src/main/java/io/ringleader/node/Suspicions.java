package io.ringleader.node;

import io.ringleader.raft.Raft;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.IntToLongFunction;

/**
 * Watches the other nodes, once for all groups that are quiet, and tells those groups of a node that may be gone and matters to
 * them: it is that of their leader, or they lead and it has a voter. Every node gives a sign of life with each beat ({@link RaftTimes}), on
 * its raft loop, so that one whose loop is stuck is not heard. Owned by the raft loop.
 */
final class Suspicions {
    private final Collection<PartitionGroup> groups;
    /** Has the effects of what was done to a group carried out. */
    private final Consumer<PartitionGroup> touch;

    private final IntToLongFunction lastHeardNanos;
    private final long silenceNanos;
    private final SortedSet<Integer> others = new TreeSet<>();
    private List<Integer> silent = List.of();

    /**
     * @param lastHeardNanos when a node was last heard on the connection on which its messages come
     * @param silenceNanos how long a node is silent before it may be gone: less than the shortest election timeout
     */
    Suspicions(
            Collection<PartitionGroup> groups,
            Consumer<PartitionGroup> touch,
            IntToLongFunction lastHeardNanos,
            long silenceNanos) {
        this.groups = groups;
        this.touch = touch;
        this.lastHeardNanos = lastHeardNanos;
        this.silenceNanos = silenceNanos;
    }

    /** Before the loop starts. */
    void add(PartitionGroup group) {
        for (int voter : group.raft.voters()) {
            if (voter != group.raft.id()) {
                others.add(voter);
            }
        }
    }

    /** Looks who is silent; to be called before {@link #tick(PartitionGroup, long)}. */
    void look(long nowNanos) {
        List<Integer> found = new ArrayList<>(0);
        for (int node : others) {
            if (nowNanos - lastHeardNanos.applyAsLong(node) >= silenceNanos) {
                found.add(node);
            }
        }
        silent = found;
    }

    /** Whether any node was silent when it was looked at last. */
    boolean anybody() {
        return !silent.isEmpty();
    }

    /** Tells a quiet group of all nodes that are silent. */
    void tick(PartitionGroup group, long nowNanos) {
        for (int node : silent) {
            if (matters(node, group.raft)) {
                tell(group, node, nowNanos);
            }
        }
    }

    /** A connection to or from the node was lost or made anew, or it is about to stop. */
    void suspect(int node, long nowNanos) {
        for (PartitionGroup group : groups) {
            if (group.raft.isQuiet() && matters(node, group.raft)) {
                tell(group, node, nowNanos);
            }
        }
    }

    /** A quiet follower is about to ask its leader: should there be no answer, its node was last heard when it was. */
    void wake(PartitionGroup group, long nowNanos) {
        if (group.raft.isQuiet() && !group.raft.isLeader()) {
            tell(group, group.raft.leader(), nowNanos);
        }
    }

    private static boolean matters(int node, Raft raft) {
        return raft.isLeader() ? raft.hasVoter(node) : raft.leader() == node;
    }

    private void tell(PartitionGroup group, int node, long nowNanos) {
        group.raft.suspect(node, lastHeardNanos.applyAsLong(node), nowNanos);
        touch.accept(group);
    }
}
