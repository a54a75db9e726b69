package io.ringleader.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshot files of a node: {@code <directory>/<group>/<16 hex of index>-<16 hex of term>.snap}. Storage does not know what
 * is in them. Owned by one thread, the snapshot loop; before that runs, several may {@link #open} snapshots.
 *
 * <p><b>The order that callers must keep</b>, for a snapshot of their own and for one from a peer alike:
 * <ol>
 *   <li>{@link SnapshotWriter#commit} (or {@link SnapshotReceiver#commit}) has returned: the file is durable;
 *   <li>then {@link WriteAheadLog#snapshotMark} and its {@code sync}: the log may forget the entries;
 *   <li>then {@link WriteAheadLog#deleteObsoleteSegments} and {@link #deleteOlder}.
 * </ol>
 *
 * A crash between 1 and 2 leaves a file that is newer than the mark: {@link NodeRecovery} makes up for the mark. A mark without
 * its file cannot come from a crash.
 */
public final class SnapshotFiles {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotFiles.class);
    private static final String SUFFIX = ".snap";
    private static final String TEMPORARY_SUFFIX = ".tmp";
    private static final int HEX_DIGITS = 16;
    private static final int NAME_LENGTH = 2 * HEX_DIGITS + 1 + SUFFIX.length();

    /**
     * @param group number of the group
     * @param index index of the last entry whose effect is in the snapshot
     * @param term term of that entry
     */
    public record SnapshotId(int group, long index, long term) {
        public SnapshotId {
            // index 0 would be a snapshot of nothing, which must never pass for a state
            if (group < 0 || index < 1 || term < 1) {
                throw new IllegalArgumentException("A snapshot has a group (" + group + ") from 0, and an index ("
                        + index + ") and a term (" + term + ") from 1.");
            }
        }

        @Override
        public String toString() {
            return "the snapshot of group " + group + " at index " + index + " of term " + term;
        }
    }

    private final Disk disk;
    private final String directory;
    private final int blockBytes;
    private long temporaries;

    /** @param blockBytes payload bytes under one checksum, 1 byte to 64 MiB; one block is held in memory per open file */
    public SnapshotFiles(Disk disk, String directory, int blockBytes) {
        if (blockBytes < 1 || blockBytes > SnapshotFormat.MAX_BLOCK_BYTES) {
            throw new IllegalArgumentException(
                    "A block of " + blockBytes + " bytes is not between 1 and " + SnapshotFormat.MAX_BLOCK_BYTES + ".");
        }
        this.disk = disk;
        this.directory = directory;
        this.blockBytes = blockBytes;
    }

    /**
     * Removes what interrupted writes left and finds the newest snapshot of each group; older ones are deleted. Header and footer
     * are checked, and the whole file where an older one would be deleted; the rest is checked when it is read.
     *
     * @throws CorruptSnapshotException if the newest of a group is damaged; an older one never takes its place
     */
    public List<SnapshotId> recover() throws IOException {
        List<SnapshotId> newest = new ArrayList<>();
        for (String name : disk.list(directory)) {
            int group = groupOf(name);
            if (group < 0) {
                LOG.warn(
                        "{} is not the directory of a group and is left alone.", disk.describe(directory + "/" + name));
                continue;
            }
            recoverGroup(group).ifPresent(newest::add);
        }
        newest.sort(Comparator.comparingInt(SnapshotId::group));
        return newest;
    }

    private Optional<SnapshotId> recoverGroup(int group) throws IOException {
        String groupDirectory = directoryOf(group);
        for (String name : disk.list(groupDirectory)) {
            if (name.endsWith(TEMPORARY_SUFFIX)) {
                disk.delete(groupDirectory + "/" + name);
            }
        }
        List<SnapshotId> all = snapshots(group);
        if (all.isEmpty()) {
            return Optional.empty();
        }
        SnapshotId newest = all.get(all.size() - 1);
        try (SnapshotReader reader = open(newest)) {
            if (all.size() > 1) {
                reader.verifyRest();
            }
        }
        // a process that died between the rename and the fsync of the directory left the name to chance
        disk.syncDirectory(groupDirectory);
        deleteOlder(group, newest.index(), Set.of());
        return Optional.of(newest);
    }

    /** By group, of those that have a snapshot file: the index of the newest, good or bad. Only looks. */
    Map<Integer, Long> newestIndexes() throws IOException {
        Map<Integer, Long> indexes = new TreeMap<>();
        for (String name : disk.list(directory)) {
            int group = groupOf(name);
            List<SnapshotId> all = group < 0 ? List.of() : snapshots(group);
            if (!all.isEmpty()) {
                indexes.put(group, all.get(all.size() - 1).index());
            }
        }
        return indexes;
    }

    /** Starts a snapshot. Its bytes do not count until it is committed. */
    public SnapshotWriter create(SnapshotId id) throws IOException {
        TemporarySnapshot temporary = temporary(id, ".own");
        try {
            return new SnapshotWriter(temporary, blockBytes);
        } catch (IOException | RuntimeException failure) {
            temporary.abort();
            throw failure;
        }
    }

    /** Starts to take a snapshot from a peer, from the first byte. What an earlier receiver of it had is not used. */
    public SnapshotReceiver receive(SnapshotId id) throws IOException {
        return new SnapshotReceiver(temporary(id, ".received"));
    }

    /** Opens a snapshot to read its payload. */
    public SnapshotReader open(SnapshotId id) throws IOException {
        String path = pathOf(id);
        return new SnapshotReader(id, disk.open(path), disk.describe(path));
    }

    /** Whether there is a file of the snapshot, good or bad. */
    public boolean exists(SnapshotId id) throws IOException {
        return disk.exists(pathOf(id));
    }

    /**
     * Reads the whole file and checks it.
     *
     * @throws CorruptSnapshotException if it is damaged
     */
    public void verify(SnapshotId id) throws IOException {
        try (SnapshotReader reader = open(id)) {
            reader.verifyRest();
        }
    }

    /** Size of the file of a snapshot. */
    public long fileBytes(SnapshotId id) throws IOException {
        try (DiskFile file = disk.open(pathOf(id))) {
            return file.size();
        }
    }

    /** Bytes of the file as they are, for a peer, whose receiver checks them; fewer than {@code maxBytes} only at the end. */
    public byte[] readChunk(SnapshotId id, long offset, int maxBytes) throws IOException {
        try (DiskFile file = disk.open(pathOf(id))) {
            long left = Math.max(0, file.size() - offset);
            ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(maxBytes, left));
            int count = file.read(offset, chunk);
            if (count < chunk.capacity()) {
                throw new IOException(
                        "The file of " + id + " ended at offset " + (offset + count) + " while it was read.");
            }
            return chunk.array();
        }
    }

    /** Deletes the snapshots of a group before this index, but for those at indexes to spare, provided that there is one at this index or after. */
    public void deleteOlder(int group, long index, Set<Long> spared) throws IOException {
        List<SnapshotId> all = snapshots(group);
        if (all.stream().noneMatch(id -> id.index() >= index)) {
            throw new IllegalStateException("There is no snapshot of group " + group + " at index " + index
                    + " or after, so the older ones are not deleted.");
        }
        for (SnapshotId id : all) {
            if (id.index() < index && !spared.contains(id.index())) {
                disk.delete(pathOf(id));
            }
        }
    }

    /** The whole files of a group, from oldest to newest. */
    private List<SnapshotId> snapshots(int group) throws IOException {
        List<SnapshotId> found = new ArrayList<>();
        for (String name : disk.list(directoryOf(group))) {
            idOf(group, name).ifPresent(found::add);
        }
        found.sort(Comparator.comparingLong(SnapshotId::index).thenComparingLong(SnapshotId::term));
        return found;
    }

    private TemporarySnapshot temporary(SnapshotId id, String origin) throws IOException {
        String path = pathOf(id);
        // each has a name of its own: giving up an old one must not remove the file of its successor
        temporaries++;
        return new TemporarySnapshot(
                disk, id, directoryOf(id.group()), path, path + origin + temporaries + TEMPORARY_SUFFIX);
    }

    private String directoryOf(int group) {
        return directory + "/" + group;
    }

    String pathOf(SnapshotId id) {
        return String.format("%s/%016x-%016x%s", directoryOf(id.group()), id.index(), id.term(), SUFFIX);
    }

    private static Optional<SnapshotId> idOf(int group, String name) {
        if (name.length() != NAME_LENGTH || !name.endsWith(SUFFIX) || name.charAt(HEX_DIGITS) != '-') {
            return Optional.empty();
        }
        try {
            long index = Long.parseLong(name, 0, HEX_DIGITS, HEX_DIGITS);
            long term = Long.parseLong(name, HEX_DIGITS + 1, 2 * HEX_DIGITS + 1, HEX_DIGITS);
            return Optional.of(new SnapshotId(group, index, term));
        } catch (IllegalArgumentException otherName) {
            return Optional.empty();
        }
    }

    private static int groupOf(String name) {
        try {
            int group = Integer.parseInt(name);
            return Integer.toString(group).equals(name) ? group : -1;
        } catch (NumberFormatException otherName) {
            return -1;
        }
    }
}
