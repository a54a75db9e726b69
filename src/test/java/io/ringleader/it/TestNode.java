package io.ringleader.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** One node of a {@link TestCluster}: a process that can be started, stopped, paused and killed. Used by one thread. */
final class TestNode {
    static final int HEAP_MIB = 256;
    /** A node that has nothing to wait for answers {@code stats} at once, even on a busy machine. */
    private static final Duration STATS_PATIENCE = Duration.ofSeconds(5);

    final int id;
    final int clientPort = Ports.free();
    final int peerPort = Ports.free();
    final Path data;
    final Path log;
    private final Processes processes;
    private Path config;
    private int heapMiB = HEAP_MIB;
    /** What every connection says first; empty if nobody has to log in. */
    private String login = "";

    private Process process;

    TestNode(int id, Path directory, Path config, Processes processes) {
        this.id = id;
        this.config = config;
        this.processes = processes;
        data = directory.resolve("data" + id);
        log = directory.resolve("node" + id + ".log");
    }

    TestNode withConfig(Path file) {
        config = file;
        return this;
    }

    TestNode withHeapMiB(int newHeapMiB) {
        heapMiB = newHeapMiB;
        return this;
    }

    /** For a cluster whose clients have to log in. */
    TestNode withUser(String name, String password) {
        String token = name + " " + password;
        login = "set login 0 0 " + token.length() + "\r\n" + token;
        return this;
    }

    void start() throws IOException {
        process = processes.start(
                Processes.java(
                        heapMiB,
                        "serve",
                        "--config",
                        config.toString(),
                        "--node",
                        Integer.toString(id),
                        "--exit-with-parent"),
                log);
    }

    boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** SIGKILL. */
    void kill() {
        Processes.kill(process);
    }

    /** SIGKILL, without waiting for the end. */
    void killAsync() {
        process.destroyForcibly();
    }

    /** SIGTERM, and waits for the end. */
    int stop() {
        process.destroy();
        return Processes.awaitExit(process);
    }

    int awaitExit() {
        return Processes.awaitExit(process);
    }

    /** SIGSTOP. */
    void pause() throws IOException {
        Processes.signal(process.toHandle(), "STOP");
    }

    /** SIGCONT. */
    void resume() throws IOException {
        Processes.signal(process.toHandle(), "CONT");
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    long pid() {
        return process.pid();
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    TextClient connect() throws IOException {
        return loggedIn(new TextClient(clientPort));
    }

    private TextClient loggedIn(TextClient client) throws IOException {
        if (!login.isEmpty() && !client.command(login).equals("STORED")) {
            client.close();
            throw new IOException("The login at " + this + " was refused.");
        }
        return client;
    }

    Map<String, String> stats(String argument) throws IOException {
        try (TextClient client = loggedIn(new TextClient(clientPort, STATS_PATIENCE))) {
            return client.stats(argument);
        }
    }

    @Override
    public String toString() {
        return "node " + id;
    }
}
