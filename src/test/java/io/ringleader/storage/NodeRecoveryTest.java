package io.ringleader.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.sim.MemoryDisk;
import io.ringleader.storage.NodeRecovery.Recovered;
import io.ringleader.storage.NodeRecovery.RecoveredReplica;
import io.ringleader.storage.SnapshotFiles.SnapshotId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class NodeRecoveryTest {
    private static final WriteAheadLog.Options OPTIONS = new WriteAheadLog.Options(8 * 1024, 1 << 20);
    private static final SortedMap<String, String> LAYOUT = layout("64");
    private final MemoryDisk disk = new MemoryDisk(1);

    @Test
    void aNewNodeHasNothing() throws IOException {
        assertThat(open().replicas()).isEmpty();
    }

    @Test
    void aSnapshotAtTheMarkIsWhereTheGroupStartsFrom() throws IOException {
        Recovered node = withEntries(10);
        SnapshotFilesTest.write(node.snapshots(), new SnapshotId(1, 6, 2), new byte[100]);
        node.log().snapshotMark(1, 6, 2);
        node.log().sync();
        RecoveredReplica replica = restarted().replicas().get(1);
        assertThat(replica.snapshot()).isEqualTo(new SnapshotId(1, 6, 2));
        assertThat(replica.term()).isEqualTo(2);
        assertThat(replica.votedFor()).isEqualTo(3);
        assertThat(replica.entries()).extracting(RecoveredEntry::index).containsExactly(7L, 8L, 9L, 10L);
    }

    @Test
    void aMarkThatACrashPreventedIsMadeUpFor() throws IOException {
        SnapshotFilesTest.write(withEntries(10).snapshots(), new SnapshotId(1, 6, 2), new byte[100]);
        Recovered restarted = restarted();
        assertThat(restarted.replicas().get(1).entries())
                .extracting(RecoveredEntry::index)
                .containsExactly(7L, 8L, 9L, 10L);
        assertThat(restarted.replicas().get(1).entries())
                .extracting(entry -> (long) entry.payload()[0])
                .containsExactly(7L, 8L, 9L, 10L);
        restarted.log().entry(1, 11, 2, (byte) 0, new byte[0]);
        restarted.log().sync();
        RecoveredReplica again = restarted().replicas().get(1);
        assertThat(again.snapshot()).isEqualTo(new SnapshotId(1, 6, 2));
        assertThat(again.entries()).hasSize(5);
    }

    @Test
    void whatIsInASnapshotTakesNoMemoryWhenTheLogIsRead() throws IOException {
        withEntries(10);
        assertThat(WriteAheadLog.open(disk, "wal", OPTIONS, new Random(1), group -> group == 1 ? 6 : 0)
                        .groups()
                        .get(1)
                        .entries())
                .extracting(entry -> entry.payload().length)
                .containsExactly(0, 0, 0, 0, 0, 0, 1, 1, 1, 1);
    }

    @Test
    void aSnapshotOfAPeerThatTheLogDoesNotMatchReplacesTheLog() throws IOException {
        Recovered node = withEntries(10);
        node.log().hardState(1, 7, 0);
        node.log().sync();
        SnapshotFilesTest.write(node.snapshots(), new SnapshotId(1, 6, 7), new byte[100]);
        Recovered restarted = restarted();
        assertThat(restarted.replicas().get(1).entries()).isEmpty();
        restarted.log().entry(1, 7, 7, (byte) 0, new byte[0]);
        restarted.log().sync();
        assertThat(restarted().replicas().get(1).entries())
                .extracting(RecoveredEntry::term)
                .containsExactly(7L);
    }

    @Test
    void aSnapshotOfALaterTermThanTheLogStopsTheNodeBecauseTheEndOfTheLogIsLost() throws IOException {
        SnapshotFilesTest.write(withEntries(10).snapshots(), new SnapshotId(1, 6, 7), new byte[100]);
        assertThatThrownBy(this::restarted)
                .isInstanceOf(CorruptSnapshotException.class)
                .hasMessageContaining("the latest term in the log is 2");
    }

    @Test
    void aMarkWithoutItsFileStopsTheNode() throws IOException {
        Recovered node = withEntries(10);
        node.log().snapshotMark(1, 6, 2);
        node.log().sync();
        assertThatThrownBy(this::restarted)
                .isInstanceOf(CorruptSnapshotException.class)
                .hasMessageContaining("0000000000000006-0000000000000002.snap")
                .hasMessageContaining("the newest file there is none");
    }

    @Test
    void aMarkThatIsNewerThanTheNewestFileStopsTheNode() throws IOException {
        Recovered node = withEntries(10);
        SnapshotFilesTest.write(node.snapshots(), new SnapshotId(1, 4, 2), new byte[100]);
        node.log().snapshotMark(1, 6, 2);
        node.log().sync();
        assertThatThrownBy(this::restarted)
                .isInstanceOf(CorruptSnapshotException.class)
                .hasMessageContaining("at index 4");
    }

    @Test
    void aSnapshotWhoseLogIsGoneStopsTheNodeBecauseItsVotesAreGoneToo() throws IOException {
        SnapshotFilesTest.write(withEntries(10).snapshots(), new SnapshotId(1, 6, 2), new byte[100]);
        disk.remove("wal/0000000000000001.log");
        disk.remove("wal.newest");
        assertThatThrownBy(this::restarted)
                .isInstanceOf(CorruptSnapshotException.class)
                .hasMessageContaining("its terms and votes are lost");
    }

    @Test
    void dataThatWasPlacedOtherwiseStopsTheNodeAndIsNotTouched() throws IOException {
        withEntries(10);
        long changes = disk.changes();
        assertThatThrownBy(() -> open(layout("32")))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining(
                        "was written with cluster.partitions = 64, and the configuration says 32. Keys would");
        assertThat(disk.changes()).isEqualTo(changes);
        assertThat(restarted().replicas().get(1).entries()).hasSize(10);
    }

    @Test
    void dataWithoutItsLayoutOrWithADamagedOneStopsTheNode() throws IOException {
        withEntries(10);
        try (DiskFile file = disk.open("layout")) {
            file.write(3, ByteBuffer.wrap(new byte[] {'X'}));
        }
        assertThatThrownBy(this::open)
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("damaged");
        disk.remove("layout");
        assertThatThrownBy(this::open)
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("is missing, but there is data in");
    }

    private static SortedMap<String, String> layout(String partitions) {
        return new TreeMap<>(Map.of("cluster.partitions", partitions, "ring.load_factor", "1.25"));
    }

    private Recovered withEntries(int count) throws IOException {
        Recovered node = open();
        node.log().hardState(1, 2, 3);
        for (int index = 1; index <= count; index++) {
            node.log().entry(1, index, 2, (byte) 0, new byte[] {(byte) index});
        }
        node.log().sync();
        return node;
    }

    private Recovered restarted() throws IOException {
        disk.powerLoss();
        return open();
    }

    private Recovered open() throws IOException {
        return open(LAYOUT);
    }

    private Recovered open(SortedMap<String, String> layout) throws IOException {
        return NodeRecovery.open(disk, layout, OPTIONS, 1000, new Random(disk.changes()));
    }
}
