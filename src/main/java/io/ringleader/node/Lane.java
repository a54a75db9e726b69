package io.ringleader.node;

import io.ringleader.store.ByteWriter;
import io.ringleader.store.CommandBatch;
import java.util.ArrayDeque;

/**
 * The way of one partition's writes, or of its reads, from this node's clients to the leader: one batch is under way, the next
 * one gathers. Under load the batches grow by themselves; without load a command leaves at once. That only one is under way
 * keeps the order, and lets the state machine recognise a repeated batch by its number alone. Owned by the client loop.
 */
final class Lane {
    final int partition;
    final boolean write;
    /** Some batch can be sent at the end of this burst. */
    boolean dirty;
    /** Number of the last batch of this session for the partition (thesis §6.3). */
    long sequence;

    /** Until when this node's own replica is not asked for reads, because it could not serve one lately. */
    long notHereUntilNanos = Long.MIN_VALUE;

    Batch inFlight;
    /** Sealed because they were full, in order. */
    final ArrayDeque<Batch> queue = new ArrayDeque<>();

    private final ByteWriter commands = new ByteWriter();
    private Batch gathering = new Batch();
    private Batch spare;
    private long resultBytesMax;

    Lane(int partition, boolean write) {
        this.partition = partition;
        this.write = write;
        beginBatch();
    }

    private void beginBatch() {
        commands.clear();
        if (write) {
            CommandBatch.begin(commands);
        }
        resultBytesMax = 0;
    }

    /** Where the next command is written; {@link #added} must follow. */
    ByteWriter commands() {
        return commands;
    }

    /**
     * The command was written. {@code resultBytes}: see {@link Router#added}. Returns by how many bytes the batch has
     * grown.
     */
    int added(ClientSession session, long slot, long deadlineNanos, long resultBytes) {
        if (gathering.commandCount() == 0) {
            gathering.deadlineNanos = deadlineNanos;
        }
        gathering.add(session, slot);
        resultBytesMax += resultBytes;
        int grownBytes = commands.length() - (int) gathering.queuedBytes;
        gathering.queuedBytes += grownBytes;
        return grownBytes;
    }

    /** Of the batch that gathers. */
    long commandBytes() {
        return commands.length();
    }

    /** What the results of the batch that gathers may weigh. */
    long resultBytes() {
        return resultBytesMax;
    }

    boolean isGathering() {
        return gathering.commandCount() > 0;
    }

    long gatheringDeadlineNanos() {
        return gathering.deadlineNanos;
    }

    /** Whether the oldest command behind the batch under way must be answered before that time. */
    boolean isDueBefore(long nanos) {
        if (queue.isEmpty()) {
            return isGathering() && gathering.deadlineNanos - nanos < 0;
        }
        return queue.peek().deadlineNanos - nanos < 0;
    }

    /** Closes the batch that gathers and begins another. */
    Batch seal() {
        Batch sealed = gathering;
        sealed.bytes = commands.toByteArray();
        gathering = spare == null ? new Batch() : spare;
        spare = null;
        beginBatch();
        return sealed;
    }

    void recycle(Batch batch) {
        batch.reset();
        spare = batch;
    }
}
