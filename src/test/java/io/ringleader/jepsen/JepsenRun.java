package io.ringleader.jepsen;

import io.ringleader.jepsen.Finding.Validity;
import io.ringleader.jepsen.Journal.FaultSpan;
import io.ringleader.jepsen.Nemesis.Attack;
import io.ringleader.linearizability.History;
import io.ringleader.namespaces.Fault;
import io.ringleader.namespaces.NamespaceCluster;
import io.ringleader.namespaces.NamespaceNode;
import io.ringleader.namespaces.UnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * One workload under one nemesis, on a cluster of its own: clients at work, attacks one after the other, healing, a read of
 * everything at every node, checks, and the directory with all that. Used once, by one thread.
 */
final class JepsenRun {
    static final int NODES = 5;
    private static final int CLIENTS_PER_NODE = 3;
    private static final Duration AFTERWARDS = Duration.ofSeconds(2);
    private static final Duration FINAL_READS = Duration.ofSeconds(30);
    private static final long JOIN_MILLIS = 30_000;

    /** Every partition is on all nodes; few partitions, so that each sees much. */
    private static final Map<String, Object> SETTINGS = Map.of(
            "cluster.replicas",
            NODES,
            "cluster.partitions",
            6,
            "timeouts.command_timeout_millis",
            2_000,
            "limits.memory_bytes",
            128 << 20);

    /**
     * @param time for which there are attacks
     * @param brokenClasses that come before those of the jar in every node
     * @param mutant what these are called
     */
    record Plan(
            String workload,
            Workload work,
            Nemesis nemesis,
            Duration time,
            Duration checkLimit,
            long seed,
            Optional<Path> brokenClasses,
            String mutant) {}

    /** @param directory where everything about it is */
    record Result(Plan plan, Path directory, List<Finding> findings, Journal.Counts counts, int faults) {
        Validity validity() {
            return Finding.all(findings);
        }

        /** What is not valid, in a few words. */
        String complaints() {
            return String.join(
                    ", ",
                    findings.stream()
                            .filter(each -> each.validity() != Validity.VALID)
                            .map(Finding::name)
                            .toList());
        }
    }

    private final Plan plan;
    private final Path directory;
    private final Random random;
    private final Journal journal = new Journal();
    private final List<Client> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Object> problems = new ArrayList<>();
    private final Progress progress;

    JepsenRun(Plan plan, Path directory, Progress progress) {
        this.plan = plan;
        this.directory = directory;
        this.progress = progress;
        random = new Random(plan.seed());
    }

    /** @throws UnavailableException if this machine or user cannot do it */
    Result run() throws IOException, InterruptedException {
        RunFiles files;
        try (NamespaceCluster cluster = new NamespaceCluster(NODES, settings(), plan.brokenClasses())) {
            files = new RunFiles(directory);
            try {
                cluster.startAll();
                cluster.awaitReady();
                journal.begin();
                work(cluster);
            } catch (UnavailableException e) {
                throw e;
            } catch (IOException | AssertionError e) {
                problems.add(e.getMessage());
            } finally {
                stopClients();
                files.copyLogs(cluster);
            }
        }
        return judge(files);
    }

    /** As many threads as chance will have it: whatever shares one must not matter. */
    private Map<String, Object> settings() {
        Map<String, Object> settings = new TreeMap<>(SETTINGS);
        settings.put("limits.loop_threads", 1 + random.nextInt(3));
        return settings;
    }

    private void work(NamespaceCluster cluster) throws IOException, InterruptedException {
        startClients(cluster.nodes());
        attack(cluster);
        cluster.healAll();
        pause(AFTERWARDS);
        stopClients();
        for (NamespaceNode node : cluster.nodes()) {
            if (!node.isAlive()) {
                problems.add(node + " ended by itself; see its log");
            }
        }
        cluster.awaitReady();
        FinalReads reads = new FinalReads(journal, FINAL_READS);
        for (NamespaceNode node : cluster.nodes()) {
            List<String> unread = node.isAlive()
                    ? reads.readAll(
                            node, clients.size() + node.id(), plan.work().keys())
                    : List.of();
            if (!unread.isEmpty()) {
                problems.add("when all was healed, " + node + " could not read " + unread);
            }
        }
    }

    private void startClients(List<NamespaceNode> nodes) {
        for (int i = 0; i < CLIENTS_PER_NODE * nodes.size(); i++) {
            Client.Habits habits = switch (i / nodes.size()) {
                case 0 -> new Client.Habits(false, false);
                case 1 -> new Client.Habits(true, false);
                default -> new Client.Habits(i % 2 == 0, true);
            };
            Client client =
                    new Client(i, nodes, i % nodes.size(), habits, plan.work(), journal, new Random(plan.seed() + i));
            clients.add(client);
            Thread thread = new Thread(client::run, "client-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    private void stopClients() throws InterruptedException {
        clients.forEach(Client::stop);
        for (Thread thread : threads) {
            thread.join(JOIN_MILLIS);
        }
        threads.clear();
    }

    private void attack(NamespaceCluster cluster) throws IOException {
        long endNanos = journal.nanos() + plan.time().toNanos();
        while (journal.nanos() < endNanos) {
            pause(Nemesis.calm(random));
            Attack attack = plan.nemesis().plan().next(cluster, random);
            if (attack.faults().isEmpty()) {
                pause(Nemesis.hold(random));
                continue;
            }
            long fromNanos = journal.nanos();
            progress.attack(attack.description());
            for (Fault fault : attack.faults()) {
                cluster.inject(fault);
            }
            if (!attack.brief()) {
                pause(Nemesis.hold(random));
            }
            cluster.healAll();
            long toNanos = journal.nanos();
            if (attack.brief()
                    || attack.faults().stream()
                                    .filter(Fault.Killed.class::isInstance)
                                    .count()
                            > NODES / 2) {
                // nodes take seconds to start; to kill them again before they serve tests nothing
                cluster.awaitReady();
            }
            journal.fault(new FaultSpan(attack.kind(), attack.description(), fromNanos, toNanos));
            progress.attack("");
        }
    }

    private void pause(Duration time) {
        long endNanos = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = endNanos - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, Progress.INTERVAL_NANOS));
            progress.show(journal);
        }
    }

    private Result judge(RunFiles files) throws IOException, InterruptedException {
        progress.attack("checking");
        progress.show(journal);
        History history = journal.history();
        LinearizableCheck linearizable = new LinearizableCheck(plan.work().toleranceMillis(), plan.checkLimit());
        List<Finding> findings = new ArrayList<>();
        findings.add(StatsCheck.check(history, journal.functions()));
        findings.add(linearizable.check(history));
        for (Finding finding :
                List.of(CounterCheck.check(history), SetCheck.check(history), ExpiryCheck.check(history))) {
            if (finding.hasSubjects()) {
                findings.add(finding);
            }
        }
        findings.add(nemesis());
        findings.add(cluster());
        Result result = new Result(
                plan, directory, findings, journal.counts(), journal.faults().size());
        files.write(result, journal, history, linearizable);
        return result;
    }

    private Finding nemesis() {
        List<FaultSpan> faults = journal.faults();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("faults", (long) faults.size());
        Map<String, Object> kinds = new LinkedHashMap<>();
        faults.forEach(span -> kinds.merge(span.nemesis(), 1L, (one, other) -> (Long) one + (Long) other));
        details.put("kinds", kinds);
        details.put("unavailable", Nemeses.UNAVAILABLE);
        boolean asIntended = plan.nemesis().name().equals(Nemeses.NONE) || !faults.isEmpty();
        return new Finding("nemesis", asIntended ? Validity.VALID : Validity.UNKNOWN, details);
    }

    private Finding cluster() {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("problems", problems);
        details.put("strange-answers", journal.strangeAnswers());
        return new Finding(
                "cluster",
                Finding.of(problems.isEmpty() && journal.strangeAnswers().isEmpty()),
                details);
    }
}
