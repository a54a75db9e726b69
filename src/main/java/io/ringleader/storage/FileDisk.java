package io.ringleader.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The real file system below one directory. May be shared by threads; each file it opens belongs to one thread at a time.
 *
 * <p>Relies on POSIX: an atomic {@code rename}, and a directory that can be opened and fsynced. A thread that uses it must not
 * be interrupted, because the JDK closes a file channel under an interrupted thread.
 */
public final class FileDisk implements Disk {
    /** The JDK copies a heap buffer into a direct one of the same size and keeps that; slices bound what it keeps. */
    private static final int MAX_SLICE_BYTES = 1 << 20;

    /** A file system with less room than this is full: it needs some for its own bookkeeping. */
    private static final long NO_ROOM_BYTES = 64 * 1024;

    private final Path root;

    /** The directory must exist. */
    public FileDisk(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    @Override
    public List<String> list(String directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(resolve(directory))) {
            for (Path entry : entries) {
                names.add(entry.getFileName().toString());
            }
        } catch (NoSuchFileException | NotDirectoryException none) {
            return List.of();
        } catch (DirectoryIteratorException failure) {
            throw failure.getCause();
        }
        names.sort(null);
        return names;
    }

    @Override
    public boolean exists(String path) {
        return Files.exists(resolve(path));
    }

    @Override
    public void createDirectories(String directory) throws IOException {
        try {
            Files.createDirectories(resolve(directory));
        } catch (IOException failure) {
            throw translated(failure, directory, 0);
        }
    }

    @Override
    public DiskFile create(String path) throws IOException {
        try {
            return new File(
                    path,
                    FileChannel.open(
                            resolve(path),
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE),
                    0,
                    true);
        } catch (IOException failure) {
            throw translated(failure, path, 0);
        }
    }

    @Override
    public DiskFile open(String path) throws IOException {
        FileChannel channel = FileChannel.open(resolve(path), StandardOpenOption.READ, StandardOpenOption.WRITE);
        return new File(path, channel, channel.size(), false);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        try {
            Files.move(resolve(from), resolve(to), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failure) {
            throw translated(failure, to, 0);
        }
    }

    @Override
    public void delete(String path) throws IOException {
        Files.delete(resolve(path));
    }

    @Override
    public void syncDirectory(String directory) throws IOException {
        try (FileChannel channel = FileChannel.open(resolve(directory), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public String describe(String path) {
        return resolve(path).toString();
    }

    private Path resolve(String path) {
        Path resolved = root.resolve(path).normalize();
        if (!resolved.startsWith(root)) {
            throw new IllegalArgumentException("The path " + path + " leaves the data directory " + root + ".");
        }
        return resolved;
    }

    /**
     * Tells a full device from a broken one. Java has no error code for it, and the text of the operating system may be in any
     * language, so the free space is asked for as well.
     */
    private IOException translated(IOException failure, String path, long wantedBytes) {
        String reason = failure instanceof FileSystemException detailed
                ? Objects.requireNonNullElse(detailed.getReason(), "")
                : Objects.requireNonNullElse(failure.getMessage(), "");
        boolean saysFull = reason.contains("No space left on device") || reason.contains("quota exceeded");
        if (saysFull || (wantedBytes > 0 && usableBytes() < Math.max(wantedBytes, NO_ROOM_BYTES))) {
            return new DiskFullException(
                    "There is no room on the device of " + describe(path) + ": " + reason, failure);
        }
        return failure;
    }

    private long usableBytes() {
        try {
            return Files.getFileStore(root).getUsableSpace();
        } catch (IOException unknown) {
            return Long.MAX_VALUE;
        }
    }

    private final class File implements DiskFile {
        private final String path;
        private final FileChannel channel;

        /**
         * Whether the size changed since the last sync. If not, {@code force(false)} (fdatasync) does: the blocks exist, so no
         * journal commit is needed for them. fdatasync should flush a changed size as well, but file systems had bugs there.
         */
        private boolean sizeChanged;

        /**
         * The size, which nobody changes but through this object. Asking for it would cost half a sync (measured on ext4 without a
         * journal): since Linux 6.13 a file whose times were looked at gets a new one with the next write, however soon
         * after the last, and then fdatasync writes the inode as well as the data.
         */
        private long sizeBytes;

        File(String path, FileChannel channel, long sizeBytes, boolean created) {
            this.path = path;
            this.channel = channel;
            this.sizeChanged = created;
            this.sizeBytes = sizeBytes;
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public int read(long position, ByteBuffer target) throws IOException {
            int total = 0;
            while (target.hasRemaining()) {
                int limit = target.limit();
                target.limit(Math.min(limit, target.position() + MAX_SLICE_BYTES));
                int count;
                try {
                    count = channel.read(target, position + total);
                } catch (IOException failure) {
                    // the operating system does not say which file it speaks of
                    throw new IOException(
                            describe(path) + " cannot be read at offset " + (position + total) + ": "
                                    + failure.getMessage() + ". Check the disk.",
                            failure);
                } finally {
                    target.limit(limit);
                }
                if (count < 0) {
                    break;
                }
                total += count;
            }
            return total;
        }

        @Override
        public void write(long position, ByteBuffer source) throws IOException {
            long at = position;
            sizeChanged |= position + source.remaining() > sizeBytes;
            while (source.hasRemaining()) {
                int limit = source.limit();
                source.limit(Math.min(limit, source.position() + MAX_SLICE_BYTES));
                try {
                    at += channel.write(source, at);
                    sizeBytes = Math.max(sizeBytes, at);
                } catch (IOException failure) {
                    throw translated(failure, path, source.remaining());
                } finally {
                    source.limit(limit);
                }
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            sizeChanged = true;
            channel.truncate(size);
            sizeBytes = Math.min(sizeBytes, size);
        }

        @Override
        public void sync() throws IOException {
            try {
                channel.force(sizeChanged);
            } catch (IOException failure) {
                throw translated(failure, path, 0);
            }
            sizeChanged = false;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
