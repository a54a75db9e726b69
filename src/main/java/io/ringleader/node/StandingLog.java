package io.ringleader.node;

import io.ringleader.raft.Effects.ReplicaNews;
import io.ringleader.raft.Effects.ReplicaNews.Kind;
import io.ringleader.raft.Raft;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people, in one line for all partitions and not too often, of nodes that lost their data directories, and what a node
 * waits for that does not vote yet. Owned by the raft loop.
 */
final class StandingLog {
    private static final Logger log = LoggerFactory.getLogger(StandingLog.class);
    private static final long GATHER_NANOS = 1_000_000_000L;
    private static final long REPEAT_NANOS = 5_000_000_000L;

    private final int self;
    /** By kind and node: the partitions of which nothing has been said yet. */
    private final Map<Kind, Map<Integer, Set<Integer>>> heard = new EnumMap<>(Kind.class);

    private final Map<Kind, Map<Integer, Long>> saidNanos = new EnumMap<>(Kind.class);
    private long nextNanos = Long.MIN_VALUE;
    /** While some partition does not vote: when to say next what it waits for. */
    private long nextWaitNanos;

    private boolean waits;

    StandingLog(int self) {
        this.self = self;
    }

    void hear(int partition, ReplicaNews news) {
        heard.computeIfAbsent(news.kind(), kind -> new TreeMap<>())
                .computeIfAbsent(news.replica().node(), node -> new TreeSet<>())
                .add(partition);
    }

    void tick(Collection<PartitionGroup> groups, long nowNanos) {
        if (nowNanos < nextNanos) {
            return;
        }
        nextNanos = nowNanos + GATHER_NANOS;
        heard.forEach((kind, byNode) -> byNode.entrySet().removeIf(said -> {
            Map<Integer, Long> last = saidNanos.computeIfAbsent(kind, missing -> new TreeMap<>());
            Long before = last.get(said.getKey());
            boolean due = before == null || nowNanos - before >= REPEAT_NANOS;
            if (due) {
                last.put(said.getKey(), nowNanos);
                say(kind, said.getKey(), said.getValue().size());
            }
            return true;
        }));
        sayWhatIsAwaited(groups, nowNanos);
    }

    private void say(Kind kind, int node, int partitions) {
        switch (kind) {
            case CAME_BACK_EMPTY ->
                log.warn(
                        "Node {} came back with an empty data directory. It votes again once it is in step;"
                                + " until then it counts for nothing in {} partitions.",
                        node,
                        partitions);
            case REFUSED ->
                log.warn(
                        "Node {} runs with a data directory that another one has replaced. It is not listened to in {}"
                                + " partitions.",
                        node,
                        partitions);
            case REPLACED ->
                log.error(
                        "This data directory of node {} has been replaced by another one, so it takes no part any more"
                                + " in {} partitions. Stop this node; start it with the newer directory, or with an empty"
                                + " one.",
                        node,
                        partitions);
            case REJOINS ->
                log.warn(
                        "This data directory is new, but node {} had another one before. It votes again once it is in"
                                + " step; until then it counts for nothing in {} partitions.",
                        node,
                        partitions);
        }
    }

    /** A start takes no longer than the time of silence in the beginning, if all nodes are there. */
    private void sayWhatIsAwaited(Collection<PartitionGroup> groups, long nowNanos) {
        List<Raft> waiting = new ArrayList<>();
        groups.forEach(group -> {
            if (!group.raft.replica().voter() && !group.raft.isReplaced()) {
                waiting.add(group.raft);
            }
        });
        if (!waits) {
            nextWaitNanos = nowNanos + 2 * GATHER_NANOS;
        }
        if (waits && waiting.isEmpty()) {
            log.info("Node {} votes in all of its partitions.", self);
        }
        waits = !waiting.isEmpty();
        if (waits && nowNanos >= nextWaitNanos) {
            nextWaitNanos = nowNanos + REPEAT_NANOS;
            sayWhatIsAwaited(waiting, groups.size());
        }
    }

    private static void sayWhatIsAwaited(List<Raft> waiting, int groups) {
        Set<Integer> missing = new TreeSet<>();
        long rejoining = waiting.stream().filter(Raft::isRejoining).count();
        waiting.stream().filter(raft -> !raft.isRejoining()).forEach(raft -> missing.addAll(raft.unansweredBy()));
        if (rejoining > 0) {
            log.warn(
                    "The new data directory is not in step yet in {} of {} partitions. A majority of the nodes of each,"
                            + " not counting this one, has to be up and to have its data.",
                    rejoining,
                    groups);
        }
        if (!missing.isEmpty()) {
            log.warn(
                    "{} of {} partitions begin with an empty data directory and wait for nodes {}: before any node votes"
                            + " for the first time, all nodes of its partition must have been up at once.",
                    waiting.size() - rejoining,
                    groups,
                    missing);
        }
    }
}
