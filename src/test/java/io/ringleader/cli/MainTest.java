package io.ringleader.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.config.HostPort;
import io.ringleader.config.NodeConfig;
import io.ringleader.trace.TraceEvent;
import io.ringleader.trace.TraceReader;
import io.ringleader.trace.TraceWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MainTest {
    private static final String FIVE_NODES = """
            [cluster]
            name = "demo"
            partitions = 12
            replicas = 2
            """;

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void simulateWritesWhatHappened() throws Exception {
        Path trace = directory.resolve("run.trace");
        Path page = directory.resolve("run.html");

        assertThat(run("simulate", "--seed", "3", "--trace", trace.toString(), "--html", page.toString()))
                .isZero();

        List<TraceEvent> events = TraceReader.read(Files.newBufferedReader(trace));
        assertThat(events.get(0))
                .isInstanceOfSatisfying(
                        TraceEvent.Run.class, run -> assertThat(run.seed()).isEqualTo(3));
        assertThat(Files.readString(page)).contains(TraceWriter.line(events.get(events.size() - 1)));
    }

    @Test
    void simulateShowsOneRunOnly() {
        assertThat(run("simulate", "--seed", "3", "--count", "2", "--html", "x.html"))
                .isEqualTo(2);
        assertThat(err.toString()).startsWith("--trace and --html show one run");
    }

    @Test
    void checkShowsWhatLiesWhere() throws IOException {
        StringBuilder text = new StringBuilder(FIVE_NODES);
        for (int id = 1; id <= 5; id++) {
            text.append("[[node]]\nid = %d\nclient = \"127.0.0.1:%d\"\npeer = \"127.0.0.1:%d\"\n"
                    .formatted(id, 11210 + id, 12210 + id));
        }
        Path file = Files.writeString(directory.resolve("demo.toml"), text);
        assertThat(run("check", file.toString())).isZero();
        assertThat(out.toString()).isEqualTo("""
                %s is good: cluster demo, 5 nodes, 12 partitions with 2 replicas each

                node  client           peer             partitions  leads
                   1  127.0.0.1:11211  127.0.0.1:12211           6      3
                   2  127.0.0.1:11212  127.0.0.1:12212           5      3
                   3  127.0.0.1:11213  127.0.0.1:12213           6      2
                   4  127.0.0.1:11214  127.0.0.1:12214           4      2
                   5  127.0.0.1:11215  127.0.0.1:12215           3      2

                The fullest node holds 1.25 times the mean of partitions; no node may hold more than 6.
                The busiest node leads 1.25 times the mean of partitions; no node is preferred for more than 3.
                """.formatted(file));
        assertThat(err.toString()).startsWith("warning: " + file + ":4: cluster.replicas: ");
    }

    @Test
    void checkReportsWhatIsWrongAndFails() throws IOException {
        Path file = Files.writeString(directory.resolve("demo.toml"), FIVE_NODES);
        assertThat(run("check", file.toString())).isEqualTo(1);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString())
                .isEqualTo(file + ":1: node: There are no nodes. Begin each node with a line [[node]].\n");
        assertThat(run("check", directory.resolve("absent").toString())).isEqualTo(1);
        assertThat(err.toString()).endsWith("absent: There is no such file.\n");
    }

    @Test
    void wrongUsageIsAnsweredWithCodeTwoAndTheUsage() {
        assertThat(run("check")).isEqualTo(2);
        assertThat(run("chek", "file")).isEqualTo(2);
        assertThat(run("local", "--nodes", "three")).isEqualTo(2);
        assertThat(err.toString())
                .contains("Missing required parameter: 'FILE'", "Did you mean", "Usage: ringleader check");
    }

    @Test
    void aCommandThatFailsSaysWhyOnOneLine() {
        assertThat(run("local", "--nodes", "0", "--data", directory.toString())).isEqualTo(1);
        assertThat(err.toString()).isEqualTo("ringleader: --nodes is 0 but must be 1 to 99.\n");
    }

    @Test
    void versionAndHelpGoToStandardOutput() {
        assertThat(run("version")).isZero();
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).isEqualTo("ringleader 0.0.0\n".repeat(2));
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("local", "check", "version");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void calledWithoutACommandItShowsTheUsage() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("Usage: ringleader");
    }

    @Test
    void nodesAreStartedWithTheJavaAndTheClassesOfThisProcess() {
        NodeConfig node = new NodeConfig(
                4, new HostPort("127.0.0.1", 1), new HostPort("127.0.0.1", 2), directory.resolve("node4"));
        assertThat(new JavaNodeLauncher(Path.of("some/cluster.toml")).command(node))
                .startsWith(System.getProperty("java.home") + "/bin/java")
                .containsSubsequence("-cp", System.getProperty("java.class.path"), "io.ringleader.cli.Main")
                .endsWith("serve", "--config", "some/cluster.toml", "--node", "4", "--exit-with-parent")
                .noneMatch(argument -> argument.startsWith("-javaagent") || argument.startsWith("-agent"));
    }

    private int run(String... args) {
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(args);
    }
}
