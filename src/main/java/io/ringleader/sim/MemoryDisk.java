package io.ringleader.sim;

import io.ringleader.storage.Disk;
import io.ringleader.storage.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
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
 *   <li>{@link #losePowerAfter}: the power goes at the n-th change from now; every call fails until {@link #powerLoss}.
 *   <li>{@link #flipBit}, {@link #overwrite}, {@link #resize}, {@link #rot}, {@link #breakSector}, {@link #remove},
 *       {@link #wipe}: damage to what is durable.
 *   <li>{@link #faults}: what goes wrong when files are used: errors, a full device, bits that flip on the way, a sync that fails
 *       (and as on Linux the pages count as clean afterwards, so that the next sync succeeds without having written them: what
 *       is read is still the new content, what is durable is any mixture), and a device that lies about what it has written.
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

    private final Random random;
    private final DirectoryTree tree;
    private final DiskFaults faults;

    private long changes;
    private long powerLostAt = Long.MAX_VALUE;
    private boolean powered = true;
    /** Files opened before the last crash cannot be used after it. */
    private int boots;

    public MemoryDisk(long seed) {
        this(seed, new DirectoryTree());
    }

    private MemoryDisk(long seed, DirectoryTree tree) {
        random = new Random(seed);
        faults = new DiskFaults(random);
        this.tree = tree;
    }

    // ---- faults

    /** What goes wrong from now on. */
    public DiskFaults faults() {
        return faults;
    }

    /** The power goes, if it has not yet, and comes back; what was not synced is kept or lost at random. */
    public void powerLoss() {
        tree.powerLoss(random);
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

    /** See {@link DiskFaults#failSyncs}. */
    public void failSyncs(Predicate<String> paths) {
        faults.failSyncs(paths);
    }

    /** See {@link DiskFaults#setCapacityBytes}. */
    public void setCapacityBytes(long bytes) {
        faults.setCapacityBytes(bytes);
    }

    public void flipBit(String path, long offset, int bit) {
        byte[] one = {content(path, offset, 1)[0]};
        one[0] ^= (byte) (1 << bit);
        overwrite(path, offset, one);
    }

    /**
     * Flips one bit of a matching file, somewhere where there is something, also in what has long been durable.
     *
     * @param sparingLastSync not in what the last sync of the file wrote: the last batch of a log is all that can go unnoticed
     * @return where, if there was anything to flip
     */
    public Optional<Damage> rot(Predicate<String> paths, boolean sparingLastSync) {
        Optional<Damage> place = anySector(paths, sparingLastSync, Damage.Kind.BIT_ROT);
        place.ifPresent(rotten -> {
            long length = Math.min(SECTOR_BYTES, tree.file(rotten.path()).size() - rotten.offset());
            flipBit(rotten.path(), rotten.offset() + random.nextInt((int) length), random.nextInt(Byte.SIZE));
        });
        return place;
    }

    /** A sector of a matching file that holds something cannot be read until it is written again. */
    public Optional<Damage> breakAnySector(Predicate<String> paths) {
        Optional<Damage> place = anySector(paths, false, Damage.Kind.UNREADABLE);
        place.ifPresent(broken -> breakSector(broken.path(), broken.offset()));
        return place;
    }

    private Optional<Damage> anySector(Predicate<String> paths, boolean sparingLastSync, Damage.Kind kind) {
        List<String> candidates = tree.files().keySet().stream()
                .filter(paths)
                .filter(path ->
                        !tree.file(path).sectorsWithData(sparingLastSync).isEmpty())
                .toList();
        if (candidates.isEmpty()) {
            return Optional.empty();
        }
        String path = candidates.get(random.nextInt(candidates.size()));
        List<Long> sectors = tree.file(path).sectorsWithData(sparingLastSync);
        return Optional.of(new Damage(path, sectors.get(random.nextInt(sectors.size())) * SECTOR_BYTES, kind));
    }

    /** The sector with this byte cannot be read until it is written again. */
    public void breakSector(String path, long offset) {
        contentOf(path).breakSector(offset / SECTOR_BYTES);
    }

    /** Changes bytes that are durable, unnoticed by anyone. */
    public void overwrite(String path, long offset, byte[] bytes) {
        SectorFile content = contentOf(path);
        long before = content.size();
        content.damage(offset, bytes);
        tree.grown(content, content.size() - before);
    }

    /** Cuts the file, or extends it with zeros, durably. */
    public void resize(String path, long size) {
        SectorFile content = contentOf(path);
        tree.grown(content, size - content.size());
        content.resize(size);
    }

    /** Removes the name, durably. */
    public void remove(String path) {
        contentOf(path);
        tree.forget(path);
    }

    /** Everything is gone, as on a new device. Whoever has files open cannot use them any more. */
    public void wipe() {
        tree.wipe();
        restart();
    }

    /** All places that do not hold what was written to them, in order. What was written again, or deleted, is not damaged. */
    public List<Damage> damages() {
        List<Damage> damages = new ArrayList<>();
        tree.files()
                .forEach((path, content) -> content.damaged()
                        .forEach((sector, kind) -> damages.add(new Damage(path, sector * SECTOR_BYTES, kind))));
        return damages;
    }

    /** Whether a write is going to be lost or misdirected, or was and does not show yet. */
    public boolean isAboutToLie() {
        return faults.isAboutToLie() || tree.files().values().stream().anyMatch(SectorFile::isAboutToLoseWrites);
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
        return List.copyOf(tree.files().keySet());
    }

    /** Sum of the sizes of all files. */
    public long usedBytes() {
        return tree.usedBytes();
    }

    /** A disk with the same files, all of them durable, and no faults to come. */
    public MemoryDisk copy(long seed) {
        return new MemoryDisk(seed, tree.copy());
    }

    // ---- Disk

    @Override
    public List<String> list(String directory) {
        requirePower();
        return tree.list(directory);
    }

    @Override
    public boolean exists(String path) {
        requirePower();
        return tree.hasDirectory(path) || tree.file(path) != null;
    }

    @Override
    public void createDirectories(String directory) {
        requirePower();
        if (!tree.hasDirectory(directory)) {
            createDirectories(DirectoryTree.parent(directory));
            tree.createDirectory(directory);
            change();
        }
    }

    @Override
    public DiskFile create(String path) throws IOException {
        requirePower();
        tree.requireDirectory(DirectoryTree.parent(path));
        if (tree.file(path) != null) {
            throw new FileAlreadyExistsException(path);
        }
        SectorFile content = new SectorFile();
        tree.create(path, content);
        change();
        return new Handle(content);
    }

    @Override
    public DiskFile open(String path) throws IOException {
        requirePower();
        return new Handle(tree.requireFile(path));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        requirePower();
        tree.requireFile(from);
        if (!DirectoryTree.parent(from).equals(DirectoryTree.parent(to))) {
            throw new IOException(
                    "A rename from one directory to another is not modelled: " + from + " to " + to + ".");
        }
        tree.rename(from, to);
        change();
    }

    @Override
    public void delete(String path) throws IOException {
        requirePower();
        tree.requireFile(path);
        tree.delete(path);
        change();
    }

    @Override
    public void syncDirectory(String directory) throws IOException {
        change();
        tree.requireDirectory(directory);
        faults.syncDirectory(directory);
        tree.sync(directory);
    }

    @Override
    public String describe(String path) {
        return "memory:/" + path;
    }

    /** An open file; faults hit it under the name that the file has now. */
    private final class Handle implements DiskFile {
        private final SectorFile content;
        private final int openedInBoot = boots;
        private boolean closed;

        Handle(SectorFile content) {
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
            faults.beforeRead(new DiskFaults.Access(content.path, position, target.remaining()), content);
            int count = content.get(position, target);
            faults.afterRead(content.path, position, target, count);
            return count;
        }

        @Override
        public void write(long position, ByteBuffer source) throws IOException {
            requireOpen();
            long growthBytes = Math.max(0, position + source.remaining() - content.size());
            faults.beforeWrite(
                    new DiskFaults.Access(content.path, position, source.remaining()), growthBytes, tree.usedBytes());
            content.put(position, source);
            tree.grown(content, growthBytes);
            change();
        }

        @Override
        public void truncate(long size) throws IOException {
            requireOpen();
            if (size < content.size()) {
                tree.grown(content, size - content.size());
                content.cut(size);
            }
            change();
        }

        @Override
        public void sync() throws IOException {
            requireOpen();
            change();
            faults.sync(content.path, content, tree::file);
        }

        @Override
        public void close() {
            closed = true;
        }

        private void requireOpen() throws IOException {
            requirePower();
            if (closed || openedInBoot != boots) {
                throw new IOException("The file " + content.path + " was closed or opened before a crash.");
            }
        }
    }

    private SectorFile contentOf(String path) {
        SectorFile content = tree.file(path);
        if (content == null) {
            throw new IllegalArgumentException("There is no file " + path + "; there are " + paths() + ".");
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
        // what was not followed by another write is at the end, and whether that was ever written nobody can tell
        faults.lieNoMore();
        tree.files().values().forEach(SectorFile::loseNoWrites);
        boots++;
        powered = true;
        powerLostAt = Long.MAX_VALUE;
    }
}
