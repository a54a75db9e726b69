package io.ringleader.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.ringleader.it.TextClient;
import io.ringleader.namespaces.Fault;
import io.ringleader.namespaces.NamespaceCluster;
import io.ringleader.namespaces.NamespaceNode;
import io.ringleader.namespaces.Standings;
import io.ringleader.namespaces.UnavailableException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * One client or one node that does something bad, and what all others notice of it, each against a quiet run just before: no
 * errors, and no more delay than the bound of each allows. Part of {@code make test-failover} ({@code ONLY=fairness}).
 */
class FairnessGate {
    private static final Duration MEASURED = Duration.ofSeconds(8);
    private static final Duration SETTLED = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int HUGE_BYTES = (1 << 20) - 1024;
    private static final int HUGE_PER_SECOND = 10;
    /** A machine has noise of its own, which is not taken for harm. */
    private static final double NOISE_MILLIS = 20;
    /** Harm shows each time, and what the machine did besides does not. */
    private static final int ATTEMPTS = 3;

    private static final String HEAD = """
            | what one does | what it got done | others, operations per second: quiet / then | others, latency, ms, p99 / max: quiet | then | errors of others |
            | --- | --- | --- | --- | --- | --- |
            """;

    /** Something bad, until it is closed. */
    private interface Offender extends AutoCloseable {
        /** What came of it; throws if it has ended by itself. */
        String done() throws IOException;

        @Override
        void close() throws IOException;
    }

    private interface Offence {
        Offender begin() throws IOException;
    }

    /**
     * What others may notice.
     *
     * @param rateShareMin of the rate that they had when it was quiet
     * @param p99FactorMax how many times as long as then the 99th percentile may be, beside the noise
     */
    private record Bound(double rateShareMin, double p99FactorMax) {
        String broken(Victims.Result quiet, Victims.Result then) {
            double p99MillisMax = p99FactorMax * quiet.latencyMillis()[1] + NOISE_MILLIS;
            if (then.perSecond() < rateShareMin * quiet.perSecond()) {
                return "the rate of others fell below " + rateShareMin + " of what it was";
            } else if (then.latencyMillis()[1] > p99MillisMax) {
                return "the p99 of others rose above " + Math.round(p99MillisMax) + " ms";
            }
            return "";
        }
    }

    private static final Bound NO_HARM = new Bound(0.7, 2);
    /** Somebody who asks for all that he can get has his share of the processors, and others theirs. */
    private static final Bound A_SHARE = new Bound(0.25, 10);

    private NamespaceCluster cluster;

    @AfterEach
    void stop() throws IOException {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void othersKeepWhatTheyAreDue() throws Exception {
        boolean wanted = "fairness".matches(".*(" + System.getProperty("ringleader.failover.only", "") + ").*");
        if (!wanted) {
            abort("Not asked for.");
        }
        try {
            cluster = NamespaceCluster.started(3, Map.of());
        } catch (UnavailableException e) {
            abort(e.getMessage());
        }
        List<String> failures = new ArrayList<>();
        StringBuilder table = new StringBuilder(HEAD);
        System.out.print(HEAD);
        Victims.run(cluster.nodes(), MEASURED);
        List<NamespaceNode> all = cluster.nodes();
        compare("sets " + HUGE_PER_SECOND + " values of 1 MiB per second", this::huge, all, NO_HARM, table, failures);
        compare("sets values of 1 MiB as fast as it can", this::hugeStream, all, A_SHARE, table, failures);
        String slow = "asks for values of 1 MiB and does not read the answers";
        compare(slow, this::slowReader, all, NO_HARM, table, failures);
        int follower = leastLeader();
        List<NamespaceNode> others =
                all.stream().filter(node -> node.id() != follower).toList();
        Offence pause = () -> fault(new Fault.Paused(follower));
        compare("is a follower that stands still", pause, others, NO_HARM, table, failures);
        Offence kill = () -> fault(new Fault.Killed(follower));
        compare("is a follower that is dead", kill, others, NO_HARM, table, failures);
        Page.write("fairness", table.toString());
        assertThat(failures).isEmpty();
    }

    private void compare(
            String what,
            Offence offence,
            List<NamespaceNode> nodes,
            Bound bound,
            StringBuilder table,
            List<String> failures)
            throws Exception {
        String broken = "not measured";
        for (int attempt = 1; !broken.isEmpty() && attempt <= ATTEMPTS; attempt++) {
            Victims.Result quiet = Victims.run(nodes, MEASURED);
            try (Offender offender = offence.begin()) {
                Stage.pause(SETTLED);
                Victims.Result then = Victims.run(nodes, MEASURED);
                String row = row(what, offender.done(), quiet, then);
                System.out.print(row);
                table.append(row);
                broken = bound.broken(quiet, then);
                if (then.errors() > 0) {
                    failures.add("One " + what + ": " + then.errors() + " errors of others");
                }
            }
            cluster.awaitReady();
        }
        if (!broken.isEmpty()) {
            failures.add("One " + what + ": " + broken);
        }
    }

    private static String row(String what, String done, Victims.Result quiet, Victims.Result then) {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %.0f / %.0f | %.0f / %.0f | %.0f / %.0f | %d |%n",
                what,
                done,
                quiet.perSecond(),
                then.perSecond(),
                quiet.latencyMillis()[1],
                quiet.latencyMillis()[2],
                then.latencyMillis()[1],
                then.latencyMillis()[2],
                then.errors());
    }

    private int leastLeader() throws IOException {
        Standings standings = cluster.standings();
        return cluster.ids().stream()
                .min(Comparator.comparingLong(standings::ledBy))
                .orElseThrow();
    }

    private Offender fault(Fault fault) throws IOException {
        cluster.inject(fault);
        return new Offender() {
            @Override
            public String done() {
                return "";
            }

            @Override
            public void close() throws IOException {
                cluster.heal(fault);
            }
        };
    }

    private Offender huge() throws IOException {
        return huge(1_000_000_000L / HUGE_PER_SECOND);
    }

    private Offender hugeStream() throws IOException {
        return huge(0);
    }

    private Offender huge(long intervalNanos) throws IOException {
        TextClient client = new TextClient(cluster.node(1).clientAddress(), PATIENCE);
        String value = "h".repeat(HUGE_BYTES);
        AtomicLong stored = new AtomicLong();
        long startNanos = System.nanoTime();
        return onThread(
                client::close,
                () -> String.format(Locale.ROOT, "%.0f MiB/s", stored.get() * 1e9 / (System.nanoTime() - startNanos)),
                () -> {
                    for (int i = 0; ; i++) {
                        LockSupport.parkNanos(startNanos + i * intervalNanos - System.nanoTime());
                        if (!client.set("huge" + i % 50, value).equals("STORED")) {
                            return;
                        }
                        stored.incrementAndGet();
                    }
                });
    }

    private Offender slowReader() throws IOException {
        try (TextClient client = new TextClient(cluster.node(1).clientAddress(), PATIENCE)) {
            if (!client.set("huge", "h".repeat(HUGE_BYTES)).equals("STORED")) {
                throw new IOException("The value that is asked for could not be stored.");
            }
        }
        Socket socket = new Socket();
        socket.connect(cluster.node(1).clientAddress());
        AtomicLong sent = new AtomicLong();
        byte[] question = "get huge\r\n".getBytes(StandardCharsets.US_ASCII);
        return onThread(socket::close, () -> sent.get() + " questions sent", () -> {
            while (true) {
                socket.getOutputStream().write(question);
                sent.incrementAndGet();
            }
        });
    }

    private interface Work {
        void run() throws IOException;
    }

    private interface End {
        void end() throws IOException;
    }

    private static Offender onThread(End end, Supplier<String> done, Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // its connection is closed to end it
            }
        });
        thread.setDaemon(true);
        thread.start();
        return new Offender() {
            @Override
            public String done() throws IOException {
                if (!thread.isAlive()) {
                    throw new IOException("What was to harm others has ended by itself: " + done.get());
                }
                return done.get();
            }

            @Override
            public void close() throws IOException {
                end.end();
            }
        };
    }
}
