package io.ringleader.store;

import static io.ringleader.store.Command.append;
import static io.ringleader.store.Command.cas;
import static io.ringleader.store.Command.flushAll;
import static io.ringleader.store.Command.gat;
import static io.ringleader.store.Command.get;
import static io.ringleader.store.Command.incr;
import static io.ringleader.store.Command.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.store.PartitionStore.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionStoreTest {
    private static final long T0 = StoreDriver.START_MILLIS;
    private static final int BYTES_OF_A_TINY_ITEM = Item.OVERHEAD_BYTES + 2;

    private final StoreDriver driver = new StoreDriver();
    private final PartitionStore store = new PartitionStore(7);
    private final ByteWriter results = new ByteWriter();

    private Outcome apply(int node, long incarnation, long sequence, Command... commands) {
        byte[] batch = Command.batch(node, incarnation, sequence, List.of(commands));
        results.clear();
        return store.apply(
                store.appliedIndex() + 1, CommandBatch.stamp(batch, 0, batch.length, T0, 1 << 20, 1 << 20), results);
    }

    @Test
    void entriesAreAppliedInOrderWithoutGapsOrRepeats() {
        store.apply(1, new byte[0], results);
        assertThatThrownBy(() -> store.apply(3, new byte[0], results))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Partition 7 has applied entries up to 1 and cannot apply entry 3 next.");
        assertThatThrownBy(() -> store.apply(1, new byte[0], results)).isInstanceOf(IllegalArgumentException.class);
        assertThat(store.appliedIndex()).isEqualTo(1);
    }

    @Test
    void aNoOpMovesOnlyTheIndex() {
        apply(1, 1, 1, set("k", "one"));
        assertThat(store.apply(2, new byte[0], results)).isEqualTo(Outcome.APPLIED);
        assertThat(store.appliedIndex()).isEqualTo(2);
        assertThat(store.stateTimeMillis()).isEqualTo(T0);
    }

    @Test
    void aMalformedEntryThrowsBeforeItChangesAnything() {
        apply(1, 1, 1, set("k", "one"));
        long digest = store.digest();
        byte[] batch = Command.batch(1, 1, 2, List.of(set("k", "two"), set("n", "three")));
        byte[] stamped = CommandBatch.stamp(batch, 0, batch.length - 1, T0 + 5, 1000, 1000);
        assertThatThrownBy(() -> store.apply(2, stamped, results)).isInstanceOf(MalformedBytesException.class);
        assertThat(store.digest()).isEqualTo(digest);
        assertThat(store.appliedIndex()).isEqualTo(1);
        assertThat(store.stateTimeMillis()).isEqualTo(T0);
    }

    @Test
    void timeNeverRunsBackwards() {
        driver.given(set("k", 0, 10, "one"));
        driver.advanceMillis(-5_000).given(set("n", 0, 10, "one"));
        assertThat(driver.store.stateTimeMillis()).isEqualTo(T0);
        driver.advanceMillis(5_000 + 9_999).tick();
        assertThat(driver.value("n")).isEqualTo("one");
        driver.advanceMillis(1).tick();
        assertThat(driver.value("n")).isNull();
    }

    @Test
    void aRepeatedBatchAnswersTheRememberedResults() {
        assertThat(apply(1, 1, 1, set("k", "1"), incr("k", 1), get("k"))).isEqualTo(Outcome.APPLIED);
        byte[] first = results.toByteArray();
        assertThat(apply(1, 1, 1, set("k", "1"), incr("k", 1), get("k"))).isEqualTo(Outcome.REPEATED);
        assertThat(results.toByteArray()).isEqualTo(first);
        apply(1, 1, 2, incr("k", 1));
        assertThat(Results.decode(results)).containsExactly("NUMBER 3");
        assertThat(store.counters().batchesRepeated()).isEqualTo(1);
    }

    @Test
    void aRefusedCommandIsRememberedAsRefused() {
        apply(1, 1, 1, incr("k", 1));
        apply(2, 1, 1, set("k", "1"));
        assertThat(apply(1, 1, 1, incr("k", 1))).isEqualTo(Outcome.REPEATED);
        assertThat(Results.decode(results)).containsExactly("NOT_FOUND");
    }

    @Test
    void aBatchThatTheSessionHasPassedIsStale() {
        apply(1, 1, 5, set("k", "new"));
        assertThat(apply(1, 1, 4, set("k", "old"))).isEqualTo(Outcome.STALE);
        assertThat(results.length()).isZero();
        apply(1, 1, 6, get("k"));
        assertThat(Results.decode(results)).containsExactly("VALUE k 0 1 'new'");
        assertThat(store.counters().batchesStale()).isEqualTo(1);
    }

    @Test
    void aNewIncarnationReplacesTheSessionAndTheOldOneIsStale() {
        apply(1, 1, 5, set("k", "1"));
        assertThat(apply(1, 2, 1, incr("k", 1))).isEqualTo(Outcome.APPLIED);
        assertThat(apply(1, 1, 6, incr("k", 1))).isEqualTo(Outcome.STALE);
        assertThat(apply(1, 1, 5, set("k", "1"))).isEqualTo(Outcome.STALE);
        assertThat(apply(1, 2, 1, incr("k", 1))).isEqualTo(Outcome.REPEATED);
        assertThat(Results.decode(results)).containsExactly("NUMBER 2");
    }

    @Test
    void sessionsOfDifferentNodesDoNotMeet() {
        apply(1, 1, 1, set("k", "1"));
        assertThat(apply(2, 1, 1, incr("k", 1))).isEqualTo(Outcome.APPLIED);
        assertThat(apply(65_535, 1, 1, incr("k", 1))).isEqualTo(Outcome.APPLIED);
        assertThat(Results.decode(results)).containsExactly("NUMBER 3");
    }

    @Test
    void aRepeatIsRecognisedAfterTheStoreWasRestored() {
        apply(1, 1, 1, set("k", "1"), incr("k", 1));
        PartitionStore restored = Results.restore(7, Results.snapshot(store));
        byte[] batch = Command.batch(1, 1, 1, List.of(set("k", "1"), incr("k", 1)));
        byte[] entry = CommandBatch.stamp(batch, 0, batch.length, T0, 1 << 20, 1 << 20);
        ByteWriter again = new ByteWriter();
        assertThat(restored.apply(2, entry, again)).isEqualTo(Outcome.REPEATED);
        assertThat(again.toByteArray()).isEqualTo(results.toByteArray());
    }

    @Test
    void resultsAreAppendedToWhatTheWriterHolds() {
        results.putByte(Result.OK);
        byte[] batch = Command.batch(1, 1, 1, List.of(set("k", "1")));
        store.apply(1, CommandBatch.stamp(batch, 0, batch.length, T0, 1000, 1000), results);
        assertThat(Results.decode(results)).containsExactly("OK", "STORED");
        apply(1, 1, 1, set("k", "1"));
        assertThat(Results.decode(results)).containsExactly("STORED");
    }

    @Test
    void aWriteThatWouldPassTheMemoryLimitIsRefusedAndNothingChanges() {
        driver.limits(2 * BYTES_OF_A_TINY_ITEM, 100);
        assertThat(driver.all(set("a", "1"), set("b", "1"), set("c", "1")))
                .containsExactly("STORED", "STORED", "OUT_OF_MEMORY");
        assertThat(driver.all(append("a", "2"), set("a", "12"), cas("a", 1, "12"), set("a", "2")))
                .containsExactly("OUT_OF_MEMORY", "OUT_OF_MEMORY", "OUT_OF_MEMORY", "STORED");
        driver.given(set("a", "9"));
        assertThat(driver.run(incr("a", 1))).isEqualTo("OUT_OF_MEMORY");
        assertThat(driver.value("a")).isEqualTo("9");
        assertThat(driver.store.usedBytes()).isEqualTo(2 * BYTES_OF_A_TINY_ITEM);
    }

    @Test
    void aPartitionAboveALoweredLimitTakesWhatDoesNotGrow() {
        driver.given(set("a", "123")).given(set("b", "123")).limits(10, 100);
        assertThat(driver.all(set("a", "456"), set("a", "4"), append("a", ""), set("a", "45")))
                .containsExactly("STORED", "STORED", "STORED", "OUT_OF_MEMORY");
    }

    @Test
    void deletingAndExpiringGiveMemoryBack() {
        driver.limits(BYTES_OF_A_TINY_ITEM, 100).given(set("a", 0, 1, "1"));
        assertThat(driver.run(set("b", "1"))).isEqualTo("OUT_OF_MEMORY");
        driver.advanceMillis(1_000).given(set("b", "1"));
        driver.run(Command.delete("b"));
        driver.given(set("c", "1"));
        driver.run(flushAll(0));
        driver.given(set("d", "1"));
        assertThat(driver.store.itemCount()).isEqualTo(1);
    }

    @Test
    void expiredItemsAreInvisibleAtOnceAndPurgedALittleWithEachEntry() {
        int count = 3 * PartitionStore.PURGED_PER_ENTRY;
        fillWithExpiring(count);
        driver.advanceMillis(1_000).tick();
        assertThat(driver.store.itemCount()).isEqualTo(count - PartitionStore.PURGED_PER_ENTRY);
        assertThat(driver.value("key " + (count - 1))).isNull();
        driver.tick();
        driver.tick();
        assertThat(driver.store.itemCount()).isZero();
        assertThat(driver.store.usedBytes()).isZero();
        assertThat(driver.store.counters().itemsExpired()).isEqualTo(count);
    }

    @Test
    void aWriteWithoutRoomRemovesExpiredItemsThatTheEntryLeft() {
        int count = 3 * PartitionStore.PURGED_PER_ENTRY;
        fillWithExpiring(count);
        driver.limits(driver.store.usedBytes(), 1 << 20).advanceMillis(1_000);
        driver.given(set("big", "x".repeat((int) driver.store.usedBytes() - Item.OVERHEAD_BYTES - 3)));
        assertThat(driver.store.itemCount()).isEqualTo(1);
    }

    @Test
    void unpurgedItemsAreInSnapshotsSoThatReplicasStayEqual() {
        fillWithExpiring(3 * PartitionStore.PURGED_PER_ENTRY);
        driver.advanceMillis(1_000).tick();
        PartitionStore restored = Results.restore(7, Results.snapshot(driver.store));
        assertThat(restored.itemCount()).isEqualTo(driver.store.itemCount());
        long next = driver.store.appliedIndex() + 1;
        restored.apply(next, CommandBatch.tick(driver.nowMillis()), results);
        driver.tick();
        assertThat(Results.snapshot(restored)).isEqualTo(Results.snapshot(driver.store));
    }

    private void fillWithExpiring(int count) {
        List<Command> sets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sets.add(set("key " + i, 0, 1, "value"));
        }
        assertThat(driver.all(sets.toArray(new Command[0]))).containsOnly("STORED");
    }

    @Test
    void dueAtSeesTheNextExpiryAndThePendingFlushAndNotThePast() {
        assertThat(driver.store.dueAt(Long.MAX_VALUE)).isFalse();
        driver.given(set("k", 0, 2, "one")).given(set("n", 0, 5, "one"));
        assertThat(driver.store.dueAt(T0 + 1_999)).isFalse();
        assertThat(driver.store.dueAt(T0 + 2_000)).isTrue();
        driver.advanceMillis(2_000).tick();
        assertThat(driver.store.dueAt(T0 + 4_999)).isFalse();
        assertThat(driver.store.dueAt(T0 + 5_000)).isTrue();
        driver.run(flushAll(1));
        assertThat(driver.store.dueAt(T0 + 2_999)).isFalse();
        assertThat(driver.store.dueAt(T0 + 3_000)).isTrue();
        driver.advanceMillis(1_000).tick();
        assertThat(driver.store.dueAt(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void dueAtLooksPastExpiredItemsThatAreNotPurgedYet() {
        fillWithExpiring(3 * PartitionStore.PURGED_PER_ENTRY);
        driver.given(set("later", 0, 10, "x"));
        driver.advanceMillis(1_000).tick();
        assertThat(driver.store.itemCount()).isGreaterThan(1);
        assertThat(driver.store.dueAt(T0 + 9_999)).isFalse();
        assertThat(driver.store.dueAt(T0 + 10_000)).isTrue();
    }

    @Test
    void aReadStopsBeforeTheResultThatPassesItsBudget() {
        driver.given(set("k", "x".repeat(100))).given(set("n", "x".repeat(100)));
        byte[] gets = Command.encode(List.of(get("k"), get("missing"), get("n"), get("k")));
        assertThat(read(gets, 4, 10_000)).isEqualTo(4);
        assertThat(read(gets, 4, 1)).isEqualTo(1);
        assertThat(Results.decode(results)).containsExactly(driver.read("k"));
        int two = (int) ResultWriter.valueBytes(1, 100) + 1;
        assertThat(read(gets, 4, two)).isEqualTo(2);
        assertThat(results.length()).isEqualTo(two);
        assertThat(read(gets, 4, two - 1)).isEqualTo(1);
    }

    @Test
    void aReadOfAnythingButTheAnnouncedGetsIsRefusedAndAppendsNothing() {
        byte[] gets = Command.encode(List.of(get("k"), get("n")));
        byte[] mixed = Command.encode(List.of(get("k"), gat("n", 1)));
        for (int announced : new int[] {0, 1, 3, -1}) {
            assertThatThrownBy(() -> read(gets, announced, 1000)).isInstanceOf(MalformedBytesException.class);
        }
        assertThatThrownBy(() -> read(mixed, 2, 1000))
                .isInstanceOf(MalformedBytesException.class)
                .hasMessage("A read contains a GAT, which has to go through the log.");
        assertThatThrownBy(() -> read(new byte[0], 0, 1000)).isInstanceOf(MalformedBytesException.class);
        assertThat(results.length()).isZero();
    }

    private int read(byte[] commands, int count, int maxResultBytes) {
        results.clear();
        return driver.store.read(0, commands, 0, commands.length, count, results, maxResultBytes);
    }

    @Test
    void valuesAnsweredThroughTheLogAreBoundedBecauseTheyAreRemembered() {
        int size = (int) (PartitionStore.MAX_BATCH_VALUE_BYTES / 2);
        driver.limits(1L << 40, size).given(set("k", 0, 5, "x".repeat(size)));
        List<String> answers = driver.all(gat("k", 0), gat("k", 100), get("k"), get("n"));
        assertThat(answers.get(0)).startsWith("VALUE k");
        assertThat(answers.subList(1, 4)).containsExactly("OUT_OF_MEMORY", "OUT_OF_MEMORY", "MISS");
        driver.advanceMillis(1_000_000).tick();
        assertThat(driver.value("k")).as("only the answered gat touched it").isNotNull();
    }

    @Test
    void countersCountWhatHappened() {
        driver.all(set("k", "1"), get("k"), get("n"), gat("k", 0), incr("k", 1), incr("n", 1), cas("k", 99, ""));
        StoreCounters total = new StoreCounters();
        total.add(driver.store.counters());
        total.add(driver.store.counters());
        assertThat(total.gets()).isEqualTo(6);
        assertThat(total.getHits()).isEqualTo(4);
        assertThat(total.touchHits()).isEqualTo(2);
        assertThat(total.stores()).isEqualTo(4);
        assertThat(total.casMismatches()).isEqualTo(2);
        assertThat(total.incrHits()).isEqualTo(2);
        assertThat(total.incrMisses()).isEqualTo(2);
        assertThat(total.itemsStored()).isEqualTo(4);
        assertThat(total.batchesApplied()).isEqualTo(2);
    }
}
