package io.ringleader.storage;

import io.ringleader.storage.SnapshotFiles.SnapshotId;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A snapshot file that does not count yet: it has a temporary name until it is whole and durable. One thread. */
final class TemporarySnapshot {
    private final Disk disk;
    private final SnapshotId id;
    private final String path;
    private final String target;
    private final String directory;
    private final DiskFile file;
    private boolean open = true;

    TemporarySnapshot(Disk disk, SnapshotId id, String directory, String target, String path) throws IOException {
        this.disk = disk;
        this.id = id;
        this.directory = directory;
        this.target = target;
        this.path = path;
        Directories.createDurably(disk, directory);
        if (disk.exists(path)) {
            disk.delete(path);
        }
        file = disk.create(path);
    }

    SnapshotId id() {
        return id;
    }

    /** Reads the whole file and checks it. */
    void verify() throws IOException {
        requireOpen();
        try (SnapshotReader reader = new SnapshotReader(id, disk.open(path), disk.describe(path))) {
            reader.verifyRest();
        }
    }

    void write(long position, ByteBuffer bytes) throws IOException {
        requireOpen();
        file.write(position, bytes);
    }

    void sync() throws IOException {
        requireOpen();
        file.sync();
    }

    /** Content first, then the name, then the directory: at no point can a power loss leave a name without its content. */
    void commit() throws IOException {
        requireOpen();
        file.sync();
        file.close();
        disk.rename(path, target);
        open = false;
        disk.syncDirectory(directory);
    }

    void abort() throws IOException {
        if (open) {
            open = false;
            file.close();
            if (disk.exists(path)) {
                disk.delete(path);
            }
        }
    }

    private void requireOpen() {
        if (!open) {
            throw new IllegalStateException("The snapshot " + id + " was committed or aborted already.");
        }
    }
}
