package io.ringleader.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code ringleader status} against real nodes. */
@Timeout(180)
class StatusIT {
    @RegisterExtension
    final Processes processes = Processes.untilEndOfTest();

    /** More than the command waits by itself: other tests may be using the machine. */
    private static final int TIMEOUT_MILLIS = 5_000;

    private record Answer(int exitCode, String text) {}

    private int runs;

    private Answer status(TestCluster cluster, String... more) throws IOException {
        Path log = cluster.directory.resolve("status" + runs++ + ".log");
        List<String> arguments = new ArrayList<>(List.of("status", "--timeout", Integer.toString(TIMEOUT_MILLIS)));
        arguments.addAll(List.of(more));
        Process process = processes.start(Processes.java(64, arguments.toArray(String[]::new)), log);
        int exitCode = Processes.awaitExit(process);
        return new Answer(exitCode, Files.readString(log));
    }

    private static String file(TestCluster cluster) {
        return cluster.directory.resolve("cluster.toml").toString();
    }

    @Test
    void itShowsWhatIsWellAndWhatIsNot() throws Exception {
        TestCluster cluster = TestCluster.started(processes, Map.of());
        String config = file(cluster);
        Await.until(
                "all is well",
                Duration.ofSeconds(30),
                () -> status(cluster, "--config", config)
                        .text
                        .contains("8 of 8 partitions have all replicas in step\n"));
        Answer well = status(cluster, "--config", config);
        assertThat(well.exitCode).isZero();
        assertThat(well.text)
                .startsWith("Cluster it:\n3 of 3 nodes are up\n8 of 8 partitions have a leader\n")
                .containsPattern("(?m)^ +3  127\\.0\\.0\\.1:" + cluster.node(3).clientPort + " +up +8 +[0-8]$")
                .containsPattern(
                        "(?m)^ +7 +[123] +[1-9]\\d* +\\d+ +\\d+ +\\d+  \\d:\\d+ \\d:\\d+  \\d{4}-\\d\\d-\\d\\dT\\S+Z  \\S.*$");

        TestNode victim = cluster.busiestLeader();
        victim.kill();
        cluster.nodes.remove(victim);
        int survivor = cluster.nodes.get(0).id;
        Await.until(
                "the others lead",
                Duration.ofSeconds(30),
                () -> status(cluster, "--config", config).text.contains("8 of 8 partitions have a leader\n"));
        Answer down = status(cluster, "--config", config, "--partition", "5");
        assertThat(down.exitCode).isEqualTo(1);
        assertThat(down.text)
                .contains("2 of 3 nodes are up\n", "0 of 8 partitions have all replicas in step; not 0, 1, 2")
                .containsPattern("(?m)^ +" + victim.id + "  127.0.0.1:" + victim.clientPort + " +down: ")
                .containsPattern("(?m)^ +5 .* " + victim.id + ":\\d+\\(down\\) ")
                .doesNotContainPattern("(?m)^ +4 +[123] +[1-9]");
        assertThat(cluster.leaders().size()).isEqualTo(8);
        assertThat(down.text + status(cluster, "--config", config).text)
                .contains("heard of no leader within the election timeout");

        TestNode last = cluster.nodes.get(1);
        last.pause();
        Answer paused = status(
                cluster,
                "--node",
                "127.0.0.1:" + cluster.nodes.get(0).clientPort,
                "--node",
                "127.0.0.1:" + last.clientPort);
        last.resume();
        assertThat(paused.exitCode).isEqualTo(1);
        assertThat(paused.text).contains("1 of 2 nodes are up\n").containsPattern("down: .*(time|timed)");
        assertThat(paused.text).containsPattern("(?m)^ +" + survivor + "  127");
    }

    @Test
    void itLogsInAsTheConfigurationSays() throws Exception {
        Path users = processes.directory().resolve("users");
        Files.writeString(users, "ann:apple\n");
        TestCluster cluster = new TestCluster(processes, Map.of("cluster.auth_file", "\"" + users + "\""));
        cluster.nodes.forEach(node -> node.withUser("ann", "apple"));
        cluster.startAll();
        cluster.awaitReady();
        Answer known = status(cluster, "--config", file(cluster));
        assertThat(known.text).contains("3 of 3 nodes are up");
        assertThat(known.exitCode).isZero();
        Answer stranger = status(cluster, "--node", "127.0.0.1:" + cluster.node(1).clientPort);
        assertThat(stranger.exitCode).isEqualTo(1);
        assertThat(stranger.text).contains("down: clients must log in; give --config, whose auth_file says how");
    }

    @Test
    void itIsCalledWithOneOrTheOther() throws Exception {
        TestCluster cluster = new TestCluster(processes, Map.of());
        assertThat(status(cluster).exitCode).isEqualTo(2);
        assertThat(status(cluster, "--node", "nonsense").exitCode).isEqualTo(2);
        assertThat(status(cluster, "--node", "127.0.0.1:" + cluster.node(1).clientPort).text)
                .contains("0 of 1 nodes are up");
    }
}
