package io.ringleader.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/**
 * What came of a load.
 *
 * @param kinds how many operations came to what end, warm-up left out; all kinds are there
 * @param texts some of what servers said when something went wrong
 * @param generatorCpuSeconds processor time of the generator's threads, warm-up included
 */
public record BenchResult(
        BenchOptions options,
        Latencies gets,
        Latencies sets,
        Map<AnswerKind, Long> kinds,
        List<String> texts,
        double generatorCpuSeconds) {

    /** Gets and sets that went well. */
    public double perSecond() {
        return gets.perSecond() + sets.perSecond();
    }

    /** How many did not go well. */
    public long errors() {
        return kinds.entrySet().stream()
                .filter(entry -> entry.getKey().isError())
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /**
     * For people.
     *
     * @param cpuSecondsPerMillion of the servers, for a million operations; NaN if nobody measured it
     */
    public String asText(double cpuSecondsPerMillion) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%-5s %12s %12s %10s %10s %10s %10s %10s%n",
                "",
                "count",
                "per second",
                "p50 us",
                "p90 us",
                "p99 us",
                "p99.9 us",
                "max us"));
        row(text, "get", gets);
        row(text, "set", sets);
        StringJoiner ends = new StringJoiner(", ");
        kinds.forEach((kind, count) -> {
            if (count > 0) {
                ends.add(name(kind) + " " + count);
            }
        });
        text.append(ends).append(System.lineSeparator());
        texts.forEach(line -> text.append("  ").append(line).append(System.lineSeparator()));
        text.append(String.format(Locale.ROOT, "processor time of the generator: %.2f s", generatorCpuSeconds));
        if (!Double.isNaN(cpuSecondsPerMillion)) {
            text.append(String.format(
                    Locale.ROOT, "; of the servers: %.2f s per million operations", cpuSecondsPerMillion));
        }
        return text.append(System.lineSeparator()).toString();
    }

    private static void row(StringBuilder text, String name, Latencies of) {
        if (of.count() > 0) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-5s %12d %12.0f %10.0f %10.0f %10.0f %10.0f %10.0f%n",
                    name,
                    of.count(),
                    of.perSecond(),
                    of.p50Nanos() / 1e3,
                    of.p90Nanos() / 1e3,
                    of.p99Nanos() / 1e3,
                    of.p999Nanos() / 1e3,
                    of.maxNanos() / 1e3));
        }
    }

    /** Of {@link #asCsv}. */
    public static String csvHeader() {
        return "operation,protocol,connections,pipeline,keys,distribution,value_min_bytes,value_max_bytes,rate_per_second,"
                + "seconds,count,per_second,mean_us,p50_us,p90_us,p99_us,p99_9_us,max_us,errors,"
                + "server_cpu_seconds_per_million\n";
    }

    /** A row for gets and one for sets, as far as there were any. */
    public String asCsv(double cpuSecondsPerMillion) {
        return (gets.count() > 0 ? csvRow("get", gets, cpuSecondsPerMillion) : "")
                + (sets.count() > 0 ? csvRow("set", sets, cpuSecondsPerMillion) : "");
    }

    private String csvRow(String operation, Latencies of, double cpuSecondsPerMillion) {
        StringJoiner row = new StringJoiner(",", "", "\n");
        row.add(operation).add(options.protocol().toString());
        row.add(Integer.toString(options.connections())).add(Integer.toString(options.pipeline()));
        row.add(Long.toString(options.keys())).add(options.distribution().toString());
        row.add(Integer.toString(options.valueMinBytes())).add(Integer.toString(options.valueMaxBytes()));
        row.add(number(options.ratePerSecond())).add(number(options.seconds()));
        row.add(Long.toString(of.count())).add(number(of.perSecond())).add(micros(of.meanNanos()));
        row.add(micros(of.p50Nanos())).add(micros(of.p90Nanos())).add(micros(of.p99Nanos()));
        row.add(micros(of.p999Nanos())).add(micros(of.maxNanos())).add(Long.toString(errors()));
        row.add(Double.isNaN(cpuSecondsPerMillion) ? "" : number(cpuSecondsPerMillion));
        return row.toString();
    }

    /** One object. */
    public String asJson(double cpuSecondsPerMillion) {
        StringJoiner json = new StringJoiner(",\n  ", "{\n  ", "\n}\n");
        json.add("\"command\": " + quoted(options.asCommand()));
        json.add("\"protocol\": " + quoted(options.protocol().toString()));
        json.add("\"connections\": " + options.connections());
        json.add("\"pipeline\": " + options.pipeline());
        json.add("\"rate_per_second\": " + number(options.ratePerSecond()));
        json.add("\"seconds\": " + number(options.seconds()));
        json.add("\"get\": " + json(gets));
        json.add("\"set\": " + json(sets));
        StringJoiner ends = new StringJoiner(", ", "{", "}");
        kinds.forEach((kind, count) -> ends.add(quoted(kind.name().toLowerCase(Locale.ROOT)) + ": " + count));
        json.add("\"ends\": " + ends);
        json.add("\"errors\": " + errors());
        StringJoiner said = new StringJoiner(", ", "[", "]");
        texts.forEach(text -> said.add(quoted(text)));
        json.add("\"error_texts\": " + said);
        json.add("\"generator_cpu_seconds\": " + number(generatorCpuSeconds));
        json.add("\"server_cpu_seconds_per_million\": "
                + (Double.isNaN(cpuSecondsPerMillion) ? "null" : number(cpuSecondsPerMillion)));
        return json.toString();
    }

    private static String json(Latencies of) {
        StringJoiner json = new StringJoiner(", ", "{", "}");
        json.add("\"count\": " + of.count()).add("\"per_second\": " + number(of.perSecond()));
        json.add("\"mean_us\": " + micros(of.meanNanos())).add("\"p50_us\": " + micros(of.p50Nanos()));
        json.add("\"p90_us\": " + micros(of.p90Nanos())).add("\"p99_us\": " + micros(of.p99Nanos()));
        json.add("\"p99_9_us\": " + micros(of.p999Nanos())).add("\"max_us\": " + micros(of.maxNanos()));
        return json.toString();
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    private static String name(AnswerKind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String micros(double nanos) {
        return String.format(Locale.ROOT, "%.1f", nanos / 1e3);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
