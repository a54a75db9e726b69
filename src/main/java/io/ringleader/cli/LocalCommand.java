package io.ringleader.cli;

import io.ringleader.config.ClusterConfig;
import io.ringleader.config.HostPort;
import io.ringleader.config.NodeConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code ringleader local}: a whole cluster on this machine, one process per node, until Ctrl-C. */
@Command(
        name = "local",
        description = {
            "Runs a cluster on this machine, one process per node, until Ctrl-C.",
            "The first run writes cluster.toml into the data directory; later runs go on with it and with the data."
        },
        mixinStandardHelpOptions = true)
final class LocalCommand implements Callable<Integer> {
    @Option(names = "--nodes", paramLabel = "N", description = "How many nodes (3).")
    private Integer nodes;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "data",
            description = "Where the configuration and the data are kept (${DEFAULT-VALUE}).")
    private Path data;

    @Option(
            names = "--base-port",
            paramLabel = "PORT",
            description = "Client port of the first node (11211); the next nodes have the next ones."
                    + " Peer ports are 1000 higher.")
    private Integer basePort;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "How many partitions (" + ClusterConfig.DEFAULT_PARTITIONS + "); fixed by the first run.")
    private Integer partitions;

    @Option(names = "--replicas", paramLabel = "N", description = "Copies of each partition (3, or one per node).")
    private Integer replicas;

    @Option(names = "--restart", description = "Start a node again when it dies.")
    private boolean restart;

    private final Function<Path, NodeLauncher> launchers;

    LocalCommand() {
        this(JavaNodeLauncher::new);
    }

    /** @param launchers makes what starts the nodes of a configuration file */
    LocalCommand(Function<Path, NodeLauncher> launchers) {
        this.launchers = launchers;
    }

    @Override
    public Integer call() throws InterruptedException {
        LocalCluster.Flags flags = new LocalCluster.Flags(nodes, basePort, partitions, replicas);
        ClusterConfig config = LocalCluster.openOrCreate(data, flags);
        LocalCluster.requireFreePorts(config);
        Path file = data.resolve(LocalCluster.FILE_NAME);
        boolean terminal = System.console() != null && System.getenv("NO_COLOR") == null;
        MergedLog log = new MergedLog(System.out, terminal);
        Supervisor supervisor = new Supervisor(
                config.nodes(),
                launchers.apply(file),
                log,
                restart,
                Supervisor.Timing.USUAL.forNodesThatLeaveWithin(
                        config.timeouts().stopMillis()),
                started -> banner(started, data));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAtExit(supervisor), "stop"));
        return supervisor.run() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    /** The virtual machine runs this when it is told to stop, by Ctrl-C or SIGTERM, and when it stops by itself. */
    private static void stopAtExit(Supervisor supervisor) {
        if (supervisor.isFinished()) {
            return;
        }
        supervisor.stop();
        try {
            supervisor.awaitFinished();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.out.flush();
        // to be stopped is the usual end of this command and no failure, which the signal's own exit code would say
        Runtime.getRuntime().halt(ExitCode.OK);
    }

    private static String banner(List<SupervisedNode> nodes, Path data) {
        StringBuilder text = new StringBuilder("\nThe cluster is ready. Ctrl-C stops it; the data stays.\n\n");
        SupervisedNode first = null;
        for (SupervisedNode node : nodes) {
            NodeConfig config = node.config;
            String pid = node.isRunning() ? "pid " + node.process.pid() : "not running";
            text.append(String.format(Locale.ROOT, "  node %-3d %-22s %s%n", config.id(), config.client(), pid));
            if (first == null && node.isRunning()) {
                first = node;
            }
        }
        text.append("\n  data in ").append(data.toAbsolutePath().normalize()).append("\n");
        if (first != null) {
            HostPort client = first.config.client();
            String host = client.isWildcard() ? "127.0.0.1" : client.host();
            // bash alone can do it: telnet and nc are missing on many machines
            text.append("\nStore a value and read it back:\n\n  bash -c 'exec 3<>/dev/tcp/")
                    .append(host)
                    .append('/')
                    .append(client.port())
                    .append("; printf \"set hello 0 0 5\\r\\nworld\\r\\nget hello\\r\\nquit\\r\\n\" >&3; cat <&3'\n");
        }
        return text.toString();
    }
}
