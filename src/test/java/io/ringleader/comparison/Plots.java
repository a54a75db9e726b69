package io.ringleader.comparison;

import io.ringleader.bench.BenchResult;
import io.ringleader.bench.Latencies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The plots of the page. */
final class Plots {
    private final Map<String, SvgPlot> plots = new LinkedHashMap<>();

    Plots() {
        for (String what : new String[] {"set", "get"}) {
            plots.put(
                    "throughput-" + what,
                    new SvgPlot(
                            what + ": 1 to 50 connections, then pipelines up to 64",
                            "operations per second",
                            "p50 latency, us"));
            plots.put(
                    "offered-" + what,
                    new SvgPlot(
                            what + ": at a fixed rate, 10 to 90 % of the peak",
                            "operations per second",
                            "p99 latency, us"));
        }
    }

    void throughput(boolean get, String system, BenchResult result) {
        add("throughput-", get, system, result.perSecond(), of(get, result).p50Nanos());
    }

    void offered(boolean get, String system, double perSecond, BenchResult result) {
        add("offered-", get, system, perSecond, of(get, result).p99Nanos());
    }

    private static Latencies of(boolean get, BenchResult result) {
        return get ? result.gets() : result.sets();
    }

    private void add(String name, boolean get, String system, double x, long nanos) {
        if (x > 0 && nanos > 0) {
            plots.get(name + (get ? "get" : "set")).add(system, x, nanos / 1e3);
        }
    }

    List<String> names() {
        return plots.entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .toList();
    }

    void write(Path directory) throws IOException {
        for (String name : names()) {
            Files.writeString(
                    directory.resolve("benchmarks-" + name + ".svg"),
                    plots.get(name).render());
        }
    }
}
