package io.ringleader.node;

import io.ringleader.loop.Clock;
import io.ringleader.loop.Loop;
import io.ringleader.node.Pending.ReadWork;
import io.ringleader.node.Response.Status;
import io.ringleader.raft.Effects;
import io.ringleader.raft.Entry;
import io.ringleader.raft.HardState;
import io.ringleader.raft.Message;
import io.ringleader.raft.Message.AppendEntries;
import io.ringleader.raft.Message.PreVote;
import io.ringleader.raft.Message.RequestVote;
import io.ringleader.raft.Message.TimeoutNow;
import io.ringleader.raft.Raft.Proposed;
import io.ringleader.raft.Replica;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.store.CommandBatch;
import io.ringleader.store.MalformedBytesException;
import io.ringleader.store.SnapshotCapture;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The raft loop: all groups of this node. Feeds them what arrives, and at the end of each burst carries out their effects
 * together: one append for the log, one frame per peer, one hand-over to the store. Owned by the raft loop.
 */
final class RaftHost {
    private static final Logger log = LoggerFactory.getLogger(RaftHost.class);

    /** What the raft loop sets in motion elsewhere. Called on the raft loop; each must return at once. */
    interface Outside extends Leaderships.Others {
        /** To the log loop: make these durable and say so with {@link RaftHost#onDurable}. */
        void append(long token, List<LogWriter.Append> appends);

        /** To the store loop, in order. */
        void store(List<Runnable> work);

        StoreHost storeHost();

        /** To a peer, from this replica. */
        void send(int node, int partition, Replica sender, Message message);

        /** To whoever asked, this node's router or a peer. */
        void respond(int node, Response response);

        void leaderChanged(int partition, int leader);

        /** To the snapshot loop: read this chunk and send it. */
        void sendChunk(int partition, Effects.ChunkToSend chunk);

        /** To the snapshot loop: write this chunk and say so. */
        void storeChunk(int partition, Message.InstallSnapshot chunk);

        /** To the snapshot loop: write this snapshot and say so with {@link RaftHost#onSnapshotTaken}. */
        void writeSnapshot(SnapshotKeeper.Order order);

        /** To the snapshot loop: these are being sent, and stay when there is a newer one. */
        void spareSnapshots(int partition, Set<SnapshotPoint> beingSent);

        /** When the node was last heard, on the connection on which its messages come, if only when this one started. */
        long lastHeardNanos(int node);

        /** Everything of this burst has been handed over: let it leave. */
        void flush();
    }

    /** A disk without room for a snapshot is not tried again at once. */
    private static final long SNAPSHOT_RETRY_NANOS = 5_000_000_000L;

    private final int self;
    private final Loop loop;
    private final Clock clock;
    private final RaftLimits limits;
    private final RaftTimes times;
    private final Outside outside;
    private final RaftWatch watch;
    private final TreeMap<Integer, PartitionGroup> groups = new TreeMap<>();
    private final ArrayDeque<PartitionGroup> dirty = new ArrayDeque<>();
    private final SnapshotTurns turns = new SnapshotTurns();
    private final UncommittedRoom uncommitted;

    private final LogGate gate = new LogGate();
    private final Lull lull = new Lull();
    private List<Runnable> storeWork = new ArrayList<>();
    private final Leaderships leaderships;
    private final Suspicions suspicions;
    private final StandingLog standings;
    private boolean diskFull;

    RaftHost(int self, Loop loop, Clock clock, RaftLimits limits, RaftTimes times, Outside outside) {
        this.self = self;
        this.loop = loop;
        this.clock = clock;
        this.limits = limits;
        this.times = times;
        this.outside = outside;
        uncommitted = new UncommittedRoom(limits.uncommittedMaxBytes());
        watch = new RaftWatch(clock);
        standings = new StandingLog(self);
        leaderships = new Leaderships(groups.values(), this::touch, outside, clock, times.heartbeatNanos());
        suspicions = new Suspicions(groups.values(), this::touch, outside::lastHeardNanos, times.silenceNanos());
        loop.atEndOfBurst(this::endOfBurst);
    }

    /** Before the loop starts. */
    void add(PartitionGroup group) {
        groups.put(group.partition, group);
        suspicions.add(group);
    }

    void start() {
        loop.schedule(times.tickNanos(), this::tick);
    }

    /** Who wants to see what happens here. */
    RaftWatch watch() {
        return watch;
    }

    Leaderships leaderships() {
        return leaderships;
    }

    /** Where all groups must find room for what they take. */
    UncommittedRoom uncommitted() {
        return uncommitted;
    }

    Iterable<PartitionGroup> groups() {
        return groups.values();
    }

    /** Who waits for what, for tests; empty if nobody does. */
    String unfinished() {
        StringBuilder text = new StringBuilder();
        groups.values().forEach(group -> text.append(group.unfinished()));
        return text.toString();
    }

    // ---- events

    private void tick() {
        long nowNanos = clock.monotonicNanos();
        suspicions.look(nowNanos);
        if (suspicions.anybody() || lull.isLookDue(nowNanos)) {
            lookAtAll(nowNanos);
        }
        leaderships.tick(nowNanos);
        standings.tick(groups.values(), nowNanos);
        watch.tick(nowNanos);
        loop.schedule(lull.lasts() ? times.untilNextBeat(nowNanos) : times.tickNanos(), this::tick);
    }

    private void lookAtAll(long nowNanos) {
        boolean quiet = !leaderships.isRetiring();
        for (PartitionGroup group : groups.values()) {
            tick(group, nowNanos);
            quiet &= group.raft.isQuiet() && !group.dirty;
        }
        lull.looked(quiet, nowNanos);
    }

    private void tick(PartitionGroup group, long nowNanos) {
        if (group.raft.isQuiet()) {
            suspicions.tick(group, nowNanos);
        }
        if (!group.raft.isQuiet() && (group.raft.isLeader() || !leaderships.isRetiring())) {
            group.raft.tick(nowNanos);
        }
        if (group.raft.hasWork() || group.isSnapshotDue(limits.snapshotLogBytes(), turns, nowNanos)) {
            touch(group);
        }
    }

    void onMessage(int partition, Replica sender, Message message) {
        PartitionGroup group = groups.get(partition);
        if (group == null || !group.raft.hasVoter(message.from())) {
            log.warn(
                    "Node {} sent a message for partition {}, of which it and this node do not both have a replica.",
                    message.from(),
                    partition);
            return;
        }
        boolean waitsForDisk =
                message instanceof AppendEntries || message instanceof PreVote || message instanceof RequestVote;
        if (diskFull && waitsForDisk) {
            // What waits for the disk is in memory, and so is an answer that does. Taken for lost, it is sent again;
            // and whoever runs for election looks for other voters.
            return;
        }
        if (leaderships.isRetiring() && message instanceof TimeoutNow) {
            return;
        }
        group.raft.receive(message, sender, clock.monotonicNanos());
        touch(group);
    }

    /** A connection to or from the node was lost or made anew. */
    void onLinkChanged(int node) {
        suspicions.suspect(node, clock.monotonicNanos());
    }

    /** The node is about to stop: it may cease to lead, and not say so. */
    void onLeaving(int node) {
        long nowNanos = clock.monotonicNanos();
        leaderships.onLeaving(node, nowNanos);
        suspicions.suspect(node, nowNanos);
    }

    void onPeerUp(int node) {
        onLinkChanged(node);
        for (PartitionGroup group : groups.values()) {
            group.raft.reconnected(node);
            touch(group);
        }
    }

    void onRequest(Request request) {
        PartitionGroup group = groups.get(request.partition());
        // Another node that asks here takes this one for the leader, and had better learn who is.
        boolean readHere = !request.write() && request.from() == self;
        if (group == null || !(group.raft.isLeader() || readHere)) {
            int leader = group == null ? HardState.NOBODY : group.raft.leader();
            outside.respond(request.from(), Response.notLeader(request.id(), leader));
        } else if (request.write()) {
            propose(group, request);
        } else {
            suspicions.wake(group, clock.monotonicNanos());
            group.read(new ReadWork(request, clock.wallMillis()), clock.monotonicNanos());
            touch(group);
        }
    }

    private void propose(PartitionGroup group, Request request) {
        if (diskFull) {
            outside.respond(request.from(), Response.failed(request.id(), Status.DISK_FULL));
            return;
        }
        try {
            CommandBatch.validate(request.bytes(), 0, request.bytes().length);
        } catch (MalformedBytesException e) {
            log.warn(
                    "Node {} sent a malformed batch for partition {}: {}",
                    request.from(),
                    group.partition,
                    e.getMessage());
            outside.respond(request.from(), Response.failed(request.id(), Status.REFUSED));
            return;
        }
        Proposed proposed =
                group.propose(request, clock.wallMillis(), limits.partitionMaxBytes(), limits.itemMaxBytes());
        switch (proposed) {
            case ACCEPTED -> touch(group);
            case NOT_LEADER -> outside.respond(request.from(), Response.notLeader(request.id(), HardState.NOBODY));
            case TOO_MUCH_UNCOMMITTED -> outside.respond(request.from(), Response.failed(request.id(), Status.BUSY));
        }
    }

    /** The store found something that expires by that time. */
    void onTickNeeded(int partition, ReadWork read, long nowMillis) {
        PartitionGroup group = groups.get(partition);
        Proposed proposed = group.tick(read, nowMillis);
        if (proposed == Proposed.ACCEPTED) {
            touch(group);
        } else if (read != null) {
            Request request = read.request();
            Response refusal = proposed == Proposed.TOO_MUCH_UNCOMMITTED
                    ? Response.failed(request.id(), Status.BUSY)
                    : Response.notLeader(request.id(), group.otherLeader());
            outside.respond(request.from(), refusal);
        }
    }

    void onDurable(long token) {
        gate.onDurable(token);
    }

    void onDiskFull(boolean full) {
        diskFull = full;
    }

    void transferLeadership(int partition, int target) {
        PartitionGroup group = groups.get(partition);
        if (group != null && group.raft.transferLeadership(target, clock.monotonicNanos())) {
            touch(group);
        }
    }

    void onLogTooLong(List<Integer> partitions) {
        for (int partition : partitions) {
            PartitionGroup group = groups.get(partition);
            // Not begun here: what was committed in this burst has not been handed to the store yet.
            if (group != null) {
                group.snapshotWanted = true;
                touch(group);
            }
        }
    }

    /**
     * The snapshot that {@link #beginSnapshot} asked for is in memory. What it holds was applied as soon as it was committed,
     * so this node's own log may lag behind it; a crash must not leave the file of a term that the log knows nothing of.
     */
    void onCaptured(int partition, SnapshotPoint point, SnapshotCapture capture) {
        PartitionGroup group = groups.get(partition);
        gate.whenDurable(
                gate.lastToken(),
                () -> outside.writeSnapshot(
                        new SnapshotKeeper.Order(partition, point, capture, group.snapshotUrgent::get)));
    }

    /** The snapshot of so many bytes is durable, or could not be written. */
    void onSnapshotTaken(int partition, SnapshotPoint point, OptionalLong bytes) {
        PartitionGroup group = groups.get(partition);
        long nowNanos = clock.monotonicNanos();
        // one that the leader sent meanwhile may have overtaken it
        if (bytes.isPresent() && point.index() >= group.raft.snapshot().index()) {
            outside.spareSnapshots(partition, group.raft.snapshotsBeingSent(nowNanos));
            group.snapshotTaken(point, bytes.getAsLong(), nowNanos);
            log.info("Partition {}: snapshot at {}", partition, point);
            watch.snapshot(partition, point, "taken");
            touch(group);
        } else {
            group.snapshotting = false;
            group.noSnapshotUntilNanos = nowNanos + SNAPSHOT_RETRY_NANOS;
        }
    }

    /** The file cannot be sent to anybody. What it held is in memory: a new snapshot, of now, takes its place. */
    void onSnapshotDamaged(int partition, SnapshotPoint point) {
        PartitionGroup group = groups.get(partition);
        if (group.raft.snapshot().equals(point)) {
            group.snapshotDamaged = true;
            touch(group);
        }
    }

    void onChunkStored(int partition, SnapshotPoint point, SnapshotKeeper.Received received) {
        PartitionGroup group = groups.get(partition);
        if (received.whole()) {
            group.snapshotBytes = received.fileBytes();
            group.raft.snapshotStored(point);
            log.info("Partition {}: received the snapshot at {}", partition, point);
            watch.snapshot(partition, point, "received");
        } else {
            group.raft.chunkStored(point, received.nextOffset());
        }
        touch(group);
    }

    // ---- effects

    /** After each step of a group. */
    private void touch(PartitionGroup group) {
        group.countUncommitted();
        lull.ends();
        if (!group.dirty) {
            group.dirty = true;
            dirty.add(group);
        }
    }

    private void endOfBurst() {
        long nowNanos = clock.monotonicNanos();
        while (!dirty.isEmpty()) {
            PartitionGroup group = dirty.poll();
            group.dirty = false;
            group.raft.flush(nowNanos);
            carryOut(group, group.raft.takeEffects(), nowNanos);
        }
        gate.handOver(outside::append);
        if (!storeWork.isEmpty()) {
            outside.store(storeWork);
            storeWork = new ArrayList<>();
        }
        outside.flush();
    }

    private void carryOut(PartitionGroup group, Effects effects, long nowNanos) {
        if (!effects.durables().isEmpty()) {
            gate.add(new LogWriter.Append(group.partition, effects.durables()));
            turns.logged(effects.durables());
        }
        long token = gate.token();
        if (group.raft.isObserved() && !effects.durables().isEmpty()) {
            gate.whenDurable(token, () -> group.raft.persisted(effects.durables()));
        }
        for (Message message : effects.messages()) {
            if (message.waitsForDisk()) {
                gate.whenDurable(token, () -> deliver(group, message));
            } else {
                deliver(group, message);
            }
        }
        toStore(group, effects);
        effects.chunksToSend().forEach(chunk -> outside.sendChunk(group.partition, chunk));
        effects.chunksToStore().forEach(chunk -> storeChunk(group, chunk, token));
        effects.roleChanges().forEach(change -> onRoleChange(group, change));
        effects.replicaNews().forEach(news -> standings.hear(group.partition, news));
        for (Request orphan : group.takeOrphans()) {
            outside.respond(orphan.from(), new Response(orphan.id(), Status.LOST, group.raft.leader(), 0, new byte[0]));
        }
        if (group.isSnapshotDue(limits.snapshotLogBytes(), turns, nowNanos)) {
            beginSnapshot(group, nowNanos);
        }
        group.hastenSnapshot(limits.snapshotLogBytes());
        group.snapshotWanted = false;
    }

    /** Not before the term in which it came is durable: see {@link #onCaptured}. */
    private void storeChunk(PartitionGroup group, Message.InstallSnapshot chunk, long token) {
        // The leader repeats itself. What came twice while the disk was slow must not pile up here.
        if (!group.chunkWaits) {
            group.chunkWaits = true;
            gate.whenDurable(token, () -> {
                group.chunkWaits = false;
                outside.storeChunk(group.partition, chunk);
            });
        }
    }

    private void toStore(PartitionGroup group, Effects effects) {
        StoreHost store = outside.storeHost();
        int partition = group.partition;
        if (effects.restore() != null) {
            SnapshotPoint point = effects.restore();
            storeWork.add(() -> store.restore(partition, point));
        }
        if (!effects.committed().isEmpty()) {
            watch.committed(partition, effects.committed());
            List<StoreHost.Committed> committed =
                    new ArrayList<>(effects.committed().size());
            for (Entry entry : effects.committed()) {
                committed.add(new StoreHost.Committed(entry, group.takePending(entry)));
            }
            storeWork.add(() -> store.apply(partition, committed));
        }
        for (Effects.Read ready : effects.reads()) {
            // Its read index is committed, so it has been handed over above or earlier: the store will have applied it.
            ReadWork read = group.takeServed(ready.readId());
            storeWork.add(() -> store.read(partition, read));
        }
        for (long readId : effects.refusedReads()) {
            Request request = group.takeRead(readId).request();
            outside.respond(request.from(), Response.notLeader(request.id(), group.raft.leader()));
        }
    }

    private void deliver(PartitionGroup group, Message message) {
        if (message.to() == self) {
            group.raft.receive(message, group.raft.replica(), clock.monotonicNanos());
            touch(group);
        } else {
            send(group.partition, message);
        }
    }

    /** Who this node is goes with the message as it is now: not earlier, when it had yet to wait for the disk. */
    void send(int partition, Message message) {
        outside.send(message.to(), partition, groups.get(partition).raft.replica(), message);
    }

    private void onRoleChange(PartitionGroup group, Effects.RoleChange change) {
        log.debug("Partition {}: {} in term {}, {}", group.partition, change.role(), change.term(), change.reason());
        watch.roleChanged(group.partition, change);
        group.lastElection.hear(change, clock.wallMillis());
        if (change.leader() != group.knownLeader) {
            group.knownLeader = change.leader();
            leaderships.leadershipChanged();
            outside.leaderChanged(group.partition, change.leader());
        }
    }

    private void beginSnapshot(PartitionGroup group, long nowNanos) {
        if (group.snapshotDamaged
                || group.raft.commitIndex() > group.raft.snapshot().index()) {
            group.snapshotting = true;
            group.snapshotUrgent.set(false);
            turns.begun(group.snapshotBytes, nowNanos);
            storeWork.add(() -> outside.storeHost().beginSnapshot(group.partition));
        }
    }
}
