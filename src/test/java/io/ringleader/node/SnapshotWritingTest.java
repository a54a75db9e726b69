package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.loop.Clock;
import io.ringleader.loop.Loop;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.sim.MemoryDisk;
import io.ringleader.storage.SnapshotFiles;
import io.ringleader.store.ByteWriter;
import io.ringleader.store.CommandBatch;
import io.ringleader.store.CommandWriter;
import io.ringleader.store.PartitionStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SnapshotWritingTest {
    private static final SnapshotPoint POINT = new SnapshotPoint(7, 2);
    private static final long PIECE_NANOS = 5_000_000;
    private static final int VALUE_BYTES = 1 << 10;
    private static final int ITEMS = 4_000;
    private static final int PIECES = ITEMS * VALUE_BYTES / SnapshotWriting.PIECE_BYTES;

    private final MemoryDisk disk = new MemoryDisk(1);
    private final SnapshotKeeper keeper = new SnapshotKeeper(new SnapshotFiles(disk, "snapshots", 1 << 16), 1_000);
    private final PartitionStore store = new PartitionStore(3);
    private final ArrayDeque<Runnable> scheduled = new ArrayDeque<>();
    private final List<Long> rests = new ArrayList<>();
    private boolean urgent;
    private long pieceNanos = PIECE_NANOS;
    private final List<OptionalLong> done = new ArrayList<>();

    private final Loop loop = new Loop() {
        @Override
        public void execute(Runnable task) {
            throw new AssertionError("There is nothing to do but after rests.");
        }

        @Override
        public void schedule(long delayNanos, Runnable task) {
            rests.add(delayNanos);
            scheduled.add(task);
        }

        @Override
        public void atEndOfBurst(Runnable hook) {
            throw new AssertionError("There is nothing to do but after rests.");
        }
    };

    /** It is asked before a piece and after. */
    private final Clock clock = new Clock() {
        private long nowNanos;

        @Override
        public long monotonicNanos() {
            nowNanos += pieceNanos;
            return nowNanos;
        }

        @Override
        public long wallMillis() {
            throw new AssertionError("Nobody cares for the time of the day.");
        }
    };

    /** Gives all items, which take several pieces, a new value. */
    private static void set(PartitionStore store, String letter) {
        byte[] value = letter.repeat(VALUE_BYTES).getBytes(StandardCharsets.US_ASCII);
        for (int i = 1; i <= ITEMS; i++) {
            byte[] key = ("key" + i).getBytes(StandardCharsets.US_ASCII);
            ByteWriter batch = new ByteWriter();
            CommandBatch.begin(batch);
            CommandBatch.session(batch, 1, 1, store.appliedIndex() + 1, 1);
            CommandWriter.set(batch, key, 0, key.length, 0, 0, value, 0, value.length);
            byte[] entry = CommandBatch.stamp(batch.array(), 0, batch.length(), 1_000, 1L << 30, 1 << 20);
            store.apply(store.appliedIndex() + 1, entry, new ByteWriter());
        }
    }

    private void begin() {
        set(store, "a");
        keeper.write(new SnapshotKeeper.Order(3, POINT, store.beginCapture(), () -> urgent))
                .run(loop, clock, done::add);
    }

    private void runToTheEnd() {
        while (!scheduled.isEmpty()) {
            scheduled.poll().run();
        }
    }

    private List<String> files() {
        return disk.paths().stream()
                .filter(path -> path.startsWith("snapshots/"))
                .toList();
    }

    @Test
    void aSnapshotIsWrittenInPiecesAndRestsTwiceAsLongAsEachTook() {
        begin();
        runToTheEnd();
        assertThat(rests).hasSizeBetween(PIECES - 1, PIECES).containsOnly(2 * PIECE_NANOS);
        assertThat(done).hasSize(1);
    }

    @Test
    void anUrgentOneIsWrittenAtOnce() {
        urgent = true;
        begin();
        assertThat(rests).isEmpty();
        assertThat(done).hasSize(1);
    }

    @Test
    void oneThatBecomesUrgentInTheMiddleRestsNoMore() {
        begin();
        urgent = true;
        scheduled.poll().run();
        assertThat(rests).hasSize(1);
        assertThat(done).hasSize(1);
    }

    @Test
    void aRestHasAnEndHoweverLongThePieceTook() {
        pieceNanos = 600_000_000_000L;
        begin();
        assertThat(rests).containsExactly(SnapshotWriting.REST_MAX_NANOS);
    }

    @Test
    void aPieceIsOnTheDiskWhenTheRestBegins() throws IOException {
        begin();
        assertThat(files()).hasSize(1);
        disk.syncDirectory("snapshots/3");
        disk.powerLoss();
        assertThat(disk.content(files().get(0)))
                .hasSizeGreaterThan(SnapshotWriting.PIECE_BYTES / 2)
                .hasSizeLessThan(2 * SnapshotWriting.PIECE_BYTES);
    }

    @Test
    void whatComesOutIsTheStoreAsItWasWhenTheSnapshotBegan() throws IOException {
        begin();
        PartitionStore then = new PartitionStore(3);
        set(then, "a");
        while (!scheduled.isEmpty()) {
            set(store, "b");
            set(store, "c");
            scheduled.poll().run();
        }
        assertThat(done).containsExactly(OptionalLong.of(keeper.fileBytes(3, POINT)));
        assertThat(keeper.load(3, POINT).digest()).isEqualTo(then.digest()).isNotEqualTo(store.digest());
    }

    @Test
    void aDiskThatIsFullHalfwayIsGivenItsRoomBack() {
        begin();
        disk.setCapacityBytes(disk.usedBytes());
        runToTheEnd();
        assertThat(done).containsExactly(OptionalLong.empty());
        assertThat(files()).isEmpty();
    }
}
