package io.ringleader.failover;

import io.ringleader.it.TextClient;
import io.ringleader.namespaces.NamespaceCluster;
import io.ringleader.namespaces.NamespaceNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Lets clients of all nodes work while a {@link Scenario} takes its course, and says what they noticed. */
final class FaultRun {
    static final int CLIENTS_PER_NODE = 6;
    private static final Duration BEFORE = Duration.ofSeconds(2);
    private static final Duration AFTERWARDS = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(8);
    private static final long JOIN_MILLIS = 30_000;

    private final Scenario scenario;
    private final NamespaceCluster cluster;
    private final Duration hold;
    private final Ledger ledger;
    private final List<FaultClient> clients = new ArrayList<>();

    /** @param number so that keys of runs on one cluster differ */
    FaultRun(int number, Scenario scenario, NamespaceCluster cluster, Duration hold) {
        this.scenario = scenario;
        this.cluster = cluster;
        this.hold = hold;
        ledger = new Ledger("run" + number + "-");
    }

    Noticed run() throws IOException, InterruptedException {
        try (TextClient client = new TextClient(cluster.node(1).clientAddress(), PATIENCE)) {
            ledger.begin(client);
        }
        List<Thread> threads = start();
        Stage stage = new Stage(cluster, hold);
        long fromNanos;
        long stoppedNanos;
        try {
            Stage.pause(BEFORE);
            fromNanos = System.nanoTime();
            scenario.course().run(stage);
            Stage.pause(AFTERWARDS);
        } finally {
            cluster.healAll();
            stoppedNanos = System.nanoTime();
            clients.forEach(FaultClient::stop);
            for (Thread thread : threads) {
                thread.join(JOIN_MILLIS);
            }
        }
        try (TextClient client = new TextClient(cluster.node(1).clientAddress(), PATIENCE)) {
            return noticed(stage, fromNanos, stoppedNanos, ledger.judge(client, clients));
        }
    }

    private List<Thread> start() {
        List<Thread> threads = new ArrayList<>();
        for (NamespaceNode node : cluster.nodes()) {
            for (int i = 0; i < CLIENTS_PER_NODE; i++) {
                FaultClient client = new FaultClient(clients.size(), node, ledger);
                clients.add(client);
                Thread thread = new Thread(client::run, "client-" + client.number());
                thread.setDaemon(true);
                thread.start();
                threads.add(thread);
            }
        }
        return threads;
    }

    private Noticed noticed(Stage stage, long fromNanos, long stoppedNanos, Ledger.Verdict verdict) {
        List<Long> gaps = new ArrayList<>();
        List<Long> latencies = new ArrayList<>();
        Map<Outcome, Integer> errors = new TreeMap<>();
        for (FaultClient client : clients) {
            long gap = -1;
            for (long[] span : spans(stage.excuses(), client.node(), fromNanos, stoppedNanos)) {
                gap = Math.max(gap, client.samples().longestGapNanos(span[0], span[1]));
            }
            // what was under way when the clients were stopped counts as well
            for (long[] span : spans(stage.excuses(), client.node(), fromNanos, System.nanoTime())) {
                for (Samples.Sample sample : client.samples().between(span[0], span[1])) {
                    latencies.add(sample.nanos());
                    if (sample.outcome() != Outcome.DONE) {
                        errors.merge(sample.outcome(), 1, Integer::sum);
                    }
                }
            }
            // one whose node was excused all the time says nothing about the others
            if (isCounted(stage.excuses(), client.node())) {
                gaps.add(gap);
            }
        }
        return new Noticed(scenario, millis(gaps), millis(latencies), errors, verdict, stage.growth());
    }

    /** A node that was excused once has no gap of interest, unless each was, one after the other. */
    private boolean isCounted(List<Stage.Excuse> excuses, int node) {
        long excused = excuses.stream().map(Stage.Excuse::node).distinct().count();
        return excused == cluster.ids().size() || excuses.stream().noneMatch(excuse -> excuse.node() == node);
    }

    /** When the node had no excuse. */
    private static List<long[]> spans(List<Stage.Excuse> excuses, int node, long fromNanos, long toNanos) {
        List<long[]> spans = new ArrayList<>();
        long startNanos = fromNanos;
        for (Stage.Excuse excuse : excuses) {
            if (excuse.node() == node) {
                spans.add(new long[] {startNanos, excuse.fromNanos()});
                startNanos = excuse.toNanos();
            }
        }
        spans.add(new long[] {startNanos, toNanos});
        return spans;
    }

    private static double[] millis(List<Long> nanos) {
        long[] values = nanos.stream().mapToLong(Long::longValue).toArray();
        return new double[] {
            Samples.percentile(values, 0.5) / 1e6,
            Samples.percentile(values, 0.99) / 1e6,
            Samples.percentile(values, 1) / 1e6,
            values.length
        };
    }
}
