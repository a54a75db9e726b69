package io.ringleader.jepsen;

import io.ringleader.it.Await;
import io.ringleader.jepsen.Nemesis.Attack;
import io.ringleader.namespaces.Fault;
import io.ringleader.namespaces.Link;
import io.ringleader.namespaces.NamespaceCluster;
import io.ringleader.namespaces.Standings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** The nemeses by name, for clusters of five nodes. */
final class Nemeses {
    static final String NONE = "none";
    static final String ALL = "all";

    /** What a run cannot do, and why: said so in every summary. */
    static final Map<String, String> UNAVAILABLE = Map.of(
            "clock",
            "not done: all nodes share the clock of one machine, and Linux gives no namespace a wall clock of its own");

    private static final Duration LEADER_PATIENCE = Duration.ofSeconds(20);
    private static final int LOSS_PERCENT_MIN = 10;
    private static final int LOSS_PERCENT_SPAN = 40;

    private Nemeses() {}

    /** With faults of one kind each, {@link #NONE}, and {@link #ALL}, which also does two kinds at once. */
    static List<Nemesis> all() {
        List<Nemesis> all = new ArrayList<>(singles());
        all.add(0, new Nemesis(NONE, (cluster, random) -> new Attack(NONE, List.of(), false)));
        all.add(new Nemesis(ALL, Nemeses::combined));
        return all;
    }

    private static List<Nemesis> singles() {
        return List.of(
                links("partition-one", order -> Fault.split(order.subList(0, 1), order.subList(1, order.size()))),
                links(
                        "partition-halves",
                        order -> Fault.split(
                                order.subList(0, order.size() / 2), order.subList(order.size() / 2, order.size()))),
                links("partition-ring", Nemeses::ring),
                links(
                        "partition-bridge",
                        order -> Fault.split(
                                order.subList(0, order.size() / 2), order.subList(order.size() / 2 + 1, order.size()))),
                new Nemesis("partition-one-way", Nemeses::oneWay),
                new Nemesis("kill", Nemeses::kill),
                new Nemesis("pause", Nemeses::pause),
                new Nemesis("loss", Nemeses::loss),
                new Nemesis("rolling-restart", rollingRestart()),
                new Nemesis("leaders", Nemeses::leaders));
    }

    private interface Cuts {
        Fault of(List<Integer> order);
    }

    /** @param cuts made of the nodes in random order */
    private static Nemesis links(String name, Cuts cuts) {
        return new Nemesis(
                name, (cluster, random) -> new Attack(name, List.of(cuts.of(shuffled(cluster, random))), false));
    }

    private static List<Integer> shuffled(NamespaceCluster cluster, Random random) {
        List<Integer> order = new ArrayList<>(cluster.ids());
        Collections.shuffle(order, random);
        return order;
    }

    /** Every node hears a majority: itself and its neighbours on a ring; no two hear the same one. */
    private static Fault ring(List<Integer> order) {
        int size = order.size();
        int reach = size / 4;
        Set<Link> cut = new HashSet<>();
        for (int i = 0; i < size; i++) {
            for (int distance = reach + 1; distance < size - reach; distance++) {
                cut.add(new Link(order.get(i), order.get((i + distance) % size)));
            }
        }
        return new Fault.Cut(cut);
    }

    /** One node or a minority hears nobody of the others, or is heard by nobody of them. */
    private static Attack oneWay(NamespaceCluster cluster, Random random) {
        List<Integer> order = shuffled(cluster, random);
        int count = 1 + random.nextInt(order.size() / 2);
        List<Integer> some = order.subList(0, count);
        List<Integer> others = order.subList(count, order.size());
        Fault fault = random.nextBoolean() ? Fault.oneWay(some, others) : Fault.oneWay(others, some);
        return new Attack("partition-one-way", List.of(fault), false);
    }

    /** One node, a minority, a majority, or all. */
    private static Attack kill(NamespaceCluster cluster, Random random) {
        List<Integer> order = shuffled(cluster, random);
        int count = List.of(1, 1, 2, 3, order.size()).get(random.nextInt(5));
        List<Fault> faults = new ArrayList<>();
        order.subList(0, count).forEach(node -> faults.add(new Fault.Killed(node)));
        return new Attack("kill", faults, false);
    }

    private static Attack pause(NamespaceCluster cluster, Random random) {
        List<Integer> order = shuffled(cluster, random);
        int count = List.of(1, 1, 2, 3).get(random.nextInt(4));
        List<Fault> faults = new ArrayList<>();
        order.subList(0, count).forEach(node -> faults.add(new Fault.Paused(node)));
        return new Attack("pause", faults, false);
    }

    /** On all links of two nodes. */
    private static Attack loss(NamespaceCluster cluster, Random random) {
        List<Integer> order = shuffled(cluster, random);
        int percent = LOSS_PERCENT_MIN + random.nextInt(LOSS_PERCENT_SPAN);
        return new Attack("loss", List.of(new Fault.Loss(Link.between(order.subList(0, 2), order), percent)), false);
    }

    /** One node after the other, each when all partitions have leaders again, as docs/operations.md wants it. */
    private static Nemesis.Plan rollingRestart() {
        return new Nemesis.Plan() {
            private int restarts;

            @Override
            public Attack next(NamespaceCluster cluster, Random random) {
                int node = cluster.ids().get(restarts++ % cluster.ids().size());
                return new Attack("rolling-restart", List.of(new Fault.Stopped(node)), true);
            }
        };
    }

    /** The node that leads most partitions is killed, paused or cut off, wholly or one way. */
    private static Attack leaders(NamespaceCluster cluster, Random random) {
        int leader = leader(cluster);
        List<Integer> others = cluster.others(leader);
        Fault fault = List.of(
                        new Fault.Killed(leader),
                        new Fault.Paused(leader),
                        Fault.split(List.of(leader), others),
                        Fault.oneWay(others, List.of(leader)),
                        Fault.oneWay(List.of(leader), others))
                .get(random.nextInt(5));
        return new Attack("leaders", List.of(fault), false);
    }

    private static int leader(NamespaceCluster cluster) {
        int[] leader = new int[1];
        Await.until("some partition has a leader and all nodes answer", LEADER_PATIENCE, () -> {
            Standings standings = cluster.standings();
            boolean isLed = !standings.leaders().isEmpty();
            leader[0] = isLed ? standings.busiest() : 0;
            return isLed;
        });
        return leader[0];
    }

    /** One or two kinds; of two that would do something to the same process, only the first does. */
    private static Attack combined(NamespaceCluster cluster, Random random) throws IOException {
        List<Nemesis> singles = new ArrayList<>(singles());
        Collections.shuffle(singles, random);
        Attack first = singles.get(0).plan().next(cluster, random);
        if (first.brief()) {
            return new Attack(
                    first.kind(),
                    List.of(new Fault.Stopped(1 + random.nextInt(cluster.ids().size()))),
                    true);
        }
        if (random.nextBoolean() || singles.get(1).name().equals("rolling-restart")) {
            return first;
        }
        Attack second = singles.get(1).plan().next(cluster, random);
        Set<Integer> taken = first.faults().stream().map(Nemeses::process).collect(Collectors.toSet());
        List<Fault> faults = new ArrayList<>(first.faults());
        second.faults().stream()
                .filter(fault -> process(fault) == 0 || !taken.contains(process(fault)))
                .forEach(faults::add);
        return new Attack(first.kind() + "+" + second.kind(), faults, false);
    }

    /** The node whose process is concerned; 0 if none is. */
    private static int process(Fault fault) {
        if (fault instanceof Fault.Killed killed) {
            return killed.node();
        } else if (fault instanceof Fault.Paused paused) {
            return paused.node();
        }
        return fault instanceof Fault.Stopped stopped ? stopped.node() : 0;
    }
}
