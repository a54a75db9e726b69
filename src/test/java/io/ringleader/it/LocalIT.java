package io.ringleader.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code ringleader local}, as somebody runs it who tries the database out: what it prints, and what happens then. */
@Timeout(120)
class LocalIT {
    private static final int NODES = 3;
    private static final int PEER_PORT_OFFSET = 1_000;
    private static final Duration READY = Duration.ofSeconds(60);

    @RegisterExtension
    final Processes processes = Processes.untilEndOfTest();

    private Path data;
    private int basePort;

    @BeforeEach
    void choosePorts() {
        data = processes.directory().resolve("data");
        basePort = Ports.freeRow(NODES, PEER_PORT_OFFSET);
    }

    /** One run of the command. */
    private final class Run {
        final Path log;
        final Process process;

        Run(String name, String... flags) throws IOException {
            log = data.resolveSibling(name + ".log");
            List<String> arguments = new ArrayList<>(List.of("local", "--data", data.toString()));
            arguments.addAll(List.of(flags));
            process = processes.start(Processes.java(128, arguments.toArray(String[]::new)), log);
        }

        String output() throws IOException {
            return Files.readString(log);
        }

        void awaitLine(String regex) {
            Pattern pattern = Pattern.compile(regex);
            Await.until(
                    "\"" + regex + "\" is printed",
                    READY,
                    () -> pattern.matcher(output()).find());
        }

        void awaitBanner() {
            awaitLine("(?s)The cluster is ready\\..*bash -c '.*'\n");
        }

        /** As the banner says. */
        long pid(int node) throws IOException {
            Matcher matcher = Pattern.compile(
                            "  node " + node + " +127\\.0\\.0\\.1:" + clientPort(node) + " +pid (\\d+)")
                    .matcher(output());
            assertThat(matcher.find()).as("node %d in the banner", node).isTrue();
            return Long.parseLong(matcher.group(1));
        }

        /** SIGTERM. */
        int stop() throws IOException {
            process.toHandle().destroy();
            return Processes.awaitExit(process);
        }
    }

    private int clientPort(int node) {
        return basePort + node - 1;
    }

    private Run firstRun() throws IOException {
        return new Run("first", "--nodes", "3", "--base-port", Integer.toString(basePort), "--partitions", "8");
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }

    private String set(int node, String key, String value) throws IOException {
        try (TextClient client = new TextClient(clientPort(node))) {
            return client.set(key, value);
        }
    }

    private String get(int node, String key) throws IOException {
        try (TextClient client = new TextClient(clientPort(node))) {
            return client.get(key).orElse("(none)");
        }
    }

    @Test
    void fromTheBannerToTheSecondRun() throws IOException {
        Run first = firstRun();
        first.awaitBanner();
        assertThat(first.output()).contains("data in " + data);
        assertThat(runLineOfBanner(first)).isEqualTo("STORED\r\nVALUE hello 0 5\r\nworld\r\nEND\r\n");
        assertThat(get(3, "hello")).isEqualTo("world");

        long killed = first.pid(2);
        kill(killed);
        first.awaitLine("\\*\\* \\| node 2 \\(pid " + killed
                + "\\) died after \\d+\\.\\d s with code 137 \\(signal 9\\)\\. The others go on\\.");
        assertThat(set(1, "without", "two")).isEqualTo("STORED");
        assertThat(get(3, "without")).isEqualTo("two");
        List<Long> rest = List.of(first.pid(1), first.pid(3));
        assertThat(first.stop()).isZero();
        assertThat(rest).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
        assertThat(first.output().lines().filter(line -> line.contains("Stopping.")))
                .hasSize(2);
        assertThat(first.output()).doesNotContain("is killed", "ERROR");

        Run second = new Run("second", "--restart");
        second.awaitBanner();
        for (int node = 1; node <= NODES; node++) {
            assertThat(get(node, "hello")).isEqualTo("world");
            assertThat(get(node, "without")).isEqualTo("two");
        }
        long killedAgain = second.pid(3);
        kill(killedAgain);
        second.awaitLine("\\*\\* \\| node 3 \\(pid " + killedAgain + "\\) died .*Starting it again in \\d+ ms\\.");
        second.awaitLine(
                "\\*\\* \\| node 3 \\(pid \\d+\\) is back and accepts clients at 127\\.0\\.0\\.1:" + clientPort(3));
        assertThat(get(3, "without")).isEqualTo("two");
        assertThat(second.stop()).isZero();
    }

    /** Pastes the line into a shell, and returns what it prints. */
    private String runLineOfBanner(Run run) throws IOException {
        String line = run.output()
                .lines()
                .filter(candidate -> candidate.startsWith("  bash -c "))
                .findFirst()
                .orElseThrow();
        Path output = data.resolveSibling("pasted.log");
        Process shell = processes.start(List.of("bash", "-c", line), output);
        assertThat(Processes.awaitExit(shell)).isZero();
        return Files.readString(output);
    }

    @Test
    void whenTheCommandItselfIsKilledItsNodesGoToo() throws IOException {
        Run run = firstRun();
        run.awaitBanner();
        List<Long> nodes = List.of(run.pid(1), run.pid(2), run.pid(3));
        Processes.kill(run.process);
        Await.until(
                "the nodes are gone",
                READY,
                () -> nodes.stream().noneMatch(pid -> ProcessHandle.of(pid).isPresent()));
    }

    @Test
    void aPortThatIsTakenIsNamed() throws IOException {
        int taken = clientPort(2) + PEER_PORT_OFFSET;
        try (ServerSocket other = new ServerSocket(taken, 1, InetAddress.getLoopbackAddress())) {
            assertThat(other.isBound()).isTrue();
            Run run = firstRun();
            assertThat(Processes.awaitExit(run.process)).isEqualTo(1);
            assertThat(run.output())
                    .contains(
                            "cannot listen on 127.0.0.1:" + taken + ", the peer port of node 2",
                            "--base-port",
                            "--data")
                    .doesNotContain("at io.");
        }
    }

    @Test
    void flagsThatContradictTheDataAreRefused() throws IOException {
        Run first = firstRun();
        first.awaitBanner();
        assertThat(first.stop()).isZero();
        Run second = new Run("second", "--partitions", "16");
        assertThat(Processes.awaitExit(second.process)).isEqualTo(1);
        assertThat(second.output()).contains("--partitions is 16, but", "was made with 8");
    }

    @Test
    void aDirectoryThatIsNotANodesIsLeftAlone() throws IOException {
        Run first = firstRun();
        first.awaitBanner();
        assertThat(set(1, "key", "before")).isEqualTo("STORED");
        assertThat(first.stop()).isZero();
        Path photo = data.resolve("node2").resolve("holiday.jpg");
        Files.move(photo.getParent(), data.resolve("elsewhere"));
        Files.createDirectories(photo.getParent());
        Files.writeString(photo, "not ours");
        Run run = new Run("second");
        run.awaitLine(
                "n2 \\| .*Node 2 cannot start\\. The directory .*node2 holds 'holiday.jpg' but no file 'identity'");
        run.awaitLine("\\*\\* \\| node 2 \\(pid \\d+\\) died after .* with code 1\\. The others go on\\.");
        run.awaitBanner();
        assertThat(run.output()).containsPattern("  node 2 +\\S+ +not running");
        assertThat(set(1, "key", "value")).isEqualTo("STORED");
        assertThat(run.stop()).isZero();
        try (var files = Files.list(photo.getParent())) {
            assertThat(files).containsExactly(photo);
        }
    }

    @Test
    void dataThatIsInUseOrBelongsToAnotherNodeIsRefused() throws IOException {
        Run run = firstRun();
        run.awaitBanner();
        int free = Ports.freeRow(1, PEER_PORT_OFFSET);
        String log = serve("locked", free, 1, "local", data.resolve("node1"));
        assertThat(log)
                .contains("Node 1 cannot start. The data directory " + data.resolve("node1") + " is in use")
                .doesNotContain("at io.");
        assertThat(run.stop()).isZero();

        assertThat(serve("other-node", free, 2, "local", data.resolve("node1")))
                .contains("belongs to node 1 of cluster 'local', and this is node 2 of cluster 'local'");
        assertThat(serve("other-cluster", free, 1, "mine", data.resolve("node1")))
                .contains("belongs to node 1 of cluster 'local', and this is node 1 of cluster 'mine'");
    }

    /** Starts a node that is to refuse, and returns what it prints. */
    private String serve(String name, int port, int id, String cluster, Path directory) throws IOException {
        Path config = Files.writeString(data.resolveSibling(name + ".toml"), """
                [cluster]
                name = "%s"
                replicas = 1
                [[node]]
                id = %d
                client = "127.0.0.1:%d"
                peer = "127.0.0.1:%d"
                data = "%s"
                """.formatted(
                        cluster, id, port, port + PEER_PORT_OFFSET, directory));
        Path log = data.resolveSibling(name + ".log");
        Process node = processes.start(
                Processes.java(64, "serve", "--config", config.toString(), "--node", Integer.toString(id)), log);
        assertThat(Processes.awaitExit(node)).isEqualTo(1);
        return Files.readString(log);
    }
}
