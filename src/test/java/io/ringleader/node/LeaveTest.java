package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.sim.TextClient;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A node that is told to stop, on a whole cluster in one thread. */
class LeaveTest {
    private static final int MANY_PARTITIONS = 64;
    private static final int PARTITIONS = 8;
    private static final long STOP_MILLIS = 3_000;

    /** Increments one key through one node, again and again, and takes down how long it ever took. */
    private static final class Counter {
        final OneThreadCluster cluster;
        final String key;
        final TextClient client;
        final List<String> wrong = new ArrayList<>();
        long acknowledged;
        long worstMillis;
        boolean enough;

        Counter(OneThreadCluster cluster, int node, String key) {
            this.cluster = cluster;
            this.key = key;
            client = cluster.client(node);
        }

        void next() {
            long askedMillis = cluster.nowMillis();
            client.send("incr " + key + " 1", answer -> {
                worstMillis = Math.max(worstMillis, cluster.nowMillis() - askedMillis);
                if (answer.matches("\\d+")) {
                    acknowledged++;
                } else {
                    wrong.add(answer);
                }
                if (!enough && !client.isClosed()) {
                    next();
                }
            });
        }
    }

    private static OneThreadCluster cluster(long seed) {
        return cluster(seed, PARTITIONS, STOP_MILLIS);
    }

    private static OneThreadCluster cluster(long seed, int partitions, long stopMillis) {
        return new OneThreadCluster(seed, options -> {
                    options.partitions = partitions;
                    options.stopMillis = stopMillis;
                })
                .start()
                .awaitLeaders();
    }

    private static void leadAll(OneThreadCluster cluster, int node) {
        IntStream.range(0, cluster.config().partitions())
                .filter(partition -> cluster.leaderOf(partition) != node)
                .forEach(partition -> cluster.node(cluster.leaderOf(partition)).transferLeadership(partition, node));
        cluster.runUntil(
                () -> leads(cluster, node) == cluster.config().partitions(), 5_000, "node " + node + " leads all");
    }

    private static long leads(OneThreadCluster cluster, int node) {
        return IntStream.range(0, cluster.config().partitions())
                .filter(partition -> cluster.leaderOf(partition) == node)
                .count();
    }

    private static List<Counter> counters(OneThreadCluster cluster, List<Integer> nodes) {
        List<Counter> counters = new ArrayList<>();
        for (int partition = 0; partition < cluster.config().partitions(); partition++) {
            String key = cluster.keyOf(partition, 0);
            assertThat(cluster.client(1).ask(TextClient.set(key, 0, "0"))).isEqualTo("STORED");
            counters.add(new Counter(cluster, nodes.get(partition % nodes.size()), key));
        }
        counters.forEach(Counter::next);
        return counters;
    }

    @Test
    void clientsOfTheOtherNodesHardlyNoticeThatTheLeaderOfEverythingStops() {
        OneThreadCluster cluster = cluster(11, MANY_PARTITIONS, STOP_MILLIS);
        leadAll(cluster, 2);
        List<Counter> counters = counters(cluster, List.of(1, 3));
        cluster.runMillis(100);
        long beganMillis = cluster.nowMillis();
        cluster.stop(2);
        cluster.runUntil(() -> !cluster.isUp(2), STOP_MILLIS, "node 2 has stopped");
        assertThat(cluster.nowMillis() - beganMillis).isLessThan(500);
        assertThat(cluster.everyPartitionIsLed()).isTrue();
        assertThat(leads(cluster, 1)).isBetween(MANY_PARTITIONS / 2 - 4L, MANY_PARTITIONS / 2 + 4L);
        cluster.runMillis(1_000);
        counters.forEach(counter -> counter.enough = true);
        cluster.runUntil(
                () -> counters.stream().allMatch(counter -> counter.client.waiting() == 0), 5_000, "all is answered");
        for (Counter counter : counters) {
            assertThat(counter.wrong).isEmpty();
            assertThat(counter.acknowledged).isGreaterThan(20);
            assertThat(counter.worstMillis).as("of %s", counter.key).isLessThan(100);
            assertThat(cluster.client(1).value(counter.key)).isEqualTo(Long.toString(counter.acknowledged));
        }
    }

    @Test
    void whatTheClientsOfAStoppingNodeHaveAskedIsAnsweredBeforeTheirConnectionsEnd() {
        OneThreadCluster cluster = cluster(12);
        List<Counter> counters = counters(cluster, List.of(1));
        TextClient idle = cluster.client(1);
        assertThat(idle.ask("version")).startsWith("VERSION");
        cluster.runMillis(100);
        cluster.stop(1);
        cluster.runUntil(() -> !cluster.isUp(1), STOP_MILLIS, "node 1 has stopped");
        cluster.runMillis(100);
        assertThat(idle.endedInOrder()).isTrue();
        for (Counter counter : counters) {
            assertThat(counter.client.endedInOrder()).isTrue();
            long value = Long.parseLong(cluster.client(2).value(counter.key));
            // The last one may have come when nothing was read any more; then it was not applied either.
            assertThat(value).isEqualTo(counter.acknowledged);
        }
        assertThat(cluster.client(1).isClosed() || !cluster.isUp(1)).isTrue();
    }

    @Test
    void aClientThatNeverStopsAskingDoesNotKeepTheNode() {
        OneThreadCluster cluster = cluster(13);
        TextClient client = cluster.client(1);
        String key = cluster.keyOf(0, 0);
        client.ask(TextClient.set(key, 0, "0"));
        Counter[] always = new Counter[4];
        for (int i = 0; i < always.length; i++) {
            always[i] = new Counter(cluster, 1, key);
            // Several of one connection, each asked when another one is answered: it is never without one.
            for (int n = 0; n < 8; n++) {
                always[i].next();
            }
        }
        cluster.runMillis(50);
        cluster.stop(1);
        cluster.runUntil(() -> !cluster.isUp(1), STOP_MILLIS + 100, "node 1 has stopped");
        cluster.runMillis(100);
        long acknowledged = 0;
        for (Counter counter : always) {
            assertThat(counter.client.endedInOrder()).isTrue();
            acknowledged += counter.acknowledged;
        }
        assertThat(cluster.client(2).value(key)).isEqualTo(Long.toString(acknowledged));
    }

    @Test
    void nodesThatStopTogetherDoNotWaitForEachOther() {
        OneThreadCluster cluster = cluster(14);
        long beganMillis = cluster.nowMillis();
        cluster.nodes().forEach(cluster::stop);
        cluster.runUntil(() -> cluster.nodes().stream().noneMatch(cluster::isUp), STOP_MILLIS, "all have stopped");
        assertThat(cluster.nowMillis() - beganMillis).isLessThan(500);
    }

    @Test
    void aNodeThatNobodyCanRelieveStopsAllTheSame() {
        OneThreadCluster cluster = cluster(15);
        cluster.isolate(1);
        long beganMillis = cluster.nowMillis();
        cluster.stop(1);
        cluster.runUntil(() -> !cluster.isUp(1), STOP_MILLIS + 100, "node 1 has stopped");
        assertThat(cluster.nowMillis() - beganMillis).isLessThan(STOP_MILLIS + 100);
    }

    @Test
    void nothingIsHandedOverToANodeThatIsAboutToStop() {
        OneThreadCluster cluster = cluster(16, PARTITIONS, 10 * STOP_MILLIS);
        String key = cluster.keyOf(0, 0);
        cluster.client(1).ask(TextClient.set(key, 0, "0"));
        Counter busy = new Counter(cluster, 1, key);
        IntStream.range(0, 8).forEach(i -> busy.next());
        cluster.stop(1);
        // Longer than it takes until a node that is preferred is handed its partitions.
        for (int i = 0; i < 80; i++) {
            cluster.runMillis(100);
            assertThat(i < 5 || leads(cluster, 1) == 0)
                    .as("after %d ms", 100 * i)
                    .isTrue();
        }
        assertThat(cluster.isUp(1)).isTrue();
        busy.enough = true;
        cluster.runUntil(() -> !cluster.isUp(1), 5_000, "node 1 has stopped");
    }
}
