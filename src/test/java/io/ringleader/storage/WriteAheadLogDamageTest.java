package io.ringleader.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.ringleader.sim.MemoryDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Damage that no crash explains is reported with file and offset, and never skipped. */
class WriteAheadLogDamageTest {
    private static final WriteAheadLog.Options OPTIONS = new WriteAheadLog.Options(8 * 1024, 1 << 20);
    private static final int BATCHES = 9;
    private static final String NEWEST = "wal.newest";
    private static final String FIRST = "wal/0000000000000001.log";
    private static final String SECOND = "wal/0000000000000002.log";
    private static final String THIRD = "wal/0000000000000003.log";

    private final MemoryDisk disk = new MemoryDisk(1);
    private Map<Integer, RecoveredGroup> written;
    private int beforeLastBatch;

    /** Three segments, with three batches in each. */
    @BeforeEach
    void writeThreeSegments() throws IOException {
        WriteAheadLog log = open().log();
        for (int batch = 1; batch <= BATCHES; batch++) {
            log.hardState(1, batch, 2);
            log.entry(1, batch, batch, (byte) 0, filled(1000));
            log.entry(2, batch, batch, (byte) 0, filled(17));
            if (batch == BATCHES) {
                beforeLastBatch = WriteAheadLogCrashTest.validEnd(disk.content(THIRD));
            }
            log.sync();
        }
        disk.killProcess();
        assertThat(disk.paths()).containsExactly(NEWEST, FIRST, SECOND, THIRD);
        written = open().groups();
        assertThat(written.get(1).lastIndex()).isEqualTo(BATCHES);
    }

    @Test
    void everyBitFlipInAnAcknowledgedBatchThatIsNotTheLastIsReported() {
        for (String path : disk.paths()) {
            int end = path.equals(THIRD) ? beforeLastBatch : disk.content(path).length;
            for (int offset = 0; offset < end; offset++) {
                // one bit of each byte where thousands of bytes have the same meaning
                boolean plain =
                        (offset > 64 && offset < SegmentHeader.BYTES) || disk.content(path, offset, 1)[0] == 'x';
                for (int bit = plain ? offset % 8 : 0; bit < 8; bit += plain ? 8 : 1) {
                    disk.flipBit(path, offset, bit);
                    Throwable thrown = catchThrowable(this::open);
                    assertThat(thrown)
                            .as("bit %d of offset %d in %s", bit, offset, path)
                            .isInstanceOf(CorruptLogException.class);
                    CorruptLogException corrupt = (CorruptLogException) thrown;
                    assertThat(corrupt.file()).isEqualTo(disk.describe(path));
                    assertThat(corrupt.offset()).isLessThanOrEqualTo(offset);
                    assertThat(corrupt).hasMessageContaining(path).hasMessageContaining("offset " + corrupt.offset());
                    disk.flipBit(path, offset, bit);
                }
            }
        }
    }

    @Test
    void aCleanEndMakesDamageToTheLastBatchVisibleToo() throws IOException {
        WriteAheadLog log = open().log();
        log.hardState(1, BATCHES + 1, 0);
        log.sync();
        log.close();
        String last = WriteAheadLogCrashTest.lastSegment(disk);
        int seal = WriteAheadLogCrashTest.validEnd(disk.content(last)) - RecordFormat.HEADER_BYTES;
        disk.flipBit(last, seal - RecordFormat.HEADER_BYTES + 30, 3);
        assertThatThrownBy(this::open)
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("only written once all up to offset");
    }

    @Test
    void aLastBatchOfWhichOnlyTheLaterSectorsArrivedIsCutAsTornAndNotCalledCorrupt() throws IOException {
        disk.overwrite(THIRD, beforeLastBatch, new byte[MemoryDisk.SECTOR_BYTES]);
        WriteAheadLog.Recovery recovery = open();
        assertThat(recovery.groups().get(1).lastIndex()).isEqualTo(BATCHES - 1);
        assertThat(recovery.summary())
                .contains("a torn tail of")
                .contains(THIRD)
                .contains("offset " + beforeLastBatch);
    }

    @Test
    void aDamagedLengthLeadsNobodyAstray() {
        ByteBuffer huge = ByteBuffer.allocate(4).putInt(0, Integer.MAX_VALUE);
        int secondBatch = secondBatchOf(THIRD);
        disk.overwrite(THIRD, secondBatch + 8, huge.array());
        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        CorruptLogException.class,
                        corrupt -> assertThat(corrupt.offset()).isEqualTo(secondBatch));
    }

    @Test
    void aBlockThatWasWrittenToTheWrongPlaceIsNotTakenForARecord() {
        int batch = secondBatchOf(THIRD);
        disk.overwrite(THIRD, batch, disk.content(SECOND, batch, MemoryDisk.SECTOR_BYTES));
        assertThatThrownBy(this::open).isInstanceOf(CorruptLogException.class).hasMessageContaining(THIRD);
    }

    @Test
    void aMissingMiddleSegmentIsReported() {
        disk.remove(SECOND);
        assertThatThrownBy(this::open)
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining(THIRD)
                .hasMessageContaining("a segment between them is missing");
    }

    @Test
    void aMissingFirstSegmentThatIsStillNeededIsReported() {
        disk.remove(FIRST);
        assertThatThrownBy(this::open)
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("segments are gone that are still needed");
    }

    @Test
    void aMissingNewestSegmentIsReported() {
        disk.remove(THIRD);
        assertThatThrownBy(this::open)
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining(THIRD + ", offset 0: This segment is missing")
                .hasMessageContaining("the newest there is " + SECOND);
    }

    @Test
    void aLogThatIsGoneAsAWholeIsNotTakenForANewOne() {
        for (String path : new String[] {FIRST, SECOND, THIRD}) {
            disk.remove(path);
        }
        assertThatThrownBy(this::open)
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining(THIRD)
                .hasMessageContaining("there is no segment at all")
                .hasMessageContaining("Do not delete");
    }

    @Test
    void aLogOfWhichNothingSaysHowFarItReachesIsRefused() {
        disk.remove(NEWEST);
        assertThatThrownBy(this::open)
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining(NEWEST)
                .hasMessageContaining("is missing");
    }

    @Test
    void aWholeLogOfAnotherNodeIsNotTakenForOwn() throws IOException {
        byte[] recorded = disk.content(NEWEST);
        disk.wipe();
        writeThreeSegments();
        disk.overwrite(NEWEST, 0, recorded);
        assertThatThrownBy(this::open)
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining(THIRD)
                .hasMessageContaining("from another log");
    }

    @Test
    void thePowerMayGoAtAnyChangeOfTheFirstStartAndTheNextOneWorks() throws IOException {
        for (int change = 1; change <= 60; change++) {
            for (int seed = 0; seed < 30; seed++) {
                MemoryDisk fresh = new MemoryDisk(100 * change + seed);
                fresh.losePowerAfter(change);
                boolean acknowledged = false;
                try {
                    WriteAheadLog log = WriteAheadLog.open(fresh, "wal", OPTIONS, new Random(seed))
                            .log();
                    log.hardState(1, 1, 2);
                    log.sync();
                    acknowledged = true;
                    log.entry(1, 1, 1, (byte) 0, filled(5000));
                    log.sync();
                } catch (MemoryDisk.PowerLost expected) {
                    // that is what the test is about
                }
                if (seed % 3 == 0) {
                    fresh.killProcess();
                    WriteAheadLog.open(fresh, "wal", OPTIONS, new Random(seed));
                }
                fresh.powerLoss();
                Map<Integer, RecoveredGroup> found = WriteAheadLog.open(fresh, "wal", OPTIONS, new Random(seed))
                        .groups();
                assertThat(found.containsKey(1) || !acknowledged)
                        .as("power lost at change %d, seed %d", change, seed)
                        .isTrue();
            }
        }
    }

    @Test
    void aBitThatFlipsOnTheWayFromTheDiskNeverCutsTheLogAndTheNextStartWorks() throws IOException {
        for (String path : disk.paths()) {
            for (int offset = 0; offset < disk.content(path).length; offset += 7) {
                disk.faults().flipInNextRead(path, offset, offset % 8);
                try {
                    assertThat(open().groups())
                            .as("offset %d of %s", offset, path)
                            .isEqualTo(written);
                } catch (CorruptLogException refused) {
                    assertThat(refused).hasMessageContaining(path);
                }
                assertThat(open().groups()).as("offset %d of %s", offset, path).isEqualTo(written);
            }
        }
    }

    @Test
    void aLastBatchThatOnceLooksDamagedIsReadAgainBeforeItIsCut() {
        disk.faults().flipInNextRead(THIRD, beforeLastBatch + 50, 3);
        assertThatThrownBy(this::open)
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining(THIRD + ", offset " + (beforeLastBatch + 50))
                .hasMessageContaining("Reading this twice gave different bytes");
    }

    @Test
    void aSegmentOfAnotherLogIsReported() throws IOException {
        MemoryDisk other = new MemoryDisk(2);
        WriteAheadLog log =
                WriteAheadLog.open(other, "wal", OPTIONS, new Random(99)).log();
        log.entry(1, 1, 1, (byte) 0, filled(3000));
        log.sync();
        log.entry(1, 2, 1, (byte) 0, filled(3000));
        log.sync();
        disk.resize(SECOND, 0);
        disk.overwrite(SECOND, 0, other.content(SECOND));
        assertThatThrownBy(this::open).isInstanceOf(CorruptLogException.class).hasMessageContaining("from another log");
    }

    @Test
    void aNamedSegmentThatIsEmptyOrHasHalfAHeaderIsReportedAsNoCrashLeavesOne() {
        for (int size : new int[] {0, 1, 512, SegmentHeader.BYTES - 1}) {
            MemoryDisk damaged = disk.copy(3);
            damaged.resize(THIRD, size);
            assertThatThrownBy(() -> WriteAheadLog.open(damaged, "wal", OPTIONS, new Random(1)))
                    .isInstanceOf(CorruptLogException.class)
                    .hasMessageContaining("less than the header")
                    .hasMessageContaining("Do not delete");
        }
    }

    @Test
    void whatAnInterruptedCreationLeftIsRemoved() throws IOException {
        for (String name : new String[] {"wal/0000000000000004.log.tmp", "wal/spare.tmp"}) {
            DiskFile left = disk.create(name);
            left.write(0, ByteBuffer.wrap(filled(700)));
            left.close();
        }
        assertThat(open().groups()).isEqualTo(written);
        assertThat(disk.paths()).containsExactly(NEWEST, FIRST, SECOND, THIRD);
    }

    @Test
    void garbageAfterTheLastRecordIsCutAndTheLogGoesOn() throws IOException {
        int end = WriteAheadLogCrashTest.validEnd(disk.content(THIRD));
        byte[] garbage = new byte[2000];
        new Random(5).nextBytes(garbage);
        disk.overwrite(THIRD, end + 100, garbage);
        disk.overwrite(THIRD, disk.content(THIRD).length, garbage);
        WriteAheadLog.Recovery recovery = open();
        assertThat(recovery.groups()).isEqualTo(written);
        recovery.log().entry(1, BATCHES + 1, 100, (byte) 0, filled(10));
        recovery.log().sync();
        disk.killProcess();
        assertThat(open().groups().get(1).lastIndex()).isEqualTo(BATCHES + 1);
    }

    @Test
    void anotherFormatVersionIsNamed() {
        disk.overwrite(THIRD, 8, ByteBuffer.allocate(4).putInt(0, 2).array());
        assertThatThrownBy(this::open)
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("format version 2; this release reads version 1");
    }

    private int secondBatchOf(String path) {
        ByteBuffer file = ByteBuffer.wrap(disk.content(path));
        SegmentHeader header = SegmentHeader.decode(file);
        int first = (int) header.checkpointEnd();
        for (int at = first; ; at += (int) RecordFormat.recordBytes(RecordFormat.length(file, at))) {
            if (RecordFormat.batchStart(file, at) > first) {
                return at;
            }
        }
    }

    private WriteAheadLog.Recovery open() throws IOException {
        return WriteAheadLog.open(disk, "wal", OPTIONS, new Random(disk.changes()));
    }

    private static byte[] filled(int length) {
        byte[] payload = new byte[length];
        Arrays.fill(payload, (byte) 'x');
        return payload;
    }
}
