package io.ringleader.comparison;

import io.ringleader.comparison.Figures.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/** The page {@code benchmarks.md}. */
record Page(
        Figures figures,
        List<Candidate> candidates,
        List<String> commands,
        List<String> problems,
        int rounds,
        double seconds,
        boolean trial) {

    String render(List<String> plots) {
        StringBuilder page = new StringBuilder("# Benchmarks\n\n");
        page.append("Written by `make bench SECONDS=")
                .append(Figures.number(seconds).replaceAll("\\.0+$", ""))
                .append(" ROUNDS=")
                .append(rounds)
                .append("`: do not edit.")
                .append(trial ? " **A short or incomplete trial, good for nothing but to see that it runs.**" : "")
                .append(
                        " All systems and the load generator ran on the same machine, one system at a time, each started")
                .append(" anew with an empty directory in each round, and warmed up for ")
                .append(Figures.number(Comparison.WARM_SECONDS).replaceAll("\\.0+$", ""))
                .append(" seconds. Every figure is the median of all rounds, with")
                .append(" the lowest and the highest behind it.\n\n");
        page.append(
                        "Keys of 20 bytes, 100,000 of them, chosen evenly; values of 100 bytes, which are compared when they")
                .append(" are read. Connections are spread over all nodes, or lead to the primary.\n\n## Figures\n\n");
        table(page);
        ratios(page);
        if (!plots.isEmpty()) {
            page.append("## Plots\n\nFrom the first round.\n\n");
            plots.forEach(name -> page.append("![")
                    .append(name)
                    .append("](benchmarks-")
                    .append(name)
                    .append(".svg)\n\n"));
        }
        page.append("## What is compared\n\n| system | version | an acknowledged write is |\n| --- | --- | --- |\n");
        candidates.forEach(candidate -> page.append("| ")
                .append(String.join(" | ", candidate.name, candidate.version(), candidate.promise()))
                .append(" |\n"));
        page.append(
                        "\nmemcached and Redis promise less, and are here for scale. etcd is asked in its own protocol, gRPC, by")
                .append(
                        " the same generator; its pipeline is that many streams of one connection. etcd keeps old versions,")
                .append(" leases and watches as well, which the others do not have.\n\n");
        page.append(
                        "Rates are kept without coordinated omission: latency counts from when a request was due. The generator")
                .append(" takes part of the machine, alike for all systems.\n\n");
        page.append("## Machine\n\n").append(machine()).append("\n## Commands\n\nThe systems:\n\n");
        candidates.forEach(candidate -> {
            page.append("- ").append(candidate.name).append("\n");
            candidate.commands().stream()
                    .distinct()
                    .forEach(command -> page.append("  - `").append(command).append("`\n"));
        });
        page.append("\nThe loads, with the addresses and rates for the first system:\n\n");
        commands.forEach(command -> page.append("- ").append(command).append("\n"));
        if (!problems.isEmpty()) {
            page.append("\n## What went wrong\n\n");
            problems.forEach(problem -> page.append("- ").append(problem).append("\n"));
        }
        return page.toString();
    }

    private void table(StringBuilder page) {
        StringJoiner head = new StringJoiner(" | ", "| ", " |\n").add("load").add("unit");
        StringJoiner rule = new StringJoiner(" | ", "| ", " |\n").add("---").add("---");
        candidates.forEach(candidate -> {
            head.add(candidate.name);
            rule.add("---:");
        });
        page.append(head).append(rule);
        for (Row row : figures.rows()) {
            StringJoiner line =
                    new StringJoiner(" | ", "| ", " |\n").add(row.title()).add(row.unit());
            candidates.forEach(candidate -> line.add(figures.cell(row, candidate.name)));
            page.append(line);
        }
        page.append("\n");
    }

    private void ratios(StringBuilder page) {
        for (Candidate own : candidates) {
            List<Candidate> others = candidates.stream()
                    .filter(other -> !(other instanceof Ringleader))
                    .toList();
            if (!(own instanceof Ringleader cluster) || others.isEmpty()) {
                continue;
            }
            page.append("### ")
                    .append(own.name)
                    .append(
                            " beside the others\n\nHow many times better (rates: ours by theirs; times: theirs by ours);")
                    .append(" below 1 it is worse.\n\n");
            StringJoiner head = new StringJoiner(" | ", "| ", " |\n").add("load");
            StringJoiner rule = new StringJoiner(" | ", "| ", " |\n").add("---");
            others.forEach(other -> {
                head.add(other.name);
                rule.add("---:");
            });
            page.append(head).append(rule);
            for (Row row : figures.rows()) {
                if (row.equals(Comparison.SYNC) || row.equals(Comparison.SYNC_OF_THREE)) {
                    continue;
                }
                StringJoiner line = new StringJoiner(" | ", "| ", " |\n").add(row.title());
                double ours = figures.median(row, own.name);
                for (Candidate other : others) {
                    double theirs = figures.median(row, other.name);
                    double better = row.moreIsBetter() ? ours / theirs : theirs / ours;
                    line.add(
                            Double.isNaN(better)
                                    ? "–"
                                    : String.format(Locale.ROOT, better < 0.1 ? "%.3f" : "%.2f", better));
                }
                page.append(line);
            }
            syncs(page, cluster);
        }
    }

    /** A single node has one log to sync; beside others on the same disk, one of several at once. */
    private void syncs(StringBuilder page, Ringleader cluster) {
        double one = figures.median(Comparison.ONE_SET, cluster.name);
        page.append(String.format(
                Locale.ROOT,
                "%nA set of one connection takes %.2f times as long as one fdatasync of this disk",
                one / figures.median(Comparison.SYNC, cluster.name)));
        if (cluster.nodes() > 1) {
            page.append(String.format(
                    Locale.ROOT,
                    ", and %.2f times as long as one of three at once",
                    one / figures.median(Comparison.SYNC_OF_THREE, cluster.name)));
        }
        page.append(".\n\n");
    }

    /** Processors, memory, kernel, Java. */
    private static String machine() {
        String cpu = line("/proc/cpuinfo", "model name").replaceAll(".*:\\s*", "");
        String memory = line("/proc/meminfo", "MemTotal").replaceAll("\\D+", "");
        return "- " + Runtime.getRuntime().availableProcessors() + " processors: " + cpu + "\n- "
                + (memory.isEmpty() ? "?" : Math.round(Long.parseLong(memory) / 1048576.0)) + " GiB of memory\n- "
                + System.getProperty("os.name") + " " + System.getProperty("os.version") + ", Java "
                + Runtime.version() + "\n";
    }

    private static String line(String file, String start) {
        try {
            return Files.readAllLines(Path.of(file)).stream()
                    .filter(line -> line.startsWith(start))
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }
}
