package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.sim.TextClient;
import org.junit.jupiter.api.Test;

/** A whole node, and what it makes of the size of its snapshots. */
class SnapshotSizeTest {
    private static final int VALUE_BYTES = 12 << 10;
    private static final int ITEMS = 16;
    private static final int SETTLE_MILLIS = 500;

    private final OneThreadCluster cluster = new OneThreadCluster(1, options -> {
        options.nodes = 1;
        options.partitions = 1;
        options.snapshotLogBytes = VALUE_BYTES / 2;
        // segments follow from it: all that is logged fits into the first
        options.frameMaxBytes = 1 << 20;
    });

    /** The same few items, again and again. */
    private void set(int times) {
        TextClient client = cluster.client(1);
        for (int i = 0; i < times; i++) {
            String set = TextClient.set("key" + i % ITEMS, 0, "v".repeat(VALUE_BYTES));
            assertThat(client.ask(set)).isEqualTo("STORED");
        }
        cluster.runMillis(SETTLE_MILLIS);
    }

    private long snapshotIndex() {
        return cluster.rafts(1).get(0).snapshot().index();
    }

    @Test
    void theNextSnapshotIsTakenAfterAThirdOfTheOneBefore() {
        cluster.start().awaitLeaders();
        set(ITEMS);
        cluster.node(1).takeSnapshot(0);
        cluster.runMillis(SETTLE_MILLIS);
        long first = snapshotIndex();
        set(ITEMS / 3);
        assertThat(snapshotIndex()).isEqualTo(first);
        set(1);
        assertThat(snapshotIndex()).isGreaterThan(first);
    }
}
