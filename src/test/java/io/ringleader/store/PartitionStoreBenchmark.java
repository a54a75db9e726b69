package io.ringleader.store;

import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Applies entries of 16 sets, and reads batches of 16 gets, of 100,000 keys; per command. */
@State(Scope.Thread)
public class PartitionStoreBenchmark {
    private static final int COMMANDS = 16;
    private static final int KEYS = 100_000;
    private static final int BATCHES = KEYS / COMMANDS;
    private static final long MEMORY_BYTES = 1L << 30;

    private final PartitionStore store = new PartitionStore(0);
    private final ByteWriter results = new ByteWriter();
    private final ByteWriter writer = new ByteWriter();
    private final byte[] value = new byte[100];
    private final byte[][] sets = new byte[BATCHES][];
    /** No entries, but they have the same header. */
    private final byte[][] gets = new byte[BATCHES][];

    private long index;
    private int next;

    /** Stores every key. */
    @Setup
    public void setUp() {
        for (int i = 0; i < BATCHES; i++) {
            sets[i] = batch(i, true);
            gets[i] = batch(i, false);
        }
        for (int i = 0; i < BATCHES; i++) {
            applySets();
        }
    }

    private byte[] batch(int number, boolean write) {
        writer.clear();
        CommandBatch.begin(writer);
        for (int i = 0; i < COMMANDS; i++) {
            // far apart, as the keys of a batch are
            byte[] key = String.format("key:%016d", number + (long) i * BATCHES).getBytes(StandardCharsets.US_ASCII);
            if (write) {
                CommandWriter.set(writer, key, 0, key.length, 0, 0, value, 0, value.length);
            } else {
                CommandWriter.get(writer, key, 0, key.length);
            }
        }
        CommandBatch.session(writer, 0, 0, 0, COMMANDS);
        return CommandBatch.stamp(writer.array(), 0, writer.length(), 1_000_000, MEMORY_BYTES, 1 << 20);
    }

    /** One entry. */
    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public int applySets() {
        results.clear();
        next = next + 1 == BATCHES ? 0 : next + 1;
        index++;
        CommandBatch.session(sets[next], 0, 1, 1, index, COMMANDS);
        store.apply(index, sets[next], results);
        return results.length();
    }

    /** One batch of reads. */
    @Benchmark
    @OperationsPerInvocation(COMMANDS)
    public int readGets() {
        results.clear();
        next = next + 1 == BATCHES ? 0 : next + 1;
        byte[] batch = gets[next];
        return store.read(
                1_000_000,
                batch,
                CommandBatch.HEADER_BYTES,
                batch.length - CommandBatch.HEADER_BYTES,
                COMMANDS,
                results,
                1 << 20);
    }
}
