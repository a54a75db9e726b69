package io.ringleader.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.store.LogOfSteps.LogEntry;
import io.ringleader.store.PartitionStore.Outcome;
import java.util.List;
import java.util.Random;
import net.jqwik.api.sessions.JqwikSession;

/** A {@link PartitionStore} and the {@link NaiveStore} beside it: they are given the same entries and must answer and hold the same. */
public final class StoreBesideModel {
    private static final int PARTITION = 7;
    /** How complex the logs of {@link #run} may become; jqwik's own measure for a thousand tries. */
    private static final int GENERATOR_SIZE = 1_000;

    private static final int RESTORED_ONE_IN = 8;

    private PartitionStore store = new PartitionStore(PARTITION);
    private final NaiveStore model = new NaiveStore();
    private final ByteWriter results = new ByteWriter();

    /** Applies a random log that follows from the seed, in sessions that repeat, skip and come late; now and then from a snapshot on. */
    public static void run(long seed) {
        Random random = new Random(seed);
        JqwikSession.run(() -> {
            List<Step> steps =
                    Step.logs().generator(GENERATOR_SIZE).next(random).value();
            StoreBesideModel both = new StoreBesideModel();
            for (LogEntry entry : LogOfSteps.of(steps)) {
                both.apply(entry);
                if (random.nextInt(RESTORED_ONE_IN) == 0) {
                    both.restore();
                }
            }
        });
    }

    /** Fails if they differ afterwards, in anything that a client or a replica could notice. */
    void apply(LogEntry entry) {
        results.clear();
        Outcome outcome = store.apply(store.appliedIndex() + 1, entry.payload(), results);
        if (entry.payload().length > 0) {
            List<String> expected = model.apply(
                    entry.timeMillis(),
                    entry.partitionMaxBytes(),
                    entry.itemMaxBytes(),
                    entry.node(),
                    entry.incarnation(),
                    entry.sequence(),
                    entry.commands());
            assertThat(outcome == Outcome.STALE)
                    .as("whether the batch is stale")
                    .isEqualTo(expected == null);
            assertThat(Results.decode(results))
                    .as("the results of a batch")
                    .isEqualTo(expected == null ? List.of() : expected);
        }
        requireSameState();
    }

    /** Goes on with what a snapshot holds. */
    private void restore() {
        store = Results.restore(PARTITION, Results.snapshot(store));
        requireSameState();
    }

    private void requireSameState() {
        assertThat(store.stateTimeMillis()).as("the time").isEqualTo(model.time);
        assertThat(store.usedBytes()).as("used bytes").isEqualTo(model.usedBytes());
        assertThat(store.itemCount()).as("items").isEqualTo(model.entries.size());
        byte[] gets = Command.encode(Step.KEYS.stream().map(Command::get).toList());
        ByteWriter found = new ByteWriter();
        int answered = store.read(0, gets, 0, gets.length, Step.KEYS.size(), found, Integer.MAX_VALUE);
        assertThat(answered).isEqualTo(Step.KEYS.size());
        assertThat(Results.decode(found))
                .as("what is read")
                .isEqualTo(Step.KEYS.stream().map(model::read).toList());
        for (long ahead : new long[] {0, 1, 999, 1000, 1001, 5000, 30_000, 3_000_000_000L}) {
            assertThat(store.dueAt(model.time + ahead))
                    .as("whether something expires within %s ms", ahead)
                    .isEqualTo(model.dueAt(model.time + ahead));
        }
    }

    long appliedIndex() {
        return store.appliedIndex();
    }
}
