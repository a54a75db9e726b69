package io.ringleader.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.config.HostPort;
import io.ringleader.config.NodeConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Supervises real processes. */
@Timeout(120)
class SupervisorTest {
    private static final Supervisor.Timing FAST = new Supervisor.Timing(20, 100, 20_000, 10, 40, 60_000);

    private final Lines output = new Lines();
    private Supervisor supervisor;
    private CompletableFuture<Boolean> running;

    @AfterEach
    void stopWhatRuns() throws InterruptedException, ExecutionException, TimeoutException {
        supervisor.stop();
        running.get(60, TimeUnit.SECONDS);
    }

    @Test
    void theBannerComesOnceAllNodesAcceptClientsAndStopEndsThemGracefully() throws Exception {
        start(false, FAST, FakeNode::start, node(1), node(2));
        output.await("ready: 1 2");
        supervisor.stop();
        assertThat(running.get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output.all())
                .contains("n1 | listening", "n2 | listening", "n1 | stopping", "n2 | stopping")
                .containsOnlyOnce("ready: 1 2")
                .noneMatch(line -> line.contains("died"));
    }

    @Test
    void aNodeThatDiesIsReportedWithItsExitCodeAndTheOthersGoOn() throws Exception {
        NodeLauncher launcher =
                node -> node.id() == 1 ? FakeNode.shell("echo last words; exit 7") : FakeNode.start(node);
        start(false, FAST, launcher, node(1), node(2));
        output.await("n1 \\| last words");
        output.await("\\*\\* \\| node 1 \\(pid \\d+\\) died after \\d+\\.\\d s with code 7\\. The others go on\\.");
        output.await("ready: 2");
        assertThat(running).isNotDone();
    }

    @Test
    void aNodeThatIsKilledIsReportedWithTheSignal() throws Exception {
        start(false, FAST, FakeNode::start, node(1), node(2));
        long pid = Long.parseLong(output.await("pids: (\\d+)").group(1));
        assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
        output.await("node 1 \\(pid " + pid + "\\) died after .* with code 137 \\(signal 9\\)");
    }

    @Test
    void aNodeThatIsTerminatedByHandIsReportedToo() throws Exception {
        start(false, FAST, FakeNode::start, node(1), node(2));
        long pid = Long.parseLong(output.await("pids: (\\d+)").group(1));
        assertThat(ProcessHandle.of(pid).orElseThrow().destroy()).isTrue();
        output.await("node 1 \\(pid " + pid + "\\) died after .* with code 143 \\(signal 15\\)");
    }

    @Test
    void aNodeThatTheSameCtrlCReachedFirstIsNoDeath() throws Exception {
        Supervisor.Timing patient = new Supervisor.Timing(20, 60_000, 20_000, 10, 40, 60_000);
        start(true, patient, node -> FakeNode.shell("echo up; exit 130"), node(1));
        output.await("n1 \\| up");
        supervisor.stop();
        assertThat(running.get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output.all()).noneMatch(line -> line.contains("died"));
    }

    @Test
    void withRestartADeadNodeIsStartedAgainAfterAWaitThatGrows() throws Exception {
        start(true, FAST, node -> FakeNode.shell("exit 3"), node(1));
        for (int millis : new int[] {10, 20, 40, 40}) {
            output.await("with code 3\\. Starting it again in " + millis + " ms\\.");
        }
    }

    @Test
    void aNodeThatRanForLongIsStartedAgainAfterTheFirstWait() throws Exception {
        Supervisor.Timing nothingIsSoon = new Supervisor.Timing(20, 100, 20_000, 10, 40, -1);
        start(true, nothingIsSoon, node -> FakeNode.shell("exit 3"), node(1));
        for (int i = 0; i < 3; i++) {
            output.await("Starting it again in 10 ms\\.");
        }
    }

    @Test
    void aNodeThatComesBackIsAnnounced() throws Exception {
        start(true, FAST, FakeNode::start, node(1));
        long pid = Long.parseLong(output.await("pids: (\\d+)").group(1));
        assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
        output.await("Starting it again");
        output.await("node 1 \\(pid \\d+\\) is back and accepts clients at 127\\.0\\.0\\.1:\\d+");
    }

    @Test
    void aNodeThatWillNotStopIsKilled() throws Exception {
        Supervisor.Timing impatient = new Supervisor.Timing(20, 100, 200, 10, 40, 60_000);
        start(false, impatient, node -> FakeNode.shell("trap '' TERM; echo stubborn; exec cat"), node(1));
        output.await("n1 \\| stubborn");
        supervisor.stop();
        assertThat(running.get(60, TimeUnit.SECONDS)).isTrue();
        output.await("node 1 \\(pid \\d+\\) did not stop within 200 ms and is killed");
    }

    @Test
    void whenAllNodesAreGoneTheSupervisorFails() throws Exception {
        start(false, FAST, node -> FakeNode.shell("exit 1"), node(1), node(2));
        assertThat(running.get(60, TimeUnit.SECONDS)).isFalse();
        assertThat(supervisor.isFinished()).isTrue();
        assertThat(output.all()).endsWith("** | All nodes are gone.").noneMatch(line -> line.contains("ready"));
    }

    @Test
    void aNodeThatCannotBeStartedIsReported() throws Exception {
        NodeLauncher launcher = node -> new ProcessBuilder("/nonexistent/java").start();
        start(false, FAST, launcher, node(1));
        output.await("node 1 could not be started: Cannot run program \"/nonexistent/java\"");
        assertThat(running.get(60, TimeUnit.SECONDS)).isFalse();
    }

    private void start(boolean restart, Supervisor.Timing timing, NodeLauncher launcher, NodeConfig... nodes) {
        MergedLog log = new MergedLog(output.stream(), false);
        supervisor = new Supervisor(List.of(nodes), launcher, log, restart, timing, SupervisorTest::banner);
        running = new CompletableFuture<>();
        // not in the common pool, where the ends of processes are told of
        Thread thread = new Thread(() -> {
            try {
                running.complete(supervisor.run());
            } catch (InterruptedException | RuntimeException e) {
                running.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static String banner(List<SupervisedNode> nodes) {
        List<SupervisedNode> alive =
                nodes.stream().filter(SupervisedNode::isRunning).toList();
        StringBuilder text = new StringBuilder("ready:");
        alive.forEach(node -> text.append(' ').append(node.config.id()));
        text.append("\npids:");
        alive.forEach(node -> text.append(' ').append(node.process.pid()));
        return text.toString();
    }

    private static NodeConfig node(int id) {
        int port = FreePorts.base(1);
        return new NodeConfig(
                id,
                new HostPort("127.0.0.1", port),
                new HostPort("127.0.0.1", port + LocalCluster.PEER_PORT_OFFSET),
                Path.of("unused"));
    }
}
