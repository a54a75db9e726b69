package io.ringleader.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.storage.SnapshotFiles.SnapshotId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDiskTest {
    @TempDir
    Path root;

    private FileDisk disk;

    @BeforeEach
    void openDisk() {
        disk = new FileDisk(root);
    }

    @Test
    void aReadThatFailsNamesTheFileAndTheOffset() throws IOException {
        DiskFile file = disk.create("broken");
        file.close();
        assertThatThrownBy(() -> file.read(17, ByteBuffer.allocate(1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broken cannot be read at offset 17");
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        byte[] bytes = new byte[3 << 20];
        new Random(1).nextBytes(bytes);
        try (DiskFile file = disk.create("a")) {
            file.write(10, ByteBuffer.wrap(bytes));
            file.sync();
            assertThat(file.size()).isEqualTo(bytes.length + 10);
        }
        try (DiskFile file = disk.open("a")) {
            ByteBuffer read = ByteBuffer.allocate(bytes.length + 50);
            assertThat(file.read(10, read)).isEqualTo(bytes.length);
            assertThat(read.flip()).isEqualTo(ByteBuffer.wrap(bytes));
            assertThat(file.read(bytes.length + 10L, ByteBuffer.allocate(1))).isZero();
            file.truncate(5);
            file.sync();
            assertThat(file.size()).isEqualTo(5);
        }
    }

    @Test
    void namesAreListedInOrderAndAMissingDirectoryIsEmpty() throws IOException {
        disk.createDirectories("x/y");
        disk.create("x/b").close();
        disk.create("x/a").close();
        disk.syncDirectory("x");
        disk.syncDirectory("");
        assertThat(disk.list("x")).containsExactly("a", "b", "y");
        assertThat(disk.list("nowhere")).isEmpty();
        assertThat(disk.exists("x/a")).isTrue();
        assertThat(disk.exists("x/c")).isFalse();
    }

    @Test
    void aRenameReplacesItsTarget() throws IOException {
        try (DiskFile file = disk.create("from")) {
            file.write(0, ByteBuffer.wrap(new byte[] {1}));
        }
        disk.create("to").close();
        disk.rename("from", "to");
        assertThat(disk.list("")).containsExactly("to");
        assertThat(Files.size(root.resolve("to"))).isEqualTo(1);
        disk.delete("to");
        assertThat(disk.list("")).isEmpty();
    }

    @Test
    void createNeedsAFreeNameAndOpenATakenOne() throws IOException {
        disk.create("a").close();
        assertThatThrownBy(() -> disk.create("a")).isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> disk.open("b")).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> disk.open("../b")).hasMessageContaining("leaves the data directory");
    }

    @Test
    void logAndSnapshotsWorkOnRealFiles() throws IOException {
        WriteAheadLog.Options options = new WriteAheadLog.Options(64 * 1024, 1 << 20);
        LogHistory history = new LogHistory(5);
        for (int start = 0; start < 5; start++) {
            NodeRecovery.Recovered node = NodeRecovery.open(disk, new TreeMap<>(), options, 4096, new Random(start));
            WriteAheadLog log = node.log();
            for (int step = 0; step < 300; step++) {
                history.step(log);
            }
            history.sync(log);
            log.close();
            Map<Integer, RecoveredGroup> found =
                    WriteAheadLog.open(disk, "wal", options, new Random(start)).groups();
            assertThat(found).isEqualTo(history.latest());
            found.values().forEach(group -> writeSnapshotAtMark(node.snapshots(), group));
        }
    }

    private static void writeSnapshotAtMark(SnapshotFiles snapshots, RecoveredGroup group) {
        if (group.snapshotIndex() > 0) {
            try {
                SnapshotFilesTest.write(
                        snapshots,
                        new SnapshotId(group.group(), group.snapshotIndex(), group.snapshotTerm()),
                        SnapshotFilesTest.payload(10_000));
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
