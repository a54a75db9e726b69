package io.ringleader.cli;

import io.ringleader.config.ClusterConfig;
import io.ringleader.config.ConfigException;
import io.ringleader.config.ConfigFile;
import io.ringleader.config.ConfigProblem;
import io.ringleader.config.NodeConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ringleader serve}: runs one node of a cluster until it is told to stop. */
@Command(
        name = "serve",
        description = "Runs one node of a cluster, until SIGTERM or Ctrl-C.",
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "The cluster's configuration file.")
    private Path file;

    @Option(names = "--node", required = true, paramLabel = "ID", description = "Which of its nodes this one is.")
    private int id;

    @Option(names = "--exit-with-parent", hidden = true, description = "Exit when standard input ends.")
    private boolean exitWithParent;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        ClusterConfig config;
        try {
            config = ConfigFile.load(file);
        } catch (ConfigException e) {
            e.problems().forEach(err::println);
            return ExitCode.SOFTWARE;
        }
        for (ConfigProblem warning : config.warnings()) {
            log().warn("{}", warning);
        }
        NodeConfig self = config.node(id)
                .orElseThrow(() -> new CommandFailedException(file + " has no node " + id + "; its nodes are "
                        + config.nodes().stream().map(NodeConfig::id).toList() + "."));
        NodeProcess node;
        try {
            node = new NodeProcess(config, self);
        } catch (IOException e) {
            throw new CommandFailedException("Node " + id + " cannot start. " + e.getMessage());
        }
        node.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node), "shutdown"));
        if (exitWithParent) {
            Thread watcher = new Thread(ServeCommand::exitAtEndOfInput, "parent-watch");
            watcher.setDaemon(true);
            watcher.start();
        }
        new CountDownLatch(1).await();
        return ExitCode.OK;
    }

    private static void exitAtEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // what is sent means nothing, only the end does
            }
        } catch (IOException e) {
            log().debug("Standard input failed", e);
        }
        log().info("The process that started this node is gone.");
        System.exit(ExitCode.OK);
    }

    private static void stop(NodeProcess node) {
        log().info("Stopping.");
        try {
            node.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            log().warn("Not everything could be closed: {}", e.getMessage());
        }
    }

    /** Not kept in a static field: that would settle what is logged before another command has its say. */
    private static Logger log() {
        return LoggerFactory.getLogger(ServeCommand.class);
    }
}
