package io.ringleader.comparison;

import io.ringleader.bench.BenchException;
import io.ringleader.bench.BenchOptions;
import io.ringleader.bench.BenchOptions.Distribution;
import io.ringleader.bench.LoadGenerator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Fills three nodes with a GiB of keys and values and tells what snapshots of so much cost while sets go on, and how long it
 * takes after {@code kill -9} of all nodes until each serves again.
 */
@Command(name = "bench-restart", mixinStandardHelpOptions = true)
final class RestartBench implements Callable<Integer> {
    private static final int KEY_BYTES = 20;
    private static final int VALUE_BYTES = 100;
    /** Above the bytes of an item in any accounting here, so that no limit is met. */
    private static final int ITEM_MAX_BYTES = 250;

    private static final int CONNECTIONS = 50;
    private static final int PIPELINE = 16;
    /** Keys asked of each node: in every partition there are some. */
    private static final int PROBES = 500;

    private static final double WARM_SECONDS = 5;

    @Option(names = "--bytes", defaultValue = "1073741824", description = "Keys and values (${DEFAULT-VALUE}).")
    private long bytes;

    @Option(names = "--seconds", defaultValue = "90", description = "Of sets and snapshots (${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--restarts", defaultValue = "3", description = "How many (${DEFAULT-VALUE}).")
    private int restarts;

    @Option(names = "--work", defaultValue = "target/bench", description = "For data, on the disk to be measured.")
    private Path work;

    /** @param args see {@code --help} */
    public static void main(String[] args) {
        System.exit(new CommandLine(new RestartBench()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        long items = bytes / (KEY_BYTES + VALUE_BYTES);
        Ringleader cluster = new Ringleader(3, "[limits]\nmemory_bytes = " + items * ITEM_MAX_BYTES + "\n");
        Path directory = Candidate.emptied(work.resolve("data")).toAbsolutePath();
        try {
            cluster.start(directory);
            say("%,d items of %d bytes in three nodes", items, KEY_BYTES + VALUE_BYTES);
            load(cluster, items, true, WARM_SECONDS, new LoadGenerator.Observer() {});
            try (SnapshotWatch watch = new SnapshotWatch(directory)) {
                load(cluster, items, false, seconds, watch);
                watch.print();
            }
            for (int i = 0; i < restarts; i++) {
                cluster.kill();
                restart(cluster, directory, items);
            }
        } finally {
            cluster.stop();
        }
        return 0;
    }

    private static void load(
            Candidate cluster, long items, boolean preload, double seconds, LoadGenerator.Observer observer)
            throws BenchException, InterruptedException {
        new LoadGenerator(
                        new BenchOptions(
                                cluster.protocol,
                                cluster.servers,
                                CONNECTIONS,
                                PIPELINE,
                                1,
                                items,
                                Distribution.UNIFORM,
                                VALUE_BYTES,
                                VALUE_BYTES,
                                0,
                                WARM_SECONDS,
                                seconds,
                                0,
                                preload,
                                true,
                                1),
                        observer)
                .run();
    }

    /** Prints when the first node answered, and when all did, from when the processes were started. */
    private static void restart(Ringleader cluster, Path directory, long items) throws Exception {
        long begun = System.nanoTime();
        cluster.launchNodes(directory);
        ExecutorService probes = Executors.newFixedThreadPool(cluster.servers.size());
        try {
            List<Callable<Double>> each = new ArrayList<>();
            for (InetSocketAddress server : cluster.servers) {
                each.add(() -> {
                    cluster.await(server + " serves what was stored", () -> serves(server, items));
                    return (System.nanoTime() - begun) / 1e9;
                });
            }
            List<Double> afterSeconds = new ArrayList<>();
            for (Future<Double> one : probes.invokeAll(each)) {
                afterSeconds.add(one.get());
            }
            say(
                    "after kill -9 of all nodes, the first serves all partitions after %.1f s, the last after %.1f s",
                    Collections.min(afterSeconds), Collections.max(afterSeconds));
        } finally {
            probes.shutdownNow();
        }
    }

    static void say(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }

    /** Whether a node answers for keys of all partitions, as it does only if each has a leader that can write. */
    private static boolean serves(InetSocketAddress server, long items) throws IOException {
        StringBuilder command = new StringBuilder("get");
        for (int i = 0; i < PROBES; i++) {
            command.append(String.format(Locale.ROOT, " key:%016d", items / PROBES * i));
        }
        long values = Candidate.ask(server, command.toString(), "END", "SERVER_ERROR").stream()
                .filter(line -> line.startsWith("VALUE "))
                .count();
        return values == PROBES;
    }
}
