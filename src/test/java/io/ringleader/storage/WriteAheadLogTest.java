package io.ringleader.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.sim.MemoryDisk;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WriteAheadLogTest {
    private static final WriteAheadLog.Options OPTIONS = new WriteAheadLog.Options(8 * 1024, 1 << 20);
    private final MemoryDisk disk = new MemoryDisk(1);

    @Test
    void whatWasSyncedIsRecoveredAndWhatWasOnlyBufferedIsNot() throws IOException {
        WriteAheadLog log = open().log();
        log.hardState(7, 3, 2);
        log.entry(7, 1, 3, (byte) 5, new byte[] {1, 2, 3});
        log.sync();
        log.entry(7, 2, 3, (byte) 0, new byte[0]);
        assertThat(log.bufferedBytes()).isEqualTo(RecordFormat.HEADER_BYTES);
        assertThat(restarted().groups())
                .isEqualTo(Map.of(
                        7,
                        new RecoveredGroup(
                                7,
                                3,
                                2,
                                0,
                                0,
                                List.of(new RecoveredEntry(1, 3, (byte) 5, new byte[] {1, 2, 3})),
                                List.of())));
    }

    @Test
    void whatWasNotedOfReplicasIsKeptByNodeAlsoWithoutTheSegmentInWhichItWasWritten() throws IOException {
        WriteAheadLog log = open().log();
        ReplicaRecord own = new ReplicaRecord(1, 1, -5, true);
        log.replica(7, new ReplicaRecord(1, 1, -5, false));
        log.replica(7, new ReplicaRecord(2, 1, 6, false));
        log.replica(7, own);
        log.replica(7, new ReplicaRecord(2, 3, Long.MAX_VALUE, false));
        log.sync();
        List<ReplicaRecord> expected = List.of(own, new ReplicaRecord(2, 3, Long.MAX_VALUE, false));
        for (int start = 0; start < 3; start++) {
            WriteAheadLog next = open().log();
            next.hardState(8, start, 0);
            next.sync();
            next.deleteObsoleteSegments();
            assertThat(restarted().groups().get(7).replicas()).isEqualTo(expected);
        }
    }

    @Test
    void anEntryDropsAllEntriesAtItsIndexAndAfter() throws IOException {
        WriteAheadLog log = open().log();
        append(log, 1, 1, 5, 1);
        log.sync();
        log.entry(1, 3, 2, (byte) 0, new byte[0]);
        log.sync();
        RecoveredGroup group = restarted().groups().get(1);
        assertThat(group.entries()).extracting(RecoveredEntry::term).containsExactly(1L, 1L, 2L);
        WriteAheadLog next = open().log();
        next.entry(1, 1, 9, (byte) 0, new byte[0]);
        next.sync();
        assertThat(restarted().groups().get(1).entries())
                .extracting(RecoveredEntry::term)
                .containsExactly(9L);
    }

    @Test
    void aMarkThatMatchesAnEntryKeepsWhatFollowsIt() throws IOException {
        WriteAheadLog log = open().log();
        append(log, 1, 1, 5, 1);
        log.snapshotMark(1, 3, 1);
        log.sync();
        RecoveredGroup group = restarted().groups().get(1);
        assertThat(group.snapshotIndex()).isEqualTo(3);
        assertThat(group.entries()).extracting(RecoveredEntry::index).containsExactly(4L, 5L);
    }

    @Test
    void aMarkThatMatchesNoEntryDropsTheWholeLogOfTheGroup() throws IOException {
        WriteAheadLog log = open().log();
        append(log, 1, 1, 5, 1);
        append(log, 2, 1, 5, 1);
        log.snapshotMark(1, 3, 2);
        log.snapshotMark(2, 9, 1);
        log.sync();
        Map<Integer, RecoveredGroup> groups = restarted().groups();
        assertThat(groups.get(1)).isEqualTo(new RecoveredGroup(1, 0, 0, 3, 2, List.of(), List.of()));
        assertThat(groups.get(2)).isEqualTo(new RecoveredGroup(2, 0, 0, 9, 1, List.of(), List.of()));
    }

    @Test
    void theSuffixAfterAMarkSurvivesTheDeletionOfTheSegmentThatHadTheMarkedEntry() throws IOException {
        WriteAheadLog log = open().log();
        append(log, 1, 1, 10, 1);
        log.sync();
        rollWithGroup(log, 9, 1);
        append(log, 1, 11, 20, 1);
        log.snapshotMark(1, 10, 1);
        log.snapshotMark(9, 1, 1);
        log.sync();
        assertThat(log.deleteObsoleteSegments()).isEqualTo(1);
        assertThat(restarted().groups().get(1).entries()).hasSize(10);
    }

    @Test
    void hardStatesOfColdGroupsOutliveTheSegmentsTheyWereWrittenTo() throws IOException {
        WriteAheadLog log = open().log();
        log.hardState(42, 17, 3);
        log.sync();
        for (int i = 1; i <= 50; i++) {
            log.entry(1, i, 1, (byte) 0, new byte[1500]);
            log.sync();
            log.snapshotMark(1, i, 1);
            log.sync();
            log.deleteObsoleteSegments();
        }
        assertThat(disk.paths()).hasSizeLessThanOrEqualTo(2).doesNotContain("wal/0000000000000001.log");
        RecoveredGroup cold = restarted().groups().get(42);
        assertThat(cold.term()).isEqualTo(17);
        assertThat(cold.votedFor()).isEqualTo(3);
    }

    @Test
    void theGroupsThatPinTheOldestSegmentAreThoseWithAnEntryInIt() throws IOException {
        WriteAheadLog log = open().log();
        append(log, 3, 1, 2, 1);
        append(log, 4, 1, 2, 1);
        log.sync();
        assertThat(log.groupsPinningOldestSegment()).isEmpty();
        rollWithGroup(log, 9, 1);
        append(log, 4, 1, 1, 2);
        log.sync();
        assertThat(log.groupsPinningOldestSegment()).containsExactly(3, 9);
        log.snapshotMark(3, 2, 1);
        log.snapshotMark(9, 1, 1);
        assertThat(log.deleteObsoleteSegments())
                .as("a mark that is not synced frees nothing")
                .isZero();
        log.sync();
        assertThat(log.groupsPinningOldestSegment()).isEmpty();
        assertThat(log.deleteObsoleteSegments()).isEqualTo(1);
        assertThat(restarted().groups().get(4).entries())
                .extracting(RecoveredEntry::term)
                .containsExactly(2L);
    }

    @Test
    void aBatchLargerThanASegmentGetsASegmentOfItsOwnSize() throws IOException {
        WriteAheadLog log = open().log();
        append(log, 1, 1, 3, 1);
        log.sync();
        log.entry(1, 4, 1, (byte) 0, new byte[100_000]);
        log.entry(1, 5, 1, (byte) 0, new byte[100_000]);
        log.sync();
        append(log, 1, 6, 6, 1);
        log.sync();
        assertThat(log.totalBytes())
                .isEqualTo(disk.paths().stream()
                        .filter(path -> path.startsWith("wal/"))
                        .mapToLong(path -> disk.content(path).length)
                        .sum());
        assertThat(restarted().groups().get(1).lastIndex()).isEqualTo(6);
    }

    @Test
    void aFailedFsyncIsFinal() throws IOException {
        WriteAheadLog log = open().log();
        append(log, 1, 1, 1, 1);
        log.sync();
        append(log, 1, 2, 2, 1);
        disk.failSyncs(path -> true);
        assertThatThrownBy(log::sync).isInstanceOf(LogFailedException.class).hasMessageContaining("has to stop");
        disk.failSyncs(path -> false);
        assertThatThrownBy(log::sync).isInstanceOf(LogFailedException.class);
        assertThatThrownBy(log::deleteObsoleteSegments).isInstanceOf(LogFailedException.class);
        assertThatThrownBy(() -> append(log, 1, 3, 3, 1)).isInstanceOf(IllegalStateException.class);
        log.close();
    }

    @Test
    void aFullDiskIsNotFinalAndTheBufferIsWrittenOnceThereIsRoom() throws IOException {
        WriteAheadLog log = open().log();
        append(log, 1, 1, 1, 1);
        log.sync();
        disk.setCapacityBytes(log.totalBytes() + 1000);
        log.entry(1, 2, 1, (byte) 0, new byte[6000]);
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThatThrownBy(log::sync).isInstanceOf(DiskFullException.class);
            log.entry(1, 3 + attempt, 1, (byte) 0, new byte[10]);
        }
        assertThat(disk.paths())
                .as("nothing is left of the attempts")
                .containsExactly("wal.newest", "wal/0000000000000001.log");
        disk.setCapacityBytes(Long.MAX_VALUE);
        log.sync();
        assertThat(restarted().groups().get(1).lastIndex()).isEqualTo(5);
    }

    @Test
    void noRoomToRecordTheNewSegmentIsNotFinalEither() throws IOException {
        WriteAheadLog log = open().log();
        disk.setCapacityBytes(8 * 1024 + 50);
        append(log, 1, 1, 1, 1);
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThatThrownBy(log::sync).isInstanceOf(DiskFullException.class);
        }
        assertThat(disk.exists("wal.newest")).isFalse();
        disk.setCapacityBytes(8 * 1024 + 1000);
        log.sync();
        assertThat(restarted().groups().get(1).lastIndex()).isEqualTo(1);
    }

    @Test
    void aSegmentThatIsRecordedAsTheNewestIsNotDeletedAlthoughThereIsANewerOne() throws IOException {
        WriteAheadLog log = open().log();
        append(log, 1, 1, 1, 1);
        log.snapshotMark(1, 1, 1);
        log.sync();
        WriteAheadLog next = restarted().log();
        next.hardState(1, 2, 0);
        // the segment is there, and the record of it is not
        disk.faults().failWrites(access -> access.path().startsWith("wal.newest"));
        assertThatThrownBy(next::sync).isInstanceOf(LogFailedException.class);
        disk.faults().clear();
        disk.killProcess();
        assertThat(open().log().deleteObsoleteSegments()).isZero();
        assertThat(disk.paths()).contains("wal/0000000000000001.log", "wal/0000000000000002.log");
        WriteAheadLog again = restarted().log();
        again.hardState(1, 2, 0);
        again.sync();
        assertThat(again.deleteObsoleteSegments()).isEqualTo(2);
        assertThat(restarted().groups().get(1).term()).isEqualTo(2);
    }

    @Test
    void aLogOpensOnAFullDiskAndRecoversWhenThereIsRoom() throws IOException {
        WriteAheadLog log = open().log();
        append(log, 1, 1, 1, 1);
        log.sync();
        disk.setCapacityBytes(log.totalBytes());
        WriteAheadLog next = restarted().log();
        append(next, 1, 2, 2, 1);
        assertThatThrownBy(next::sync).isInstanceOf(DiskFullException.class);
        disk.setCapacityBytes(Long.MAX_VALUE);
        next.sync();
        assertThat(restarted().groups().get(1).lastIndex()).isEqualTo(2);
    }

    @Test
    void aPreparedSpareMakesTheNextSegmentCheapAndAFullDiskOnlyMeansNoSpare() throws IOException {
        WriteAheadLog log = open().log();
        log.entry(1, 1, 1, (byte) 0, new byte[3000]);
        log.sync();
        for (int step = 0; step < 20; step++) {
            log.prepareSpare(1000);
        }
        assertThat(disk.content("wal/spare.tmp")).hasSize(8 * 1024);
        disk.setCapacityBytes(2 * 8 * 1024 + 1000);
        log.entry(1, 2, 1, (byte) 0, new byte[3000]);
        log.sync();
        assertThat(disk.paths()).containsExactly("wal.newest", "wal/0000000000000001.log", "wal/0000000000000002.log");
        disk.setCapacityBytes(1);
        log.prepareSpare(1000);
        append(log, 1, 3, 3, 1);
        log.sync();
        assertThat(restarted().groups().get(1).lastIndex()).isEqualTo(3);
    }

    @Test
    void startingOverAndOverWithoutWritingTakesNoSpace() throws IOException {
        WriteAheadLog log = open().log();
        append(log, 1, 1, 1, 1);
        log.sync();
        List<String> before = disk.paths();
        for (int start = 0; start < 10; start++) {
            restarted().log().close();
        }
        assertThat(disk.paths()).isEqualTo(before);
    }

    @Test
    void whatWouldLeaveAGapOrGoBackIsRefused() throws IOException {
        WriteAheadLog log = open().log();
        append(log, 1, 1, 3, 1);
        log.hardState(1, 5, 0);
        log.snapshotMark(1, 2, 1);
        assertThatThrownBy(() -> log.entry(1, 5, 1, (byte) 0, new byte[0])).hasMessageContaining("would leave a gap");
        assertThatThrownBy(() -> log.entry(1, 2, 1, (byte) 0, new byte[0]))
                .hasMessageContaining("snapshot up to index 2");
        assertThatThrownBy(() -> log.snapshotMark(1, 1, 1)).hasMessageContaining("cannot go back");
        assertThatThrownBy(() -> log.hardState(1, 4, 0)).hasMessageContaining("cannot go back to term 4");
        assertThatThrownBy(() -> log.entry(1, 4, 1, (byte) 0, new byte[(1 << 20) + 1]))
                .hasMessageContaining("limit");
        log.sync();
        assertThat(restarted().groups().get(1).lastIndex()).isEqualTo(3);
    }

    /** Appends entry {@code index} of a group, large enough that the next batch goes to a new segment. */
    private static void rollWithGroup(WriteAheadLog log, int group, long index) throws IOException {
        log.entry(group, index, 1, (byte) 0, new byte[2500]);
        log.sync();
        log.entry(group + 1, 1, 1, (byte) 0, new byte[2500]);
        log.sync();
    }

    private static void append(WriteAheadLog log, int group, long first, long last, long term) {
        for (long index = first; index <= last; index++) {
            log.entry(group, index, term, (byte) 0, new byte[] {(byte) index});
        }
    }

    private WriteAheadLog.Recovery restarted() throws IOException {
        disk.powerLoss();
        return open();
    }

    private WriteAheadLog.Recovery open() throws IOException {
        return WriteAheadLog.open(disk, "wal", OPTIONS, new Random(disk.changes()));
    }
}
