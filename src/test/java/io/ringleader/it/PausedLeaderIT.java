package io.ringleader.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A leader that stood still for a while (a long pause of its machine) has lost its partitions before it can know. */
class PausedLeaderIT {
    private static final Duration TAKEN_OVER = Duration.ofSeconds(15);

    @RegisterExtension
    final Processes processes = Processes.untilEndOfTest();

    /** With leases too: it looks at the clock after a read has come. */
    @ParameterizedTest
    @ValueSource(strings = {"index", "lease"})
    @Timeout(120)
    void aLeaderThatStoodStillAnswersWithWhatWasWrittenMeanwhile(String reads) throws Exception {
        TestCluster cluster = TestCluster.started(processes, Map.of("cluster.reads", '"' + reads + '"'));
        Map<Integer, String> keys = new LinkedHashMap<>(cluster.keyOfEachPartition("key"));
        TestNode leader = cluster.busiestLeader();
        Map<Integer, TestNode> leaders = cluster.leaders();
        keys.keySet().removeIf(partition -> leaders.get(partition) != leader);
        try (TextClient old = leader.connect();
                TextClient other = cluster.others(leader).get(0).connect()) {
            for (String key : keys.values()) {
                assertThat(old.set(key, "old")).isEqualTo("STORED");
            }
            leader.pause();
            // it will find these before it hears of anything else
            old.send("get " + String.join(" ", keys.values()) + "\r\n");
            for (String key : keys.values()) {
                long startNanos = System.nanoTime();
                assertThat(other.set(key, "new")).isEqualTo("STORED");
                assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(TAKEN_OVER);
                assertThat(other.get(key)).contains("new");
            }
            leader.resume();
            Map<String, String> expected = new LinkedHashMap<>();
            keys.values().forEach(key -> expected.put(key, "new"));
            assertThat(old.values()).isEqualTo(expected);
        }
        cluster.awaitReady();
        cluster.awaitEqualReplicas();
    }
}
