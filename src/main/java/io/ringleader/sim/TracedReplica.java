package io.ringleader.sim;

import io.ringleader.raft.Durable;
import io.ringleader.raft.Effects;
import io.ringleader.raft.Entry;
import io.ringleader.raft.HardState;
import io.ringleader.raft.Message;
import io.ringleader.raft.Raft;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.raft.Step;
import io.ringleader.raft.StepObserver;
import io.ringleader.trace.TraceEvent;
import java.util.ArrayDeque;
import java.util.List;

/** Tells what one replica does, for one life of its node, and passes everything on. */
final class TracedReplica implements StepObserver {
    /** Messages of one burst that wait for the disk, behind what must be durable first, if anything. */
    private record Held(boolean forDurables, List<Message> messages) {}

    private final Tracing tracing;
    private final Machine machine;
    private final int partition;
    private final StepObserver next;
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    /** How much of the effects that are not taken yet was told of. */
    private int toldRoles;

    private int toldDurables;
    private long commit;
    private long applied;

    TracedReplica(Tracing tracing, Machine machine, int partition, StepObserver next) {
        this.tracing = tracing;
        this.machine = machine;
        this.partition = partition;
        this.next = next;
    }

    @Override
    public void started(Raft raft, Effects pending) {
        SnapshotPoint snapshot = raft.snapshot();
        tracing.record(new TraceEvent.Recovered(
                tracing.nowNanos(),
                machine.id,
                partition,
                raft.term(),
                raft.votedFor(),
                snapshot.index(),
                snapshot.term(),
                raft.lastIndex()));
        commit = snapshot.index();
        applied = snapshot.index();
        next.started(raft, pending);
    }

    @Override
    public void took(Raft raft, Step step, Effects pending) {
        if (step instanceof Step.Received received) {
            tracing.messages().arrived(partition, received.message());
        }
        List<Effects.RoleChange> roles = pending.roleChanges();
        for (; toldRoles < roles.size(); toldRoles++) {
            Effects.RoleChange change = roles.get(toldRoles);
            tracing.record(new TraceEvent.RoleChanged(
                    tracing.nowNanos(),
                    machine.id,
                    partition,
                    change.term(),
                    change.role(),
                    change.leader(),
                    change.reason()));
        }
        tellDurables(pending);
        if (raft.commitIndex() != commit) {
            commit = raft.commitIndex();
            tracing.record(new TraceEvent.Committed(tracing.nowNanos(), machine.id, partition, commit));
        }
        tellApplied();
        next.took(raft, step, pending);
    }

    private void tellDurables(Effects pending) {
        List<Durable> durables = pending.durables();
        while (toldDurables < durables.size()) {
            Durable durable = durables.get(toldDurables++);
            long now = tracing.nowNanos();
            if (durable instanceof HardState state) {
                tracing.record(new TraceEvent.TermChanged(now, machine.id, partition, state.term(), state.votedFor()));
            } else if (durable instanceof SnapshotPoint point) {
                tracing.record(
                        point.equals(pending.restore())
                                ? new TraceEvent.SnapshotInstalled(
                                        now, machine.id, partition, point.index(), point.term())
                                : new TraceEvent.SnapshotTaken(
                                        now, machine.id, partition, point.index(), point.term()));
            } else if (durable instanceof Entry first) {
                Entry last = first;
                while (toldDurables < durables.size()
                        && durables.get(toldDurables) instanceof Entry entry
                        && entry.term() == first.term()
                        && entry.index() == last.index() + 1) {
                    last = entry;
                    toldDurables++;
                }
                tracing.record(
                        new TraceEvent.Appended(now, machine.id, partition, first.index(), last.index(), first.term()));
            }
        }
    }

    /** The store does not say so by itself; it is seen at the replica's next step. */
    private void tellApplied() {
        long index = machine.node == null ? 0 : machine.node.appliedIndex(partition);
        if (index > applied) {
            applied = index;
            tracing.record(new TraceEvent.Applied(tracing.nowNanos(), machine.id, partition, index));
        }
    }

    @Override
    public void effectsTaken(Raft raft, Effects effects) {
        toldRoles = 0;
        toldDurables = 0;
        for (Message message : effects.messages()) {
            if (!message.waitsForDisk()) {
                tracing.messages().sent(partition, message);
            }
        }
        effects.chunksToSend().forEach(chunk -> tracing.messages().sent(partition, machine.id, chunk));
        held.add(new Held(
                !effects.durables().isEmpty(),
                effects.messages().stream().filter(Message::waitsForDisk).toList()));
        sendWhatNeedNotWait();
        next.effectsTaken(raft, effects);
    }

    @Override
    public void persisted(Raft raft, List<Durable> durables) {
        long index = 0;
        for (Durable durable : durables) {
            if (durable instanceof Entry entry) {
                index = entry.index();
            }
        }
        tracing.record(new TraceEvent.Synced(
                tracing.nowNanos(),
                machine.id,
                partition,
                index,
                durables.size() + (durables.size() == 1 ? " record" : " records")));
        Held first = held.poll();
        if (first != null) {
            first.messages().forEach(message -> tracing.messages().sent(partition, message));
        }
        sendWhatNeedNotWait();
        next.persisted(raft, durables);
    }

    private void sendWhatNeedNotWait() {
        while (!held.isEmpty() && !held.peek().forDurables()) {
            held.poll().messages().forEach(message -> tracing.messages().sent(partition, message));
        }
    }
}
