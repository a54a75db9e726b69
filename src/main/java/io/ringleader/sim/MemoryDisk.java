package io.ringleader.sim;

import io.ringleader.storage.Disk;
import io.ringleader.storage.DiskFile;
import io.ringleader.storage.DiskFullException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * A disk in memory that keeps to what POSIX promises and not a bit more. All that is random comes from one seed.
 *
 * <p>The fault model:
 * <ul>
 *   <li>{@link #powerLoss}: each 512-byte sector written since the last sync of its file keeps, independently of all others,
 *       what was durable or any of the contents it was given since: so writes are lost, reordered and torn, but a sector is
 *       never half-written. A size that was not synced may or may not have changed.
 *   <li>Names created, renamed and deleted since the last sync of their directory are kept or forgotten: either a prefix of the
 *       changes survives (a journaling file system) or any subset of them. A rename as such is atomic.
 *   <li>{@link #killProcess}: open files are gone, everything else is there, durable or not.
 *   <li>{@link #failSyncs}: a sync fails, and as on Linux the pages count as clean afterwards, so that the next sync succeeds
 *       without having written them. What is read is still the new content; what is durable is any mixture.
 *   <li>{@link #losePowerAfter}: the power goes at the n-th change from now; every call fails until {@link #powerLoss}.
 *   <li>{@link #setCapacityBytes}: growing a file beyond it fails with {@link DiskFullException}.
 *   <li>{@link #flipBit}, {@link #overwrite}, {@link #resize}: damage to what is durable.
 * </ul>
 *
 * Not thread-safe, as everything in a simulation.
 */
public final class MemoryDisk implements Disk {
    public static final int SECTOR_BYTES = SectorFile.SECTOR_BYTES;

    /** The machine has no power. An Error, so that no error handling of the code under test takes it for a failed call. */
    public static final class PowerLost extends Error {
        private static final long serialVersionUID = 1L;

        PowerLost() {
            super("The power is gone.");
        }
    }

    /** A change of a directory: {@code from} and {@code to} are null where they do not apply. */
    private record NameChange(String directory, String from, String to, SectorFile content) {
        void applyTo(Map<String, SectorFile> files, Set<String> directories) {
            if (from != null) {
                files.remove(from);
            }
            if (to != null && content != null) {
                files.put(to, content);
            } else if (to != null) {
                directories.add(to);
            }
        }
    }

    private final Random random;
    private Map<String, SectorFile> files = new TreeMap<>();
    private Set<String> directories = new TreeSet<>();
    private final Map<String, SectorFile> durableFiles = new TreeMap<>();
    private final Set<String> durableDirectories = new TreeSet<>();
    private final List<NameChange> unsyncedNames = new ArrayList<>();

    private Predicate<String> failingSyncs = path -> false;
    private long capacityBytes = Long.MAX_VALUE;
    private long changes;
    private long powerLostAt = Long.MAX_VALUE;
    private boolean powered = true;
    /** Files opened before the last crash cannot be used after it. */
    private int boots;

    public MemoryDisk(long seed) {
        random = new Random(seed);
    }

    // ---- faults

    /** The power goes, if it has not yet, and comes back; what was not synced is kept or lost at random. */
    public void powerLoss() {
        for (NameChange change : survivors()) {
            change.applyTo(durableFiles, durableDirectories);
        }
        unsyncedNames.clear();
        durableDirectories.removeIf(directory -> !isReachable(directory));
        durableFiles.keySet().removeIf(file -> !isReachable(file));
        for (SectorFile content : new LinkedHashSet<>(durableFiles.values())) {
            content.powerLoss(random);
        }
        files = new TreeMap<>(durableFiles);
        directories = new TreeSet<>(durableDirectories);
        restart();
    }

    /** The process ends, by itself or not; the operating system and its page cache live on. */
    public void killProcess() {
        restart();
    }

    /** Cuts the power in the middle of the n-th change (create, write, truncate, sync, rename, delete, ...) from now, from 1. */
    public void losePowerAfter(long count) {
        powerLostAt = changes + count;
    }

    /** How many changes were made so far. */
    public long changes() {
        return changes;
    }

    /** Every sync of a file or directory whose path matches fails until this is called again. */
    public void failSyncs(Predicate<String> paths) {
        failingSyncs = paths;
    }

    public void setCapacityBytes(long bytes) {
        capacityBytes = bytes;
    }

    public void flipBit(String path, long offset, int bit) {
        byte[] one = {content(path, offset, 1)[0]};
        one[0] ^= (byte) (1 << bit);
        overwrite(path, offset, one);
    }

    /** Changes bytes that are durable, unnoticed by anyone. */
    public void overwrite(String path, long offset, byte[] bytes) {
        SectorFile content = contentOf(path);
        content.damage(offset, bytes);
    }

    /** Cuts the file, or extends it with zeros, durably. */
    public void resize(String path, long size) {
        SectorFile content = contentOf(path);
        content.resize(size);
    }

    /** Removes the name, durably. */
    public void remove(String path) {
        contentOf(path);
        files.remove(path);
        durableFiles.remove(path);
    }

    // ---- looking at it

    public byte[] content(String path) {
        return content(path, 0, (int) contentOf(path).size());
    }

    public byte[] content(String path, long offset, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        contentOf(path).get(offset, bytes);
        return bytes.array();
    }

    /** All files, sorted. */
    public List<String> paths() {
        return List.copyOf(files.keySet());
    }

    /** A disk with the same files, all of them durable, and no faults to come. */
    public MemoryDisk copy(long seed) {
        MemoryDisk copy = new MemoryDisk(seed);
        files.forEach((path, content) -> copy.files.put(path, content.copy()));
        copy.durableFiles.putAll(copy.files);
        copy.directories.addAll(directories);
        copy.durableDirectories.addAll(directories);
        return copy;
    }

    // ---- Disk

    @Override
    public List<String> list(String directory) {
        requirePower();
        String prefix = directory.isEmpty() ? "" : directory + "/";
        Set<String> names = new TreeSet<>();
        for (Set<String> paths : List.of(files.keySet(), directories)) {
            for (String path : paths) {
                if (path.startsWith(prefix) && path.indexOf('/', prefix.length()) < 0) {
                    names.add(path.substring(prefix.length()));
                }
            }
        }
        return List.copyOf(names);
    }

    @Override
    public boolean exists(String path) {
        requirePower();
        return path.isEmpty() || files.containsKey(path) || directories.contains(path);
    }

    @Override
    public void createDirectories(String directory) {
        requirePower();
        if (!directory.isEmpty() && !directories.contains(directory)) {
            createDirectories(parent(directory));
            apply(new NameChange(parent(directory), null, directory, null));
            change();
        }
    }

    @Override
    public DiskFile create(String path) throws IOException {
        requirePower();
        requireDirectory(parent(path));
        if (files.containsKey(path)) {
            throw new FileAlreadyExistsException(path);
        }
        SectorFile content = new SectorFile();
        apply(new NameChange(parent(path), null, path, content));
        change();
        return new Handle(path, content);
    }

    @Override
    public DiskFile open(String path) throws IOException {
        requirePower();
        requireFile(path);
        return new Handle(path, files.get(path));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        requirePower();
        requireFile(from);
        if (!parent(from).equals(parent(to))) {
            throw new IOException(
                    "A rename from one directory to another is not modelled: " + from + " to " + to + ".");
        }
        apply(new NameChange(parent(from), from, to, files.get(from)));
        change();
    }

    @Override
    public void delete(String path) throws IOException {
        requirePower();
        requireFile(path);
        apply(new NameChange(parent(path), path, null, null));
        change();
    }

    @Override
    public void syncDirectory(String directory) throws IOException {
        change();
        requireDirectory(directory);
        if (failingSyncs.test(directory)) {
            throw new IOException("Input/output error: " + directory);
        }
        unsyncedNames.removeIf(change -> {
            boolean here = change.directory().equals(directory);
            if (here) {
                change.applyTo(durableFiles, durableDirectories);
            }
            return here;
        });
    }

    @Override
    public String describe(String path) {
        return "memory:/" + path;
    }

    private final class Handle implements DiskFile {
        private final String path;
        private final SectorFile content;
        private final int openedInBoot = boots;
        private boolean closed;

        Handle(String path, SectorFile content) {
            this.path = path;
            this.content = content;
        }

        @Override
        public long size() throws IOException {
            requireOpen();
            return content.size();
        }

        @Override
        public int read(long position, ByteBuffer target) throws IOException {
            requireOpen();
            return content.get(position, target);
        }

        @Override
        public void write(long position, ByteBuffer source) throws IOException {
            requireOpen();
            requireRoom(position + source.remaining() - content.size());
            content.put(position, source);
            change();
        }

        @Override
        public void truncate(long size) throws IOException {
            requireOpen();
            if (size < content.size()) {
                content.cut(size);
            }
            change();
        }

        @Override
        public void sync() throws IOException {
            requireOpen();
            change();
            if (failingSyncs.test(path)) {
                content.failSync(random);
                throw new IOException("Input/output error: " + path);
            }
            content.sync();
        }

        @Override
        public void close() {
            closed = true;
        }

        private void requireOpen() throws IOException {
            requirePower();
            if (closed || openedInBoot != boots) {
                throw new IOException("The file " + path + " was closed or opened before a crash.");
            }
        }

        private void requireRoom(long growthBytes) throws IOException {
            if (capacityBytes == Long.MAX_VALUE) {
                return;
            }
            long used = new HashSet<>(files.values())
                    .stream().mapToLong(SectorFile::size).sum();
            if (growthBytes > 0 && used + growthBytes > capacityBytes) {
                throw new DiskFullException("No space left on device: " + path);
            }
        }
    }

    // ---- names

    private void apply(NameChange change) {
        change.applyTo(files, directories);
        unsyncedNames.add(change);
    }

    private List<NameChange> survivors() {
        if (random.nextBoolean()) {
            return List.copyOf(unsyncedNames.subList(0, random.nextInt(unsyncedNames.size() + 1)));
        }
        return unsyncedNames.stream().filter(change -> random.nextBoolean()).toList();
    }

    private boolean isReachable(String path) {
        String parent = parent(path);
        return parent.isEmpty() || (durableDirectories.contains(parent) && isReachable(parent));
    }

    private static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    private void requireDirectory(String directory) throws IOException {
        if (!directory.isEmpty() && !directories.contains(directory)) {
            throw new FileNotFoundException(directory);
        }
    }

    private void requireFile(String path) throws IOException {
        if (!files.containsKey(path)) {
            throw new FileNotFoundException(path);
        }
    }

    private SectorFile contentOf(String path) {
        SectorFile content = files.get(path);
        if (content == null) {
            throw new IllegalArgumentException("There is no file " + path + "; there are " + files.keySet() + ".");
        }
        return content;
    }

    // ---- power

    /** Called once a change has had its effect on what is not durable, or before anything is made durable. */
    private void change() {
        requirePower();
        changes++;
        if (changes >= powerLostAt) {
            powered = false;
            throw new PowerLost();
        }
    }

    private void requirePower() {
        if (!powered) {
            throw new PowerLost();
        }
    }

    private void restart() {
        boots++;
        powered = true;
        powerLostAt = Long.MAX_VALUE;
    }
}
