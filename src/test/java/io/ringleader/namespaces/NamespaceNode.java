package io.ringleader.namespaces;

import io.ringleader.it.Await;
import io.ringleader.it.TextClient;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One node of a {@link NamespaceCluster}: a process of the packaged jar, with the flags of {@code bin/ringleader}. Changed by one
 * thread; any may ask.
 */
public final class NamespaceNode {
    public static final int CLIENT_PORT = 11211;
    static final int PEER_PORT = 11212;
    /** A node has to hear a signal; SIGTERM leaves it time to stop in good order. */
    private static final Duration SIGNAL_PATIENCE = Duration.ofSeconds(20);

    private static final Duration STATS_PATIENCE = Duration.ofSeconds(5);
    private static final char STOPPED = 'T';

    private final int id;
    private final String namespace;
    private final String host;
    private final Path directory;
    private final int heapMiB;
    private final Optional<Path> changedClasses;
    private volatile Process process;

    NamespaceNode(int id, Network network, Path directory, int heapMiB, Optional<Path> changedClasses) {
        this.id = id;
        namespace = network.namespace(id);
        host = network.host(id);
        this.directory = directory;
        this.heapMiB = heapMiB;
        this.changedClasses = changedClasses;
    }

    public int id() {
        return id;
    }

    /** Reached from this machine, whatever is cut between nodes. */
    public InetSocketAddress clientAddress() {
        return new InetSocketAddress(host, CLIENT_PORT);
    }

    /** Reached from the other nodes, and from this machine. */
    public InetSocketAddress peerAddress() {
        return new InetSocketAddress(host, PEER_PORT);
    }

    public Path data() {
        return directory.resolve("data" + id);
    }

    /** Everything its processes printed. */
    public Path log() {
        return directory.resolve("node" + id + ".log");
    }

    public boolean isAlive() {
        Process current = process;
        return current != null && current.isAlive();
    }

    /** Whether it is alive and stands still. */
    public boolean isPaused() {
        return isAlive() && state() == STOPPED;
    }

    /** @throws IllegalStateException if it was never started */
    public long pid() {
        if (process == null) {
            throw new IllegalStateException(this + " was not started yet.");
        }
        return process.pid();
    }

    /** What it answers to {@code stats argument}. */
    public Map<String, String> stats(String argument) throws IOException {
        try (TextClient client = new TextClient(clientAddress(), STATS_PATIENCE)) {
            return client.stats(argument);
        }
    }

    void start() throws IOException {
        if (isAlive()) {
            throw new IllegalStateException(this + " runs already.");
        }
        // the program becomes the node, so its process id is the node's
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        command.addAll(program());
        command.addAll(List.of(
                "serve",
                "--config",
                directory.resolve(NamespaceCluster.CONFIG).toString(),
                "--node",
                Integer.toString(id),
                "--exit-with-parent"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().put("RINGLEADER_JAVA_OPTS", "-Xmx" + heapMiB + "m");
        process = builder.start();
    }

    private List<String> program() {
        if (changedClasses.isEmpty()) {
            return List.of(Path.of("bin/ringleader").toAbsolutePath().toString());
        }
        String classPath = changedClasses.get().toAbsolutePath()
                + File.pathSeparator
                + Path.of("target/ringleader.jar").toAbsolutePath();
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseG1GC",
                "-Xmx" + heapMiB + "m",
                "-cp",
                classPath,
                "io.ringleader.cli.Main");
    }

    /** SIGKILL, until it is gone. */
    void kill() throws IOException {
        process.destroyForcibly();
        awaitExit();
    }

    /** SIGTERM, until it is gone. */
    void stop() throws IOException {
        // through the handle: Process.destroy would also close the pipes of the process
        process.toHandle().destroy();
        awaitExit();
    }

    void pause() throws IOException {
        signal("STOP");
        Await.until(this + " stands still", SIGNAL_PATIENCE, () -> state() == STOPPED);
    }

    void resume() throws IOException {
        signal("CONT");
        Await.until(this + " goes on", SIGNAL_PATIENCE, () -> state() != STOPPED);
    }

    private void signal(String name) throws IOException {
        Commands.run("bash", "-c", "kill -" + name + " " + process.pid());
    }

    private void awaitExit() throws IOException {
        try {
            if (!process.waitFor(SIGNAL_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(this + " did not end within " + SIGNAL_PATIENCE.toSeconds() + " s.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while " + this + " was to end.", e);
        }
        if (Files.exists(Path.of("/proc/" + process.pid()))) {
            throw new IOException(this + " has ended, but process " + process.pid() + " is there.");
        }
    }

    /** The letter of the kernel for what the process is doing; a blank if there is none. */
    private char state() {
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            // the name before it is in brackets and may contain anything
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            return ' ';
        }
    }

    @Override
    public String toString() {
        return "node " + id;
    }
}
