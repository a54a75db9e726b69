package io.ringleader.node;

import io.ringleader.raft.HardState;
import io.ringleader.raft.Raft;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that is to stop gives its leaderships away, all at once (thesis §3.10): each to a voter that is in step, spread over those
 * there are. What fails is tried again with whoever can take it then. Owned by the raft loop.
 */
final class Retirement {
    private static final Logger log = LoggerFactory.getLogger(Retirement.class);
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final Collection<PartitionGroup> groups;
    private final Leaderships leaderships;
    private final Leaderships.Others others;
    private final long heartbeatNanos;
    private final long deadlineNanos;
    private final Runnable onOver;
    /** Groups that this node led when it began to retire, or since, with those to whom they were to go. */
    private final Map<PartitionGroup, Set<Integer>> given = new HashMap<>();

    private long beganNanos;
    private long nextTellNanos = Long.MIN_VALUE;
    private boolean over;

    Retirement(
            Collection<PartitionGroup> groups,
            Leaderships leaderships,
            Leaderships.Others others,
            long heartbeatNanos,
            long deadlineNanos,
            Runnable onOver) {
        this.groups = groups;
        this.leaderships = leaderships;
        this.others = others;
        this.heartbeatNanos = heartbeatNanos;
        this.deadlineNanos = deadlineNanos;
        this.onOver = onOver;
    }

    void tick(long nowNanos, Consumer<PartitionGroup> touch) {
        if (nowNanos >= nextTellNanos) {
            beganNanos = nextTellNanos == Long.MIN_VALUE ? nowNanos : beganNanos;
            nextTellNanos = nowNanos + heartbeatNanos;
            others.tellLeaving();
        }
        Map<Integer, Integer> leads = leads();
        int unsettled = 0;
        for (PartitionGroup group : groups) {
            if (group.raft.isLeader()) {
                given.computeIfAbsent(group, any -> new HashSet<>());
                giveAway(group, leads, nowNanos, touch);
            }
            if (given.containsKey(group) && isUnsettled(group, nowNanos)) {
                unsettled++;
            }
        }
        if (!over && (unsettled == 0 || nowNanos >= deadlineNanos)) {
            over = true;
            report(nowNanos);
            onOver.run();
        }
    }

    private Map<Integer, Integer> leads() {
        Map<Integer, Integer> leads = new HashMap<>();
        for (PartitionGroup group : groups) {
            leads.merge(group.raft.leader(), 1, Integer::sum);
        }
        return leads;
    }

    private void giveAway(
            PartitionGroup group, Map<Integer, Integer> leads, long nowNanos, Consumer<PartitionGroup> touch) {
        Raft raft = group.raft;
        if (raft.isTransferring()) {
            return;
        }
        // Whoever could not take it, its disk may have stalled, comes last.
        Set<Integer> tried = given.get(group);
        int heir = HardState.NOBODY;
        for (int voter : raft.voters()) {
            boolean able = voter != raft.id()
                    && !tried.contains(voter)
                    && leaderships.isPresent(voter, nowNanos)
                    && raft.isInStep(voter, 0, nowNanos);
            if (able && (heir == HardState.NOBODY || leads.getOrDefault(voter, 0) < leads.getOrDefault(heir, 0))) {
                heir = voter;
            }
        }
        if (heir == HardState.NOBODY) {
            tried.clear();
        } else {
            tried.add(heir);
        }
        if (heir != HardState.NOBODY && raft.transferLeadership(heir, nowNanos)) {
            leads.merge(heir, 1, Integer::sum);
            touch.accept(group);
        }
    }

    /** Whether the group has no other leader yet, and one of the others may still become it. */
    private boolean isUnsettled(PartitionGroup group, long nowNanos) {
        Raft raft = group.raft;
        boolean ledByAnother = !raft.isLeader() && raft.leader() != HardState.NOBODY;
        return !ledByAnother
                && raft.voters().stream()
                        .anyMatch(voter -> voter != raft.id() && leaderships.isPresent(voter, nowNanos));
    }

    private void report(long nowNanos) {
        long kept = groups.stream().filter(group -> group.raft.isLeader()).count();
        log.info(
                "Handed over {} partitions in {} ms{}",
                given.size() - kept,
                (nowNanos - beganNanos) / NANOS_PER_MILLI,
                kept == 0 ? "" : "; for " + kept + " there was nobody to take them");
    }
}
