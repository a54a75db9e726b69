package io.ringleader.raft;

import io.ringleader.raft.Message.InstallSnapshot;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One real {@link Raft} with an owner that does what {@link Effects} asks for: a manual disk, snapshot files, and a state machine
 * that is the list of entries it has applied. Time is set by the test.
 */
final class TestNode {
    final int id;
    final List<Integer> voters;
    TestDisk disk = new TestDisk();
    private final RaftConfig config;
    private final int chunkBytes;
    private final Random random;
    private final NodeEvents events;
    private final StepObserver observer;

    private final Map<Integer, Long> heardNanos = new HashMap<>();
    private Raft raft;
    private long nowNanos;
    private boolean diskIsAutomatic = true;
    private boolean chunksWait;
    private final ArrayDeque<InstallSnapshot> waitingChunks = new ArrayDeque<>();
    private final List<Entry> applied = new ArrayList<>();
    /** Snapshot files, whole and durable. */
    private final Map<SnapshotPoint, byte[]> files = new HashMap<>();
    /** The file a leader is sending, as far as it has come. */
    private SnapshotPoint incoming = SnapshotPoint.NONE;

    private final ByteArrayOutputStream incomingBytes = new ByteArrayOutputStream();

    TestNode(int id, List<Integer> voters, Settings settings, NodeEvents events) {
        this(id, voters, settings, events, StepObserver.NONE);
    }

    TestNode(int id, List<Integer> voters, Settings settings, NodeEvents events, StepObserver observer) {
        this.id = id;
        this.voters = voters;
        this.config = settings.config();
        this.chunkBytes = settings.chunkBytes();
        this.random = new Random(settings.seed() * 31 + id);
        this.events = events;
        this.observer = observer;
        disk.format(id, voters);
    }

    // ---- life

    /** Comes up with what is durable, and with nothing else. */
    void start(long now) {
        nowNanos = now;
        applied.clear();
        if (disk.snapshot().index() > 0) {
            applied.addAll(SnapshotFile.decode(files.get(disk.snapshot())));
        }
        incoming = SnapshotPoint.NONE;
        raft = new Raft(
                id,
                voters,
                config,
                random,
                disk.hardState(),
                disk.snapshot(),
                disk.entries(),
                disk.replicas(),
                now,
                observer);
    }

    void crash(int writesThatMadeIt) {
        raft = null;
        waitingChunks.clear();
        disk.crash(writesThatMadeIt);
    }

    /** The node, which is not up, gets another disk, an empty one for instance. Returns what it had. */
    TestDisk replaceDisk(TestDisk other) {
        TestDisk previous = disk;
        disk = other;
        return previous;
    }

    boolean isUp() {
        return raft != null;
    }

    Raft raft() {
        return raft;
    }

    RaftState state() {
        return raft.state();
    }

    boolean isLeader() {
        return isUp() && raft.isLeader();
    }

    void diskIsAutomatic(boolean automatic) {
        diskIsAutomatic = automatic;
    }

    /** Whether pieces of snapshots that arrive are stored only when {@link #storeWaitingChunk} is called. */
    void chunksWait(boolean wait) {
        chunksWait = wait;
    }

    // ---- events

    void tick(long now) {
        nowNanos = now;
        raft.tick(now);
        pump();
    }

    void receive(Message message, Replica sender, long now) {
        nowNanos = now;
        raft.receive(message, sender, now);
        pump();
    }

    Raft.Proposed propose(byte[] payload) {
        Raft.Proposed proposed = raft.propose(payload);
        pump();
        return proposed;
    }

    void read(long readId, long now) {
        nowNanos = now;
        raft.read(readId, nowNanos);
        pump();
    }

    boolean transfer(int target, long now) {
        boolean begun = raft.transferLeadership(target, now);
        pump();
        return begun;
    }

    /** The other node gave a sign of life. */
    void hears(int other, long now) {
        heardNanos.put(other, now);
    }

    long heardNanos(int other) {
        return heardNanos.getOrDefault(other, Long.MIN_VALUE / 2);
    }

    void suspect(int other, long heard, long now) {
        nowNanos = now;
        raft.suspect(other, heard, now);
        pump();
    }

    void reconnected(int voter) {
        raft.reconnected(voter);
        pump();
    }

    /** Takes a snapshot of everything applied. */
    void snapshot() {
        if (!applied.isEmpty()) {
            Entry last = applied.get(applied.size() - 1);
            files.put(new SnapshotPoint(last.index(), last.term()), SnapshotFile.encode(applied));
            raft.snapshotTaken(last.index(), 0);
            pump();
        }
    }

    /** So many writes reach the disk. */
    void completeDisk(int writes) {
        disk.complete(writes, this::onDurable, this::release);
        pump();
    }

    // ---- carrying out effects

    /** The end of a burst: carries out effects until there are none. */
    void pump() {
        for (int i = 0; i < 10_000; i++) {
            raft.flush(nowNanos);
            Effects effects = raft.takeEffects();
            if (effects.isEmpty() && (!diskIsAutomatic || disk.isIdle())) {
                return;
            }
            carryOut(effects);
            disk.complete(diskIsAutomatic ? Integer.MAX_VALUE : 0, this::onDurable, this::release);
        }
        throw new InvariantViolation("Node " + id + " asks for effects without end.");
    }

    private void carryOut(Effects effects) {
        effects.roleChanges().forEach(change -> events.roleChanged(this, change));
        for (Durable durable : effects.durables()) {
            events.written(this, durable);
            disk.write(durable);
        }
        for (Message message : effects.messages()) {
            if (message.waitsForDisk()) {
                disk.hold(message);
            } else {
                release(message);
            }
        }
        if (effects.restore() != null) {
            applied.clear();
            applied.addAll(SnapshotFile.decode(files.get(effects.restore())));
            events.restored(this, effects.restore());
        }
        effects.committed().forEach(this::apply);
        effects.reads().forEach(read -> events.readServed(this, read));
        effects.refusedReads().forEach(readId -> events.readRefused(this, readId));
        effects.chunksToSend().forEach(this::sendChunk);
        waitingChunks.addAll(effects.chunksToStore());
        while (!chunksWait && !waitingChunks.isEmpty()) {
            storeChunk(waitingChunks.poll());
        }
    }

    private void onDurable(Durable durable) {
        raft.persisted(List.of(durable));
        events.durable(this, durable);
    }

    private void release(Message message) {
        if (message.to() == id) {
            events.sentToSelf(this, message);
            raft.receive(message, raft.replica(), nowNanos);
        } else {
            events.sent(this, message);
        }
    }

    private void apply(Entry entry) {
        if (entry.index() != appliedIndex() + 1) {
            throw new InvariantViolation(
                    "Node " + id + " was given " + entry + " to apply after index " + appliedIndex() + ".");
        }
        applied.add(entry);
        events.applied(this, entry);
    }

    private void sendChunk(Effects.ChunkToSend chunk) {
        byte[] file = files.get(chunk.snapshot());
        int from = (int) Math.min(chunk.offset(), file.length);
        int to = Math.min(from + chunkBytes, file.length);
        byte[] data = Arrays.copyOfRange(file, from, to);
        release(new InstallSnapshot(
                id, chunk.to(), chunk.term(), chunk.snapshot(), chunk.offset(), data, to == file.length));
    }

    private void storeChunk(InstallSnapshot chunk) {
        if (!incoming.equals(chunk.snapshot())) {
            incoming = chunk.snapshot();
            incomingBytes.reset();
        }
        boolean fits = chunk.offset() == incomingBytes.size();
        if (fits) {
            incomingBytes.writeBytes(chunk.data());
        }
        if (fits && chunk.done()) {
            files.put(incoming, incomingBytes.toByteArray());
            incoming = SnapshotPoint.NONE;
            raft.snapshotStored(chunk.snapshot());
        } else {
            raft.chunkStored(chunk.snapshot(), incomingBytes.size());
        }
    }

    /** A piece of a snapshot gets into the file, long after it came perhaps. */
    void storeWaitingChunk() {
        if (!waitingChunks.isEmpty()) {
            storeChunk(waitingChunks.poll());
            pump();
        }
    }

    // ---- what a test may ask

    long appliedIndex() {
        return applied.isEmpty() ? 0 : applied.get(applied.size() - 1).index();
    }

    List<Entry> applied() {
        return applied;
    }

    /** Puts a snapshot and a log on the disk of a node that is not up. */
    void onDisk(HardState hardState, List<Entry> snapshotFile, long... termsAfter) {
        disk.store(hardState);
        long index = 0;
        if (!snapshotFile.isEmpty()) {
            Entry last = snapshotFile.get(snapshotFile.size() - 1);
            SnapshotPoint point = new SnapshotPoint(last.index(), last.term());
            files.put(point, SnapshotFile.encode(snapshotFile));
            disk.store(point);
            index = last.index();
        }
        for (Entry entry : entries(index + 1, termsAfter)) {
            disk.store(entry);
        }
    }

    /** Entries with these terms from the index on. Equal index and term means equal payload. */
    static List<Entry> entries(long firstIndex, long... terms) {
        List<Entry> made = new ArrayList<>();
        for (long term : terms) {
            long index = firstIndex + made.size();
            made.add(new Entry(index, term, EntryType.COMMANDS, payload(index + "@" + term)));
        }
        return made;
    }

    static byte[] payload(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static boolean same(Entry a, Entry b) {
        return a.index() == b.index()
                && a.term() == b.term()
                && a.type() == b.type()
                && Arrays.equals(a.payload(), b.payload());
    }
}
