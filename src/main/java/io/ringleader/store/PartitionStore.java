package io.ringleader.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The state machine of one partition: applies the entries of its Raft log, in order, and answers reads. Everything it holds
 * is a function of the entries alone, so that replicas are equal byte for byte.
 *
 * <p>Owned by the store thread; only a {@link SnapshotCapture} may go elsewhere.
 */
public final class PartitionStore {
    /**
     * How many bytes of values one batch may answer through the log, since they are remembered for a repeat: a GET or GAT
     * beyond that answers OUT_OF_MEMORY. The first value of a batch is always answered.
     */
    public static final long MAX_BATCH_VALUE_BYTES = 32L << 20;
    /**
     * Expired items that an entry removes, beside one for each of its commands. More than commands can add, so that the
     * backlog shrinks with every entry; few enough to take well below a millisecond.
     */
    public static final int PURGED_PER_ENTRY = 64;

    /** What became of an entry. */
    public enum Outcome {
        /** The commands were executed; or it was a no-op or a tick. */
        APPLIED,
        /** The batch had been applied before. Its results were answered again, nothing was executed. */
        REPEATED,
        /** The session has moved on, nobody waits for this batch. Nothing was executed, there are no results. */
        STALE
    }

    private final int partition;
    private final Items items;
    private final SortedMap<Integer, Session> sessions = new TreeMap<>();
    private final StoreCounters counters = new StoreCounters();
    private final CommandExecutor executor;
    private final CommandReader reader = new CommandReader();
    private long appliedIndex;

    /** An empty partition, before the first entry. */
    public PartitionStore(int partition) {
        this(partition, 0, new Items());
    }

    PartitionStore(int partition, long appliedIndex, Items items) {
        this.partition = partition;
        this.appliedIndex = appliedIndex;
        this.items = items;
        executor = new CommandExecutor(items, counters);
    }

    /**
     * Applies the next entry and appends the results of its commands. Whatever the outcome, the entry moves the partition's
     * time and lets expire what is due.
     *
     * @param index must be {@link #appliedIndex()} + 1
     * @param payload a stamped batch, or empty for an entry that only Raft needs
     * @throws MalformedBytesException if the payload is not a legal batch; nothing has changed then
     */
    public Outcome apply(long index, byte[] payload, ByteWriter results) {
        return apply(index, payload, 0, payload.length, results);
    }

    /** As {@link #apply(long, byte[], ByteWriter)}, where the payload lies among other bytes. */
    public Outcome apply(long index, byte[] bytes, int offset, int length, ByteWriter results) {
        if (index != appliedIndex + 1) {
            throw new IllegalArgumentException("Partition " + partition + " has applied entries up to " + appliedIndex
                    + " and cannot apply entry " + index + " next.");
        }
        Outcome outcome = Outcome.APPLIED;
        if (length > 0) {
            CommandBatch.validate(bytes, offset, length, reader);
            items.advanceTo(CommandBatch.timeMillis(bytes, offset));
            items.purge(PURGED_PER_ENTRY + CommandBatch.commandCount(bytes, offset));
            items.moveTogether();
            if (CommandBatch.sessionNode(bytes, offset) != 0) {
                outcome = applyBatch(bytes, offset, length, results);
            }
            counters.itemsExpired = items.expiredTotal();
        }
        appliedIndex = index;
        return outcome;
    }

    private Outcome applyBatch(byte[] bytes, int offset, int length, ByteWriter results) {
        int node = CommandBatch.sessionNode(bytes, offset);
        long incarnation = CommandBatch.sessionIncarnation(bytes, offset);
        long sequence = CommandBatch.sessionSequence(bytes, offset);
        Session last = sessions.get(node);
        if (last != null && incarnation <= last.incarnation()) {
            if (incarnation < last.incarnation() || sequence < last.sequence()) {
                counters.batchesStale++;
                return Outcome.STALE;
            }
            if (sequence == last.sequence()) {
                counters.batchesRepeated++;
                results.putBytes(last.results(), 0, last.results().length);
                return Outcome.REPEATED;
            }
        }
        int resultsAt = results.length();
        execute(bytes, offset, length, results);
        byte[] remembered = Arrays.copyOfRange(results.array(), resultsAt, results.length());
        if (executor.hintsAnswered()) {
            ResultWriter.forgetHints(remembered);
        }
        sessions.put(node, new Session(node, incarnation, sequence, remembered));
        counters.batchesApplied++;
        return Outcome.APPLIED;
    }

    private void execute(byte[] bytes, int offset, int length, ByteWriter results) {
        executor.begin(CommandBatch.partitionMaxBytes(bytes, offset), CommandBatch.itemMaxBytes(bytes, offset));
        reader.reset(bytes, offset + CommandBatch.HEADER_BYTES, length - CommandBatch.HEADER_BYTES);
        while (reader.next()) {
            executor.execute(reader, results);
            items.moveTogether();
        }
    }

    /**
     * Answers GETs, and FETCHes that change nothing, from memory, as of {@link #stateTimeMillis()}. The caller has made sure
     * that this state is recent enough and that nothing is {@link #dueAt} its time.
     *
     * @param nowMillis Unix time from which is counted how long items have left
     * @param buffer commands without a batch header
     * @param maxResultBytes where to stop: the result that would pass it is left out, unless it is the first
     * @return how many commands were answered, from the front; at least 1
     * @throws MalformedBytesException if the bytes are not {@code commandCount} such commands; then nothing is appended
     */
    public int read(
            long nowMillis,
            byte[] buffer,
            int offset,
            int length,
            int commandCount,
            ByteWriter results,
            int maxResultBytes) {
        requireReads(buffer, offset, length, commandCount);
        reader.reset(buffer, offset, length);
        int resultsAt = results.length();
        int answered = 0;
        while (reader.next()) {
            Item item = items.visible(buffer, reader.keyOffset(), reader.keyLength());
            long bytes = item == null ? 1 : GeneralExecutor.resultBytes(reader, item);
            if (answered > 0 && results.length() - resultsAt + bytes > maxResultBytes) {
                return answered;
            }
            answered++;
            counters.gets++;
            counters.getHits += item == null ? 0 : 1;
            answer(item, Math.max(nowMillis, items.timeMillis()), results);
        }
        return answered;
    }

    private void answer(Item item, long nowMillis, ByteWriter results) {
        if (reader.op() == Op.FETCH) {
            GeneralExecutor.look(reader, item, nowMillis, results);
        } else if (item == null) {
            ResultWriter.code(results, Result.MISS);
        } else {
            item.accessedAt(nowMillis);
            CommandExecutor.write(item, results);
        }
    }

    private void requireReads(byte[] buffer, int offset, int length, int commandCount) {
        reader.reset(buffer, offset, length);
        int found = 0;
        while (reader.next()) {
            if (!reader.isRead()) {
                throw new MalformedBytesException(
                        "A read contains a " + Op.name(reader.op()) + ", which has to go through the log.");
            }
            found++;
        }
        if (found != commandCount || found == 0) {
            throw new MalformedBytesException("A read announces " + commandCount + " commands and contains " + found
                    + "; it needs at least one.");
        }
    }

    /**
     * Whether something a client can see disappears after {@link #stateTimeMillis()} and by {@code nowMillis}. If so, a tick
     * has to go through the log before a read is answered at that time.
     */
    public boolean dueAt(long nowMillis) {
        return items.dueAt(nowMillis);
    }

    /**
     * Captures the whole state as it is now, in the time it takes to copy some thousand references. Changes made later are
     * made elsewhere, so any number of captures may be around at once. One that is {@link SnapshotCapture#release released} lets
     * the store write over what it has seen; one that is not does no harm.
     */
    public SnapshotCapture beginCapture() {
        return new SnapshotCapture(
                partition,
                appliedIndex,
                items.timeMillis(),
                items.lastCas(),
                items.flushAtMillis(),
                sessions.values().toArray(new Session[0]),
                items.count(),
                items.shareTable(),
                items.sharePages(),
                items.lease());
    }

    /**
     * A hash of the snapshot of the current state: equal states, equal digests. Reads everything, so for tests and small
     * partitions; a live partition takes {@link SnapshotCapture#digest()} on another thread.
     */
    public long digest() {
        SnapshotCapture capture = beginCapture();
        try {
            return capture.digest();
        } catch (IOException e) {
            throw new UncheckedIOException("Hashing does not write anywhere, so this cannot happen.", e);
        } finally {
            capture.release();
        }
    }

    void restoreSessions(Collection<Session> restored) {
        for (Session session : restored) {
            sessions.put(session.node(), session);
        }
    }

    public int partition() {
        return partition;
    }

    /** The latest time that was stamped on an applied entry: Unix time in milliseconds, never falling. */
    public long stateTimeMillis() {
        return items.timeMillis();
    }

    public long appliedIndex() {
        return appliedIndex;
    }

    /** What counts against the memory limit; see {@link Item#sizeBytes()}. */
    public long usedBytes() {
        return items.usedBytes();
    }

    /** The memory that its items take, beside what it takes to find them. Of this replica: others may have laid them out differently. */
    public long pageBytes() {
        return items.pageBytes();
    }

    /** Items held, among them expired ones that are not purged yet. */
    public long itemCount() {
        return items.count();
    }

    /** Live counts, not a copy. */
    public StoreCounters counters() {
        return counters;
    }
}
