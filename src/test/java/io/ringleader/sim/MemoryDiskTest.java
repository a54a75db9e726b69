package io.ringleader.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.sim.DiskFaults.Target;
import io.ringleader.storage.DiskFile;
import io.ringleader.storage.DiskFullException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The simulated disk has the faults that it claims to have. */
class MemoryDiskTest {
    private static final int SECTOR = MemoryDisk.SECTOR_BYTES;
    private static final String FILE = "dir/file";
    private static final String OTHER = "dir/other";

    private final MemoryDisk disk = new MemoryDisk(1);

    /** Two durable files of eight sectors, filled with 1 and with 2. */
    @BeforeEach
    void twoFiles() throws IOException {
        disk.createDirectories("dir");
        disk.syncDirectory("");
        for (String path : new String[] {FILE, OTHER}) {
            DiskFile file = disk.create(path);
            file.write(0, filled(8 * SECTOR, path.equals(FILE) ? 1 : 2));
            file.sync();
        }
        disk.syncDirectory("dir");
    }

    private static ByteBuffer filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return ByteBuffer.wrap(bytes);
    }

    private void writeAndSync(String path, int sector, int sectors, int value) throws IOException {
        DiskFile file = disk.open(path);
        file.write((long) sector * SECTOR, filled(sectors * SECTOR, value));
        file.sync();
    }

    private int valueAt(String path, int sector) {
        return disk.content(path, (long) sector * SECTOR, 1)[0];
    }

    private byte[] read(String path) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(8 * SECTOR);
        disk.open(path).read(0, target);
        return target.array();
    }

    @Test
    void aPowerLossKeepsWhatWasSyncedAndAnyMixtureOfTheRest() throws IOException {
        writeAndSync(FILE, 0, 1, 7);
        disk.open(FILE).write(SECTOR, filled(6 * SECTOR, 8));
        disk.powerLoss();
        assertThat(valueAt(FILE, 0)).isEqualTo(7);
        TreeSet<Integer> found = new TreeSet<>();
        for (int sector = 1; sector < 7; sector++) {
            found.add(valueAt(FILE, sector));
        }
        assertThat(found).as("some sectors arrived, some did not").containsExactly(1, 8);
    }

    @Test
    void thePowerGoesAtEveryChangeThatIsAskedFor() throws IOException {
        for (int change = 1; change <= 6; change++) {
            disk.losePowerAfter(change);
            int done = 0;
            try {
                DiskFile file = disk.create("dir/new" + change);
                done++;
                file.write(0, filled(10, 3));
                done++;
                file.sync();
                done++;
                disk.rename("dir/new" + change, "dir/renamed" + change);
                done++;
                disk.syncDirectory("dir");
                done++;
                disk.delete("dir/renamed" + change);
            } catch (MemoryDisk.PowerLost expected) {
                assertThat(done).isEqualTo(change - 1);
            }
            assertThatThrownBy(() -> disk.exists(FILE)).isInstanceOf(MemoryDisk.PowerLost.class);
            disk.powerLoss();
            assertThat(disk.exists(FILE)).isTrue();
        }
    }

    @Test
    void aFailedSyncIsFollowedByOneThatSucceedsAndHasWrittenNothing() throws IOException {
        DiskFile file = disk.open(FILE);
        disk.failSyncs(FILE::equals);
        file.write(0, filled(8 * SECTOR, 9));
        assertThatThrownBy(file::sync).isInstanceOf(IOException.class).hasMessageContaining(FILE);
        disk.failSyncs(path -> false);
        file.sync();
        assertThat(disk.content(FILE)).as("what is read is new").containsOnly(9);
        disk.powerLoss();
        assertThat(disk.content(FILE))
                .as("what is durable is a mixture")
                .contains(1)
                .contains(9);
    }

    @Test
    void aFlipOnTheWayIsSeenByOneReadOnly() throws IOException {
        byte[] good = disk.content(FILE);
        disk.faults().flipInNextRead(FILE::equals);
        assertThat(read(OTHER)).isEqualTo(disk.content(OTHER));
        assertThat(differingBits(read(FILE), good)).isEqualTo(1);
        assertThat(read(FILE)).isEqualTo(good);
        disk.faults().flipInNextRead(FILE, 700, 5);
        byte[] flipped = read(FILE);
        assertThat(flipped[700]).isEqualTo((byte) (good[700] ^ 1 << 5));
        assertThat(differingBits(flipped, good)).isEqualTo(1);
        assertThat(read(FILE)).isEqualTo(good);
        assertThat(disk.damages()).isEmpty();
    }

    @Test
    void rotChangesOneBitOfWhatIsDurableAndStays() throws IOException {
        byte[] good = disk.content(FILE);
        Damage rotten = disk.rot(FILE::equals, false).orElseThrow();
        assertThat(differingBits(disk.content(FILE), good)).isEqualTo(1);
        disk.powerLoss();
        assertThat(differingBits(read(FILE), good)).isEqualTo(1);
        assertThat(disk.damages()).containsExactly(rotten);
        writeAndSync(FILE, 0, 8, 1);
        assertThat(disk.damages()).as("written again").isEmpty();
    }

    @Test
    void rotCanSpareWhatTheLastSyncWrote() throws IOException {
        assertThat(disk.rot(FILE::equals, true))
                .as("all of it was written by one sync")
                .isEmpty();
        writeAndSync(FILE, 3, 2, 7);
        for (int i = 0; i < 100; i++) {
            disk.rot(FILE::equals, true);
        }
        assertThat(disk.content(FILE, 3 * SECTOR, 2 * SECTOR)).containsOnly(7);
        assertThat(disk.damages()).extracting(Damage::path).containsOnly(FILE);
    }

    @Test
    void damageToWhatIsDurableDoesNotMakeDurableWhatIsNot() throws IOException {
        disk.open(FILE).write(0, filled(SECTOR, 9));
        disk.flipBit(FILE, 5L * SECTOR, 1);
        MemoryDisk copy = disk;
        boolean lost = false;
        for (int i = 0; i < 20 && !lost; i++) {
            copy.powerLoss();
            lost = valueAt(FILE, 0) == 1;
            copy.open(FILE).write(0, filled(SECTOR, 9));
        }
        assertThat(lost).isTrue();
        assertThat(valueAt(FILE, 5)).isEqualTo(3);
    }

    @Test
    void aLostWriteIsReportedAsDurableAndIsNotThere() throws IOException {
        disk.faults().loseNextSync(FILE::equals);
        writeAndSync(OTHER, 0, 2, 7);
        writeAndSync(FILE, 2, 3, 7);
        assertThat(disk.content(FILE)).containsOnly(1);
        assertThat(disk.damages())
                .containsExactly(
                        new Damage(FILE, 2L * SECTOR, Damage.Kind.LOST_WRITE),
                        new Damage(FILE, 3L * SECTOR, Damage.Kind.LOST_WRITE),
                        new Damage(FILE, 4L * SECTOR, Damage.Kind.LOST_WRITE));
        writeAndSync(FILE, 2, 3, 7);
        assertThat(valueAt(FILE, 3)).as("the next one is honest").isEqualTo(7);
        assertThat(disk.damages()).isEmpty();
    }

    @Test
    void aMisdirectedWriteLandsElsewhereInTheFileAndTheIntendedPlaceKeepsItsContent() throws IOException {
        disk.faults().misdirectNextSync(FILE::equals, new Target(FILE, 6L * SECTOR));
        writeAndSync(FILE, 1, 2, 7);
        assertThat(valueAt(FILE, 1)).isEqualTo(1);
        assertThat(valueAt(FILE, 2)).isEqualTo(1);
        assertThat(valueAt(FILE, 6)).isEqualTo(7);
        assertThat(valueAt(FILE, 7)).isEqualTo(7);
        assertThat(disk.damages()).hasSize(4).allMatch(damage -> damage.kind() == Damage.Kind.MISDIRECTED_WRITE);
    }

    @Test
    void aMisdirectedWriteLandsInAnotherFile() throws IOException {
        disk.faults().misdirectNextSync(FILE::equals, new Target(OTHER, 0));
        writeAndSync(FILE, 1, 1, 7);
        disk.powerLoss();
        assertThat(disk.content(FILE)).containsOnly(1);
        assertThat(valueAt(OTHER, 0)).isEqualTo(7);
        assertThat(valueAt(OTHER, 1)).isEqualTo(2);
    }

    @Test
    void aWriteThatIsLostOnceFollowedIsThereUntilTheFileIsSyncedAgain() throws IOException {
        disk.faults().loseNextSyncOnceFollowed(FILE::equals);
        writeAndSync(FILE, 1, 1, 5);
        writeAndSync(FILE, 1, 4, 7);
        assertThat(valueAt(FILE, 2)).isEqualTo(7);
        // as an append does, this one writes the last sector of the one before once more
        writeAndSync(FILE, 4, 2, 8);
        assertThat(valueAt(FILE, 1)).as("what was there before").isEqualTo(5);
        assertThat(valueAt(FILE, 2)).isEqualTo(1);
        assertThat(valueAt(FILE, 3)).isEqualTo(1);
        assertThat(valueAt(FILE, 4)).isEqualTo(8);
        assertThat(disk.damages()).hasSize(3);
    }

    @Test
    void aMisdirectedWriteWhoseTargetIsGoneIsLost() throws IOException {
        disk.faults().misdirectNextSync(FILE::equals, new Target(OTHER, 0));
        disk.delete(OTHER);
        writeAndSync(FILE, 1, 1, 7);
        assertThat(disk.content(FILE)).containsOnly(1);
        assertThat(disk.damages()).containsExactly(new Damage(FILE, SECTOR, Damage.Kind.LOST_WRITE));
    }

    @Test
    void aLieThatWasNotToldWhenTheProcessEndsIsNotToldAnyMore() throws IOException {
        disk.faults().loseNextSync(FILE::equals);
        assertThat(disk.isAboutToLie()).isTrue();
        disk.killProcess();
        assertThat(disk.isAboutToLie()).isFalse();
        disk.faults().loseNextSyncOnceFollowed(FILE::equals);
        writeAndSync(FILE, 1, 4, 7);
        assertThat(disk.isAboutToLie()).isTrue();
        disk.killProcess();
        assertThat(disk.isAboutToLie()).isFalse();
        writeAndSync(FILE, 7, 1, 8);
        assertThat(disk.damages()).isEmpty();
    }

    @Test
    void aWriteThatIsMisdirectedOnceFollowedAndNotFollowedArrives() throws IOException {
        disk.faults().misdirectNextSyncOnceFollowed(FILE::equals, new Target(OTHER, 0));
        writeAndSync(FILE, 1, 4, 7);
        disk.powerLoss();
        writeAndSync(FILE, 7, 1, 7);
        assertThat(disk.content(FILE, SECTOR, 4 * SECTOR)).containsOnly(7);
        assertThat(disk.content(OTHER)).containsOnly(2);
    }

    @Test
    void readsAndWritesFailInTheRangeThatIsAskedForAndChangeNothing() throws IOException {
        DiskFile file = disk.open(FILE);
        disk.faults().failReads(access -> access.touches(FILE, 1000, 1001));
        file.read(0, ByteBuffer.allocate(1000));
        file.read(1001, ByteBuffer.allocate(10));
        assertThatThrownBy(() -> file.read(0, ByteBuffer.allocate(1001)))
                .isInstanceOf(IOException.class)
                .hasMessage("Input/output error: " + FILE);
        disk.faults().failWrites(access -> access.touches(FILE, 1000, 1001));
        assertThatThrownBy(() -> file.write(900, filled(200, 9))).isInstanceOf(IOException.class);
        assertThat(disk.content(FILE)).containsOnly(1);
        disk.faults().clear();
        file.write(900, filled(200, 9));
        file.read(0, ByteBuffer.allocate(8 * SECTOR));
    }

    @Test
    void aFaultHitsAFileUnderTheNameThatItHasNowAlsoIfItIsOpen() throws IOException {
        DiskFile file = disk.open(FILE);
        disk.rename(FILE, "dir/renamed");
        disk.faults().failWrites(access -> access.path().equals("dir/renamed"));
        assertThatThrownBy(() -> file.write(0, filled(1, 9))).hasMessage("Input/output error: dir/renamed");
        disk.powerLoss();
        assertThat(disk.list("dir")).hasSize(2);
    }

    @Test
    void aBrokenSectorCannotBeReadUntilItIsWritten() throws IOException {
        disk.breakSector(FILE, 3L * SECTOR + 5);
        disk.powerLoss();
        DiskFile file = disk.open(FILE);
        file.read(0, ByteBuffer.allocate(3 * SECTOR));
        assertThatThrownBy(() -> file.read(0, ByteBuffer.allocate(3 * SECTOR + 1)))
                .isInstanceOf(IOException.class);
        assertThat(disk.damages()).containsExactly(new Damage(FILE, 3L * SECTOR, Damage.Kind.UNREADABLE));
        writeAndSync(FILE, 3, 1, 7);
        assertThat(read(FILE)).contains(7);
        assertThat(disk.damages()).isEmpty();
    }

    @Test
    void aWipedDiskHasNothingAndOpenFilesAreOfNoUse() throws IOException {
        DiskFile file = disk.open(FILE);
        disk.wipe();
        assertThat(disk.list("")).isEmpty();
        assertThat(disk.usedBytes()).isZero();
        assertThatThrownBy(file::size).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> disk.open(FILE)).isInstanceOf(FileNotFoundException.class);
        disk.powerLoss();
        assertThat(disk.paths()).isEmpty();
    }

    @Test
    void aFullDiskTakesNoMoreBytesButOverwritesAndTakesThemAgainAfterADeletion() throws IOException {
        assertThat(disk.usedBytes()).isEqualTo(16L * SECTOR);
        disk.setCapacityBytes(16L * SECTOR + 1);
        DiskFile file = disk.open(FILE);
        file.write(0, filled(8 * SECTOR + 1, 3));
        assertThatThrownBy(() -> file.write(8L * SECTOR + 1, filled(1, 3))).isInstanceOf(DiskFullException.class);
        file.write(0, filled(8 * SECTOR, 4));
        disk.delete(OTHER);
        file.write(8L * SECTOR, filled(8 * SECTOR, 3));
    }

    @Property(tries = 200)
    void theBytesInUseAreThoseOfAllFilesWhateverHappened(@ForAll long seed) throws IOException {
        MemoryDisk random = new MemoryDisk(seed);
        Random choices = new Random(seed);
        for (int step = 0; step < 60; step++) {
            String path = "f" + choices.nextInt(5);
            if (!random.exists(path)) {
                random.create(path);
            }
            DiskFile file = random.open(path);
            switch (choices.nextInt(9)) {
                case 0 -> random.delete(path);
                case 1 -> random.rename(path, "f" + choices.nextInt(5));
                case 2 -> random.syncDirectory("");
                case 3 -> file.sync();
                case 4 -> file.truncate(choices.nextInt(2000));
                case 5 -> {
                    // a rename of which half survives would leave one file with two names
                    random.syncDirectory("");
                    random.powerLoss();
                }
                case 6 -> random.overwrite(path, choices.nextInt(3000), new byte[100]);
                default -> file.write(choices.nextInt(3000), filled(choices.nextInt(1000), 1));
            }
            long bytes = 0;
            for (String each : random.paths()) {
                bytes += random.content(each).length;
            }
            assertThat(random.usedBytes()).isEqualTo(bytes);
        }
    }

    @Test
    void theSameSeedGivesTheSameFaults() throws IOException {
        byte[][] found = new byte[2][];
        for (int run = 0; run < 2; run++) {
            MemoryDisk again = disk.copy(77);
            again.rot(path -> true, false);
            DiskFile file = again.open(FILE);
            file.write(0, filled(8 * SECTOR, 9));
            again.powerLoss();
            again.faults().flipInNextRead(path -> true);
            ByteBuffer target = ByteBuffer.allocate(8 * SECTOR);
            again.open(FILE).read(0, target);
            found[run] = target.array();
        }
        assertThat(found[0]).isEqualTo(found[1]);
    }

    private static int differingBits(byte[] one, byte[] other) {
        int bits = 0;
        for (int i = 0; i < one.length; i++) {
            bits += Integer.bitCount((one[i] ^ other[i]) & 0xFF);
        }
        return bits;
    }
}
