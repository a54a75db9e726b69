package io.ringleader.sim.check;

import io.ringleader.raft.StepObserver;
import io.ringleader.sim.Coverage;
import io.ringleader.sim.NodeObserver;
import java.util.Map;
import java.util.TreeMap;

/** Checks every step of every replica of a cluster, through crashes and restarts, and counts what is worth seeing. */
public final class SafetyChecks implements NodeObserver {
    private final Coverage coverage;
    private final Map<Integer, GroupChecks> groups = new TreeMap<>();

    public SafetyChecks(Coverage coverage) {
        this.coverage = coverage;
    }

    @Override
    public void diskLost(int node) {
        groups.values().forEach(group -> group.promises(node).diskLost());
    }

    @Override
    public StepObserver of(int node, int partition) {
        return groups.computeIfAbsent(partition, id -> new GroupChecks(id, coverage))
                .replica(node);
    }
}
