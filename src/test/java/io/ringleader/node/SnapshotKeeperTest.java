package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.loop.SystemClock;
import io.ringleader.raft.Message.InstallSnapshot;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.sim.MemoryDisk;
import io.ringleader.sim.VirtualWorld;
import io.ringleader.storage.SnapshotFiles;
import io.ringleader.storage.SnapshotWriter;
import io.ringleader.store.PartitionStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SnapshotKeeperTest {
    private static final SnapshotPoint POINT = new SnapshotPoint(7, 2);
    private static final int CHUNK_BYTES = 50;
    /** Where the version of the format ends, in what a file holds. */
    private static final int VERSION_OFFSET = 9;

    private final MemoryDisk sourceDisk = new MemoryDisk(1);
    private final MemoryDisk disk = new MemoryDisk(2);
    private int damages;
    private final SnapshotKeeper source = keeper(sourceDisk);
    private final SnapshotKeeper target = keeper(disk);

    private static SnapshotKeeper keeper(MemoryDisk disk) {
        return new SnapshotKeeper(new SnapshotFiles(disk, "snapshots", 1_000), CHUNK_BYTES);
    }

    private InstallSnapshot chunk(long offset) {
        SnapshotKeeper.Chunk chunk =
                source.read(3, POINT, offset, () -> damages++).orElseThrow();
        return new InstallSnapshot(1, 2, 5, POINT, offset, chunk.data(), chunk.last());
    }

    /** Returns how long the file is. */
    private long writeSource() {
        return write(source, POINT).orElseThrow();
    }

    /** It is short: one piece. */
    private static OptionalLong write(SnapshotKeeper keeper, SnapshotPoint point) {
        List<OptionalLong> done = new ArrayList<>();
        keeper.write(new SnapshotKeeper.Order(3, point, new PartitionStore(3).beginCapture(), () -> false))
                .run(new VirtualWorld(1, 0).process("node1").loop("snapshot", 0), SystemClock.INSTANCE, done::add);
        assertThat(done).hasSize(1);
        return done.get(0);
    }

    private List<String> files() {
        return disk.paths().stream()
                .filter(path -> path.startsWith("snapshots/"))
                .toList();
    }

    /** From the offset to the end; returns what became of the last chunk. */
    private SnapshotKeeper.Received receiveFrom(long offset) {
        SnapshotKeeper.Received received = new SnapshotKeeper.Received(offset, 0);
        while (!received.whole()) {
            received = target.receive(3, chunk(received.nextOffset())).orElseThrow();
        }
        return received;
    }

    @Test
    void aSnapshotArrivesInChunksAlsoIfSomeAreLostOrRepeated() throws IOException {
        writeSource();
        assertThat(target.receive(3, chunk(0)).orElseThrow().nextOffset()).isEqualTo(CHUNK_BYTES);
        assertThat(target.receive(3, chunk(0)).orElseThrow().nextOffset()).isEqualTo(CHUNK_BYTES);
        assertThat(target.receive(3, chunk(2 * CHUNK_BYTES)).orElseThrow().nextOffset())
                .isEqualTo(CHUNK_BYTES);
        assertThat(receiveFrom(CHUNK_BYTES).whole()).isTrue();
        assertThat(files()).singleElement().asString().endsWith(".snap");
        assertThat(target.load(3, POINT).digest()).isEqualTo(new PartitionStore(3).digest());
    }

    @Test
    void aDamagedOneIsBegunAgain() {
        writeSource();
        InstallSnapshot first = chunk(0);
        byte[] damaged = first.data().clone();
        damaged[CHUNK_BYTES - 1] ^= 1;
        target.receive(3, new InstallSnapshot(1, 2, 5, POINT, 0, damaged, false));
        SnapshotKeeper.Received received = new SnapshotKeeper.Received(CHUNK_BYTES, 0);
        while (received.nextOffset() > 0) {
            received = target.receive(3, chunk(received.nextOffset())).orElseThrow();
            assertThat(received.whole()).isFalse();
        }
        assertThat(files()).isEmpty();
        assertThat(receiveFrom(0).whole()).isTrue();
    }

    @Test
    void aFileThatIsDamagedOnTheSendersDiskIsNoticedWhenItWasSentInVainAndIsNotSentAgain() {
        writeSource();
        sourceDisk.rot(path -> path.endsWith(".snap"), false).orElseThrow();
        SnapshotKeeper.Received received = new SnapshotKeeper.Received(0, 0);
        do {
            received = target.receive(3, chunk(received.nextOffset())).orElseThrow();
            assertThat(damages).isZero();
        } while (received.nextOffset() > 0);
        assertThat(source.read(3, POINT, 0, () -> damages++)).isEmpty();
        assertThat(damages).isEqualTo(1);
        writeSource();
        assertThat(receiveFrom(0).whole()).as("a new one takes its place").isTrue();
        assertThat(damages).isEqualTo(1);
    }

    @Test
    void aFileThatCannotBeReadIsNoticedAtOnceAndOneThatIsGoneIsNoDamage() {
        writeSource();
        sourceDisk.faults().failReads(access -> access.path().endsWith(".snap"));
        assertThat(source.read(3, POINT, 0, () -> damages++)).isEmpty();
        assertThat(damages).isEqualTo(1);
        sourceDisk.faults().clear();
        assertThat(source.read(3, new SnapshotPoint(8, 2), 0, () -> damages++)).isEmpty();
        assertThat(damages).isEqualTo(1);
    }

    @Test
    void aFullDiskIsGivenItsRoomBackAndTheLeaderHearsNothing() {
        writeSource();
        target.receive(3, chunk(0));
        disk.setCapacityBytes(CHUNK_BYTES);
        assertThat(target.receive(3, chunk(CHUNK_BYTES))).isEmpty();
        assertThat(files()).isEmpty();
        disk.setCapacityBytes(Long.MAX_VALUE);
        assertThat(target.receive(3, chunk(CHUNK_BYTES)).orElseThrow().nextOffset())
                .isZero();
        assertThat(receiveFrom(0).whole()).isTrue();
    }

    @Test
    void whoWritesAndWhoReceivesASnapshotKnowHowLongItIs() throws IOException {
        long fileBytes = writeSource();
        assertThat(fileBytes).isGreaterThan(2 * CHUNK_BYTES);
        assertThat(source.fileBytes(3, POINT)).isEqualTo(fileBytes);
        assertThat(receiveFrom(0).fileBytes()).isEqualTo(fileBytes);
    }

    @Test
    void aSnapshotForWhichThereIsNoRoomLeavesNothing() {
        disk.setCapacityBytes(10);
        assertThat(write(target, POINT)).isEmpty();
        assertThat(files()).isEmpty();
        assertThat(target.read(3, POINT, 0, () -> damages++)).isEmpty();
    }

    @Test
    void aNewerSnapshotTakesThePlaceOfOneThatIsReceivedAndOfOlderFiles() {
        writeSource();
        receiveFrom(0);
        SnapshotPoint newer = new SnapshotPoint(9, 2);
        write(source, newer);
        byte[] bytes = source.read(3, newer, 0, () -> damages++).orElseThrow().data();
        target.receive(3, new InstallSnapshot(1, 2, 5, newer, 0, bytes, false));
        SnapshotPoint newest = new SnapshotPoint(11, 2);
        target.receive(3, new InstallSnapshot(1, 2, 5, newest, 0, Arrays.copyOf(bytes, 10), false));
        assertThat(files())
                .as("the whole one, and the youngest that is received")
                .hasSize(2);
        assertThat(write(target, newest)).isPresent();
        target.deleteOlder(3, newest);
        assertThat(files()).filteredOn(path -> path.endsWith(".snap")).hasSize(1);
    }

    @Test
    void aSnapshotThatIsBeingSentStaysWhenANewerOneIsTakenButNotLonger() {
        writeSource();
        SnapshotPoint newer = new SnapshotPoint(9, 2);
        write(source, newer);
        source.spare(3, Set.of(POINT));
        source.deleteOlder(3, newer);
        assertThat(receiveFrom(0).whole()).isTrue();
        SnapshotPoint newest = new SnapshotPoint(11, 2);
        write(source, newest);
        source.spare(3, Set.of());
        source.deleteOlder(3, newest);
        assertThat(source.read(3, POINT, 0, () -> damages++)).isEmpty();
        assertThat(source.read(3, newer, 0, () -> damages++)).isEmpty();
        assertThat(source.read(3, newest, 0, () -> damages++)).isPresent();
    }

    @Test
    void aFileThatThisReleaseCannotReadIsNamedWithBothVersionsAndWhatToDo() throws IOException {
        SnapshotFiles files = new SnapshotFiles(disk, "snapshots", 1_000);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new PartitionStore(3).beginCapture().writeTo(bytes::write);
        byte[] payload = bytes.toByteArray();
        int version = payload[VERSION_OFFSET]++;
        try (SnapshotWriter writer = files.create(new SnapshotFiles.SnapshotId(3, POINT.index(), POINT.term()))) {
            writer.write(payload, 0, payload.length);
            writer.commit();
        }
        assertThatThrownBy(() -> target.load(3, POINT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(disk.describe("snapshots/3/"))
                .hasMessageContaining(
                        "has format version " + (version + 1) + "; this release reads version " + version + ".")
                .hasMessageContaining("Start the release that wrote it.")
                .hasMessageContaining("move this node's data directory away as a whole");
    }
}
