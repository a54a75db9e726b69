package io.ringleader.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.store.LogOfSteps.LogEntry;
import io.ringleader.store.PartitionStore.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PartitionStorePropertyTest {
    private static final int PARTITION = 7;

    @Provide
    Arbitrary<List<Step>> logs() {
        return Step.logs();
    }

    @Property(tries = 1500)
    void theStoreDoesWhatTheNaiveModelDoes(@ForAll("logs") List<Step> steps) {
        StoreBesideModel both = new StoreBesideModel();
        LogOfSteps.of(steps).forEach(both::apply);
        assertThat(both.appliedIndex()).isEqualTo(steps.size());
    }

    @Property(tries = 400)
    void aReplicaThatIsRestoredNowAndThenStaysEqualByteForByte(@ForAll("logs") List<Step> steps, @ForAll long seed) {
        Random random = new Random(seed);
        PartitionStore straight = new PartitionStore(PARTITION);
        PartitionStore restored = new PartitionStore(PARTITION);
        List<SnapshotCapture> held = new ArrayList<>();
        ByteWriter straightResults = new ByteWriter();
        ByteWriter restoredResults = new ByteWriter();
        for (LogEntry entry : LogOfSteps.of(steps)) {
            straightResults.clear();
            restoredResults.clear();
            Outcome outcome = straight.apply(straight.appliedIndex() + 1, entry.payload(), straightResults);
            assertThat(restored.apply(restored.appliedIndex() + 1, entry.payload(), restoredResults))
                    .isEqualTo(outcome);
            // Not byte for byte: when an item was accessed last is not restored.
            assertThat(Results.decode(restoredResults)).isEqualTo(Results.decode(straightResults));
            if (random.nextInt(4) == 0) {
                held.add(straight.beginCapture());
            }
            if (random.nextInt(4) == 0) {
                restored = Results.restore(PARTITION, Results.snapshot(restored));
            }
        }
        assertThat(Results.snapshot(restored)).isEqualTo(Results.snapshot(straight));
        assertThat(restored.digest()).isEqualTo(straight.digest());
        assertThat(restored.usedBytes()).isEqualTo(straight.usedBytes());
        assertThat(held).hasSizeLessThanOrEqualTo(steps.size());
    }

    @Property(tries = 400)
    void aCaptureIsTheStateOfItsIndexWhateverIsAppliedLater(@ForAll("logs") List<Step> steps, @ForAll long seed) {
        Random random = new Random(seed);
        PartitionStore store = new PartitionStore(PARTITION);
        List<SnapshotCapture> captures = new ArrayList<>();
        List<byte[]> atOnce = new ArrayList<>();
        for (LogEntry entry : LogOfSteps.of(steps)) {
            store.apply(store.appliedIndex() + 1, entry.payload(), new ByteWriter());
            if (random.nextInt(3) == 0) {
                SnapshotCapture capture = store.beginCapture();
                assertThat(capture.appliedIndex()).isEqualTo(store.appliedIndex());
                captures.add(capture);
                atOnce.add(Results.snapshot(capture));
            }
            if (!captures.isEmpty()) {
                int one = random.nextInt(captures.size());
                assertThat(Results.snapshot(captures.get(one))).isEqualTo(atOnce.get(one));
            }
        }
        for (int i = 0; i < captures.size(); i++) {
            assertThat(Results.snapshot(captures.get(i))).isEqualTo(atOnce.get(i));
        }
    }

    @Property(tries = 400)
    void aRepeatAnswersTheSameBytesAndChangesNothing(@ForAll("logs") List<Step> steps) {
        PartitionStore once = new PartitionStore(PARTITION);
        PartitionStore twice = new PartitionStore(PARTITION);
        ByteWriter results = new ByteWriter();
        ByteWriter again = new ByteWriter();
        for (LogEntry entry : LogOfSteps.of(steps)) {
            results.clear();
            again.clear();
            Outcome outcome = once.apply(once.appliedIndex() + 1, entry.payload(), results);
            // A tick in place of the repeat: it moves the index and the time as the repeat does, and nothing else.
            once.apply(once.appliedIndex() + 1, CommandBatch.tick(entry.timeMillis()), results);
            twice.apply(twice.appliedIndex() + 1, entry.payload(), again);
            int firstLength = again.length();
            Outcome second = twice.apply(twice.appliedIndex() + 1, entry.payload(), again);
            assertThat(again.length()).isEqualTo(2 * firstLength);
            assertThat(Results.decode(again.array(), firstLength, firstLength))
                    .isEqualTo(Results.decode(again.array(), 0, firstLength));
            if (entry.node() != 0) {
                assertThat(second).isEqualTo(outcome == Outcome.STALE ? Outcome.STALE : Outcome.REPEATED);
            }
            assertThat(Results.snapshot(twice)).isEqualTo(Results.snapshot(once));
        }
    }
}
