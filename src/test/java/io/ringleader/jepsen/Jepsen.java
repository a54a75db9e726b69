package io.ringleader.jepsen;

import io.ringleader.jepsen.Finding.Validity;
import io.ringleader.jepsen.JepsenRun.Plan;
import io.ringleader.jepsen.JepsenRun.Result;
import io.ringleader.mutants.MutantClasses;
import io.ringleader.namespaces.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The program behind {@code make jepsen}: runs all workloads under all nemeses, or those that are asked for, one after the other.
 * Ends with 0 if all runs are valid, 1 if one is not, 2 if called wrongly, 3 if this machine cannot do it.
 */
public final class Jepsen {
    private static final String JAR = "target/ringleader.jar";
    private static final Path DIRECTORY = Path.of("build", "jepsen");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss");
    /** To start the nodes, heal, read everything and judge it; measured on two cores. */
    private static final Duration AROUND = Duration.ofSeconds(15);

    private static final Duration ATTACKS_MIN = Duration.ofSeconds(20);
    private static final Duration CHECK_LIMIT = Duration.ofSeconds(60);
    private static final String ROW = "| %-12s | %-18s | %7s | %7s | %6s | %6s | %6s | %-9s | %s%n";

    private final Settings settings;
    private final List<Result> results = new ArrayList<>();
    private final Map<String, String> unavailable = new TreeMap<>();

    /** From the command line; expressions must match a whole name. */
    private record Settings(Duration time, Pattern workloads, Pattern nemeses, String mutant, long seed) {
        static Settings of(String[] args) {
            Duration time = Duration.ofMinutes(60);
            String workloads = ".*";
            String nemeses = ".*";
            String mutant = "";
            long seed = System.currentTimeMillis();
            for (int i = 0; i < args.length; i += 2) {
                String value = i + 1 < args.length ? args[i + 1] : "";
                switch (args[i]) {
                    case "--minutes" -> time = Duration.ofSeconds(Math.round(60 * Double.parseDouble(value)));
                    case "--workload" -> workloads = value.isEmpty() ? ".*" : value;
                    case "--nemesis" -> nemeses = value.isEmpty() ? ".*" : value;
                    case "--mutant" -> mutant = value;
                    case "--seed" -> seed = Long.parseLong(value);
                    default -> throw new IllegalArgumentException("There is no option " + args[i] + ".");
                }
            }
            return new Settings(time, Pattern.compile(workloads), Pattern.compile(nemeses), mutant, seed);
        }
    }

    private record Combination(String workload, Supplier<Workload> work, Nemesis nemesis) {}

    private Jepsen(Settings settings) {
        this.settings = settings;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        int code;
        try {
            code = new Jepsen(Settings.of(args)).run();
        } catch (IllegalArgumentException e) {
            System.err.println("jepsen: " + e.getMessage());
            code = 2;
        } catch (UnavailableException e) {
            System.err.println("jepsen: nothing was tested. " + e.getMessage());
            code = 3;
        }
        System.exit(code);
    }

    private int run() throws IOException, InterruptedException {
        List<Combination> combinations = combinations();
        Optional<Path> brokenClasses = brokenClasses();
        Duration attacks = settings.time().dividedBy(combinations.size()).minus(AROUND);
        if (attacks.compareTo(ATTACKS_MIN) < 0) {
            attacks = ATTACKS_MIN;
        }
        System.out.println(combinations.size() + " runs, each with attacks for " + attacks.toSeconds() + " s, seed "
                + settings.seed() + (settings.mutant().isEmpty() ? "" : ", with the mutant " + settings.mutant()));
        int number = 0;
        for (Combination each : combinations) {
            number++;
            Plan plan = new Plan(
                    each.workload(),
                    each.work().get(),
                    each.nemesis(),
                    attacks,
                    CHECK_LIMIT,
                    settings.seed() + number,
                    brokenClasses,
                    settings.mutant());
            String name = each.workload() + "-" + each.nemesis().name();
            Path directory = DIRECTORY.resolve(LocalDateTime.now().format(TIME) + "-" + name);
            String title = "[" + number + "/" + combinations.size() + " " + name + "]";
            try {
                Result result = new JepsenRun(plan, directory, new Progress(System.out, title)).run();
                results.add(result);
                System.out.println(
                        title + " valid? " + result.validity().edn + " " + result.complaints() + "  " + directory);
            } catch (UnavailableException e) {
                if (results.isEmpty()) {
                    throw e;
                }
                unavailable.put(name, e.getMessage());
                System.out.println(title + " not done: " + e.getMessage());
            }
        }
        return summary();
    }

    private List<Combination> combinations() {
        List<Combination> combinations = new ArrayList<>();
        for (Map.Entry<String, Supplier<Workload>> workload : Workloads.all().entrySet()) {
            for (Nemesis nemesis : Nemeses.all()) {
                if (settings.workloads().matcher(workload.getKey()).matches()
                        && settings.nemeses().matcher(nemesis.name()).matches()) {
                    combinations.add(new Combination(workload.getKey(), workload.getValue(), nemesis));
                }
            }
        }
        if (combinations.isEmpty()) {
            throw new IllegalArgumentException("No workload is called " + settings.workloads() + " or no nemesis "
                    + settings.nemeses() + ". Workloads: "
                    + String.join(" ", Workloads.all().keySet()) + ". Nemeses: "
                    + String.join(" ", Nemeses.all().stream().map(Nemesis::name).toList()) + ".");
        }
        return combinations;
    }

    private Optional<Path> brokenClasses() throws IOException {
        if (settings.mutant().isEmpty()) {
            return Optional.empty();
        }
        Path directory = Files.createTempDirectory(Files.createDirectories(Path.of("target", "mutants")), "classes");
        MutantClasses.compile(settings.mutant(), JAR, directory);
        return Optional.of(directory);
    }

    private int summary() {
        System.out.println();
        System.out.printf(ROW, "workload", "nemesis", "ops", "ok", "fail", "info", "faults", "valid?", "not valid");
        for (Result each : results) {
            System.out.printf(
                    ROW,
                    each.plan().workload(),
                    each.plan().nemesis().name(),
                    each.counts().asked(),
                    each.counts().ok(),
                    each.counts().fail(),
                    each.counts().info(),
                    each.faults(),
                    each.validity().edn,
                    each.complaints());
        }
        unavailable.forEach((run, why) -> System.out.println(run + ": not done: " + why));
        Nemeses.UNAVAILABLE.forEach((nemesis, why) -> System.out.println("nemesis " + nemesis + ": " + why));
        long invalid = count(Validity.INVALID);
        System.out.println(
                results.size() + " runs: " + count(Validity.VALID) + " valid, " + count(Validity.UNKNOWN) + " unknown, "
                        + invalid + " invalid" + (settings.mutant().isEmpty() ? "" : ", mutant " + settings.mutant()));
        return invalid > 0 ? 1 : 0;
    }

    private long count(Validity validity) {
        return results.stream().filter(each -> each.validity() == validity).count();
    }
}
