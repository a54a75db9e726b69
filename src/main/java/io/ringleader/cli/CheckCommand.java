package io.ringleader.cli;

import io.ringleader.config.ClusterConfig;
import io.ringleader.config.ConfigException;
import io.ringleader.config.ConfigFile;
import io.ringleader.config.ConfigProblem;
import io.ringleader.config.NodeConfig;
import io.ringleader.ring.Ring;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ringleader check FILE}: says whether a configuration file is good, and what would lie where. */
@Command(
        name = "check",
        description = "Checks a configuration file and shows how it spreads the partitions over the nodes.",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The configuration file of a cluster.")
    private Path file;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        ClusterConfig config;
        try {
            config = ConfigFile.load(file);
        } catch (ConfigException e) {
            e.problems().forEach(err::println);
            return ExitCode.SOFTWARE;
        }
        for (ConfigProblem warning : config.warnings()) {
            err.println("warning: " + warning);
        }
        print(config, out);
        return ExitCode.OK;
    }

    private void print(ClusterConfig config, PrintWriter out) {
        Ring ring = config.ring();
        out.printf(
                Locale.ROOT,
                "%s is good: cluster %s, %d node%s, %d partition%s with %d replica%s each%n%n",
                file,
                config.name(),
                config.nodes().size(),
                plural(config.nodes().size()),
                config.partitions(),
                plural(config.partitions()),
                config.replicas(),
                plural(config.replicas()));
        TextTable table = new TextTable(Set.of(1, 2), "node", "client", "peer", "partitions", "leads");
        for (NodeConfig node : config.nodes()) {
            table.row(
                    Integer.toString(node.id()),
                    node.client().toString(),
                    node.peer().toString(),
                    Integer.toString(ring.replicaCount(node.id())),
                    Integer.toString(ring.preferredLeaderships(node.id())));
        }
        table.print(out);
        out.printf(
                Locale.ROOT,
                "%nThe fullest node holds %.2f times the mean of partitions; no node may hold more than %d.%n",
                ring.replicaImbalance(),
                ring.replicaBound());
        out.printf(
                Locale.ROOT,
                "The busiest node leads %.2f times the mean of partitions; no node is preferred for more than %d.%n",
                ring.leadershipImbalance(),
                ring.leadershipBound());
    }

    private static String plural(int count) {
        return count == 1 ? "" : "s";
    }
}
