package io.ringleader.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * Fills stores with a GiB of keys and values and tells for how long the store thread was busy with one thing: an entry of
 * 16 sets while the tables grow, a capture, and the entries after it, which may not change what was captured. Part of {@code make bench-memory}.
 */
final class StoreStalls {
    private static final int COMMANDS = 16;
    private static final long BYTES = 1L << 30;
    private static final int KEY_BYTES = 20;
    private static final int VALUE_BYTES = 100;
    private static final int CAPTURES = 20;

    private final PartitionStore[] stores;
    private final ByteWriter writer = new ByteWriter();
    private final ByteWriter results = new ByteWriter();
    private final byte[] value = new byte[VALUE_BYTES];
    private final Random random = new Random(1);

    private StoreStalls(int partitions) {
        stores = new PartitionStore[partitions];
        Arrays.setAll(stores, PartitionStore::new);
    }

    /** @param args none */
    public static void main(String[] args) {
        // the first one warms up
        for (int partitions : new int[] {8, 1, 64}) {
            new StoreStalls(partitions).measure();
        }
    }

    private void measure() {
        int items = (int) (BYTES / (KEY_BYTES + VALUE_BYTES));
        long[] filling = new long[items / COMMANDS];
        for (int i = 0; i < filling.length; i++) {
            filling[i] = apply(stores[i % stores.length], i * COMMANDS);
        }
        print("sets while it grows", filling);
        long[] captures = new long[CAPTURES];
        long[] after = new long[CAPTURES * 5_000];
        for (int i = 0; i < captures.length; i++) {
            long begun = System.nanoTime();
            SnapshotCapture[] all =
                    Arrays.stream(stores).map(PartitionStore::beginCapture).toArray(SnapshotCapture[]::new);
            captures[i] = (System.nanoTime() - begun) / stores.length;
            for (int j = 0; j < after.length / captures.length; j++) {
                int entry = random.nextInt(filling.length);
                after[i * after.length / captures.length + j] = apply(stores[entry % stores.length], entry * COMMANDS);
            }
            Arrays.stream(all).forEach(SnapshotCapture::release);
        }
        print("capture of a partition", captures);
        print("sets during a capture", after);
    }

    private long apply(PartitionStore store, int firstKey) {
        writer.clear();
        CommandBatch.begin(writer);
        for (int i = 0; i < COMMANDS; i++) {
            byte[] key = String.format("key:%016d", firstKey + i).getBytes(StandardCharsets.US_ASCII);
            CommandWriter.set(writer, key, 0, key.length, 0, 0, value, 0, value.length);
        }
        long index = store.appliedIndex() + 1;
        CommandBatch.session(writer, 1, 1, index, COMMANDS);
        byte[] entry = CommandBatch.stamp(writer.array(), 0, writer.length(), 1_000_000, Long.MAX_VALUE, 1 << 20);
        results.clear();
        long begun = System.nanoTime();
        store.apply(index, entry, results);
        return System.nanoTime() - begun;
    }

    private void print(String what, long[] nanos) {
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "1 GiB in %2d partitions: %-24s p50 %8.1f  p99.9 %8.1f  max %8.1f us%n",
                stores.length,
                what,
                nanos[nanos.length / 2] / 1e3,
                nanos[(int) (nanos.length * 0.999)] / 1e3,
                nanos[nanos.length - 1] / 1e3);
    }
}
