package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.loop.Loop;
import io.ringleader.raft.Durable;
import io.ringleader.raft.Entry;
import io.ringleader.raft.EntryType;
import io.ringleader.raft.HardState;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.sim.MemoryDisk;
import io.ringleader.sim.VirtualProcess;
import io.ringleader.sim.VirtualWorld;
import io.ringleader.storage.WriteAheadLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogWriterTest {
    private static final WriteAheadLog.Options OPTIONS = new WriteAheadLog.Options(64 << 10, 32 << 10);

    private final VirtualWorld world = new VirtualWorld(1, 0);
    private final VirtualProcess process = world.process("node1");
    private final Loop loop = process.loop("log", 0);
    private final MemoryDisk disk = new MemoryDisk(1);
    private final List<String> events = new ArrayList<>();
    private LogWriter writer;
    private long nextIndex = 1;
    private long nextToken = 1;

    @BeforeEach
    void open() throws IOException {
        WriteAheadLog wal =
                WriteAheadLog.open(disk, "wal", OPTIONS, new Random(1)).log();
        writer = new LogWriter(loop, wal, 200 << 10, new LogWriter.Listener() {
            @Override
            public void onDurable(long token) {
                events.add("durable " + token);
            }

            @Override
            public void onMarksDurable(Map<Integer, SnapshotPoint> marks) {
                events.add("marks " + marks);
            }

            @Override
            public void onDiskFull(boolean full) {
                events.add(full ? "full" : "room");
            }

            @Override
            public void onLogTooLong(List<Integer> partitions) {
                events.add("too long " + partitions);
            }
        });
        append(new HardState(1, 1));
        world.runMillis(1);
        events.clear();
    }

    private void append(Durable... durables) {
        long token = nextToken++;
        loop.execute(() -> writer.append(token, List.of(new LogWriter.Append(3, List.of(durables)))));
    }

    private Entry entry(int bytes) {
        return new Entry(nextIndex++, 1, EntryType.COMMANDS, new byte[bytes]);
    }

    private int recoveredEntries() throws IOException {
        disk.powerLoss();
        return WriteAheadLog.open(disk, "wal", OPTIONS, new Random(1))
                .groups()
                .get(3)
                .entries()
                .size();
    }

    @Test
    void aBurstBecomesDurableWithOneSyncAndIsThenToldOnce() throws IOException {
        append(entry(10));
        append(entry(10), entry(10));
        append(entry(10));
        long changes = disk.changes();
        world.runMillis(1);
        assertThat(events).containsExactly("durable 4");
        assertThat(disk.changes() - changes)
                .as("one write and one sync, and a step of the spare")
                .isLessThanOrEqualTo(4);
        assertThat(recoveredEntries()).isEqualTo(4);
    }

    @Test
    void aBurstWithNothingNewTellsNothing() {
        loop.execute(() -> {});
        world.runMillis(1);
        assertThat(events).isEmpty();
    }

    @Test
    void aFullDiskIsToldOnceAndWhatWaitsIsWrittenWhenThereIsRoom() throws IOException {
        disk.setCapacityBytes(0);
        for (int i = 0; i < 10; i++) {
            append(entry(20_000));
            world.runMillis(100);
        }
        assertThat(events).containsOnlyOnce("full").doesNotContain("room");
        String lastDurable = events.get(events.indexOf("full") - 1);
        world.runMillis(5_000);
        assertThat(events).endsWith("full").contains(lastDurable);
        disk.setCapacityBytes(Long.MAX_VALUE);
        world.runMillis(600);
        assertThat(events.subList(events.indexOf("full"), events.size())).startsWith("full", "room", "durable 11");
        assertThat(recoveredEntries()).isEqualTo(10);
    }

    @Test
    void aFailedSyncIsFinal() {
        List<Throwable> failures = new ArrayList<>();
        process.onLoopFailure((name, cause) -> failures.add(cause));
        disk.failSyncs(path -> true);
        append(entry(10));
        world.runMillis(1);
        assertThat(failures).singleElement().isInstanceOf(UncheckedIOException.class);
        disk.failSyncs(path -> false);
        loop.execute(() -> assertThatThrownBy(() ->
                        writer.append(9, List.of(new LogWriter.Append(3, List.of(entry(10))))))
                .hasMessageContaining("failed"));
        world.runMillis(1_000);
        assertThat(events).as("nothing is acknowledged any more").isEmpty();
    }

    @Test
    void aLogThatIsTooLongNamesWhoKeepsItLongAndASnapshotMakesItShorter() {
        for (int i = 0; i < 20; i++) {
            append(entry(20_000));
            world.runMillis(1);
        }
        assertThat(events).contains("too long [3]");
        append(new SnapshotPoint(20, 1));
        world.runMillis(1);
        assertThat(events).contains("marks {3=20@1}");
        events.clear();
        append(entry(10));
        world.runMillis(1);
        assertThat(events).containsExactly("durable 23");
    }
}
