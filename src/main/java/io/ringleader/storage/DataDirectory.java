package io.ringleader.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The data directory of one node on the real file system: held by at most one running node, known to belong to this node of
 * this cluster, and counting its starts. Open it first, close it last.
 */
public final class DataDirectory implements Closeable {
    private static final String LOCK_FILE = "lock";
    private static final String IDENTITY_FILE = "identity";
    /** What may lie in a directory that is still counted as empty: our own first steps, and what a mount point has. */
    private static final Set<String> NOT_DATA =
            Set.of(LOCK_FILE, IDENTITY_FILE + Segment.TEMPORARY_SUFFIX, "lost+found");

    /**
     * Directories that are open in this JVM. Needed besides the file lock: it does not keep a second holder in the same process
     * out, and worse, closing any other channel on the lock file would release the lock of the first holder (POSIX fcntl).
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path root;
    private final FileChannel lockFile;
    private final FileDisk disk;
    private final long incarnation;

    private DataDirectory(Path root, FileChannel lockFile, FileDisk disk, long incarnation) {
        this.root = root;
        this.lockFile = lockFile;
        this.disk = disk;
        this.incarnation = incarnation;
    }

    /**
     * Opens the directory for a node, and creates it if there is none. When this returns, the new incarnation is durable.
     *
     * @param cluster name of the cluster: one line, not blank, at most 255 characters
     * @param node id of the node, from 1
     * @param wallMillis Unix time, at which a new directory's incarnations begin
     * @throws DataDirectoryException if a running node holds it, or it belongs to another node or cluster, or is not empty and
     *     belongs to nobody
     */
    public static DataDirectory open(Path directory, String cluster, int node, long wallMillis) throws IOException {
        if (cluster.isBlank() || cluster.length() > 255 || cluster.contains("\n") || node < 1) {
            throw new IllegalArgumentException(
                    "The cluster name '" + cluster + "' or the node id " + node + " is not valid.");
        }
        createDurably(directory.toAbsolutePath().normalize());
        Path root = directory.toRealPath();
        if (!HELD.add(root)) {
            throw inUse(root);
        }
        FileChannel lockFile = null;
        try {
            FileDisk disk = new FileDisk(root);
            // who it belongs to is checked before anything is written to it, even a lock file
            checkOwner(root, disk, cluster, node);
            lockFile = FileChannel.open(root.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lockFile.tryLock() == null) {
                throw inUse(root);
            }
            // once more, now that nobody else can change it
            long previous = checkOwner(root, disk, cluster, node);
            // not less than the wall clock, so that it also rises when the directory was wiped
            long incarnation = Math.max(previous + 1, wallMillis);
            new Identity(cluster, node, incarnation).write(disk, IDENTITY_FILE);
            return new DataDirectory(root, lockFile, disk, incarnation);
        } catch (IOException | RuntimeException failure) {
            if (lockFile != null) {
                lockFile.close();
            }
            HELD.remove(root);
            throw failure;
        }
    }

    /**
     * Rises at every start and never repeats on this directory. It also rises past all earlier ones when the directory was
     * wiped, provided that the wall clock was not set back.
     */
    public long incarnation() {
        return incarnation;
    }

    /** The files in it. */
    public FileDisk disk() {
        return disk;
    }

    public Path path() {
        return root;
    }

    /** Lets another start have the directory. All files in it must be closed. */
    @Override
    public void close() throws IOException {
        if (lockFile.isOpen()) {
            lockFile.close();
            HELD.remove(root);
        }
    }

    private static void createDurably(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        if (parent != null) {
            createDurably(parent);
        }
        try {
            Files.createDirectory(directory);
        } catch (IOException failure) {
            throw new DataDirectoryException(
                    "The data directory " + directory + " cannot be created: " + failure.getMessage(), failure);
        }
        if (parent != null) {
            new FileDisk(parent).syncDirectory("");
        }
    }

    /** Returns the incarnation of the last start, 0 if there was none. */
    private static long checkOwner(Path root, FileDisk disk, String cluster, int node) throws IOException {
        if (!disk.exists(IDENTITY_FILE)) {
            for (String name : disk.list("")) {
                if (!NOT_DATA.contains(name)) {
                    throw new DataDirectoryException("The directory " + root + " holds '" + name + "' but no file '"
                            + IDENTITY_FILE + "', so it is not the data directory of a node. Give the node an empty"
                            + " directory, or the one it had before.");
                }
            }
            return 0;
        }
        Identity found = Identity.read(disk, IDENTITY_FILE)
                .orElseThrow(() -> new DataDirectoryException("The file " + root.resolve(IDENTITY_FILE)
                        + " is damaged, or was written by another release of Ringleader. Look at it: it is text."
                        + " A node must not start on data that may be another node's."));
        if (!found.cluster().equals(cluster) || found.node() != node) {
            throw new DataDirectoryException("The data directory " + root + " belongs to node " + found.node()
                    + " of cluster '" + found.cluster() + "', and this is node " + node + " of cluster '" + cluster
                    + "'. Correct the configuration, or give the node its own directory.");
        }
        return found.incarnation();
    }

    private static DataDirectoryException inUse(Path root) {
        return new DataDirectoryException(
                "The data directory " + root + " is in use by a running node. Stop that node first; if there is none,"
                        + " look for a process that holds " + root.resolve(LOCK_FILE) + ".");
    }
}
