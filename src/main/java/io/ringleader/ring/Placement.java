package io.ringleader.ring;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Computes which nodes hold a partition: consistent hashing with bounded loads (Mirrokni, Thorup, Zadimoghaddam, 2016),
 * carried over to R replicas on distinct nodes. Nodes are indexes into the sorted list of node ids here. Used once, by one
 * thread, to build a {@link Ring}.
 *
 * <p>Replicas: partitions are placed in the order of their numbers. Each walks the ring clockwise from its own position and
 * takes the first R distinct nodes that hold fewer than {@link #replicaBound} replicas.
 *
 * <p>Leaderships: given the replicas, each partition takes the first of its nodes, in the order of its walk, that leads fewer
 * than {@link #leadershipBound} partitions.
 *
 * <p>Both greedy passes can get stuck near the end when the bounds are tight; each then makes room by moving what is already
 * placed, and it is proven at the place that this always succeeds.
 */
final class Placement {
    private static final long NODE_SEED = 0x6E6F6465L; // "node"
    private static final long PARTITION_SEED = 0x70617274L; // "part"
    private static final int NONE = -1;

    private final int nodeCount;
    private final int partitions;
    private final int replicas;

    /** The most replicas a node may hold: ceil(load factor × partitions × replicas / nodes), or all. */
    final int replicaBound;

    /** The most partitions a node may be preferred to lead: ceil(load factor × partitions / nodes), or all. */
    final int leadershipBound;

    private final long[] tokens;
    private final int[] tokenOwners;

    /** Per partition its nodes: the preferred leader first, the others in the order of the walk. */
    final int[][] placed;

    private final int[] replicaCounts;
    private final BitSet[] held;

    private final int[] leaders;
    private final int[] leadCounts;

    Placement(int[] sortedNodeIds, int partitions, int replicas, int virtualNodes, double loadFactor) {
        this.nodeCount = sortedNodeIds.length;
        this.partitions = partitions;
        this.replicas = replicas;
        this.replicaBound = Math.min(partitions, bound(loadFactor, (long) partitions * replicas, nodeCount));
        this.leadershipBound = Math.min(partitions, bound(loadFactor, partitions, nodeCount));
        this.tokens = new long[nodeCount * virtualNodes];
        this.tokenOwners = new int[tokens.length];
        this.placed = new int[partitions][replicas];
        this.replicaCounts = new int[nodeCount];
        this.held = new BitSet[nodeCount];
        this.leaders = new int[partitions];
        this.leadCounts = new int[nodeCount];
        Arrays.setAll(held, node -> new BitSet(partitions));
        Arrays.fill(leaders, NONE);
        layTokens(sortedNodeIds, virtualNodes);
        for (int partition = 0; partition < partitions; partition++) {
            placeReplicas(partition);
        }
        for (int partition = 0; partition < partitions; partition++) {
            chooseLeader(partition);
        }
        for (int partition = 0; partition < partitions; partition++) {
            moveToFront(placed[partition], leaders[partition]);
        }
    }

    /** ceil(loadFactor × items / nodes), computed in decimal: 1.1 × 100 is 110 here and not a hair more. */
    static int bound(double loadFactor, long items, int nodes) {
        return BigDecimal.valueOf(loadFactor)
                .multiply(BigDecimal.valueOf(items))
                .divide(BigDecimal.valueOf(nodes), 0, RoundingMode.CEILING)
                .intValueExact();
    }

    /** Sorted by token; the rare equal tokens by node id, so that the order of the input never shows. */
    private void layTokens(int[] sortedNodeIds, int virtualNodes) {
        record Token(long position, int node) {}
        Token[] all = new Token[tokens.length];
        byte[] name = new byte[8];
        for (int node = 0; node < nodeCount; node++) {
            putInt(name, 0, sortedNodeIds[node]);
            for (int virtual = 0; virtual < virtualNodes; virtual++) {
                putInt(name, 4, virtual);
                all[node * virtualNodes + virtual] = new Token(Hashing.xxHash64(name, 0, 8, NODE_SEED), node);
            }
        }
        Arrays.sort(all, (a, b) -> {
            int byPosition = Long.compareUnsigned(a.position, b.position);
            return byPosition != 0 ? byPosition : Integer.compare(a.node, b.node);
        });
        for (int i = 0; i < all.length; i++) {
            tokens[i] = all[i].position;
            tokenOwners[i] = all[i].node;
        }
    }

    private void placeReplicas(int partition) {
        int[] chosen = placed[partition];
        int count = 0;
        int start = firstToken(partition);
        for (int step = 0; step < tokens.length && count < replicas; step++) {
            int node = tokenOwners[(start + step) % tokens.length];
            if (replicaCounts[node] < replicaBound && !held[node].get(partition)) {
                give(partition, node);
                chosen[count++] = node;
            }
        }
        for (; count < replicas; count++) {
            chosen[count] = makeRoom(partition, start);
        }
    }

    /**
     * Gives the partition a replica on a node that is full, after one partition of that node went elsewhere.
     *
     * <p>Every node with room holds this partition already, or the walk had taken it. Such a node x exists: the bounds add up
     * to at least all replicas. A full node y without this partition exists as well: there are at least R nodes. Since y
     * holds more partitions than x, it holds one that x does not, which can move from y to x.
     */
    private int makeRoom(int partition, int start) {
        int withRoom = NONE;
        int full = NONE;
        for (int step = 0; step < tokens.length && (withRoom == NONE || full == NONE); step++) {
            int node = tokenOwners[(start + step) % tokens.length];
            if (withRoom == NONE && replicaCounts[node] < replicaBound) {
                withRoom = node;
            } else if (full == NONE && replicaCounts[node] >= replicaBound && !held[node].get(partition)) {
                full = node;
            }
        }
        if (withRoom == NONE || full == NONE) {
            throw new IllegalStateException("No node can take a replica of partition " + partition + " with "
                    + nodeCount + " nodes and at most " + replicaBound + " replicas on each.");
        }
        int moved = partition - 1;
        while (!held[full].get(moved) || held[withRoom].get(moved)) {
            moved--;
        }
        take(moved, full);
        give(moved, withRoom);
        replace(placed[moved], full, withRoom);
        give(partition, full);
        return full;
    }

    private int firstToken(int partition) {
        byte[] name = new byte[4];
        putInt(name, 0, partition);
        long position = Hashing.xxHash64(name, 0, 4, PARTITION_SEED);
        int low = 0;
        int high = tokens.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(tokens[middle], position) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low % tokens.length;
    }

    private void chooseLeader(int partition) {
        for (int node : placed[partition]) {
            if (leadCounts[node] < leadershipBound) {
                lead(partition, node);
                return;
            }
        }
        handOver(partition);
    }

    /**
     * All nodes of the partition lead as many as they may: hands leaderships on, along the shortest chain that ends at a node
     * with room (an augmenting path, found breadth first).
     *
     * <p>There always is one: if every partition gave each of its R nodes a 1/R share in leading it, no node would carry more
     * than replicaBound / R, which rounded up is leadershipBound; and where a fractional assignment fits integral bounds, an
     * integral one does, which augmenting paths find.
     */
    private void handOver(int partition) {
        int[] wantedBy = new int[nodeCount];
        Arrays.fill(wantedBy, NONE);
        ArrayDeque<Integer> queue = new ArrayDeque<>();
        for (int node : placed[partition]) {
            wantedBy[node] = partition;
            queue.add(node);
        }
        while (!queue.isEmpty()) {
            int node = queue.remove();
            if (leadCounts[node] < leadershipBound) {
                shiftLeaderships(partition, node, wantedBy);
                return;
            }
            for (int led = held[node].nextSetBit(0); led >= 0; led = held[node].nextSetBit(led + 1)) {
                if (leaders[led] != node) {
                    continue;
                }
                for (int other : placed[led]) {
                    if (wantedBy[other] == NONE) {
                        wantedBy[other] = led;
                        queue.add(other);
                    }
                }
            }
        }
        throw new IllegalStateException("No node can lead partition " + partition + " with " + nodeCount
                + " nodes and at most " + leadershipBound + " leaderships on each.");
    }

    private void shiftLeaderships(int partition, int nodeWithRoom, int[] wantedBy) {
        int node = nodeWithRoom;
        while (true) {
            int moved = wantedBy[node];
            int before = leaders[moved];
            if (before != NONE) {
                leadCounts[before]--;
            }
            lead(moved, node);
            if (moved == partition) {
                return;
            }
            node = before;
        }
    }

    private void lead(int partition, int node) {
        leaders[partition] = node;
        leadCounts[node]++;
    }

    private void give(int partition, int node) {
        held[node].set(partition);
        replicaCounts[node]++;
    }

    private void take(int partition, int node) {
        held[node].clear(partition);
        replicaCounts[node]--;
    }

    private static void replace(int[] nodes, int from, int to) {
        for (int i = 0; i < nodes.length; i++) {
            if (nodes[i] == from) {
                nodes[i] = to;
            }
        }
    }

    private static void moveToFront(int[] nodes, int node) {
        int at = 0;
        while (nodes[at] != node) {
            at++;
        }
        System.arraycopy(nodes, 0, nodes, 1, at);
        nodes[0] = node;
    }

    private static void putInt(byte[] target, int offset, int value) {
        target[offset] = (byte) (value >>> 24);
        target[offset + 1] = (byte) (value >>> 16);
        target[offset + 2] = (byte) (value >>> 8);
        target[offset + 3] = (byte) value;
    }
}
