package io.ringleader.comparison;

import io.ringleader.bench.BenchException;
import io.ringleader.bench.BenchOptions;
import io.ringleader.bench.BenchOptions.Distribution;
import io.ringleader.bench.LoadGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Fills one node, and a memcached, with items, and tells how much memory each item takes. */
@Command(name = "bench-memory", mixinStandardHelpOptions = true)
final class MemoryComparison implements Callable<Integer> {
    private static final int VALUE_BYTES = 100;
    private static final int KEY_BYTES = 20;
    /** Above the bytes of an item in any accounting here, so that no limit is met. */
    private static final int ITEM_MAX_BYTES = 400;

    private static final int COMMAND_TIMEOUT_MILLIS = 60_000;

    private static final Pattern USED_KIB = Pattern.compile("used (\\d+)K");

    @Option(names = "--items", defaultValue = "5000000", description = "How many (${DEFAULT-VALUE}).")
    private long items;

    @Option(names = "--work", defaultValue = "target/bench", description = "For data.")
    private Path work;

    /** @param args see {@code --help} */
    public static void main(String[] args) {
        System.exit(new CommandLine(new MemoryComparison()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        long limitBytes = Math.max(512L << 20, items * ITEM_MAX_BYTES);
        System.out.printf(
                Locale.ROOT, "%,d items: keys of %d bytes, values of %d bytes%n", items, KEY_BYTES, VALUE_BYTES);
        // a disk that other programs keep busy makes it slow, and no store may fail of that
        String patient = "[timeouts]\ncommand_timeout_millis = " + COMMAND_TIMEOUT_MILLIS + "\n";
        measure(new Ringleader(1, patient + "[limits]\nmemory_bytes = " + limitBytes + "\n"), true);
        Candidate memcached = new Memcached((int) (limitBytes >> 20));
        if (memcached.version() == null) {
            System.out.println("memcached is not installed and was left out.");
        } else {
            measure(memcached, false);
        }
        return 0;
    }

    private void measure(Candidate candidate, boolean isJava) throws IOException, InterruptedException, BenchException {
        try {
            candidate.start(Candidate.emptied(work.resolve("data")).toAbsolutePath());
            long pid = candidate.pids().get(0);
            long residentBefore = residentBytes(pid);
            long heapBefore = isJava ? heapBytes(pid) : 0;
            new LoadGenerator(
                            new BenchOptions(
                                    candidate.protocol,
                                    candidate.servers,
                                    8,
                                    64,
                                    1,
                                    items,
                                    Distribution.UNIFORM,
                                    VALUE_BYTES,
                                    VALUE_BYTES,
                                    1,
                                    0,
                                    1,
                                    0,
                                    true,
                                    true,
                                    1),
                            new LoadGenerator.Observer() {})
                    .run();
            requireItems(candidate);
            long resident = residentBytes(pid) - residentBefore;
            print(candidate.name, "resident memory after loading", resident);
            if (isJava) {
                long heap = heapBytes(pid) - heapBefore;
                print(candidate.name, "heap in use after a full collection", heap);
                print(candidate.name, "resident memory after it", residentBytes(pid) - residentBefore);
            }
        } finally {
            candidate.stop();
        }
    }

    private void print(String name, String what, long bytes) {
        System.out.printf(
                Locale.ROOT,
                "%-16s %-38s %8.1f bytes per item (%,d MiB)%n",
                name,
                what,
                (double) bytes / items,
                bytes >> 20);
    }

    /** What is not there would count as memory saved. */
    private void requireItems(Candidate candidate) throws IOException {
        List<String> stats = Candidate.ask(candidate.servers.get(0), "stats", "END");
        if (!stats.contains("STAT curr_items " + items)) {
            throw new IOException(candidate.name + " does not hold " + items + " items: " + stats);
        }
    }

    private static long residentBytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D+", "")) << 10;
            }
        }
        throw new IOException("/proc/" + pid + "/status has no VmRSS.");
    }

    private static long heapBytes(long pid) throws IOException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Candidate.output(jcmd, Long.toString(pid), "GC.run");
        String info = Candidate.output(jcmd, Long.toString(pid), "GC.heap_info");
        Matcher used = USED_KIB.matcher(info == null ? "" : info);
        if (!used.find()) {
            throw new IOException("jcmd does not tell how much of the heap is in use: " + info);
        }
        return Long.parseLong(used.group(1)) << 10;
    }
}
