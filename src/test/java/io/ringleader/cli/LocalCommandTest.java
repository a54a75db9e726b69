package io.ringleader.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the command in a process of its own, with small processes as nodes. */
@Timeout(120)
class LocalCommandTest {
    @TempDir
    Path directory;

    private Process command;
    private Lines output;

    @BeforeEach
    void startTwoNodes() throws IOException {
        command = FakeNode.javaProcess(
                LocalHarness.class,
                "--nodes",
                "2",
                "--data",
                directory.toString(),
                "--base-port",
                Integer.toString(FreePorts.base(2)));
        output = Lines.of(command.getInputStream());
    }

    @AfterEach
    void killWhatIsLeft() {
        command.descendants().forEach(ProcessHandle::destroyForcibly);
        command.destroyForcibly();
    }

    @Test
    void theBannerSaysHowToUseTheClusterAndSigtermStopsItWithCodeZero() throws Exception {
        ProcessHandle node = awaitNode();
        output.await("data in " + directory);
        output.await("bash -c 'exec 3<>/dev/tcp/127\\.0\\.0\\.1/\\d+; printf \"set hello 0 0 5.*quit.* >&3; cat <&3'");
        command.toHandle().destroy();
        output.await("n\\d \\| stopping");
        assertThat(command.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(command.exitValue()).isZero();
        assertThat(node.isAlive()).isFalse();
        assertThat(directory.resolve(LocalCluster.FILE_NAME)).isRegularFile();
    }

    @Test
    void nodesDoNotOutliveASupervisorThatIsKilled() throws Exception {
        ProcessHandle node = awaitNode();
        command.destroyForcibly();
        assertThat(node.onExit().get(60, TimeUnit.SECONDS).isAlive()).isFalse();
    }

    private ProcessHandle awaitNode() throws InterruptedException {
        output.await("The cluster is ready");
        long pid = Long.parseLong(
                output.await("node 1 +127\\.0\\.0\\.1:\\d+ +pid (\\d+)").group(1));
        return ProcessHandle.of(pid).orElseThrow();
    }
}
