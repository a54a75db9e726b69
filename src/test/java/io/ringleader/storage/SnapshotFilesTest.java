package io.ringleader.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.ringleader.sim.MemoryDisk;
import io.ringleader.storage.SnapshotFiles.SnapshotId;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SnapshotFilesTest {
    private static final int BLOCK_BYTES = 300;
    private static final SnapshotId OLD = new SnapshotId(4, 10, 2);
    private static final SnapshotId NEW = new SnapshotId(4, 25, 3);
    private static final String NEW_PATH = "snapshots/4/0000000000000019-0000000000000003.snap";

    private final MemoryDisk disk = new MemoryDisk(1);
    private final SnapshotFiles files = files(disk);

    @Test
    void whatWasCommittedIsReadBackByteForByte() throws IOException {
        for (int length : new int[] {0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 5000}) {
            SnapshotId id = new SnapshotId(0, length + 1, 1);
            write(files, id, payload(length));
            disk.powerLoss();
            assertThat(read(files, id)).isEqualTo(payload(length));
        }
    }

    @Test
    void theNewestOfEachGroupIsFoundAndOlderOnesAreDeleted() throws IOException {
        write(files, OLD, payload(100));
        write(files, NEW, payload(200));
        write(files, new SnapshotId(0, 7, 1), payload(10));
        assertThat(files.recover()).containsExactly(new SnapshotId(0, 7, 1), NEW);
        assertThat(disk.list("snapshots/4")).hasSize(1);
    }

    @Test
    void aReadBeyondTheEndIsAnError() throws IOException {
        write(files, NEW, payload(10));
        try (SnapshotReader reader = files.open(NEW)) {
            assertThatThrownBy(() -> reader.readFully(new byte[11], 0, 11)).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void anAbortedSnapshotLeavesNothing() throws IOException {
        SnapshotWriter writer = files.create(NEW);
        writer.write(payload(1000), 0, 1000);
        writer.close();
        assertThat(disk.paths()).isEmpty();
        assertThat(files.recover()).isEmpty();
    }

    @Test
    void everyFlippedBitAndEveryCutIsFound() throws IOException {
        write(files, NEW, payload(700));
        int size = disk.content(NEW_PATH).length;
        for (int offset = 0; offset < size; offset++) {
            for (int bit = 0; bit < 8; bit++) {
                disk.flipBit(NEW_PATH, offset, bit);
                assertRefused(disk, "bit " + bit + " of offset " + offset);
                disk.flipBit(NEW_PATH, offset, bit);
            }
            MemoryDisk cut = disk.copy(1);
            cut.resize(NEW_PATH, offset);
            assertRefused(cut, "cut at " + offset);
        }
        disk.resize(NEW_PATH, size + 1);
        assertRefused(disk, "one byte more");
    }

    @Test
    void aFileOfAnotherFormatMayComeOfAnotherRelease() throws IOException {
        write(files, NEW, payload(10));
        disk.flipBit(NEW_PATH, 11, 1);
        assertThatThrownBy(files::recover)
                .isInstanceOf(CorruptSnapshotException.class)
                .hasMessageContaining(NEW_PATH)
                .hasMessageContaining(
                        "It has format version 3; this release reads version 1. If another release wrote it,"
                                + " start that one.");
    }

    @Test
    void aDamagedNewestSnapshotIsNeverReplacedByAnOlderOne() throws IOException {
        write(files, OLD, payload(700));
        write(files, NEW, payload(700));
        disk.flipBit(NEW_PATH, 400, 1);
        assertThatThrownBy(files::recover)
                .isInstanceOf(CorruptSnapshotException.class)
                .hasMessageContaining(NEW_PATH)
                .hasMessageContaining("Block 1");
        assertThat(disk.list("snapshots/4")).hasSize(2);
    }

    @Test
    void aSnapshotUnderTheNameOfAnotherIsRefused() throws IOException {
        write(files, OLD, payload(700));
        disk.rename("snapshots/4/000000000000000a-0000000000000002.snap", NEW_PATH);
        assertThatThrownBy(files::recover)
                .hasMessageContaining("It holds the snapshot of group 4 at index 10 of term 2");
    }

    @Test
    void theLastSnapshotIsNotDeletedForOneThatIsNotThere() throws IOException {
        write(files, OLD, payload(1));
        assertThatThrownBy(() -> files.deleteOlder(4, 25, Set.of())).isInstanceOf(IllegalStateException.class);
        write(files, NEW, payload(1));
        files.deleteOlder(4, 25, Set.of());
        assertThat(files.recover()).containsExactly(NEW);
    }

    @Test
    void aTransferGoesOnWhereItStoppedAndIgnoresChunksThatComeTwiceOrTooEarly() throws IOException {
        write(files, NEW, payload(5000));
        MemoryDisk otherDisk = new MemoryDisk(2);
        SnapshotFiles other = files(otherDisk);
        SnapshotReceiver abandoned = other.receive(NEW);
        SnapshotReceiver receiver = other.receive(NEW);
        byte[] first = files.readChunk(NEW, 0, 700);
        assertThat(receiver.append(0, first, 0, first.length)).isEqualTo(700);
        assertThat(receiver.append(0, first, 0, first.length)).isEqualTo(700);
        assertThat(receiver.append(900, first, 0, first.length)).isEqualTo(700);
        abandoned.abort();
        transfer(files, receiver);
        receiver.commit();
        otherDisk.powerLoss();
        assertThat(files(otherDisk).recover()).containsExactly(NEW);
        assertThat(read(other, NEW)).isEqualTo(payload(5000));
        assertThat(files.fileBytes(NEW)).isEqualTo(other.fileBytes(NEW));
    }

    @Test
    void aTransferThatIsNotWholeOrWasDamagedIsNotCommitted() throws IOException {
        write(files, NEW, payload(5000));
        MemoryDisk otherDisk = new MemoryDisk(2);
        SnapshotFiles other = files(otherDisk);
        SnapshotReceiver partial = other.receive(NEW);
        partial.append(0, files.readChunk(NEW, 0, 3000), 0, 3000);
        assertThatThrownBy(partial::commit).isInstanceOf(CorruptSnapshotException.class);
        SnapshotReceiver damaged = other.receive(NEW);
        byte[] whole = files.readChunk(NEW, 0, 1 << 20);
        whole[2222] ^= 1;
        damaged.append(0, whole, 0, whole.length);
        assertThatThrownBy(damaged::commit).isInstanceOf(CorruptSnapshotException.class);
        assertThat(otherDisk.paths()).isEmpty();
    }

    @Test
    void aFullDiskFailsTheSnapshotAndNothingElse() throws IOException {
        write(files, OLD, payload(1000));
        disk.setCapacityBytes(2000);
        SnapshotWriter writer = files.create(NEW);
        assertThatThrownBy(() -> writer.write(payload(5000), 0, 5000)).isInstanceOf(DiskFullException.class);
        writer.abort();
        disk.setCapacityBytes(Long.MAX_VALUE);
        write(files, NEW, payload(5000));
        assertThat(files.recover()).containsExactly(NEW);
    }

    @Test
    void aFailedFsyncMeansNoSnapshot() throws IOException {
        write(files, OLD, payload(1000));
        disk.failSyncs(path -> path.endsWith(".tmp"));
        SnapshotWriter writer = files.create(NEW);
        writer.write(payload(5000), 0, 5000);
        assertThatThrownBy(writer::commit).isInstanceOf(IOException.class);
        writer.abort();
        disk.failSyncs(path -> false);
        assertThat(files.recover()).containsExactly(OLD);
    }

    @Test
    void aCrashAtAnyStepOfACommitLeavesTheOldOrTheNewSnapshotWhole() throws IOException {
        crashAtEveryStep((target, seed) -> write(target, NEW, payload(2000)));
    }

    @Test
    void aCrashAtAnyStepOfATransferLeavesTheOldOrTheNewSnapshotWhole() throws IOException {
        SnapshotFiles sender = files(new MemoryDisk(9));
        write(sender, NEW, payload(2000));
        crashAtEveryStep((target, seed) -> {
            SnapshotReceiver receiver = target.receive(NEW);
            transfer(sender, receiver);
            receiver.commit();
        });
    }

    private interface Step {
        void run(SnapshotFiles target, long seed) throws IOException;
    }

    /** Crashes at every change to the disk, several times with different luck, until the whole step gets through. */
    private static void crashAtEveryStep(Step step) throws IOException {
        boolean crashed = true;
        for (int at = 1; crashed; at++) {
            for (int luck = 0; luck < 20; luck++) {
                MemoryDisk disk = new MemoryDisk(31L * at + luck);
                SnapshotFiles files = files(disk);
                write(files, OLD, payload(1000));
                disk.losePowerAfter(at);
                crashed = false;
                try {
                    step.run(files, luck);
                    files.deleteOlder(4, NEW.index(), Set.of());
                } catch (MemoryDisk.PowerLost expected) {
                    crashed = true;
                }
                disk.powerLoss();
                SnapshotFiles restarted = files(disk);
                List<SnapshotId> found = restarted.recover();
                assertThat(found).as("crash at %d", at).hasSize(1);
                if (!crashed) {
                    assertThat(found).containsExactly(NEW);
                }
                assertThat(found.get(0)).isIn(OLD, NEW);
                assertThat(read(restarted, found.get(0)))
                        .isEqualTo(payload(found.get(0).equals(OLD) ? 1000 : 2000));
                assertThat(disk.list("snapshots/4")).as("nothing is left over").hasSize(1);
            }
        }
    }

    private static void assertRefused(MemoryDisk disk, String what) {
        Throwable thrown = catchThrowable(() -> {
            SnapshotFiles files = files(disk);
            files.recover();
            read(files, NEW);
        });
        assertThat(thrown).as(what).isInstanceOf(CorruptSnapshotException.class).hasMessageContaining(NEW_PATH);
    }

    private static void transfer(SnapshotFiles sender, SnapshotReceiver receiver) throws IOException {
        while (receiver.nextOffset() < sender.fileBytes(NEW)) {
            byte[] chunk = sender.readChunk(NEW, receiver.nextOffset(), 333);
            receiver.append(receiver.nextOffset(), chunk, 0, chunk.length);
        }
    }

    static SnapshotFiles files(MemoryDisk disk) {
        return new SnapshotFiles(disk, "snapshots", BLOCK_BYTES);
    }

    static void write(SnapshotFiles files, SnapshotId id, byte[] payload) throws IOException {
        try (SnapshotWriter writer = files.create(id)) {
            for (int at = 0; at < payload.length; at += 77) {
                writer.write(payload, at, Math.min(77, payload.length - at));
            }
            writer.commit();
        }
    }

    private static byte[] read(SnapshotFiles files, SnapshotId id) throws IOException {
        try (SnapshotReader reader = files.open(id)) {
            byte[] payload = new byte[(int) reader.payloadBytes()];
            reader.readFully(payload, 0, payload.length);
            assertThat(reader.read(new byte[1], 0, 1)).isEqualTo(-1);
            return payload;
        }
    }

    static byte[] payload(int length) {
        byte[] payload = new byte[length];
        new Random(length).nextBytes(payload);
        return payload;
    }
}
