package io.ringleader.sim;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** One file of a {@link MemoryDisk}: what is read from it, and what of that would survive a power loss. Missing sectors are zero. */
final class SectorFile {
    static final int SECTOR_BYTES = 512;
    private static final byte[] ZERO_SECTOR = new byte[SECTOR_BYTES];

    private Map<Long, byte[]> current = new HashMap<>();
    private Map<Long, byte[]> durable = new HashMap<>();
    /** Every content that a sector was given since it was last clean. */
    private final Map<Long, List<byte[]>> unsynced = new TreeMap<>();

    private long size;
    private long durableSize;

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
        unsynced.keySet().forEach(sector -> durable.put(sector, current.get(sector)));
        unsynced.clear();
        durableSize = size;
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

    /** Changes durable bytes unnoticed; meant for a file without unsynced changes. */
    void damage(long offset, byte[] bytes) {
        put(offset, ByteBuffer.wrap(bytes));
        sync();
    }

    /** Changes the durable size unnoticed. */
    void resize(long newSize) {
        cut(newSize);
        sync();
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

    private void settleAtRandom(Random random) {
        unsynced.forEach((sector, versions) -> {
            int choice = random.nextInt(versions.size() + 1);
            if (choice > 0) {
                durable.put(sector, versions.get(choice - 1));
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
