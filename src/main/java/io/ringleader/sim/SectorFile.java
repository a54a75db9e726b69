package io.ringleader.sim;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** One file of a {@link MemoryDisk}: what is read from it, and what of that would survive a power loss. Missing sectors are zero. */
final class SectorFile {
    static final int SECTOR_BYTES = 512;
    private static final byte[] ZERO_SECTOR = new byte[SECTOR_BYTES];

    /** Where sectors of another file end up: its first at this sector of this file. */
    record Place(SectorFile file, long sector) {}

    /** Sectors that a sync lost, but not before another sync: what was there before, and where they went instead, or null. */
    private record Pending(Map<Long, byte[]> before, Map<Long, byte[]> lost, Place instead) {}

    private Map<Long, byte[]> current = new HashMap<>();
    private Map<Long, byte[]> durable = new HashMap<>();
    /** Every content that a sector was given since it was last clean. */
    private final Map<Long, List<byte[]>> unsynced = new TreeMap<>();
    /** What the last sync that had anything to do wrote. */
    private final Set<Long> lastSynced = new TreeSet<>();
    /** Sectors that do not hold what was written to them, until they are written again. */
    private final Map<Long, Damage.Kind> damaged = new TreeMap<>();

    private Pending pending;
    private long size;
    private long durableSize;

    /** How many names it has, and the last that it was given: the {@link DirectoryTree} keeps them. */
    int names;

    String path;

    long size() {
        return size;
    }

    int get(long position, ByteBuffer target) {
        int count = (int) Math.max(0, Math.min(target.remaining(), size - position));
        for (int done = 0; done < count; ) {
            long at = position + done;
            int inSector = (int) (at % SECTOR_BYTES);
            int length = Math.min(SECTOR_BYTES - inSector, count - done);
            target.put(current.getOrDefault(at / SECTOR_BYTES, ZERO_SECTOR), inSector, length);
            done += length;
        }
        return count;
    }

    void put(long position, ByteBuffer source) {
        long at = position;
        while (source.hasRemaining()) {
            long sector = at / SECTOR_BYTES;
            int inSector = (int) (at % SECTOR_BYTES);
            int length = Math.min(SECTOR_BYTES - inSector, source.remaining());
            byte[] bytes = current.getOrDefault(sector, ZERO_SECTOR).clone();
            source.get(bytes, inSector, length);
            putSector(sector, bytes);
            at += length;
        }
        size = Math.max(size, at);
    }

    void cut(long newSize) {
        long firstGone = (newSize + SECTOR_BYTES - 1) / SECTOR_BYTES;
        for (long sector : List.copyOf(current.keySet())) {
            if (sector >= firstGone) {
                putSector(sector, ZERO_SECTOR.clone());
            }
        }
        damaged.keySet().removeIf(sector -> sector >= firstGone);
        int inSector = (int) (newSize % SECTOR_BYTES);
        byte[] partial = current.get(newSize / SECTOR_BYTES);
        if (inSector > 0 && partial != null) {
            byte[] bytes = partial.clone();
            Arrays.fill(bytes, inSector, SECTOR_BYTES, (byte) 0);
            putSector(newSize / SECTOR_BYTES, bytes);
        }
        size = newSize;
    }

    void sync() {
        Map<Long, byte[]> written = takeUnsynced();
        if (written.isEmpty()) {
            return;
        }
        durable.putAll(written);
        damaged.keySet().removeAll(written.keySet());
        lastSynced.clear();
        lastSynced.addAll(written.keySet());
        settlePending();
    }

    /**
     * A sync that says it is done, and the device has done nothing, or done it elsewhere. The page cache drops what is clean, so
     * the old content shows at once.
     */
    void syncNowhere(Place instead) {
        Map<Long, byte[]> lost = takeUnsynced();
        lastSynced.clear();
        lastSynced.addAll(lost.keySet());
        lose(lost, durable, instead);
    }

    /** As {@link #syncNowhere}, but it shows only once a later sync of this file has succeeded. Sectors that one rewrites are safe. */
    void syncNowhereOnceFollowed(Place instead) {
        Map<Long, byte[]> before = new HashMap<>();
        unsynced.keySet().forEach(sector -> before.put(sector, durable.getOrDefault(sector, ZERO_SECTOR)));
        Map<Long, byte[]> lost = new TreeMap<>();
        unsynced.keySet().forEach(sector -> lost.put(sector, current.get(sector)));
        sync();
        pending = new Pending(before, lost, instead);
    }

    private void settlePending() {
        if (pending != null) {
            Pending settled = pending;
            pending = null;
            settled.lost().keySet().removeAll(lastSynced);
            lose(settled.lost(), settled.before(), settled.instead());
        }
    }

    private void lose(Map<Long, byte[]> lost, Map<Long, byte[]> before, Place instead) {
        lost.forEach((sector, bytes) -> {
            byte[] old = before.getOrDefault(sector, ZERO_SECTOR);
            durable.put(sector, old);
            current.put(sector, old);
            if (!Arrays.equals(old, bytes)) {
                damaged.put(sector, instead == null ? Damage.Kind.LOST_WRITE : Damage.Kind.MISDIRECTED_WRITE);
            }
        });
        if (instead != null && !lost.isEmpty()) {
            long first = lost.keySet().iterator().next();
            lost.forEach((sector, bytes) ->
                    instead.file().strike(instead.sector() + sector - first, bytes, Damage.Kind.MISDIRECTED_WRITE));
        }
    }

    /** Nobody knows what was written, but all counts as clean: a later sync does not write it again. */
    void failSync(Random random) {
        settleAtRandom(random);
        durableSize = size;
    }

    void powerLoss(Random random) {
        settleAtRandom(random);
        durableSize = random.nextBoolean() ? size : durableSize;
        size = durableSize;
        current = new HashMap<>(durable);
    }

    boolean isAboutToLoseWrites() {
        return pending != null;
    }

    void loseNoWrites() {
        pending = null;
    }

    // ---- damage, unnoticed by anyone

    /** Changes what is durable, and what is in memory too; but what was not durable does not become so. */
    void damage(long offset, byte[] bytes) {
        ByteBuffer source = ByteBuffer.wrap(bytes);
        long at = offset;
        while (source.hasRemaining()) {
            long sector = at / SECTOR_BYTES;
            int inSector = (int) (at % SECTOR_BYTES);
            int length = Math.min(SECTOR_BYTES - inSector, source.remaining());
            byte[] changed = durable.getOrDefault(sector, ZERO_SECTOR).clone();
            source.get(source.position(), changed, inSector, length);
            if (unsynced.containsKey(sector)) {
                byte[] inMemory = current.get(sector).clone();
                source.get(source.position(), inMemory, inSector, length);
                putSector(sector, inMemory);
            }
            source.position(source.position() + length);
            size = Math.max(size, at + length);
            durableSize = Math.max(durableSize, at + length);
            strike(sector, changed, Damage.Kind.BIT_ROT);
            at += length;
        }
    }

    private void strike(long sector, byte[] bytes, Damage.Kind kind) {
        if (sector * SECTOR_BYTES >= size) {
            // beyond the end of a file that was cut: not of this file any more
            return;
        }
        durable.put(sector, bytes);
        if (!unsynced.containsKey(sector)) {
            current.put(sector, bytes);
        }
        damaged.put(sector, kind);
    }

    /** The sector cannot be read any more, until it is written. */
    void breakSector(long sector) {
        damaged.put(sector, Damage.Kind.UNREADABLE);
    }

    /** Whether one of these bytes cannot be read; what was written since is in memory and can be. */
    boolean isUnreadable(long position, long length) {
        for (Map.Entry<Long, Damage.Kind> each : damaged.entrySet()) {
            long from = each.getKey() * SECTOR_BYTES;
            if (each.getValue() == Damage.Kind.UNREADABLE
                    && from < position + length
                    && position < from + SECTOR_BYTES
                    && !unsynced.containsKey(each.getKey())) {
                return true;
            }
        }
        return false;
    }

    Map<Long, Damage.Kind> damaged() {
        return damaged;
    }

    int unsyncedSectors() {
        return unsynced.size();
    }

    /** Durable sectors that hold something, in order. {@code sparingLastSync}: without those that the last sync wrote. */
    List<Long> sectorsWithData(boolean sparingLastSync) {
        return durable.entrySet().stream()
                .filter(sector -> !Arrays.equals(sector.getValue(), ZERO_SECTOR))
                .map(Map.Entry::getKey)
                .filter(sector -> !unsynced.containsKey(sector) && sector * SECTOR_BYTES < durableSize)
                .filter(sector -> !sparingLastSync || !lastSynced.contains(sector))
                .sorted()
                .toList();
    }

    /** Changes the durable size. */
    void resize(long newSize) {
        cut(newSize);
        sync();
        durableSize = size;
    }

    /** A file with the same bytes, all of them durable. */
    SectorFile copy() {
        SectorFile copy = new SectorFile();
        // sectors are never changed in place, so both can share them
        copy.current = new HashMap<>(current);
        copy.durable = new HashMap<>(current);
        copy.size = size;
        copy.durableSize = size;
        return copy;
    }

    private Map<Long, byte[]> takeUnsynced() {
        durableSize = size;
        Map<Long, byte[]> taken = new TreeMap<>();
        unsynced.keySet().forEach(sector -> taken.put(sector, current.get(sector)));
        unsynced.clear();
        return taken;
    }

    private void settleAtRandom(Random random) {
        unsynced.forEach((sector, versions) -> {
            int choice = random.nextInt(versions.size() + 1);
            if (choice > 0) {
                durable.put(sector, versions.get(choice - 1));
                damaged.remove(sector);
            }
        });
        unsynced.clear();
    }

    private void putSector(long sector, byte[] bytes) {
        boolean stillZero = !current.containsKey(sector) && !durable.containsKey(sector);
        if (stillZero && Arrays.equals(bytes, ZERO_SECTOR)) {
            // filling a file with zeros takes no memory
            return;
        }
        current.put(sector, bytes);
        unsynced.computeIfAbsent(sector, first -> new ArrayList<>()).add(bytes);
    }
}
