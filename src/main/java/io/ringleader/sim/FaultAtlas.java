package io.ringleader.sim;

import io.ringleader.raft.Raft;
import io.ringleader.ring.Ring;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Knows of every partition on which of its replicas what is damaged or gone, and answers whether a fault may hit a node now such
 * that all that was acknowledged stays recoverable: at no time is more than a minority of the replicas of a partition without
 * what it has promised.
 *
 * <p>What is damaged the disks know themselves ({@link MemoryDisk#damages}): a damaged file that was deleted or written again
 * harms nobody any more. A node that was emptied is not whole before each of its replicas votes again, has been filled and is in step:
 * see {@link #look}.
 *
 * <p>A replica that loses its newest writes without noticing is not in here: it votes and answers as if it had them, and no
 * quorum makes up for that. {@link DiskFault} has no such fault, and {@code docs/verification.md} says what it would cost.
 */
public final class FaultAtlas {
    /** What a replica consists of. */
    public enum Part {
        /** Entries, terms and votes are in one log. */
        LOG_AND_VOTES,
        SNAPSHOT,
        /** There is nothing, or not everything yet. */
        ALL
    }

    private static final String SNAPSHOTS = "snapshots/";

    private final SimCluster cluster;
    private final Ring ring;
    /** By node: its partitions that have not been filled again since it was emptied. */
    private final Map<Integer, Set<Integer>> emptied = new TreeMap<>();

    public FaultAtlas(SimCluster cluster) {
        this.cluster = cluster;
        this.ring = cluster.config().ring();
    }

    /** By node: what of its replica of the partition is damaged or missing; only nodes with any. */
    public SortedMap<Integer, Set<Part>> damaged(int partition) {
        SortedMap<Integer, Set<Part>> damaged = new TreeMap<>();
        for (int node : ring.replicas(partition)) {
            Set<Part> parts = parts(node, partition);
            if (!parts.isEmpty()) {
                damaged.put(node, parts);
            }
        }
        return damaged;
    }

    private Set<Part> parts(int node, int partition) {
        Set<Part> parts = EnumSet.noneOf(Part.class);
        if (emptied.getOrDefault(node, Set.of()).contains(partition)) {
            parts.add(Part.ALL);
        }
        MemoryDisk disk = cluster.disk(node);
        if (disk.isAboutToLie()) {
            parts.add(Part.LOG_AND_VOTES);
        }
        for (Damage damage : disk.damages()) {
            if (!damage.path().startsWith(SNAPSHOTS)) {
                parts.add(Part.LOG_AND_VOTES);
            } else if (damage.path().startsWith(SNAPSHOTS + partition + "/")) {
                parts.add(Part.SNAPSHOT);
            }
        }
        return parts;
    }

    /** Whether all that the node has promised is on its disk. */
    public boolean isWhole(int node) {
        return ring.partitionsOf(node).stream()
                .allMatch(partition -> parts(node, partition).isEmpty());
    }

    /**
     * Whether the node may lose durable state now. As a node that finds damage of any kind does not start at all, it then counts as
     * damaged for all its partitions.
     */
    public boolean mayDamage(int node) {
        for (int partition : ring.partitionsOf(node)) {
            List<Integer> replicas = ring.replicas(partition);
            long notWhole = replicas.stream()
                    .filter(replica -> replica == node || !isWhole(replica))
                    .count();
            if (2 * notWhole >= replicas.size()) {
                return false;
            }
        }
        return true;
    }

    /** Whether the fault may hit the node now. */
    public boolean mayHit(int node, DiskFault fault) {
        return !fault.costsState() || mayDamage(node);
    }

    /**
     * Lets the fault hit the disk of the node, if it may.
     *
     * @return whether it does, or will at the next occasion
     */
    public boolean strike(int node, DiskFault fault, Random random) {
        boolean hit = mayHit(node, fault) && fault.strike(cluster.disk(node), random);
        if (hit) {
            cluster.note("the disk of node " + node + " has the fault " + fault);
            cluster.mayFail(node);
        }
        return hit;
    }

    /**
     * What an operator does with a node that does not start any more: it gets an empty directory. Also the fault of a disk that is
     * lost as a whole, for which {@link #mayDamage} has to be asked first. The node must be down.
     */
    public void empty(int node) {
        if (cluster.isUp(node)) {
            throw new IllegalStateException("Node " + node + " runs; its directory cannot be emptied.");
        }
        cluster.emptyDisk(node);
        cluster.disk(node).faults().clear();
        emptied.put(node, new TreeSet<>(ring.partitionsOf(node)));
    }

    /** Looks who has been filled again: it votes, and the leader has everything committed on that replica's disk. To be called now and then. */
    public void look() {
        emptied.forEach((node, partitions) ->
                partitions.removeIf(partition -> cluster.isUp(node) && isInStep(node, partition)));
        emptied.values().removeIf(Set::isEmpty);
    }

    private boolean isInStep(int node, int partition) {
        int leader = cluster.leaderOf(partition);
        Raft own = cluster.rafts(node).get(partition);
        if (leader == 0 || own == null || !own.replica().voter()) {
            return false;
        }
        Raft raft = cluster.rafts(leader).get(partition);
        if (leader != node) {
            return raft.isInStep(node, 0, cluster.world().monotonicNanos());
        }
        // Elected by those who have all that is committed, and it has committed in its own term since.
        return raft.commitIndex() == raft.lastIndex();
    }
}
