package io.ringleader.memcached;

import io.ringleader.store.ByteWriter;
import io.ringleader.store.CommandBatch;
import io.ringleader.store.PartitionStore;
import io.ringleader.store.ResultReader;
import java.util.function.BooleanSupplier;

/** Does at once what is asked, with a real partition, and keeps the answers; insists on the contract as well. */
final class ExecutingHandler extends RecordingHandler {
    private static final long START_MILLIS = 1_700_000_000_000L;
    private static final int SESSION_NODE = 1;

    private final PartitionStore store = new PartitionStore(0);
    private final ByteWriter output = new ByteWriter();
    private final ByteWriter results = new ByteWriter();
    private final ByteWriter batch = new ByteWriter();
    private final ResultReader reader = new ResultReader();
    private final long partitionMaxBytes;
    private final int itemMaxBytes;
    private long nowMillis = START_MILLIS;
    private long sequence;

    ExecutingHandler(BooleanSupplier willing, long partitionMaxBytes, int itemMaxBytes) {
        super(willing);
        this.partitionMaxBytes = partitionMaxBytes;
        this.itemMaxBytes = itemMaxBytes;
    }

    /** What was answered since the last call. */
    byte[] takeOutput() {
        byte[] taken = output.toByteArray();
        output.clear();
        return taken;
    }

    void advanceSeconds(long seconds) {
        nowMillis += seconds * 1000;
    }

    long nowSeconds() {
        return nowMillis / 1000;
    }

    @Override
    public void command(Request request) {
        take(request.op().kind());
        calls.add(request.op().name());
        batch.clear();
        CommandBatch.begin(batch);
        request.encode(batch);
        CommandBatch.session(batch, SESSION_NODE, 1, ++sequence, 1);
        byte[] entry = CommandBatch.stamp(batch.array(), 0, batch.length(), nowMillis, partitionMaxBytes, itemMaxBytes);
        results.clear();
        store.apply(store.appliedIndex() + 1, entry, results);
        reader.reset(results.array(), 0, results.length());
        reader.next();
        request.reply().write(reader, output);
    }

    @Override
    public void endOfKeys() {
        throw new IllegalStateException("Nothing in this dialect is a list of keys.");
    }

    @Override
    public void stats(String argument, StatsWriter writer) {
        local("stats '" + argument + "'");
        switch (argument) {
            case "" -> {
                writer.stat("pid", "1", output);
                writer.stat("empty", "", output);
                writer.end(output);
            }
            case "reset" -> writer.reset(output);
            default -> writer.unknown(output);
        }
    }

    @Override
    public void version(VersionWriter writer) {
        local("version");
        writer.write("1.2.3", output);
    }

    @Override
    public void login(boolean accepted, byte[] answer) {
        local(accepted ? "accepted" : "refused");
        output.putBytes(answer, 0, answer.length);
    }

    @Override
    public void answer(byte[] bytes) {
        local("answer");
        output.putBytes(bytes, 0, bytes.length);
    }
}
