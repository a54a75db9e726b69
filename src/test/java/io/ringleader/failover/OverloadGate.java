package io.ringleader.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.ringleader.namespaces.NamespaceCluster;
import io.ringleader.namespaces.NamespaceNode;
import io.ringleader.namespaces.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Three times as many commands as the cluster can do, for a minute: memory stays bounded, what is answered well hardly gets less, and
 * all is well again soon. Part of {@code make test-failover} ({@code ONLY=overload}).
 */
class OverloadGate {
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration PEAK = Duration.ofSeconds(8);
    private static final Duration OVERLOAD = Duration.ofSeconds(Integer.getInteger("ringleader.overload.seconds", 60));
    private static final Duration QUIET = Duration.ofSeconds(5);
    private static final Duration SAMPLE = Duration.ofSeconds(1);
    private static final int RECOVERY_SAMPLES = 20;
    private static final int CONNECTIONS = 16;
    /** What is under way on one connection; the best of these is the peak. */
    private static final List<Integer> PIPELINES = List.of(64, 256, 1024);

    private static final double TIMES = 3;
    private static final double GOODPUT_LEAST = 0.8;
    /** Latency is as before the overload again: not more than this many times as high. */
    private static final double AS_BEFORE = 2;

    private NamespaceCluster cluster;

    @BeforeEach
    void start() throws IOException {
        boolean wanted = "overload".matches(".*(" + System.getProperty("ringleader.failover.only", "") + ").*");
        if (!wanted) {
            abort("Not asked for.");
        }
        try {
            cluster = NamespaceCluster.started(3, Map.of("cluster.partitions", 64));
        } catch (UnavailableException e) {
            abort(e.getMessage());
        }
    }

    @AfterEach
    void stop() throws IOException {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void anOverloadHarmsNothingForLong() throws Exception {
        Load.Result peak = peak();
        double quietMillis = Victims.run(cluster.nodes(), QUIET).latencyMillis()[1];
        long memoryBefore = residentMiB();
        AtomicLong most = new AtomicLong(memoryBefore);
        Thread watcher = watchMemory(most);
        Load.Result over = Load.open(cluster, CONNECTIONS, OVERLOAD, TIMES * peak.perSecond());
        watcher.interrupt();
        watcher.join();
        int recovered = secondsUntil(AS_BEFORE * quietMillis);
        // the machine may have had other work to do before
        Load.Result later = peak();
        double best = Math.max(peak.perSecond(), later.perSecond());
        String table = "| what | measured |\n| --- | --- |\n"
                + row(
                        "peak, closed loop",
                        "%.0f sets of 100 bytes per second, %.0f afterwards; latency %s",
                        peak.perSecond(),
                        later.perSecond(),
                        show(peak.latencyMillis()))
                + row(
                        "offered for " + OVERLOAD.toSeconds() + " s",
                        "%.0f per second (%.1f times the first peak); sent %.0f per second, what was due and not sent was held back",
                        TIMES * peak.perSecond(),
                        TIMES,
                        over.sent() * 1e9 / over.time().toNanos())
                + row(
                        "done",
                        "%.0f per second, %.0f %% of the higher peak; latency with the time in sockets %s",
                        over.perSecond(),
                        100 * over.perSecond() / best,
                        show(over.latencyMillis()))
                + row("answers", "%s; latency of errors %s", over.answers(), show(over.failedMillis()))
                + row("memory of the largest node (RSS)", "%d MiB before, %d MiB at most", memoryBefore, most.get())
                + row(
                        "p99 of one set or get at a time",
                        "%.0f ms before, at most %.0f times that again after %s s",
                        quietMillis,
                        AS_BEFORE,
                        recovered < 0 ? "more than " + RECOVERY_SAMPLES : recovered);
        System.out.print(table);
        Page.write("overload", table);
        List<String> failures = new ArrayList<>();
        if (over.perSecond() < GOODPUT_LEAST * best) {
            failures.add("goodput");
        }
        if (recovered < 0) {
            failures.add("recovery");
        }
        assertThat(failures).as("what does not bear an overload").isEmpty();
    }

    private Load.Result peak() throws IOException {
        Load.closed(cluster, CONNECTIONS, PIPELINES.get(1), WARM_UP);
        Load.Result best = null;
        for (int pipeline : PIPELINES) {
            Load.Result result = Load.closed(cluster, CONNECTIONS, pipeline, PEAK);
            if (best == null || result.perSecond() > best.perSecond()) {
                best = result;
            }
        }
        return best;
    }

    private static String row(String what, String format, Object... values) {
        return "| " + what + " | " + String.format(Locale.ROOT, format, values) + " |\n";
    }

    private static String show(double[] millis) {
        return String.format(Locale.ROOT, "p50 %.1f, p99 %.0f, max %.0f ms", millis[0], millis[1], millis[2]);
    }

    /** The first second that is as good as that and begins after this many others; -1 if none is. */
    private int secondsUntil(double millis) throws Exception {
        for (int second = 0; second < RECOVERY_SAMPLES; second++) {
            if (Victims.run(cluster.nodes(), SAMPLE).latencyMillis()[1] <= millis) {
                return second;
            }
        }
        return -1;
    }

    private Thread watchMemory(AtomicLong most) {
        Thread thread = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    most.accumulateAndGet(residentMiB(), Math::max);
                } catch (IOException e) {
                    return;
                }
                Stage.pause(Duration.ofMillis(500));
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Of the node that has most. */
    private long residentMiB() throws IOException {
        long most = 0;
        for (NamespaceNode node : cluster.nodes()) {
            for (String line : Files.readAllLines(Path.of("/proc/" + node.pid() + "/status"))) {
                if (line.startsWith("VmRSS:")) {
                    most = Math.max(most, Long.parseLong(line.replaceAll("\\D", "")) >> 10);
                }
            }
        }
        return most;
    }
}
