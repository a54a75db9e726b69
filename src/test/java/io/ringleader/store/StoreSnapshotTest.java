package io.ringleader.store;

import static io.ringleader.store.Command.flushAll;
import static io.ringleader.store.Command.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class StoreSnapshotTest {
    private static final int HEADER_BYTES = 58;

    private final StoreDriver driver = new StoreDriver();

    @Test
    void anEmptyPartitionComesBackEmpty() {
        PartitionStore restored = Results.restore(7, Results.snapshot(driver.store));
        assertThat(restored.partition()).isEqualTo(7);
        assertThat(restored.appliedIndex()).isZero();
        assertThat(restored.itemCount()).isZero();
        assertThat(restored.digest()).isEqualTo(driver.store.digest());
    }

    @Test
    void everythingComesBack() {
        driver.given(set("a", 1, 0, "one")).given(set("b", 2, 10, "")).given(set("big", "x".repeat(1000)));
        driver.limits(10 << 20, 1 << 20).given(set("huge", "y".repeat(300_000)));
        driver.run(flushAll(100));
        PartitionStore restored = Results.restore(7, Results.snapshot(driver.store));
        assertThat(Results.snapshot(restored)).isEqualTo(Results.snapshot(driver.store));
        assertThat(restored.usedBytes()).isEqualTo(driver.store.usedBytes());
        assertThat(restored.stateTimeMillis()).isEqualTo(driver.store.stateTimeMillis());
        assertThat(restored.dueAt(driver.nowMillis() + 9_999)).isFalse();
        assertThat(restored.dueAt(driver.nowMillis() + 10_000)).isTrue();
    }

    @Test
    void manyItemsOfAShardAreWrittenInOneOrder() {
        int batches = 100;
        int perBatch = 300;
        for (int i = 0; i < batches; i++) {
            Command[] sets = new Command[perBatch];
            for (int j = 0; j < perBatch; j++) {
                sets[j] = set("key " + (j * batches + i), 0, j % 3 * 100L, "value " + i);
            }
            driver.limits(1L << 40, 1000).all(sets);
        }
        byte[] snapshot = Results.snapshot(driver.store);
        // restore() refuses every other order.
        PartitionStore restored = Results.restore(7, snapshot);
        assertThat(restored.itemCount()).isEqualTo(batches * perBatch);
        assertThat(Results.snapshot(restored)).isEqualTo(snapshot);
        assertThat(restored.digest()).isEqualTo(driver.store.digest());
    }

    @Test
    void inPiecesOfAnySizeTheBytesAreTheSame() throws IOException {
        for (int i = 0; i < 1_000; i++) {
            driver.given(set("key " + i, "value " + i));
        }
        driver.limits(10 << 20, 1 << 20).given(set("huge", "y".repeat(300_000)));
        byte[] snapshot = Results.snapshot(driver.store);
        for (int pieceBytes : new int[] {1, 10_000, 100_000, 10_000_000}) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            SnapshotEncoder encoder = driver.store.beginCapture().encoder();
            int pieces = 1;
            while (encoder.writePiece(pieceBytes, bytes::write)) {
                pieces++;
            }
            assertThat(bytes.toByteArray()).isEqualTo(snapshot);
            assertThat(pieces).isLessThanOrEqualTo(1 + snapshot.length / pieceBytes);
            assertThat(pieces > 1).isEqualTo(pieceBytes < snapshot.length);
        }
    }

    @Test
    void keysOfTheSameHashBitsAreWrittenInTheirOwnOrderWhicheverCameFirst() {
        // found by trying
        assertThat(rank("k390915")).isEqualTo(rank("k62533"));
        for (boolean forwards : new boolean[] {true, false}) {
            StoreDriver one = new StoreDriver();
            one.given(set(forwards ? "k390915" : "k62533", "v")).given(set(forwards ? "k62533" : "k390915", "v"));
            byte[] snapshot = Results.snapshot(one.store);

            assertThat(new String(snapshot, StandardCharsets.ISO_8859_1)).containsSubsequence("k390915", "k62533");
            assertThat(Results.restore(7, snapshot).digest()).isEqualTo(one.store.digest());
        }
    }

    private static long rank(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.US_ASCII);
        return ItemTable.rankOf(Hash64.hash(bytes, 0, bytes.length));
    }

    @Test
    void aSourceThatGivesOneByteAtATimeIsRead() throws IOException {
        driver.given(set("a", 1, 0, "one")).given(set("b", 2, 10, "two"));
        byte[] snapshot = Results.snapshot(driver.store);
        int[] at = {0};
        PartitionStore restored = StoreSnapshot.restore(7, (bytes, offset, length) -> {
            if (at[0] == snapshot.length) {
                return -1;
            }
            bytes[offset] = snapshot[at[0]++];
            return 1;
        });
        assertThat(restored.digest()).isEqualTo(driver.store.digest());
    }

    @Test
    void anErrorOfTheSinkOrTheSourceIsPassedOn() {
        assertThatThrownBy(() -> driver.store.beginCapture().writeTo((bytes, offset, length) -> {
                    throw new IOException("disk full");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("disk full");
        assertThatThrownBy(() -> StoreSnapshot.restore(7, (bytes, offset, length) -> {
                    throw new IOException("gone");
                }))
                .hasMessage("gone");
        assertThatThrownBy(() -> StoreSnapshot.restore(7, (bytes, offset, length) -> 0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("read 0 bytes");
    }

    @Test
    void aWrongMagicVersionOrPartitionIsNamed() {
        byte[] snapshot = Results.snapshot(driver.store);
        refuses(8, with(snapshot, 0, 0), "The snapshot is of partition 7, not of partition 8.");
        refuses(
                7,
                with(snapshot, 9, 2),
                "The snapshot of a partition has format version 2; this release reads version 3.");
        refuses(
                7,
                with(with(snapshot, 0, 0), 0, 'X'),
                "This is not a snapshot of a partition: it begins with 58494e4753544f52 instead of 52494e4753544f52.");
    }

    @Test
    void truncationAndSurplusAreNamedWithTheirOffset() {
        driver.given(set("a", "one"));
        byte[] snapshot = Results.snapshot(driver.store);
        refuses(
                7,
                Arrays.copyOf(snapshot, 10),
                "The snapshot ends at offset 10, in the middle of: header (10 of 58 bytes).");
        refuses(
                7,
                Arrays.copyOf(snapshot, snapshot.length - 1),
                "The snapshot ends at offset " + (snapshot.length - 1)
                        + ", in the middle of: key and value (3 of 4 bytes).");
        refuses(
                7,
                Arrays.copyOf(snapshot, snapshot.length + 1),
                "The snapshot is complete at offset " + snapshot.length + ", but bytes follow.");
    }

    @Test
    void aDuplicateItemIsRefused() {
        driver.given(set("a", "one"));
        byte[] snapshot = Results.snapshot(driver.store);
        int itemBytes = 26 + 4;
        byte[] doubled = Arrays.copyOf(snapshot, snapshot.length + itemBytes);
        System.arraycopy(snapshot, snapshot.length - itemBytes, doubled, snapshot.length, itemBytes);
        doubled[HEADER_BYTES - 1] = 2;
        assertThatThrownBy(() -> Results.restore(7, doubled))
                .isInstanceOf(MalformedBytesException.class)
                .hasMessageContaining("equal or in the wrong order");
    }

    @Test
    void aLengthThatIsALieDoesNotReserveMemory() {
        driver.limits(1 << 20, 1000).given(set("a", "one"));
        byte[] snapshot = Results.snapshot(driver.store);
        int valueLengthAt = snapshot.length - 4 - 4;
        byte[] lying = snapshot.clone();
        lying[valueLengthAt] = 0x3f;
        refuses(
                7,
                lying,
                "The snapshot ends at offset " + snapshot.length + ", in the middle of: key and value (4 of 1056964612"
                        + " bytes).");
    }

    @Test
    void aCaptureMayBeWrittenTwiceAndByOthersAtTheSameTime() {
        driver.given(set("a", "one"));
        SnapshotCapture first = driver.store.beginCapture();
        driver.given(set("a", "two"));
        SnapshotCapture second = driver.store.beginCapture();
        driver.run(flushAll(0));
        List<byte[]> twice = List.of(Results.snapshot(first), Results.snapshot(first));
        assertThat(twice.get(0)).isEqualTo(twice.get(1)).isNotEqualTo(Results.snapshot(second));
        assertThat(Results.restore(7, twice.get(0)).itemCount()).isEqualTo(1);
        assertThat(first.itemCount()).isEqualTo(1);
        assertThat(first.partition()).isEqualTo(7);
    }

    @Test
    void aCaptureIsWrittenOnAnotherThreadWhileTheStoreGoesOn() throws Exception {
        driver.limits(1L << 40, 1000);
        overwriteAll("before");
        byte[] expected = Results.snapshot(driver.store);
        ExecutorService snapshotLoop = Executors.newSingleThreadExecutor();
        try {
            SnapshotCapture capture = driver.store.beginCapture();
            Future<byte[]> written = snapshotLoop.submit(() -> Results.snapshot(capture));
            overwriteAll("after");
            assertThat(written.get()).isEqualTo(expected);
        } finally {
            snapshotLoop.shutdown();
        }
    }

    private void overwriteAll(String value) {
        for (int i = 0; i < 200; i++) {
            Command[] sets = new Command[100];
            for (int j = 0; j < sets.length; j++) {
                sets[j] = set("key " + (i * sets.length + j), 0, j, value);
            }
            driver.all(sets);
        }
    }

    private static byte[] with(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        if (value != 0) {
            changed[at] = (byte) value;
        }
        return changed;
    }

    private static void refuses(int partition, byte[] snapshot, String message) {
        assertThatThrownBy(() -> Results.restore(partition, snapshot))
                .isInstanceOf(MalformedBytesException.class)
                .hasMessage(message);
    }
}
