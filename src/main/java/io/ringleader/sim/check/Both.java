package io.ringleader.sim.check;

import io.ringleader.raft.Durable;
import io.ringleader.raft.Effects;
import io.ringleader.raft.Raft;
import io.ringleader.raft.Step;
import io.ringleader.raft.StepObserver;
import io.ringleader.sim.NodeObserver;
import java.util.List;

/** Two that look on at the same replicas, one after the other. */
public record Both(NodeObserver first, NodeObserver second) implements NodeObserver {
    @Override
    public void diskLost(int node) {
        first.diskLost(node);
        second.diskLost(node);
    }

    @Override
    public StepObserver of(int node, int partition) {
        return new BothSteps(first.of(node, partition), second.of(node, partition));
    }

    private record BothSteps(StepObserver first, StepObserver second) implements StepObserver {
        @Override
        public void started(Raft raft, Effects pending) {
            first.started(raft, pending);
            second.started(raft, pending);
        }

        @Override
        public void took(Raft raft, Step step, Effects pending) {
            first.took(raft, step, pending);
            second.took(raft, step, pending);
        }

        @Override
        public void effectsTaken(Raft raft, Effects effects) {
            first.effectsTaken(raft, effects);
            second.effectsTaken(raft, effects);
        }

        @Override
        public void persisted(Raft raft, List<Durable> durables) {
            first.persisted(raft, durables);
            second.persisted(raft, durables);
        }
    }
}
