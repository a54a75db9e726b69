package io.ringleader.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class RingPropertyTest {
    /** What a ring is built from. */
    record Input(List<Integer> nodeIds, int partitions, int replicas, int virtualNodes, double loadFactor) {
        Ring build() {
            return Ring.build(nodeIds, partitions, replicas, virtualNodes, loadFactor);
        }

        Input withNodes(List<Integer> others) {
            return new Input(others, partitions, replicas, virtualNodes, loadFactor);
        }
    }

    @Property(tries = 300)
    void everyOrderOfTheNodesGivesTheSameRing(@ForAll("anyRing") Input input, @ForAll Random random) {
        List<Integer> shuffled = new ArrayList<>(input.nodeIds);
        Collections.shuffle(shuffled, random);
        Ring one = input.build();
        Ring other = input.withNodes(shuffled).build();
        for (int partition = 0; partition < input.partitions; partition++) {
            assertThat(other.replicas(partition)).isEqualTo(one.replicas(partition));
        }
    }

    @Property(tries = 300)
    void aPartitionIsOnAsManyDistinctNodesAsAskedFor(@ForAll("anyRing") Input input) {
        Ring ring = input.build();
        for (int partition = 0; partition < input.partitions; partition++) {
            List<Integer> holders = ring.replicas(partition);
            assertThat(holders).hasSize(input.replicas).doesNotHaveDuplicates().isSubsetOf(input.nodeIds);
            assertThat(ring.preferredLeader(partition)).isEqualTo(holders.get(0));
        }
    }

    @Property(tries = 300)
    void noNodeIsLoadedAboveTheBounds(@ForAll("anyRing") Input input) {
        Ring ring = input.build();
        double fairReplicas = (double) input.partitions * input.replicas / input.nodeIds.size();
        double fairLeaderships = (double) input.partitions / input.nodeIds.size();
        assertThat((double) ring.replicaBound())
                .isBetween(fairReplicas, input.loadFactor * fairReplicas + 1)
                .isLessThanOrEqualTo(input.partitions);
        assertThat((double) ring.leadershipBound())
                .isBetween(fairLeaderships, input.loadFactor * fairLeaderships + 1)
                .isLessThanOrEqualTo(input.partitions);
        for (int node : ring.nodes()) {
            assertThat(ring.replicaCount(node)).isLessThanOrEqualTo(ring.replicaBound());
            assertThat(ring.preferredLeaderships(node)).isLessThanOrEqualTo(ring.leadershipBound());
        }
        assertThat(ring.replicaImbalance()).isBetween(1.0, ring.replicaBound() / fairReplicas + 1e-9);
        assertThat(ring.leadershipImbalance()).isBetween(1.0, ring.leadershipBound() / fairLeaderships + 1e-9);
    }

    @Property(tries = 300)
    void theViewsOfTheRingAgree(@ForAll("anyRing") Input input) {
        Ring ring = input.build();
        int leaderships = 0;
        for (int node : ring.nodes()) {
            List<Integer> held = ring.partitionsOf(node);
            assertThat(held)
                    .isSorted()
                    .allMatch(partition -> ring.replicas(partition).contains(node));
            leaderships += ring.preferredLeaderships(node);
        }
        assertThat(leaderships).isEqualTo(input.partitions);
        assertThat(ring.nodes().stream().mapToInt(ring::replicaCount).sum())
                .isEqualTo(input.partitions * input.replicas);
    }

    @Property(tries = 300)
    void aNodeThatComesOrGoesMovesLittleMoreThanItsShare(@ForAll("usualRing") Input input, @ForAll Random random) {
        List<Integer> fewer = new ArrayList<>(input.nodeIds);
        fewer.remove(random.nextInt(fewer.size()));
        Ring larger = input.build();
        Ring smaller = input.withNodes(fewer).build();
        int moved = 0;
        for (int partition = 0; partition < input.partitions; partition++) {
            Set<Integer> gained = new HashSet<>(larger.replicas(partition));
            gained.removeAll(smaller.replicas(partition));
            moved += gained.size();
        }
        double fairShare = (double) input.partitions * input.replicas / input.nodeIds.size();
        assertThat((double) moved).isLessThanOrEqualTo(Ring.MOVED_FAIR_SHARES * fairShare + Ring.MOVED_EXTRA);
    }

    @Property(tries = 50)
    void keysSpreadOverThePartitions(@ForAll @IntRange(min = 1, max = 256) int partitions, @ForAll @IntRange int from) {
        Ring ring = Ring.build(List.of(1), partitions, 1, 1, 1.0);
        int[] counts = new int[partitions];
        int perPartition = 400;
        for (int i = 0; i < perPartition * partitions; i++) {
            byte[] key = ("key:" + (from + (long) i)).getBytes(StandardCharsets.US_ASCII);
            counts[ring.partitionOf(key, 0, key.length)]++;
        }
        // seven standard deviations: no false alarm in the life of this test
        assertThat(counts).satisfies(all -> {
            for (int count : all) {
                assertThat(count).isBetween(perPartition - 140, perPartition + 140);
            }
        });
    }

    @Provide
    Arbitrary<Input> anyRing() {
        return rings(1, 24, 1, 1.0);
    }

    /** The range for which the bound on movement is stated, see {@link Ring}. */
    @Provide
    Arbitrary<Input> usualRing() {
        return rings(4, 33, 64, 1.25);
    }

    private static Arbitrary<Input> rings(int minNodes, int maxNodes, int minVirtualNodes, double minLoadFactor) {
        Arbitrary<List<Integer>> nodes = Arbitraries.integers()
                .between(1, Ring.MAX_NODE_ID)
                .list()
                .uniqueElements()
                .ofMinSize(minNodes)
                .ofMaxSize(maxNodes);
        Arbitrary<Integer> partitions = Arbitraries.integers().between(1, 512);
        Arbitrary<Integer> virtualNodes = Arbitraries.integers().between(minVirtualNodes, 256);
        Arbitrary<Double> loadFactor =
                Arbitraries.doubles().between(minLoadFactor, 2.0).ofScale(2);
        return Combinators.combine(nodes, partitions, virtualNodes, loadFactor)
                .flatAs((ids, count, virtual, factor) -> Arbitraries.integers()
                        .between(1, Math.min(minNodes == 1 ? 7 : 3, ids.size()))
                        .map(replicas -> new Input(ids, count, replicas, virtual, factor)));
    }
}
