package io.ringleader.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RingTest {
    /** Data lies where these tables say. A change that breaks this test would make every existing cluster lose its keys. */
    @Test
    void thePlacementNeverChanges() {
        Ring ring = Ring.build(List.of(1, 2, 3, 4, 5), 12, 3, 128, 1.25);
        assertThat(IntStream.range(0, 12).mapToObj(ring::replicas).toList())
                .containsExactly(
                        List.of(2, 1, 4),
                        List.of(2, 5, 4),
                        List.of(3, 4, 1),
                        List.of(1, 3, 2),
                        List.of(1, 3, 2),
                        List.of(3, 4, 1),
                        List.of(4, 3, 2),
                        List.of(5, 3, 4),
                        List.of(2, 3, 1),
                        List.of(4, 3, 1),
                        List.of(1, 2, 4),
                        List.of(5, 2, 3));
        Ring wide = Ring.build(IntStream.rangeClosed(1, 100).boxed().toList(), 4096, 5, 64, 1.1);
        assertThat(digest(wide)).isEqualTo("23E34D96F8C0128E");
    }

    @Test
    void thePartitionOfAKeyNeverChanges() {
        Ring ring = Ring.build(List.of(1), 64, 1, 1, 1.0);
        assertThat(List.of("", "a", "hello", "user:1000", "x".repeat(250)))
                .extracting(key -> partitionOf(ring, key))
                .containsExactly(59, 52, 9, 18, 29);
    }

    @Test
    void theLastRoomIsFoundWhenTheBoundsAreExact() {
        for (int nodes = 1; nodes <= 12; nodes++) {
            for (int replicas = 1; replicas <= nodes; replicas++) {
                for (int partitions = 1; partitions <= 40; partitions++) {
                    Ring ring =
                            Ring.build(IntStream.rangeClosed(1, nodes).boxed().toList(), partitions, replicas, 2, 1.0);
                    int replicaBound = (partitions * replicas + nodes - 1) / nodes;
                    int leadershipBound = (partitions + nodes - 1) / nodes;
                    assertThat(ring.nodes()).allMatch(node -> ring.replicaCount(node) <= replicaBound);
                    assertThat(ring.nodes()).allMatch(node -> ring.preferredLeaderships(node) <= leadershipBound);
                }
            }
        }
    }

    @Test
    void aBoundThatIsAWholeNumberIsNotRoundedUp() {
        assertThat(Placement.bound(1.1, 100, 1)).isEqualTo(110);
        assertThat(Placement.bound(1.25, 192, 5)).isEqualTo(48);
        assertThat(Placement.bound(1.25, 193, 5)).isEqualTo(49);
    }

    @Test
    void oneNodeHoldsAndLeadsAll() {
        Ring ring = Ring.build(List.of(7), 3, 1, 16, 1.25);
        assertThat(ring.partitionsOf(7)).containsExactly(0, 1, 2);
        assertThat(ring.preferredLeaderships(7)).isEqualTo(3);
        assertThat(ring.replicaImbalance()).isEqualTo(1.0);
        assertThat(ring.leadershipImbalance()).isEqualTo(1.0);
    }

    @Test
    void aNodeThatIsNotOnTheRingHoldsNothing() {
        Ring ring = Ring.build(List.of(1, 2, 3), 8, 3, 16, 1.25);
        assertThat(ring.partitionsOf(9)).isEmpty();
        assertThat(ring.replicaCount(9)).isZero();
        assertThat(ring.preferredLeaderships(9)).isZero();
    }

    @Test
    void inputOutOfRangeIsRefusedWithTheValue() {
        List<Integer> three = List.of(1, 2, 3);
        assertRefused("Number of nodes is 0", () -> Ring.build(List.of(), 8, 1, 16, 1.25));
        assertRefused("Node id is 0", () -> Ring.build(List.of(0), 8, 1, 16, 1.25));
        assertRefused("Node id is 65536", () -> Ring.build(List.of(65536), 8, 1, 16, 1.25));
        assertRefused("Node id 2 is there twice", () -> Ring.build(List.of(2, 1, 2), 8, 1, 16, 1.25));
        assertRefused("Number of partitions is 0", () -> Ring.build(three, 0, 1, 16, 1.25));
        assertRefused("Number of replicas is 4", () -> Ring.build(three, 8, 4, 16, 1.25));
        assertRefused("Number of virtual nodes is 0", () -> Ring.build(three, 8, 3, 0, 1.25));
        assertRefused("Load factor is 0.9", () -> Ring.build(three, 8, 3, 16, 0.9));
        assertRefused("Load factor is NaN", () -> Ring.build(three, 8, 3, 16, Double.NaN));
    }

    private static void assertRefused(String message, Runnable build) {
        assertThatThrownBy(build::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private static int partitionOf(Ring ring, String key) {
        byte[] bytes = key.getBytes(StandardCharsets.US_ASCII);
        return ring.partitionOf(bytes, 0, bytes.length);
    }

    private static String digest(Ring ring) {
        StringBuilder all = new StringBuilder();
        for (int partition = 0; partition < ring.partitions(); partition++) {
            all.append(ring.replicas(partition)).append('\n');
        }
        byte[] bytes = all.toString().getBytes(StandardCharsets.US_ASCII);
        return String.format("%016X", Hashing.xxHash64(bytes, 0, bytes.length, 0));
    }
}
