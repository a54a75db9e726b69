package io.ringleader.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.cli.LocalCluster.Flags;
import io.ringleader.config.ClusterConfig;
import io.ringleader.config.NodeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalClusterTest {
    private static final Flags NO_FLAGS = new Flags(null, null, null, null);

    @TempDir
    Path directory;

    @Test
    void theFirstRunWritesAClusterOfThreeNodes() {
        Path data = directory.resolve("made/on/demand");
        ClusterConfig config = LocalCluster.openOrCreate(data, NO_FLAGS);
        assertThat(config.nodes()).extracting(node -> node.client().port()).containsExactly(11211, 11212, 11213);
        assertThat(config.nodes()).extracting(node -> node.peer().port()).containsExactly(12211, 12212, 12213);
        assertThat(config.nodes())
                .extracting(NodeConfig::data)
                .containsExactly(data.resolve("node1"), data.resolve("node2"), data.resolve("node3"));
        assertThat(config.partitions()).isEqualTo(16);
        assertThat(config.replicas()).isEqualTo(3);
        assertThat(config.warnings()).isEmpty();
    }

    @Test
    void laterRunsGoOnWithWhatIsThere() {
        ClusterConfig first = LocalCluster.openOrCreate(directory, new Flags(5, 20_000, 7, 1));
        assertThat(LocalCluster.openOrCreate(directory, NO_FLAGS)).isEqualTo(first);
        assertThat(LocalCluster.openOrCreate(directory, new Flags(5, 20_000, 7, 1)))
                .isEqualTo(first);
        assertThat(first.partitions()).isEqualTo(7);
        assertThat(first.replicas()).isEqualTo(1);
        assertThat(first.nodes()).hasSize(5);
    }

    @Test
    void flagsThatContradictTheFileAreRefused() {
        LocalCluster.openOrCreate(directory, NO_FLAGS);
        assertRefused(
                new Flags(5, null, null, null), "--nodes is 5, but " + directory + "/cluster.toml was made with 3.");
        assertRefused(new Flags(null, 11311, null, null), "--base-port is 11311, but");
        assertRefused(new Flags(null, null, 65, null), "--partitions is 65, but");
        assertRefused(new Flags(null, null, null, 1), "--replicas is 1, but");
    }

    @Test
    void fewerThanThreeNodesHoldOneReplicaEach() {
        assertThat(LocalCluster.openOrCreate(directory, new Flags(1, null, null, null))
                        .replicas())
                .isEqualTo(1);
    }

    @Test
    void flagsOutOfRangeWriteNothing() {
        assertRefused(new Flags(0, null, null, null), "--nodes is 0 but must be 1 to 99.");
        assertRefused(new Flags(3, 64_534, null, null), "--base-port is 64534 but must be 1 to 64533.");
        assertRefused(new Flags(3, null, null, 4), "--replicas is 4 but must be 1 to 3.");
        assertRefused(new Flags(null, null, 5_000, null), "5000 is out of range. Use a whole number from 1 to 4096.");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aDamagedFileIsRefusedWithItsLine() throws IOException {
        Files.writeString(directory.resolve("cluster.toml"), "[cluster\n");
        assertRefused(NO_FLAGS, "cluster.toml:1: ");
    }

    @Test
    void aDirectoryThatCannotBeMadeIsRefused() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> LocalCluster.openOrCreate(file.resolve("data"), NO_FLAGS))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining("cannot write " + file + "/data/cluster.toml");
    }

    @Test
    void aPortThatIsTakenIsNamed() throws IOException {
        int base = FreePorts.base(2);
        ClusterConfig config = LocalCluster.openOrCreate(directory, new Flags(2, base, null, null));
        LocalCluster.requireFreePorts(config);
        int taken = base + 1 + LocalCluster.PEER_PORT_OFFSET;
        try (ServerSocket socket = new ServerSocket(taken, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> LocalCluster.requireFreePorts(config))
                    .isInstanceOf(CommandFailedException.class)
                    .hasMessageContaining("cannot listen on 127.0.0.1:" + taken + ", the peer port of node 2: ")
                    .hasMessageContaining("Stop what uses port " + socket.getLocalPort());
        }
    }

    private void assertRefused(Flags flags, String message) {
        assertThatThrownBy(() -> LocalCluster.openOrCreate(directory, flags))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContaining(message);
    }
}
