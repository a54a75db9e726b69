package io.ringleader.modelcheck;

import io.ringleader.raft.Durable;
import io.ringleader.raft.Effects;
import io.ringleader.raft.Entry;
import io.ringleader.raft.HardState;
import io.ringleader.raft.Message;
import io.ringleader.raft.Message.HeartbeatReply;
import io.ringleader.raft.Message.InstallSnapshot;
import io.ringleader.raft.Message.ReadIndexReply;
import io.ringleader.raft.Raft;
import io.ringleader.raft.RaftConfig;
import io.ringleader.raft.Replica;
import io.ringleader.raft.Role;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.raft.StepObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * One real {@link Raft} with a disk, and a clock that moves only when something happens that needs time. A unit of time is a
 * heartbeat interval.
 */
final class ModelNode {
    private static final int ELECTION_MIN = 2;
    private static final int ELECTION_MAX = 3;
    private static final RaftConfig CONFIG = new RaftConfig(
                    1, ELECTION_MIN, ELECTION_MAX, 1 << 10, 2, 1 << 10, 1 << 20, 0)
            .withQuietAfter(Long.MAX_VALUE);
    /** Election timers fire when the checker says so, whatever they say. */
    private static final Pattern TIMER = Pattern.compile(", timeout in \\d+");

    /** What became of an input. */
    record Output(List<Message> sent, List<Effects.Read> reads) {}

    /** Writes that become durable together, and the messages that wait for them. */
    private record Batch(List<Durable> writes, List<Message> held) {}

    private final int id;
    private final Bounds bounds;
    private final Fault fault;
    private final ArrayDeque<Batch> waiting = new ArrayDeque<>();
    private StableStorage disk;
    private Raft raft;
    private long now;
    private List<Message> sent = new ArrayList<>();
    private List<Effects.Read> reads = new ArrayList<>();

    ModelNode(int id, Bounds bounds, Fault fault, StableStorage disk, boolean up) {
        this.id = id;
        this.bounds = bounds;
        this.fault = fault;
        this.disk = disk;
        if (up) {
            start();
        }
    }

    private void start() {
        List<Integer> voters = IntStream.rangeClosed(1, bounds.nodes()).boxed().toList();
        List<Replica> replicas =
                voters.stream().map(node -> replica(node, node == id)).toList();
        raft = new Raft(
                id,
                voters,
                CONFIG,
                new Longest(),
                disk.hardState(),
                disk.snapshot(),
                disk.entries(),
                replicas,
                now,
                StepObserver.NONE);
    }

    /** Nobody loses a data directory here, and all have met before. */
    private static Replica replica(int node, boolean voter) {
        return new Replica(node, 1, node, voter);
    }

    private void receive(Message message) {
        raft.receive(message, replica(message.from(), true), now);
    }

    /** Timeouts are as long as they can be: a node hears of no leader for longer than it believes in one. */
    private static final class Longest implements RandomGenerator {
        @Override
        public long nextLong() {
            return Long.MAX_VALUE;
        }

        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    }

    /** @param message of a {@link Input#RECEIVE} */
    Output take(int input, Message message) {
        int argument = Input.argument(input);
        switch (Input.of(input)) {
            case RECEIVE -> receive(asDelivered(message));
            case TIMEOUT -> pass(ELECTION_MAX, true);
            case QUIET -> pass(ELECTION_MIN, false);
            case TICK -> pass(1, true);
            case SILENCE -> pass(ELECTION_MIN + 1, true);
            case PROPOSE -> raft.propose(new byte[] {(byte) raft.term()});
            case READ -> raft.read(argument, now);
            case TRANSFER -> raft.transferLeadership(argument, now);
            case SNAPSHOT -> raft.snapshotTaken(raft.commitIndex(), 0);
            case RECONNECT -> raft.reconnected(argument);
            case PERSIST -> persist();
            case CRASH -> crash(argument);
            case RESTART -> start();
        }
        if (raft != null) {
            pump();
        }
        Output output = new Output(sent, reads);
        sent = new ArrayList<>();
        reads = new ArrayList<>();
        return output;
    }

    private Message asDelivered(Message message) {
        if (fault == Fault.READS_ARE_CONFIRMED_BY_OLD_ROUNDS && message instanceof HeartbeatReply reply) {
            return new HeartbeatReply(reply.from(), reply.to(), reply.term(), reply.readRound() + 1);
        } else if (fault == Fault.ANSWERS_HOLD_FOR_LATER_READS && message instanceof ReadIndexReply reply) {
            return new ReadIndexReply(
                    reply.from(), reply.to(), reply.term(), reply.ask() + 1, reply.readIndex(), reply.commitIndex());
        }
        return message;
    }

    private void pass(int time, boolean noticed) {
        now += time;
        if (noticed) {
            raft.tick(now);
        }
    }

    private void crash(int writesThatMadeIt) {
        int left = writesThatMadeIt;
        for (Batch batch : waiting) {
            for (Durable durable : batch.writes()) {
                if (left-- > 0) {
                    disk = disk.with(durable, fault);
                }
            }
        }
        waiting.clear();
        raft = null;
        if (fault == Fault.CRASHES_LOSE_DURABLE_ENTRIES) {
            disk = disk.withoutLastEntry();
        }
    }

    private void persist() {
        Batch batch = waiting.poll();
        for (Durable durable : batch.writes()) {
            disk = disk.with(durable, fault);
        }
        batch.held().forEach(this::release);
    }

    /** Carries out effects until there are none. */
    private void pump() {
        while (true) {
            raft.flush(now);
            Effects effects = raft.takeEffects();
            if (effects.isEmpty()) {
                return;
            }
            carryOut(effects);
            while (!bounds.diskIsSlow() && !waiting.isEmpty()) {
                persist();
            }
        }
    }

    private void carryOut(Effects effects) {
        List<Message> held = new ArrayList<>();
        boolean mayWait =
                fault != Fault.PROMISES_DO_NOT_WAIT && (!effects.durables().isEmpty() || !waiting.isEmpty());
        for (Message message : effects.messages()) {
            if (message.waitsForDisk() && mayWait) {
                held.add(message);
            }
        }
        if (!effects.durables().isEmpty() || !held.isEmpty()) {
            waiting.add(new Batch(effects.durables(), held));
        }
        for (Message message : effects.messages()) {
            if (!message.waitsForDisk() || !mayWait) {
                release(message);
            }
        }
        reads.addAll(effects.reads());
        for (Effects.ChunkToSend chunk : effects.chunksToSend()) {
            release(new InstallSnapshot(
                    id, chunk.to(), chunk.term(), chunk.snapshot(), chunk.offset(), new byte[0], true));
        }
        effects.chunksToStore().forEach(chunk -> raft.snapshotStored(chunk.snapshot()));
    }

    private void release(Message message) {
        if (message.to() == id) {
            receive(message);
        } else {
            sent.add(message);
        }
    }

    /** Two nodes with the same text go on alike. */
    String describe() {
        String memory =
                raft == null ? "down" : TIMER.matcher(raft.describe(now)).replaceFirst("");
        return id + ": " + memory + " | disk: " + disk + " | waiting: " + waiting;
    }

    Facts facts() {
        int writes = waiting.stream().mapToInt(batch -> batch.writes().size()).sum();
        if (raft == null) {
            HardState hard = disk.hardState();
            return new Facts(
                    false,
                    hard.term(),
                    Role.FOLLOWER,
                    0,
                    disk.snapshot(),
                    disk.snapshot(),
                    disk.entries(),
                    disk,
                    false,
                    0);
        }
        SnapshotPoint base = raft.logBase();
        List<Entry> log = new ArrayList<>();
        for (long i = base.index() + 1; i <= raft.lastIndex(); i++) {
            log.add(raft.entry(i));
        }
        return new Facts(
                true,
                raft.term(),
                raft.role(),
                raft.commitIndex(),
                base,
                raft.snapshot(),
                log,
                disk,
                !waiting.isEmpty(),
                writes);
    }
}
