package io.ringleader.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node is killed and its data directory deleted: it comes back, is let in again, and then counts as before. */
class RejoinIT {
    @RegisterExtension
    final Processes processes = Processes.untilEndOfTest();

    @Test
    @Timeout(180)
    void aNodeWhoseDirectoryWasDeletedVotesAgainOnceItHasEverything() throws Exception {
        TestCluster cluster = TestCluster.started(processes, Map.of());
        Map<Integer, String> keys = cluster.keyOfEachPartition("kept");
        TestNode wiped = cluster.busiestLeader();
        try (TextClient client = wiped.connect()) {
            for (String key : keys.values()) {
                client.set(key, "value of " + key);
            }
        }
        wiped.kill();
        delete(wiped.data);
        wiped.start();
        Await.until("node " + wiped.id + " votes in all partitions", Duration.ofSeconds(60), () -> {
            Map<String, String> raft = wiped.stats("raft");
            return keys.keySet().stream()
                    .allMatch(partition -> raft.get(partition + ":standing").equals("voter"));
        });
        // docs/operations.md tells people to wait for this.
        Await.until(
                "its log says so",
                Duration.ofSeconds(10),
                () -> afterLast(wiped.log(), "This data directory is new")
                        .contains("Node " + wiped.id + " votes in all of its partitions."));
        // Without another one, its vote and its data are needed.
        TestNode other = cluster.others(wiped).get(0);
        other.kill();
        cluster.awaitReady();
        try (TextClient client = wiped.connect()) {
            for (String key : keys.values()) {
                assertThat(client.get(key)).contains("value of " + key);
                client.set(key, "later");
            }
        }
        other.start();
        cluster.awaitReady();
        cluster.awaitEqualReplicas();
    }

    private static String afterLast(String text, String mark) {
        return text.substring(text.lastIndexOf(mark) + 1);
    }

    private static void delete(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(directory)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }
}
