package io.ringleader.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.storage.FileDisk;
import io.ringleader.storage.SnapshotFiles;
import io.ringleader.storage.SnapshotFiles.SnapshotId;
import io.ringleader.storage.SnapshotReader;
import io.ringleader.storage.SnapshotWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node finds what another release of Ringleader has written. */
class OtherReleaseIT {
    private static final int SNAPSHOT_LOG_BYTES = 64 << 10;
    private static final int VALUE_BYTES = 1_000;
    /** Where the version of the format ends, in what the file holds. */
    private static final int VERSION_OFFSET = 9;

    @RegisterExtension
    final Processes processes = Processes.untilEndOfTest();

    @Test
    @Timeout(180)
    void aNodeWithASnapshotOfAnotherReleaseDoesNotStartAndSaysWhatToDoWhichWorks() throws Exception {
        TestCluster cluster = TestCluster.started(processes, Map.of("limits.snapshot_log_bytes", SNAPSHOT_LOG_BYTES));
        TestNode node = cluster.node(1);
        String key = cluster.keyOfEachPartition("kept").get(0);
        try (TextClient client = node.connect()) {
            for (int i = 0; i < 2 * SNAPSHOT_LOG_BYTES / VALUE_BYTES; i++) {
                assertThat(client.set(key, "v".repeat(VALUE_BYTES))).isEqualTo("STORED");
            }
        }
        Await.until(
                "there is a snapshot",
                Duration.ofSeconds(20),
                () -> !node.stats("raft").get("0:snapshot_index").equals("0"));
        node.kill();
        int version = raiseVersion(node.data);

        node.start();
        assertThat(node.awaitExit()).isEqualTo(1);
        List<String> lines = node.log().lines().toList();
        assertThat(lines.get(lines.size() - 1))
                .contains(node.data.resolve("snapshots/0/").toString())
                .contains("has format version " + (version + 1) + "; this release reads version " + version + ".")
                .contains("Start the release that wrote it")
                .contains("move this node's data directory away as a whole");

        Files.move(node.data, node.data.resolveSibling("away"));
        node.start();
        cluster.awaitReady();
        cluster.awaitEqualReplicas();
        try (TextClient client = node.connect()) {
            assertThat(client.get(key)).contains("v".repeat(VALUE_BYTES));
        }
    }

    /** Of the snapshot of partition 0; all checksums are right. Returns which it was. */
    private static int raiseVersion(Path data) throws IOException {
        SnapshotFiles files = new SnapshotFiles(new FileDisk(data), "snapshots", 64 << 10);
        SnapshotId id = files.recover().stream()
                .filter(each -> each.group() == 0)
                .findFirst()
                .orElseThrow();
        byte[] payload;
        try (SnapshotReader reader = files.open(id)) {
            payload = new byte[(int) reader.payloadBytes()];
            reader.readFully(payload, 0, payload.length);
        }
        int version = payload[VERSION_OFFSET]++;
        try (SnapshotWriter writer = files.create(id)) {
            writer.write(payload, 0, payload.length);
            writer.commit();
        }
        return version;
    }
}
