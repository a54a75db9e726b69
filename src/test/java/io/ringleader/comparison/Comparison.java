package io.ringleader.comparison;

import io.ringleader.bench.BenchException;
import io.ringleader.bench.BenchOptions;
import io.ringleader.bench.BenchOptions.Distribution;
import io.ringleader.bench.BenchResult;
import io.ringleader.bench.LoadGenerator;
import io.ringleader.cli.ServerCpu;
import io.ringleader.comparison.Figures.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures all systems in turn, several times over, and writes the page and the plots of {@code docs}. */
@Command(name = "bench", mixinStandardHelpOptions = true)
final class Comparison implements Callable<Integer> {
    private static final int KEYS = 100_000;
    private static final int VALUE_BYTES = 100;
    private static final int CONNECTIONS = 50;
    private static final int PIPELINE = 16;
    private static final int SYNCS = 1000;
    /** What is measured with less is a trial and none for the documentation. */
    private static final int ROUNDS_MIN = 3;

    private static final double SECONDS_MIN = 5;
    /** Three virtual machines on two cores take that long to compile what is used most. All systems get the same. */
    static final double WARM_SECONDS = 40;

    /** Connections and pipeline of the points of the first plots. */
    private static final int[][] LOADS = {{1, 1}, {4, 1}, {16, 1}, {50, 1}, {50, 4}, {50, 16}, {50, 64}};

    private static final double[] SHARES = {0.1, 0.25, 0.5, 0.75, 0.9};

    static final Row ONE_SET = new Row("set, 1 connection, p50", "us", false);
    static final Row SYNC = new Row("fdatasync of 4 KiB on the same disk, p50", "us", false);
    /** What three nodes on one disk make it do at once. */
    static final Row SYNC_OF_THREE = new Row("the same, of three files side by side, p50", "us", false);

    @Option(names = "--seconds", defaultValue = "10", description = "Of each measurement (${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--rounds", defaultValue = "5", description = "How often all is measured (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--only", split = ",", description = "Only systems whose names contain one of these.")
    private List<String> only = List.of("");

    @Option(names = "--work", defaultValue = "target/bench", description = "For data, on the disk to be measured.")
    private Path work;

    @Option(names = "--docs", defaultValue = "docs", description = "Where the page goes (${DEFAULT-VALUE}).")
    private Path docs;

    private final Figures figures = new Figures();
    private final List<String> commands = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final Plots plots = new Plots();
    /** Whose commands are shown, as those of the others differ only in addresses and rates. */
    private String shown = "";

    /** @param args see {@code --help} */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Comparison()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        List<Candidate> candidates = new ArrayList<>();
        List<Candidate> all =
                List.of(new Ringleader(3), new Ringleader(1), new Memcached(1024), new Redis(), new Etcd());
        for (Candidate candidate : all) {
            if (only.stream().noneMatch(candidate.name::contains)) {
                continue;
            }
            if (candidate.version() == null) {
                problems.add(candidate.name + " is not installed and was left out.");
                say(problems.get(problems.size() - 1));
            } else {
                candidates.add(candidate);
            }
        }
        if (!candidates.isEmpty()) {
            shown = candidates.get(0).name;
        }
        for (int round = 1; round <= rounds; round++) {
            List<Candidate> turn = new ArrayList<>(candidates);
            // nobody is always measured first, or always after the same other
            Collections.rotate(turn, round);
            for (Candidate candidate : turn) {
                measure(candidate, round);
            }
        }
        boolean trial = rounds < ROUNDS_MIN || seconds < SECONDS_MIN || candidates.size() < all.size();
        Path target = trial ? work : docs;
        Page page = new Page(figures, candidates, commands, problems, rounds, seconds, trial);
        Files.writeString(target.resolve("benchmarks.md"), page.render(plots.names()));
        plots.write(target);
        say("Written: " + target.resolve("benchmarks.md")
                + (trial ? " (a short or incomplete run does not go into " + docs + ")" : ""));
        return 0;
    }

    private void measure(Candidate candidate, int round) throws InterruptedException {
        say(String.format(Locale.ROOT, "%n== round %d of %d: %s", round, rounds, candidate.name));
        try {
            Path directory = Candidate.emptied(work.resolve("data")).toAbsolutePath();
            double sync = DiskSync.medianNanos(directory, SYNCS, 1) / 1e3;
            double syncOfThree = DiskSync.medianNanos(directory, SYNCS, 3) / 1e3;
            candidate.start(directory);
            cells(candidate, sync, syncOfThree);
            if (round == 1) {
                sweeps(candidate);
            }
        } catch (BenchException | IOException e) {
            problems.add(candidate.name + " in round " + round + ": " + e.getMessage());
            say(problems.get(problems.size() - 1));
        } finally {
            candidate.stop();
        }
    }

    private void cells(Candidate candidate, double sync, double syncOfThree)
            throws BenchException, InterruptedException {
        // everything is stored, and what compiles itself while it runs has done so
        load(candidate, "warm", options(candidate, CONNECTIONS, PIPELINE, 0.5, 0, true, WARM_SECONDS / 2));
        load(candidate, "warm", options(candidate, CONNECTIONS, 1, 0.5, 0, false, WARM_SECONDS / 2));
        BenchResult one = load(candidate, "set 1", options(candidate, 1, 1, 0, 0, false, seconds));
        figures.add(ONE_SET, candidate.name, one.sets().p50Nanos() / 1e3);
        figures.add(SYNC, candidate.name, sync);
        figures.add(SYNC_OF_THREE, candidate.name, syncOfThree);
        for (double getRatio : new double[] {0, 1}) {
            String what = getRatio == 0 ? "set" : "get";
            double peak = 0;
            for (int pipeline : new int[] {1, PIPELINE}) {
                String load =
                        what + ", " + CONNECTIONS + " connections" + (pipeline == 1 ? "" : ", pipeline " + pipeline);
                ServerCpu cpu = new ServerCpu(candidate.pids());
                BenchResult result = load(
                        candidate, load, options(candidate, CONNECTIONS, pipeline, getRatio, 0, false, seconds), cpu);
                figures.add(new Row(load, "per second", true), candidate.name, result.perSecond());
                var latencies = getRatio == 0 ? result.sets() : result.gets();
                figures.add(new Row(load + ", p50", "us", false), candidate.name, latencies.p50Nanos() / 1e3);
                figures.add(new Row(load + ", p99", "us", false), candidate.name, latencies.p99Nanos() / 1e3);
                figures.add(
                        new Row(load + ", processor time of all its processes", "s per million", false),
                        candidate.name,
                        cpu.seconds() / (result.perSecond() * seconds) * 1e6);
                peak = Math.max(peak, result.perSecond());
            }
            String load = what + " at half of the peak rate, p99.9";
            BenchResult half = load(
                    candidate, load, options(candidate, CONNECTIONS, PIPELINE, getRatio, peak / 2, false, seconds));
            figures.add(
                    new Row(load, "us", false),
                    candidate.name,
                    (getRatio == 0 ? half.sets() : half.gets()).p999Nanos() / 1e3);
        }
    }

    private void sweeps(Candidate candidate) throws BenchException, InterruptedException {
        for (double getRatio : new double[] {0, 1}) {
            double peak = 0;
            for (int[] at : LOADS) {
                BenchResult result =
                        load(candidate, "plot", options(candidate, at[0], at[1], getRatio, 0, false, seconds / 2));
                plots.throughput(getRatio == 1, candidate.name, result);
                peak = Math.max(peak, result.perSecond());
            }
            for (double share : SHARES) {
                double rate = peak * share;
                BenchResult result = load(
                        candidate,
                        "plot",
                        options(candidate, CONNECTIONS, PIPELINE, getRatio, rate, false, seconds / 2));
                plots.offered(getRatio == 1, candidate.name, rate, result);
            }
        }
    }

    private static BenchOptions options(
            Candidate candidate,
            int connections,
            int pipeline,
            double getRatio,
            double rate,
            boolean preload,
            double seconds) {
        return new BenchOptions(
                candidate.protocol,
                candidate.servers,
                connections,
                pipeline,
                1,
                KEYS,
                Distribution.UNIFORM,
                VALUE_BYTES,
                VALUE_BYTES,
                getRatio,
                Math.max(0.5, seconds / 5),
                seconds,
                rate,
                preload,
                true,
                1);
    }

    private BenchResult load(Candidate candidate, String name, BenchOptions options)
            throws BenchException, InterruptedException {
        return load(candidate, name, options, new ServerCpu(List.of()));
    }

    private BenchResult load(Candidate candidate, String name, BenchOptions options, ServerCpu cpu)
            throws BenchException, InterruptedException {
        BenchResult result = new LoadGenerator(options, new LoadGenerator.Observer() {
                    @Override
                    public void counting() {
                        cpu.begin();
                    }

                    @Override
                    public void counted() {
                        cpu.end();
                    }
                })
                .run();
        say(candidate.name + ": " + name
                + (options.ratePerSecond() > 0 ? " at " + Math.round(options.ratePerSecond()) + "/s" : ""));
        say(result.asText(Double.NaN));
        if (result.errors() > 0) {
            problems.add(candidate.name + ", " + name + ": " + result.errors() + " errors, such as " + result.texts());
        }
        String command = name + ": `" + options.asCommand() + "`";
        boolean isCell = !name.equals("plot") && !name.equals("warm");
        if (isCell
                && candidate.name.equals(shown)
                && commands.stream().noneMatch(known -> known.startsWith(name + ":"))) {
            commands.add(command);
        }
        return result;
    }

    static void say(String line) {
        System.out.println(line);
    }
}
