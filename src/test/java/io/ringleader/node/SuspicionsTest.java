package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.raft.HardState;
import io.ringleader.raft.Raft;
import io.ringleader.raft.RaftConfig;
import io.ringleader.raft.Replica;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.raft.StepObserver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Node 1 of 3 watches the others. */
class SuspicionsTest {
    private static final long SILENCE_NANOS = 400;

    private final Map<Integer, Long> lastHeardNanos = new HashMap<>(Map.of(2, 0L, 3, 0L));
    private final List<String> told = new ArrayList<>();
    private final Suspicions suspicions = new Suspicions(
            List.of(),
            group -> {},
            (node, begins) -> told.add(node + (begins ? " is silent" : " is heard")),
            lastHeardNanos::get,
            SILENCE_NANOS);

    SuspicionsTest() {
        List<Integer> voters = List.of(1, 2, 3);
        suspicions.add(new PartitionGroup(
                0,
                1,
                new Raft(
                        1,
                        voters,
                        new RaftConfig(50, 300, 600, 10_000, 10, 100_000, 3_000, 0),
                        new Random(1),
                        HardState.INITIAL,
                        SnapshotPoint.NONE,
                        List.of(),
                        voters.stream()
                                .map(node -> new Replica(node, 1, node, true))
                                .toList(),
                        0,
                        StepObserver.NONE)));
    }

    private List<String> look(long nowNanos) {
        told.clear();
        suspicions.look(nowNanos);
        return told;
    }

    @Test
    void whoBeginsToBeSilentIsToldOfOnceAndSoIsWhoIsHeardAgain() {
        assertThat(look(SILENCE_NANOS - 1)).isEmpty();
        lastHeardNanos.put(3, SILENCE_NANOS - 1);
        assertThat(look(SILENCE_NANOS)).containsExactly("2 is silent");
        assertThat(look(SILENCE_NANOS + 1)).isEmpty();
        lastHeardNanos.put(2, SILENCE_NANOS + 2);
        assertThat(look(SILENCE_NANOS + 2)).containsExactly("2 is heard");
        assertThat(look(SILENCE_NANOS + 3)).isEmpty();
    }
}
