package io.ringleader.cli;

import io.ringleader.config.ClusterConfig;
import io.ringleader.config.ConfigException;
import io.ringleader.config.ConfigFile;
import io.ringleader.config.HostPort;
import io.ringleader.config.NodeConfig;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ringleader status}: asks all nodes at once how they are, and shows it. */
@Command(
        name = "status",
        description = {
            "Asks all nodes of a cluster who is there, who leads what, and who lags behind.",
            "Exit code: 0 if all nodes are up and all partitions have a leader, else 1."
        },
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    /** Beyond the time that a node is given: to resolve its name, and for this machine to be busy. */
    private static final long SLACK_MILLIS = 200;

    @Spec
    private CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", description = "The cluster's configuration file.")
    private Path file;

    @Option(
            names = "--node",
            paramLabel = "HOST:PORT",
            description =
                    "Client address of a node, once for each node, instead of --config; of what others lead only who does is seen.")
    private List<String> addresses = new ArrayList<>();

    @Option(names = "--partition", paramLabel = "N", description = "Show only this partition in the table.")
    private Integer partition;

    @Option(
            names = "--timeout",
            paramLabel = "MILLIS",
            defaultValue = "1000",
            description = "How long to wait for a node (${DEFAULT-VALUE}).")
    private int timeoutMillis;

    @Override
    public Integer call() throws InterruptedException {
        if ((file == null) == addresses.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "Give either --config or --node.");
        }
        if (timeoutMillis < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--timeout is " + timeoutMillis + " but must be positive.");
        }
        List<Target> targets = new ArrayList<>();
        int partitions = 0;
        Optional<String> login = Optional.empty();
        PrintWriter out = spec.commandLine().getOut();
        if (file != null) {
            ClusterConfig config;
            try {
                config = ConfigFile.load(file);
            } catch (ConfigException e) {
                e.problems().forEach(spec.commandLine().getErr()::println);
                return ExitCode.SOFTWARE;
            }
            config.nodes()
                    .forEach(node ->
                            targets.add(new Target(node.id(), node.client().toString(), address(node))));
            partitions = config.partitions();
            login = config.clientAccess().passwords().entrySet().stream()
                    .findFirst()
                    .map(user -> user.getKey() + " " + user.getValue());
            out.println("Cluster " + config.name() + ":");
        } else {
            addresses.forEach(address -> targets.add(new Target(0, address, parse(address))));
        }
        ClusterReport report = new ClusterReport(ask(targets, login), partitions);
        if (partition != null && report.partitions() > 0 && (partition < 0 || partition >= report.partitions())) {
            throw new CommandFailedException(
                    "there is no partition " + partition + "; there are 0 to " + (report.partitions() - 1) + ".");
        }
        report.print(out, Optional.ofNullable(partition));
        return report.isWell() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    /** A node that listens on every address is reached where its peers reach it. */
    private static InetSocketAddress address(NodeConfig node) {
        HostPort client = node.client();
        return client.isWildcard() ? new HostPort(node.peer().host(), client.port()).toDial() : client.toDial();
    }

    private InetSocketAddress parse(String address) {
        int colon = address.lastIndexOf(':');
        try {
            return new HostPort(
                            address.substring(0, Math.max(0, colon)), Integer.parseInt(address.substring(colon + 1)))
                    .toDial();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "\"" + address + "\" is no address like 127.0.0.1:11211.");
        }
    }

    private List<NodeReport> ask(List<Target> targets, Optional<String> login) throws InterruptedException {
        Map<Target, CompletableFuture<NodeReport>> asked = new LinkedHashMap<>();
        for (Target target : targets) {
            CompletableFuture<NodeReport> report = new CompletableFuture<>();
            Thread thread = new Thread(() -> report.complete(target.ask(login, timeoutMillis)), "ask " + target.name());
            thread.setDaemon(true);
            thread.start();
            asked.put(target, report);
        }
        CompletableFuture<?> all = CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new));
        try {
            all.get(timeoutMillis + SLACK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // who has not answered by now counts as down
        }
        List<NodeReport> reports = new ArrayList<>();
        asked.forEach((target, report) ->
                reports.add(report.getNow(NodeReport.silent(target.id(), target.name(), "it did not answer in time"))));
        return reports;
    }

    /** Somebody to ask. {@code id} is 0 if it is not known. */
    private record Target(int id, String name, InetSocketAddress address) {
        NodeReport ask(Optional<String> login, int timeoutMillis) {
            InetSocketAddress resolved = address.isUnresolved()
                    ? new InetSocketAddress(address.getHostString(), address.getPort())
                    : address;
            return NodeReport.ask(id, name, resolved, login, timeoutMillis);
        }
    }
}
