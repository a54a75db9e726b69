package io.ringleader.store;

import java.util.List;

/** A store with one session that never repeats, for tests that are about commands. */
final class StoreDriver {
    static final long START_MILLIS = 1_700_000_000_000L;
    static final int NODE = 1;

    final PartitionStore store = new PartitionStore(7);
    private final ByteWriter results = new ByteWriter();
    private long nowMillis = START_MILLIS;
    private long partitionMaxBytes = 1 << 20;
    private int itemMaxBytes = 1 << 10;
    private long sequence;

    StoreDriver advanceMillis(long millis) {
        nowMillis += millis;
        return this;
    }

    StoreDriver limits(long newPartitionMaxBytes, int newItemMaxBytes) {
        partitionMaxBytes = newPartitionMaxBytes;
        itemMaxBytes = newItemMaxBytes;
        return this;
    }

    long nowMillis() {
        return nowMillis;
    }

    /** Applies one entry and returns its results as texts. */
    List<String> all(Command... commands) {
        byte[] batch = Command.batch(NODE, 1, ++sequence, List.of(commands));
        byte[] entry = CommandBatch.stamp(batch, 0, batch.length, nowMillis, partitionMaxBytes, itemMaxBytes);
        results.clear();
        store.apply(store.appliedIndex() + 1, entry, results);
        return Results.decode(results);
    }

    String run(Command command) {
        return all(command).get(0);
    }

    /** Runs the command and expects STORED, as a step of a preparation. */
    StoreDriver given(Command command) {
        String result = run(command);
        if (!result.equals("STORED")) {
            throw new IllegalStateException("The preparation " + command + " answered " + result + ".");
        }
        return this;
    }

    void tick() {
        store.apply(store.appliedIndex() + 1, CommandBatch.tick(nowMillis), results);
    }

    /** The value of the key as a read sees it, or null. */
    String value(String key) {
        String text = read(key);
        return text.equals("MISS") ? null : text.substring(text.indexOf('\'') + 1, text.length() - 1);
    }

    long casOf(String key) {
        return Long.parseLong(read(key).split(" ", -1)[3]);
    }

    int flagsOf(String key) {
        return Integer.parseInt(read(key).split(" ", -1)[2]);
    }

    String read(String key) {
        byte[] commands = Command.encode(List.of(Command.get(key)));
        results.clear();
        store.read(nowMillis, commands, 0, commands.length, 1, results, Integer.MAX_VALUE);
        return Results.decode(results).get(0);
    }
}
