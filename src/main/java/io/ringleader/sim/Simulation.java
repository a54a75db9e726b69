package io.ringleader.sim;

import io.ringleader.linearizability.History;
import io.ringleader.raft.Raft;
import io.ringleader.sim.check.Both;
import io.ringleader.sim.check.SafetyChecks;
import io.ringleader.sim.check.Sight;
import io.ringleader.sim.check.SpecChecks;
import io.ringleader.sim.fault.Faults;
import io.ringleader.sim.fault.Scene;
import io.ringleader.sim.workload.Ears;
import io.ringleader.sim.workload.MixedWorkload;
import io.ringleader.trace.TraceRecorder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * One run of a whole cluster, from one seed: what the cluster is like, what its clients do, what goes wrong and when.
 *
 * <ol>
 *   <li>Safety: clients work while faults happen. Every step of every replica is checked, and every answer.
 *   <li>Liveness: a random set of nodes that has a majority of every partition is healed, the others stay dead or cut off. Every
 *       partition must be led and accept writes, and everything that was asked must be answered, within bounded time.
 *   <li>Convergence: all nodes come back, all replicas become equal, and all go quiet; one of these is to hand over.
 *   <li>Durability: all nodes lose their power at once; what was acknowledged is there at every node.
 * </ol>
 */
public final class Simulation {
    private static final long LEADERS_MILLIS = 20_000;
    /** To be refused twice, and to start with an empty directory. */
    private static final int STARTS = 3;

    private static final int SLOWEST_CLOCK = 2;
    private static final long SLACK_MILLIS = 500;
    private static final long PROGRESS_MILLIS = 10_000;
    private static final long QUIET_MILLIS = 20_000;
    private static final long AGAIN_MILLIS = 100;
    private static final String FAULT = "fault: ";

    private final Plan plan;
    private final Coverage coverage = new Coverage();
    private final SpecChecks spec = new SpecChecks();
    private final SimCluster cluster;
    private final Scene scene;
    private final Random random;
    private final Ears ears;
    private Workload workload;

    private Simulation(long seed, Ears ears, TraceRecorder recorder) {
        this.ears = ears;
        plan = Plan.draw(new Random(seed));
        cluster = new SimCluster(seed, plan.cluster, new Both(new SafetyChecks(coverage), spec), recorder);
        scene = new Scene(cluster);
        random = cluster.world().random();
    }

    /** Runs one seed to its end, or until something is wrong. Touches nothing outside; many may run side by side. */
    public static Outcome run(long seed) {
        return run(seed, TraceRecorder.OFF);
    }

    /** As above, and tells the recorder of everything that happens. What happens is the same. */
    public static Outcome run(long seed, TraceRecorder recorder) {
        return run(seed, Ears.GOOD, recorder);
    }

    /** The same, with something between the clients and what is taken down of what they hear. */
    static Outcome run(long seed, Ears ears) {
        return run(seed, ears, TraceRecorder.OFF);
    }

    private static Outcome run(long seed, Ears ears, TraceRecorder recorder) {
        Simulation simulation = new Simulation(seed, ears, recorder);
        Optional<SimulationFailure> failure = Optional.empty();
        try {
            simulation.run();
        } catch (SimulationFailure e) {
            failure = Optional.of(e);
        } catch (RuntimeException | AssertionError e) {
            failure = Optional.of(simulation.cluster.failure("Something escaped: " + e, e));
        }
        simulation.spec.count(simulation.coverage);
        VirtualWorld world = simulation.cluster.world();
        return new Outcome(
                seed,
                world.traceHash(),
                world.eventCount(),
                world.wallMillis(),
                simulation.workload == null ? 0 : simulation.workload.acknowledged(),
                simulation.coverage,
                simulation.plan.toString(),
                simulation.workload == null ? new History(List.of()) : simulation.workload.history(),
                simulation.workload == null ? Optional.empty() : simulation.workload.verdict(),
                simulation.cluster.config().ring(),
                failure);
    }

    /** Everything that a suite of runs must have seen. */
    public static List<String> expectedCoverage() {
        List<String> expected = new ArrayList<>(Sight.all());
        Faults.names().forEach(name -> expected.add(FAULT + name));
        expected.addAll(SpecChecks.expectedCoverage());
        expected.addAll(MixedWorkload.expectedCoverage());
        return expected;
    }

    private void run() {
        cluster.start().awaitLeaders();
        // Before that, a node has nothing to lose, and its neighbours cannot do without it.
        cluster.runUntil(this::allVote, LEADERS_MILLIS, "all nodes vote");
        workload = plan.mix == null
                ? new CountsAndVersions(cluster, plan.strength)
                : new MixedWorkload(cluster, plan.mix, coverage, ears);
        workload.start();
        scene.restartNodes(plan.downMeanMillis);
        plan.faults.begin(scene, name -> coverage.saw(FAULT + name));
        cluster.runMillis(plan.faultMillis);
        scene.end();
        scene.atlas().look();
        Set<Integer> core = drawCore();
        cluster.note("only " + core + " are healed");
        leaveOut(core);
        heal(core);
        requireLiveness(core);
        cluster.note("all are healed");
        heal(new TreeSet<>(cluster.nodes()));
        requireNothingForgotten();
    }

    // ---- liveness

    /** As few nodes as chance will have it, but with a majority of the replicas of every partition that are whole. */
    private Set<Integer> drawCore() {
        List<Integer> nodes = new ArrayList<>(cluster.nodes());
        Collections.shuffle(nodes, random);
        Set<Integer> core = new TreeSet<>(nodes);
        for (int node : nodes) {
            core.remove(node);
            if (!hasMajorities(core) || random.nextInt(5) == 0) {
                core.add(node);
            }
        }
        return core;
    }

    private boolean hasMajorities(Set<Integer> nodes) {
        return IntStream.range(0, cluster.config().partitions()).allMatch(partition -> {
            List<Integer> replicas = cluster.config().ring().replicas(partition);
            return replicas.stream()
                            .filter(node ->
                                    nodes.contains(node) && scene.atlas().isWhole(node))
                            .count()
                    > replicas.size() / 2;
        });
    }

    /** The others are dead, or cut off both ways, or heard but deaf, or deaf to them. */
    private void leaveOut(Set<Integer> core) {
        cluster.heal();
        for (int node : cluster.nodes()) {
            if (core.contains(node)) {
                continue;
            }
            boolean dead = random.nextBoolean();
            if (dead && cluster.isUp(node)) {
                cluster.crash(node);
            } else if (cluster.isUp(node)) {
                cluster.pause(node, 0); // its clients are to hear something
            }
            int ways = 1 + random.nextInt(3);
            for (int other : core) {
                cutOff(node, other, ways);
            }
        }
    }

    private void cutOff(int node, int other, int ways) {
        if ((ways & 1) != 0) {
            cluster.world().cutLink(SimCluster.host(node), SimCluster.host(other));
        }
        if ((ways & 2) != 0) {
            cluster.world().cutLink(SimCluster.host(other), SimCluster.host(node));
        }
    }

    private void heal(Set<Integer> nodes) {
        if (nodes.size() == cluster.nodes().size()) {
            cluster.heal();
        }
        plan.faults.drawn().forEach(fault -> fault.heal(scene, nodes));
        for (int node : nodes) {
            cluster.disk(node).losePowerAfter(Long.MAX_VALUE / 2);
            start(node);
        }
    }

    /** However damaged it is: somebody looks after it. */
    private void start(int node) {
        for (int i = 0; i < STARTS && !cluster.isUp(node); i++) {
            scene.start(node);
        }
    }

    private boolean allVote() {
        return cluster.nodes().stream()
                .allMatch(node -> cluster.rafts(node).values().stream()
                        .allMatch(raft -> raft.replica().voter()));
    }

    private void requireLiveness(Set<Integer> core) {
        cluster.runUntil(() -> areLedBy(core), LEADERS_MILLIS, "every partition is led by one of " + core);
        for (int partition = 0; partition < cluster.config().partitions(); partition++) {
            requireProgress(partition, core.iterator().next());
        }
        workload.stop();
        // Reads and writes of one connection wait for each other, and at a node that is cut off each takes its whole
        // time.
        long maxMillis = plan.pipelineMax() * SLOWEST_CLOCK * (plan.cluster.commandTimeoutMillis + SLACK_MILLIS);
        if (!cluster.world().runUntil(workload::isAnswered, maxMillis)) {
            throw cluster.failure("After " + maxMillis + " ms there is no answer to " + workload.outstanding(), null);
        }
    }

    private boolean areLedBy(Set<Integer> core) {
        return IntStream.range(0, cluster.config().partitions())
                .allMatch(partition -> core.stream()
                        .anyMatch(node -> cluster.isUp(node)
                                && cluster.rafts(node).containsKey(partition)
                                && cluster.rafts(node).get(partition).isLeader()));
    }

    private void requireProgress(int partition, int node) {
        long deadlineMillis = cluster.nowMillis() + PROGRESS_MILLIS;
        TextClient client = cluster.client(node);
        String key = cluster.keyOf(partition, 0);
        String answer = client.ask(TextClient.set(key, 0, "x"));
        while (!answer.equals("STORED")) {
            if (cluster.nowMillis() > deadlineMillis) {
                throw cluster.failure("Partition " + partition + " does not get on: " + answer, null);
            }
            cluster.runMillis(AGAIN_MILLIS);
            answer = client.ask(TextClient.set(key, 0, "x"));
        }
        client.close();
    }

    // ---- convergence and durability

    /** Who has nothing to do says nothing, and can be woken: that some leader is to hand over. */
    private void requireQuiet() {
        cluster.runUntil(this::areAllQuiet, QUIET_MILLIS, "every partition is quiet");
        int partition = random.nextInt(cluster.config().partitions());
        int leader = cluster.leaderOf(partition);
        List<Integer> heirs = cluster.config().ring().replicas(partition).stream()
                .filter(node -> node != leader)
                .toList();
        if (heirs.isEmpty()) {
            return;
        }
        int heir = heirs.get(random.nextInt(heirs.size()));
        cluster.note("partition " + partition + ", which is quiet, is to go from " + leader + " to " + heir);
        cluster.node(leader).transferLeadership(partition, heir);
        cluster.runUntil(
                () -> cluster.leaderOf(partition) == heir, LEADERS_MILLIS, heir + " leads partition " + partition);
    }

    private boolean areAllQuiet() {
        return cluster.nodes().stream()
                .allMatch(node -> cluster.rafts(node).values().stream().allMatch(Raft::isQuiet));
    }

    private void requireNothingForgotten() {
        cluster.awaitLeaders();
        cluster.awaitEqualReplicas();
        cluster.requireNothingLeftBehind();
        requireQuiet();
        cluster.nodes().forEach(cluster::crash);
        cluster.nodes().forEach(this::start);
        cluster.awaitLeaders();
        cluster.runUntil(this::allVote, LEADERS_MILLIS, "all nodes vote");
        workload.verify();
        cluster.awaitEqualReplicas();
    }
}
