package io.ringleader.node;

import io.ringleader.loop.Clock;
import io.ringleader.loop.Loop;
import io.ringleader.raft.HardState;
import io.ringleader.ring.Ring;
import io.ringleader.store.CommandBatch;
import io.ringleader.store.CommandReader;
import io.ringleader.store.ResultReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Brings the commands of this node's clients to whoever leads their partition, and the results back. It is the session of
 * thesis §6.3: it numbers the batches of each partition, sends one at a time, and repeats it until it knows the outcome or the
 * time is up; the state machine applies a number once. Owned by the client loop.
 */
final class Router {
    /**
     * Times in nanoseconds, sizes in bytes. {@code attemptNanos}: how long to wait for one answer before asking again;
     * {@code resultMaxBytes}: of the results of a batch of writes, which come in one piece.
     */
    record Settings(
            long commandTimeoutNanos, long attemptNanos, int batchMaxBytes, long resultMaxBytes, long queueMaxBytes) {}

    /** Hands a request to the raft loop, for this node or another; {@code via} passes it on, unless it is nobody. */
    interface Sender {
        void send(int node, int via, Request request);
    }

    private static final long TIMER_NANOS = 10_000_000L;
    private static final long BACKOFF_MIN_NANOS = 5_000_000L;
    private static final long BACKOFF_MAX_NANOS = 100_000_000L;
    private static final long NEVER = Long.MAX_VALUE;
    /**
     * Request ids of different incarnations must not meet: a leader that stood still may answer what this node asked before it
     * was restarted, and that must not pass for an answer to something else. An incarnation is at least a millisecond of the
     * wall clock, which is far too short for this many requests.
     */
    private static final int INCARNATION_SHIFT = 20;

    private final int self;
    private final long incarnation;
    private final Ring ring;
    private final Loop loop;
    private final Clock clock;
    private final Settings settings;
    private final Sender sender;

    /** Two of each partition, one after the other: for reads and for writes. */
    private final List<Lane> lanes = new ArrayList<>();

    private final int[] leaders;
    private final Routes routes;
    private final ArrayDeque<Lane> dirty = new ArrayDeque<>();
    private final Map<Long, Lane> underWay = new HashMap<>();
    final QueueRoom room;

    private final ResultReader results = new ResultReader();
    private final CommandReader cursor = new CommandReader();
    private long nextRequestId;
    /** The timer is set: while some batch is under way, and no longer. */
    private boolean ticking;

    Router(int self, long incarnation, Ring ring, Loop loop, Clock clock, Settings settings, Sender sender) {
        this.self = self;
        this.incarnation = incarnation;
        this.nextRequestId = firstRequestId(incarnation);
        this.ring = ring;
        this.loop = loop;
        this.clock = clock;
        this.settings = settings;
        this.sender = sender;
        leaders = new int[ring.partitions()];
        room = new QueueRoom(settings.queueMaxBytes());
        routes = new Routes(self, ring, clock, settings.attemptNanos(), settings.commandTimeoutNanos());
        for (int partition = 0; partition < ring.partitions(); partition++) {
            lanes.add(new Lane(partition, false));
            lanes.add(new Lane(partition, true));
        }
        loop.atEndOfBurst(this::sendAll);
    }

    /** No request of an earlier process of this node had it or a higher one. */
    static long firstRequestId(long incarnation) {
        return incarnation << INCARNATION_SHIFT;
    }

    int partitions() {
        return ring.partitions();
    }

    int partitionOf(byte[] buffer, int keyOffset, int keyLength) {
        return ring.partitionOf(buffer, keyOffset, keyLength);
    }

    // ---- commands in

    /**
     * Whether what waits for the partition has waited for half of its time. What comes now would hardly be served in time: it is
     * better told at once than when its time is up.
     */
    boolean isBehind(int partition, boolean write) {
        return lane(partition, write).isDueBefore(clock.monotonicNanos() + settings.commandTimeoutNanos() / 2);
    }

    /**
     * The lane to write the next command to; {@link #added} must follow. If what gathers there has no room for a command and a
     * result of at most these sizes, it is sealed.
     */
    Lane lane(int partition, boolean write, long commandBytes, long resultBytes) {
        Lane lane = lane(partition, write);
        boolean fits = lane.commandBytes() + commandBytes <= settings.batchMaxBytes()
                && lane.resultBytes() + resultBytes <= settings.resultMaxBytes();
        if (lane.isGathering() && !fits) {
            seal(lane);
        }
        return lane;
    }

    private Lane lane(int partition, boolean write) {
        return lanes.get(2 * partition + (write ? 1 : 0));
    }

    /** {@code resultBytes}: what the result may weigh if it is remembered for a repeat, else 0. */
    void added(Lane lane, ClientSession session, long slot, long resultBytes) {
        room.add(lane.added(session, slot, clock.monotonicNanos() + settings.commandTimeoutNanos(), resultBytes));
        touch(lane);
    }

    private void touch(Lane lane) {
        if (!lane.dirty) {
            lane.dirty = true;
            dirty.add(lane);
        }
    }

    private void seal(Lane lane) {
        lane.queue.add(lane.seal());
    }

    /** Who waits for what, for tests; empty if nobody does. */
    String unfinished() {
        if (underWay.isEmpty() && room.isEmpty() && dirty.isEmpty()) {
            return "";
        }
        return " router: " + underWay.size() + " requests are under way, " + room + ", " + dirty.size()
                + " lanes are dirty;";
    }

    // ---- batches out

    private void sendAll() {
        while (!dirty.isEmpty()) {
            Lane lane = dirty.poll();
            lane.dirty = false;
            if (lane.inFlight == null) {
                startNext(lane);
            }
        }
        room.wake();
    }

    private void startNext(Lane lane) {
        if (lane.queue.isEmpty() && lane.isGathering()) {
            seal(lane);
        }
        Batch batch = lane.queue.poll();
        if (batch == null) {
            return;
        }
        if (lane.write) {
            lane.sequence++;
            CommandBatch.session(batch.bytes, 0, self, incarnation, lane.sequence, batch.commandCount());
        }
        lane.inFlight = batch;
        int leader = leaders[lane.partition];
        batch.here = mayReadHere(lane, leader);
        boolean known = leader != HardState.NOBODY && routes.isReached(batch, leader);
        attempt(lane, batch, batch.here ? self : known ? leader : routes.another(lane.partition, batch));
    }

    /** A replica serves reads whether it leads or not: values need not cross the network. */
    private boolean mayReadHere(Lane lane, int leader) {
        return !lane.write
                && leader != HardState.NOBODY
                && leader != self
                && ring.replicas(lane.partition).contains(self)
                && clock.monotonicNanos() >= lane.notHereUntilNanos;
    }

    private void notHere(Lane lane, Batch batch) {
        batch.here = false;
        lane.notHereUntilNanos = clock.monotonicNanos() + settings.attemptNanos();
    }

    private void attempt(Lane lane, Batch batch, int target) {
        attempt(lane, batch, target, routes.via(target));
    }

    private void attempt(Lane lane, Batch batch, int target, int via) {
        batch.via = via;
        batch.requestId = nextRequestId++;
        batch.target = target;
        batch.sentNanos = clock.monotonicNanos();
        batch.retryNanos = NEVER;
        batch.attempts++;
        underWay.put(batch.requestId, lane);
        if (!ticking) {
            ticking = true;
            loop.schedule(TIMER_NANOS, this::onTimer);
        }
        sender.send(
                target,
                via,
                new Request(self, batch.requestId, lane.partition, lane.write, batch.commandCount(), batch.bytes));
    }

    // ---- answers in

    void onResponse(Response response) {
        Lane lane = underWay.remove(response.requestId());
        if (lane == null) {
            // An earlier attempt; the one under way will be answered too.
            return;
        }
        Batch batch = lane.inFlight;
        batch.requestId = 0;
        switch (response.status()) {
            case OK -> onResults(lane, batch, response);
            case NOT_LEADER, LOST -> {
                if (batch.here) {
                    batch.trouble = "this node's replica cannot serve reads now";
                    onNotServedHere(lane, batch, response.leader());
                    return;
                }
                batch.uncertain |= response.status() == Response.Status.LOST;
                batch.trouble = "node " + batch.target + " does not lead";
                onNotLeader(lane, batch, response.leader());
            }
            case UNREACHABLE -> {
                batch.trouble = "node " + batch.target + " is unreachable";
                routes.missed(batch);
                tryAnother(lane, batch);
            }
            case BUSY -> {
                batch.trouble = "node " + batch.target + " has too many uncommitted writes";
                retryLater(batch);
            }
            case DISK_FULL -> fail(lane, batch, "the disk of node " + batch.target + " is full");
            case STALE -> fail(lane, batch, "another process has taken the place of node " + self);
            case TOO_LARGE -> {
                batch.uncertain = true;
                fail(lane, batch, "the answer of node " + batch.target + " is too large for a frame");
            }
            case REFUSED -> fail(lane, batch, "node " + batch.target + " refused the batch as malformed");
        }
    }

    private void onResults(Lane lane, Batch batch, Response response) {
        if (!batch.here) {
            leaders[lane.partition] = batch.target;
        }
        if (batch.via != HardState.NOBODY) {
            routes.foundDetour(batch.target, batch.via);
        }
        results.reset(response.results(), 0, response.results().length);
        int answered = 0;
        while (answered < response.answered() && batch.commandCount() > 0) {
            int start = results.position();
            if (!results.next()) {
                break;
            }
            answered++;
            ClientSession session = batch.session();
            long slot = batch.slot();
            batch.advance();
            session.onResult(lane.write, slot, response.results(), start, results.position());
        }
        if (batch.commandCount() == 0) {
            finish(lane, batch);
        } else if (answered > 0 && !lane.write) {
            sendRest(lane, batch, answered);
        } else {
            batch.uncertain = true;
            fail(lane, batch, "node " + batch.target + " sent an incomplete answer");
        }
    }

    /** A read was answered in part, because the whole answer would have been too large: ask for the rest. */
    private void sendRest(Lane lane, Batch batch, int answered) {
        cursor.reset(batch.bytes, 0, batch.bytes.length);
        for (int i = 0; i < answered; i++) {
            cursor.next();
        }
        batch.bytes = Arrays.copyOfRange(batch.bytes, cursor.position(), batch.bytes.length);
        attempt(lane, batch, batch.target);
    }

    private void finish(Lane lane, Batch batch) {
        room.remove(batch.queuedBytes);
        lane.inFlight = null;
        lane.recycle(batch);
        touch(lane);
    }

    // ---- trouble

    private void onNotLeader(Lane lane, Batch batch, int leader) {
        if (leader != HardState.NOBODY && !routes.isReached(batch, leader)) {
            // Who knows that it leads may reach it.
            if (batch.target != self && batch.target != leader && batch.via == HardState.NOBODY) {
                attempt(lane, batch, leader, batch.target);
            } else {
                tryAnother(lane, batch);
            }
            return;
        }
        // A hint comes from another node, so it is not trusted to name one that has a replica.
        if (leader != batch.target && ring.replicas(lane.partition).contains(leader)) {
            leaders[lane.partition] = leader;
            batch.target = leader;
            if (batch.attempts == 1) {
                attempt(lane, batch, leader);
            } else { // two nodes that point to each other must not make us spin
                batch.retryNanos = clock.monotonicNanos() + BACKOFF_MIN_NANOS;
            }
        } else {
            tryAnother(lane, batch);
        }
    }

    /** Nothing is wrong with a leader: it is asked at once. */
    private void onNotServedHere(Lane lane, Batch batch, int leader) {
        notHere(lane, batch);
        if (ring.replicas(lane.partition).contains(leader) && routes.isReached(batch, leader)) {
            leaders[lane.partition] = leader;
            attempt(lane, batch, leader);
        } else {
            tryAnother(lane, batch);
        }
    }

    private void tryAnother(Lane lane, Batch batch) {
        if (leaders[lane.partition] == batch.target) {
            leaders[lane.partition] = HardState.NOBODY;
        }
        batch.target = routes.another(lane.partition, batch);
        retryLater(batch);
    }

    private void retryLater(Batch batch) {
        long backoff = Math.min(BACKOFF_MAX_NANOS, BACKOFF_MIN_NANOS << Math.min(batch.attempts, 10));
        batch.retryNanos = clock.monotonicNanos() + backoff;
    }

    /** A replica on this node knows who leads now. */
    void onLeaderChanged(int partition, int leader) {
        leaders[partition] = leader;
        if (leader != HardState.NOBODY) {
            retryWith(lane(partition, false), leader);
            retryWith(lane(partition, true), leader);
        }
    }

    /** Who was asked and is not the leader any more may be dead: its answer is not waited for. */
    private void retryWith(Lane lane, int leader) {
        Batch batch = lane.inFlight;
        boolean asked = batch != null && (batch.here || (batch.requestId != 0 && batch.target == leader));
        if (batch == null || asked || !routes.isReached(batch, leader)) {
            return;
        }
        if (batch.requestId != 0) {
            underWay.remove(batch.requestId);
            batch.requestId = 0;
            batch.uncertain = true;
            batch.trouble = "node " + batch.target + " leads no more";
        }
        attempt(lane, batch, leader);
    }

    /** What was sent to that node may have got lost, or its answer. */
    void onPeerDown(int node) {
        withdraw(node, "the connection to node " + node + " was lost");
    }

    /** One that is not reached may be about to be replaced as leader: its answers are not waited for. */
    void onReach(int node, boolean reached) {
        if (!reached) {
            withdraw(node, "node " + node + " is silent");
            return;
        }
        routes.reached(node);
        for (Lane lane : lanes) {
            if (lane.inFlight != null) {
                lane.inFlight.found(node);
            }
        }
    }

    private void withdraw(int node, String trouble) {
        routes.lost(node);
        for (Lane lane : lanes) {
            if (leaders[lane.partition] == node && routes.via(node) == HardState.NOBODY) {
                leaders[lane.partition] = HardState.NOBODY;
            }
            giveUpOn(lane, node, trouble);
        }
    }

    private void giveUpOn(Lane lane, int node, String trouble) {
        Batch batch = lane.inFlight;
        if (batch != null
                && batch.requestId != 0
                && node == (batch.via == HardState.NOBODY ? batch.target : batch.via)) {
            underWay.remove(batch.requestId);
            batch.requestId = 0;
            batch.uncertain = true;
            batch.trouble = trouble;
            routes.missed(batch);
            tryAnother(lane, batch);
        }
    }

    private void onTimer() {
        long nowNanos = clock.monotonicNanos();
        boolean idle = true;
        for (Lane lane : lanes) {
            onTimer(lane, nowNanos);
            idle &= lane.inFlight == null;
        }
        ticking = !idle;
        if (ticking) {
            loop.schedule(TIMER_NANOS, this::onTimer);
        }
    }

    private void onTimer(Lane lane, long nowNanos) {
        Batch batch = lane.inFlight;
        if (batch == null) {
            return;
        }
        String trouble = batch.trouble;
        if (nowNanos >= batch.deadlineNanos) {
            fail(lane, batch, trouble);
        } else if (batch.requestId == 0) {
            if (nowNanos >= batch.retryNanos) {
                boolean reached = routes.isReached(batch, batch.target); // it may have fallen silent meanwhile
                attempt(lane, batch, reached ? batch.target : routes.another(lane.partition, batch));
            }
        } else if (nowNanos - batch.sentNanos >= settings.attemptNanos()) {
            underWay.remove(batch.requestId);
            batch.requestId = 0;
            batch.uncertain = true;
            batch.trouble = "node " + batch.target + " does not answer";
            if (batch.here) {
                notHere(lane, batch);
            } else {
                routes.missed(batch);
            }
            attempt(lane, batch, routes.another(lane.partition, batch));
        }
        expireQueued(lane, nowNanos, trouble);
    }

    /** Batches behind one that is stuck run out of time too; they were never sent. */
    private void expireQueued(Lane lane, long nowNanos, String trouble) {
        if (lane.isGathering() && nowNanos >= lane.gatheringDeadlineNanos()) {
            seal(lane);
        }
        while (!lane.queue.isEmpty() && nowNanos >= lane.queue.peek().deadlineNanos) {
            Batch batch = lane.queue.poll();
            answerAll(lane, batch, "earlier commands for it are still waiting (" + trouble + ")");
            room.remove(batch.queuedBytes);
            lane.recycle(batch);
        }
    }

    private void fail(Lane lane, Batch batch, String reason) {
        if (batch.requestId != 0) {
            underWay.remove(batch.requestId);
            batch.uncertain = true;
        }
        answerAll(lane, batch, reason);
        finish(lane, batch);
    }

    private void answerAll(Lane lane, Batch batch, String reason) {
        batch.failAll(
                lane.write,
                "partition " + lane.partition + " (replicas on nodes " + ring.replicas(lane.partition)
                        + ") cannot be served, " + reason);
    }
}
