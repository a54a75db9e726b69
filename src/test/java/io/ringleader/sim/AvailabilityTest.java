package io.ringleader.sim;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * What one fault costs clients of nodes that a majority is in touch with: a bounded delay and no error, in simulated
 * clusters. Meanwhile terms do not grow: who is connected to a majority keeps its leader.
 */
class AvailabilityTest {
    private static final int SEEDS = 6;
    private static final long FIRST_SEED = 500;
    /** Until leaderships have gone home. */
    private static final long BEFORE_MILLIS = 8_000;

    private static final long FAULT_MILLIS = 20_000;
    /** Of the fault, at its beginning: until then leaders are elected, and go home as far as they can. */
    private static final long UNREST_MILLIS = 10_000;
    /** Two election timeouts, the second one for a vote that was split, and what the votes themselves take. */
    private static final long ELECTION_MILLIS = 2 * 600 + 300;
    /** All leaders stay; a node that does not hear one finds out before it would run for election, and who hears both. */
    private static final long DETOUR_MILLIS = 300 + 300;

    /** One thing that goes wrong with node 1 at once, and lasts. */
    private enum Trouble {
        CRASH(3, Set.of(2, 3)) {
            @Override
            void begin(SimCluster cluster) {
                cluster.crash(1);
            }
        },
        PAUSE(3, Set.of(2, 3)) {
            @Override
            void begin(SimCluster cluster) {
                cluster.pause(1, FAULT_MILLIS);
            }
        },
        STALLED_DISK(3, Set.of(2, 3)) {
            @Override
            void begin(SimCluster cluster) {
                cluster.stallDisk(1, FAULT_MILLIS);
            }
        },
        ISOLATED(3, Set.of(2, 3)) {
            @Override
            void begin(SimCluster cluster) {
                cluster.isolate(1);
            }
        },
        NOT_HEARD(3, Set.of(2, 3)) {
            @Override
            void begin(SimCluster cluster) {
                cut(cluster, 1, 2);
                cut(cluster, 1, 3);
            }
        },
        DEAF(3, Set.of(2, 3)) {
            @Override
            void begin(SimCluster cluster) {
                cut(cluster, 2, 1);
                cut(cluster, 3, 1);
            }
        },
        CUT_FROM_ONE(3, Set.of(1, 2, 3), DETOUR_MILLIS) {
            @Override
            void begin(SimCluster cluster) {
                cut(cluster, 1, 2);
                cut(cluster, 2, 1);
            }
        },
        ONE_WAY_TO_ONE(3, Set.of(1, 2, 3), DETOUR_MILLIS) {
            @Override
            void begin(SimCluster cluster) {
                cut(cluster, 1, 2);
            }
        },
        /** 1 and 2 do not see 4 and 5; all see 3. */
        BRIDGE(5, Set.of(1, 2, 3, 4, 5), DETOUR_MILLIS) {
            @Override
            void begin(SimCluster cluster) {
                for (int left : List.of(1, 2)) {
                    for (int right : List.of(4, 5)) {
                        cut(cluster, left, right);
                        cut(cluster, right, left);
                    }
                }
            }
        };

        final int nodes;
        /** The nodes whose clients are to notice little. */
        final Set<Integer> served;

        final long boundMillis;

        Trouble(int nodes, Set<Integer> served) {
            this(nodes, served, ELECTION_MILLIS);
        }

        Trouble(int nodes, Set<Integer> served, long boundMillis) {
            this.nodes = nodes;
            this.served = served;
            this.boundMillis = boundMillis;
        }

        abstract void begin(SimCluster cluster);

        private static void cut(SimCluster cluster, int from, int to) {
            cluster.world().cutLink(SimCluster.host(from), SimCluster.host(to));
        }
    }

    @BeforeAll
    static void beQuiet() {
        ((Logger) LoggerFactory.getLogger("io.ringleader")).setLevel(Level.OFF);
    }

    @ParameterizedTest
    @EnumSource
    void oneFaultCostsABoundedDelayAndNoErrorAndTermsComeToRest(Trouble trouble) {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            ClusterOptions options = new ClusterOptions();
            options.nodes = trouble.nodes;
            options.replicas = trouble.nodes;
            SimCluster cluster = new SimCluster(seed, options, NodeObserver.NOBODY);
            cluster.start().awaitLeaders();
            List<SteadyClient> clients = clientsOf(cluster, trouble.served);
            cluster.runMillis(BEFORE_MILLIS);
            trouble.begin(cluster);
            cluster.runMillis(UNREST_MILLIS);
            List<String> rested = leaderships(cluster, trouble.served);
            cluster.runMillis(FAULT_MILLIS - UNREST_MILLIS);

            assertThat(leaderships(cluster, trouble.served))
                    .as("leaders and terms, at first and at last, seed %s", seed)
                    .isEqualTo(rested);
            for (SteadyClient client : clients) {
                assertThat(client.errors()).as("%s, seed %s", client, seed).isEmpty();
                assertThat(client.longestMillis())
                        .as("longest delay in ms of %s, seed %s", client, seed)
                        .isLessThanOrEqualTo(trouble.boundMillis);
            }
        }
    }

    /** One for each node and partition. */
    private static List<SteadyClient> clientsOf(SimCluster cluster, Set<Integer> nodes) {
        List<SteadyClient> clients = new ArrayList<>();
        for (int node : nodes) {
            for (int partition = 0; partition < cluster.config().partitions(); partition++) {
                clients.add(new SteadyClient(cluster, node, cluster.keyOf(partition, node)));
            }
        }
        return clients;
    }

    private static List<String> leaderships(SimCluster cluster, Set<Integer> nodes) {
        return IntStream.range(0, cluster.config().partitions())
                .mapToObj(partition -> "partition " + partition + ": "
                        + nodes.stream()
                                .map(node -> cluster.rafts(node).get(partition))
                                .map(raft -> raft.term() + (raft.isLeader() ? " leads" : ""))
                                .collect(Collectors.toList()))
                .toList();
    }

    /** Asks for one write after the other, and remembers the longest that it had to wait. */
    private static final class SteadyClient {
        private static final long PAUSE_MILLIS = 5;

        private final SimCluster cluster;
        private final int node;
        private final String key;
        private final TextClient client;
        private final List<String> errors = new ArrayList<>();
        private long longestMillis;
        private long askedMillis;
        private boolean waits;

        SteadyClient(SimCluster cluster, int node, String key) {
            this.cluster = cluster;
            this.node = node;
            this.key = key;
            client = cluster.client(node);
            ask();
        }

        private void ask() {
            askedMillis = cluster.nowMillis();
            waits = true;
            client.send(TextClient.set(key, 0, "v"), this::answered);
        }

        private void answered(String answer) {
            waits = false;
            longestMillis = longestMillis();
            if (!answer.equals("STORED")) {
                errors.add(cluster.nowMillis() + " ms: " + answer);
            }
            if (!answer.equals(TextClient.LOST)) {
                cluster.world().after(PAUSE_MILLIS, this::ask);
            }
        }

        long longestMillis() {
            return Math.max(longestMillis, waits ? cluster.nowMillis() - askedMillis : 0);
        }

        List<String> errors() {
            return errors;
        }

        @Override
        public String toString() {
            return "the client at node " + node + " with key " + key;
        }
    }
}
