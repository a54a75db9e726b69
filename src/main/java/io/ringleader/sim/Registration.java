package io.ringleader.sim;

import io.ringleader.raft.Durable;
import io.ringleader.raft.Effects;
import io.ringleader.raft.Raft;
import io.ringleader.raft.Step;
import io.ringleader.raft.StepObserver;
import java.util.List;
import java.util.Map;

/** Remembers the Raft of a replica and passes everything on. */
record Registration(Map<Integer, Raft> rafts, int partition, StepObserver next) implements StepObserver {
    @Override
    public void started(Raft raft, Effects pending) {
        rafts.put(partition, raft);
        next.started(raft, pending);
    }

    @Override
    public void took(Raft raft, Step step, Effects pending) {
        next.took(raft, step, pending);
    }

    @Override
    public void effectsTaken(Raft raft, Effects effects) {
        next.effectsTaken(raft, effects);
    }

    @Override
    public void persisted(Raft raft, List<Durable> durables) {
        next.persisted(raft, durables);
    }
}
