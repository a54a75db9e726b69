package io.ringleader.jepsen;

import static io.ringleader.linearizability.Edn.keyword;

import io.ringleader.jepsen.Finding.Validity;
import io.ringleader.jepsen.Journal.FaultSpan;
import io.ringleader.linearizability.Edn;
import io.ringleader.linearizability.EdnWriter;
import io.ringleader.linearizability.History;
import io.ringleader.linearizability.HistoryEdn;
import io.ringleader.linearizability.SimpleEdn;
import io.ringleader.namespaces.NamespaceCluster;
import io.ringleader.namespaces.NamespaceNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes the directory of a run. Used by one thread. */
final class RunFiles {
    private static final Pattern EVENT = Pattern.compile("\\{:index \\d+, :time (\\d+), (.*)");

    private final Path directory;

    RunFiles(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
    }

    void copyLogs(NamespaceCluster cluster) throws IOException {
        for (NamespaceNode node : cluster.nodes()) {
            if (Files.exists(node.log())) {
                Files.copy(node.log(), directory.resolve("node" + node.id() + ".log"));
            }
        }
    }

    void write(JepsenRun.Result result, Journal journal, History history, LinearizableCheck linearizable)
            throws IOException {
        List<FaultSpan> faults = journal.faults();
        write("history.edn", history(HistoryEdn.write(history), faults));
        if (result.plan().workload().equals(Workloads.LIST_APPEND)) {
            write("history-elle.edn", SimpleEdn.listAppend(history));
        }
        for (Map.Entry<String, History> invalid : linearizable.invalid().entrySet()) {
            write("invalid-" + invalid.getKey() + ".edn", HistoryEdn.write(invalid.getValue()));
        }
        if (!linearizable.explanation().isEmpty()) {
            write("linearizable.txt", linearizable.explanation());
        }
        write("results.edn", results(result));
        String title =
                result.plan().workload() + " under " + result.plan().nemesis().name();
        write("latency.svg", Plots.latency(title, history, faults));
        write("rate.svg", Plots.rate(title, history, faults));
        write("timeline.html", Timeline.page(title, result, history, journal.functions(), faults));
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text);
    }

    private record Line(long nanos, String rest) {}

    /** The events of the clients, and between them those of the nemesis. */
    private static String history(String clients, List<FaultSpan> faults) {
        List<Line> lines = new ArrayList<>();
        clients.lines().forEach(line -> {
            Matcher event = EVENT.matcher(line);
            if (!event.matches()) {
                throw new IllegalStateException("This is no event of a history: " + line);
            }
            lines.add(new Line(Long.parseLong(event.group(1)), event.group(2)));
        });
        for (FaultSpan fault : faults) {
            lines.add(new Line(fault.fromNanos(), nemesis(fault, "start-")));
            lines.add(new Line(fault.toNanos(), nemesis(fault, "stop-")));
        }
        // stable: what clients did at one time stays in order
        lines.sort(Comparator.comparingLong(Line::nanos));
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            out.append("{:index ")
                    .append(i)
                    .append(", :time ")
                    .append(line.nanos)
                    .append(", ");
            out.append(line.rest).append('\n');
        }
        return out.toString();
    }

    private static String nemesis(FaultSpan fault, String phase) {
        Map<Object, Object> event = new LinkedHashMap<>();
        event.put(keyword("process"), keyword("nemesis"));
        event.put(keyword("type"), keyword("info"));
        event.put(keyword("f"), keyword(phase + fault.nemesis()));
        event.put(keyword("value"), fault.description());
        StringBuilder text = new StringBuilder();
        EdnWriter.write(text, event);
        return text.substring(1);
    }

    private static String results(JepsenRun.Result result) {
        JepsenRun.Plan plan = result.plan();
        Map<Object, Object> all = new LinkedHashMap<>();
        all.put(keyword("valid?"), valid(result.validity()));
        all.put(keyword("workload"), plan.workload());
        all.put(keyword("nemesis-name"), plan.nemesis().name());
        all.put(keyword("seconds"), plan.time().toSeconds());
        all.put(keyword("seed"), plan.seed());
        if (!plan.mutant().isEmpty()) {
            all.put(keyword("mutant"), plan.mutant());
        }
        for (Finding finding : result.findings()) {
            Map<Object, Object> form = new LinkedHashMap<>();
            form.put(keyword("valid?"), valid(finding.validity()));
            form.putAll(keyed(finding.details()));
            all.put(keyword(finding.name()), form);
        }
        StringBuilder text = new StringBuilder("{");
        String separator = "";
        for (Map.Entry<Object, Object> each : all.entrySet()) {
            EdnWriter.write(text.append(separator), each.getKey());
            EdnWriter.write(text.append(' '), each.getValue());
            separator = ",\n ";
        }
        return text.append("}\n").toString();
    }

    private static Edn.Symbol valid(Validity validity) {
        return new Edn.Symbol(validity.edn);
    }

    private static Map<Object, Object> keyed(Map<?, ?> details) {
        Map<Object, Object> keyed = new LinkedHashMap<>();
        details.forEach((name, value) ->
                keyed.put(keyword(name.toString()), value instanceof Map<?, ?> map ? keyed(map) : value));
        return keyed;
    }
}
