package io.ringleader.node;

import io.ringleader.loop.Clock;
import io.ringleader.loop.Loop;
import io.ringleader.node.Pending.ReadWork;
import io.ringleader.raft.Entry;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.store.ByteWriter;
import io.ringleader.store.CommandBatch;
import io.ringleader.store.MalformedBytesException;
import io.ringleader.store.PartitionStore;
import io.ringleader.store.SnapshotCapture;
import io.ringleader.store.StoreCounters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single writer: owns the state machines of all partitions of this node, applies what is committed, serves reads, and does
 * nothing else. Owned by the store loop.
 */
final class StoreHost {
    private static final Logger log = LoggerFactory.getLogger(StoreHost.class);
    private static final long HOUSEKEEPING_NANOS = 1_000_000_000L;

    /** A committed entry, and who waits for it (null: nobody here). */
    record Committed(Entry entry, Pending pending) {}

    /** Hears of results, on the store loop. */
    interface Listener {
        void respond(int node, Response response);

        /** Something of the partition expires at or before the time, but its clock is not there yet; {@code read} may be null. */
        void onTickNeeded(int partition, ReadWork read, long nowMillis);

        void onCaptured(int partition, SnapshotPoint point, SnapshotCapture capture);

        /** The store of the partition is to be loaded from its snapshot file and given to {@link #restored}. */
        void onRestoreNeeded(int partition, SnapshotPoint point);
    }

    private static final class Slot {
        PartitionStore store;
        long appliedTerm;
        /** Work that waits for a snapshot to be loaded; null when none is being loaded. */
        ArrayDeque<Runnable> deferred;
    }

    private final Loop loop;
    private final Clock clock;
    private final int readMaxResultBytes;
    private final Listener listener;
    private final TreeMap<Integer, Slot> slots = new TreeMap<>();
    private final ByteWriter results = new ByteWriter();
    private long itemSum;
    private long byteSum;
    /** The sums as they were at the end of the last burst. */
    private volatile long items;

    private volatile long bytes;

    StoreHost(Loop loop, Clock clock, int readMaxResultBytes, Listener listener) {
        this.loop = loop;
        this.clock = clock;
        this.readMaxResultBytes = readMaxResultBytes;
        this.listener = listener;
        loop.atEndOfBurst(this::publish);
    }

    /** Before the loop starts: a partition with the state recovery found. */
    void add(int partition, PartitionStore store, long appliedTerm) {
        Slot slot = new Slot();
        slot.store = store;
        slot.appliedTerm = appliedTerm;
        slots.put(partition, slot);
        itemSum += store.itemCount();
        byteSum += store.usedBytes();
    }

    /** On the store loop, or where everything is one thread. 0 if the partition is not here. */
    long appliedIndex(int partition) {
        Slot slot = slots.get(partition);
        return slot == null ? 0 : slot.store.appliedIndex();
    }

    /** By partition, how far the stores are. On the store loop. */
    Map<Integer, Long> appliedIndexes() {
        Map<Integer, Long> indexes = new TreeMap<>();
        slots.forEach((partition, slot) -> indexes.put(partition, slot.store.appliedIndex()));
        return indexes;
    }

    void start() {
        loop.schedule(HOUSEKEEPING_NANOS, this::housekeeping);
    }

    void apply(int partition, List<Committed> committed) {
        Slot slot = slots.get(partition);
        if (slot.deferred != null) {
            slot.deferred.add(() -> apply(partition, committed));
            return;
        }
        long itemsBefore = slot.store.itemCount();
        long bytesBefore = slot.store.usedBytes();
        for (Committed each : committed) {
            apply(partition, slot, each);
        }
        itemSum += slot.store.itemCount() - itemsBefore;
        byteSum += slot.store.usedBytes() - bytesBefore;
    }

    private void apply(int partition, Slot slot, Committed committed) {
        Entry entry = committed.entry();
        results.clear();
        PartitionStore.Outcome outcome =
                slot.store.apply(entry.index(), entry.bytes(), entry.offset(), entry.length(), results);
        slot.appliedTerm = entry.term();
        Pending pending = committed.pending();
        if (pending == null) {
            return;
        }
        if (pending.write != null) {
            Request request = pending.write;
            Response response = outcome == PartitionStore.Outcome.STALE
                    ? Response.failed(request.id(), Response.Status.STALE)
                    : Response.ok(
                            request.id(),
                            CommandBatch.commandCount(entry.bytes(), entry.offset()),
                            results.toByteArray());
            listener.respond(request.from(), response);
        }
        for (ReadWork read : pending.reads) {
            read(partition, slot, read);
        }
    }

    /** Serves a read whose read index has been submitted to {@link #apply} before. */
    void read(int partition, ReadWork read) {
        Slot slot = slots.get(partition);
        if (slot.deferred != null) {
            slot.deferred.add(() -> read(partition, read));
        } else {
            read(partition, slot, read);
        }
    }

    private void read(int partition, Slot slot, ReadWork read) {
        if (slot.store.dueAt(read.nowMillis())) {
            // Whether an item is expired is decided in the log, so that no later reader anywhere can see it again.
            listener.onTickNeeded(partition, read, read.nowMillis());
            return;
        }
        Request request = read.request();
        results.clear();
        try {
            int answered = slot.store.read(
                    read.nowMillis(),
                    request.bytes(),
                    0,
                    request.bytes().length,
                    request.commandCount(),
                    results,
                    readMaxResultBytes);
            listener.respond(request.from(), Response.ok(request.id(), answered, results.toByteArray()));
        } catch (MalformedBytesException e) {
            log.warn("Node {} sent a malformed read for partition {}: {}", request.from(), partition, e.getMessage());
            listener.respond(request.from(), Response.failed(request.id(), Response.Status.REFUSED));
        }
    }

    // ---- snapshots

    /** Captures the partition for a snapshot; the listener gets it. */
    void beginSnapshot(int partition) {
        capture(partition, listener::onCaptured);
    }

    /** What is done with a capture, elsewhere. */
    private interface Captured {
        void accept(int partition, SnapshotPoint point, SnapshotCapture capture);
    }

    private void capture(int partition, Captured then) {
        Slot slot = slots.get(partition);
        if (slot.deferred != null) {
            slot.deferred.add(() -> capture(partition, then));
        } else {
            SnapshotPoint point = new SnapshotPoint(slot.store.appliedIndex(), slot.appliedTerm);
            then.accept(partition, point, slot.store.beginCapture());
        }
    }

    /** Takes a capture on the store loop; null after the last partition. */
    interface CaptureTaker {
        void accept(int partition, SnapshotCapture capture);
    }

    /** Captures the first partition of this node whose number is higher. Any thread. */
    void captureAfter(int partition, CaptureTaker taker) {
        loop.execute(() -> {
            Integer next = slots.higherKey(partition);
            if (next == null) {
                taker.accept(partition, null);
            } else {
                capture(next, (captured, point, capture) -> taker.accept(captured, capture));
            }
        });
    }

    /** The sums over all partitions of this node. On the store loop. */
    StoreCounters counters() {
        StoreCounters sum = new StoreCounters();
        slots.values().forEach(slot -> sum.add(slot.store.counters()));
        return sum;
    }

    /** The digest of a partition's snapshot at an index: equal on all replicas. */
    record Digest(long appliedIndex, long value) {}

    /** Digests every partition, one after the other, computed on the snapshot loop; calls back there. */
    void digests(Loop snapshotLoop, BiConsumer<Integer, Digest> each, Runnable done) {
        digestFrom(slots.isEmpty() ? null : slots.firstKey(), snapshotLoop, each, done);
    }

    private void digestFrom(Integer first, Loop snapshotLoop, BiConsumer<Integer, Digest> each, Runnable done) {
        if (first == null) {
            done.run();
            return;
        }
        capture(
                first,
                (partition, point, capture) -> snapshotLoop.execute(() -> {
                    try {
                        each.accept(partition, new Digest(point.index(), capture.digest()));
                    } catch (IOException e) {
                        throw new UncheckedIOException("Computing a digest does no I/O.", e);
                    } finally {
                        capture.release();
                    }
                    loop.execute(() -> digestFrom(slots.higherKey(partition), snapshotLoop, each, done));
                }));
    }

    /** The leader sent a snapshot: until it is loaded, nothing is applied or read. */
    void restore(int partition, SnapshotPoint point) {
        Slot slot = slots.get(partition);
        if (slot.deferred != null) {
            slot.deferred.add(() -> restore(partition, point));
            return;
        }
        slot.deferred = new ArrayDeque<>();
        listener.onRestoreNeeded(partition, point);
    }

    void restored(int partition, PartitionStore store, SnapshotPoint point) {
        Slot slot = slots.get(partition);
        itemSum += store.itemCount() - slot.store.itemCount();
        byteSum += store.usedBytes() - slot.store.usedBytes();
        slot.store = store;
        slot.appliedTerm = point.term();
        ArrayDeque<Runnable> waiting = slot.deferred;
        slot.deferred = null;
        // One of them may begin another restore: the rest then waits for that one.
        waiting.forEach(Runnable::run);
    }

    // ---- housekeeping

    private void housekeeping() {
        long nowMillis = clock.wallMillis();
        slots.forEach((partition, slot) -> {
            if (slot.deferred == null && slot.store.dueAt(nowMillis)) {
                listener.onTickNeeded(partition, null, nowMillis);
            }
        });
        loop.schedule(HOUSEKEEPING_NANOS, this::housekeeping);
    }

    private void publish() {
        items = itemSum;
        bytes = byteSum;
    }

    /** Items in all partitions of this node. Any thread. */
    long items() {
        return items;
    }

    /** Bytes of memory they are counted as. Any thread. */
    long bytes() {
        return bytes;
    }
}
