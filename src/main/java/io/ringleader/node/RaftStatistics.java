package io.ringleader.node;

import io.ringleader.memcached.StatsWriter;
import io.ringleader.raft.FollowerStatus;
import io.ringleader.raft.Raft;
import io.ringleader.store.ByteWriter;
import java.util.Locale;
import java.util.Map;

/**
 * {@code stats raft}: what holds for the node, and then one line per fact and partition of which it has a replica. Used on the raft
 * loop.
 */
final class RaftStatistics {
    private final StatsWriter writer;
    /** By partition. */
    private final Map<Integer, Long> applied;

    private final ByteWriter out = new ByteWriter();

    RaftStatistics(StatsWriter writer, Map<Integer, Long> applied) {
        this.writer = writer;
        this.applied = applied;
    }

    byte[] of(UncommittedRoom uncommitted, Iterable<PartitionGroup> groups) {
        stat("uncommitted_bytes", uncommitted.bytes());
        stat("uncommitted_refusals", uncommitted.refusals());
        groups.forEach(this::group);
        writer.end(out);
        return out.toByteArray();
    }

    private void group(PartitionGroup group) {
        Raft raft = group.raft;
        String prefix = group.partition + ":";
        stat(prefix + "role", raft.role().name().toLowerCase(Locale.ROOT));
        stat(prefix + "standing", group.standing());
        stat(prefix + "quiet", Boolean.toString(raft.isQuiet()));
        stat(prefix + "leader", raft.leader());
        stat(prefix + "term", raft.term());
        stat(prefix + "last_index", raft.lastIndex());
        stat(prefix + "commit_index", raft.commitIndex());
        stat(prefix + "applied_index", applied.getOrDefault(group.partition, 0L));
        stat(prefix + "snapshot_index", raft.snapshot().index());
        stat(prefix + "log_bytes", raft.logBytes());
        stat(prefix + "read_batches_leading", group.servedLeading);
        stat(prefix + "read_batches_following", group.servedFollowing);
        stat(prefix + "election_millis", group.lastElection.wallMillis());
        stat(prefix + "election_reason", group.lastElection.reason());
        for (FollowerStatus follower : raft.followers()) {
            stat(prefix + "lag_" + follower.node(), follower.lagEntries());
            stat(prefix + "sync_" + follower.node(), follower.sync().name().toLowerCase(Locale.ROOT));
        }
    }

    private void stat(String name, long value) {
        stat(name, Long.toString(value));
    }

    private void stat(String name, String value) {
        writer.stat(name, value.isEmpty() ? "none" : value, out);
    }
}
