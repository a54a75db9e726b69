package io.ringleader.node;

import io.ringleader.config.ClusterConfig;
import io.ringleader.memcached.Replies;
import io.ringleader.memcached.TextReplies;
import io.ringleader.raft.Raft;
import io.ringleader.store.ByteWriter;
import java.util.Locale;
import java.util.SortedMap;
import java.util.function.Consumer;

/** Answers {@code stats} and {@code version}: gathers from each loop what it owns. Owned by the client loop. */
final class Statistics implements ClientSession.Information {
    private final ClusterConfig config;
    private final Environment environment;
    private final ClientStats clients;
    private final RaftHost raft;
    private final StoreHost store;

    Statistics(ClusterConfig config, Environment environment, ClientStats clients, RaftHost raft, StoreHost store) {
        this.config = config;
        this.environment = environment;
        this.clients = clients;
        this.raft = raft;
        this.store = store;
    }

    @Override
    public byte[] version() {
        ByteWriter out = new ByteWriter();
        TextReplies.version(environment.process().get().get("version"), out);
        return out.toByteArray();
    }

    @Override
    public void stats(String argument, Consumer<byte[]> answer) {
        switch (argument) {
            case "" -> answer.accept(general());
            case "settings" -> answer.accept(settings());
            case "reset" -> {
                clients.reset();
                answer.accept(Replies.RESET);
            }
            case "raft" ->
                environment.raftLoop().execute(() -> {
                    byte[] groups = groups();
                    environment.clientLoop().execute(() -> answer.accept(groups));
                });
            case "digests" -> environment.storeLoop().execute(() -> digests(answer));
            default -> answer.accept(Replies.ERROR);
        }
    }

    private byte[] general() {
        ByteWriter out = new ByteWriter();
        SortedMap<String, String> process = environment.process().get();
        process.forEach((name, value) -> TextReplies.stat(name, value, out));
        clients.report((name, value) -> TextReplies.stat(name, Long.toString(value), out));
        stat("limit_maxbytes", config.limits().memoryBytes(), out);
        stat("bytes", store.bytes(), out);
        stat("curr_items", store.items(), out);
        // Nothing that was acknowledged is ever evicted; tools ask for the number all the same.
        stat("evictions", 0, out);
        TextReplies.line(Replies.END, out);
        return out.toByteArray();
    }

    private byte[] settings() {
        ByteWriter out = new ByteWriter();
        stat("maxbytes", config.limits().memoryBytes(), out);
        stat("maxconns", config.limits().maxConnections(), out);
        stat("item_size_max", config.limits().itemMaxBytes(), out);
        TextReplies.stat("evictions", "off", out);
        TextReplies.stat("cas_enabled", "yes", out);
        TextReplies.stat("cluster_name", config.name(), out);
        stat("partitions", config.partitions(), out);
        stat("replicas", config.replicas(), out);
        stat("heartbeat_millis", config.timeouts().heartbeatMillis(), out);
        stat("election_timeout_min_millis", config.timeouts().electionTimeoutMinMillis(), out);
        stat("election_timeout_max_millis", config.timeouts().electionTimeoutMaxMillis(), out);
        stat("command_timeout_millis", config.timeouts().commandTimeoutMillis(), out);
        TextReplies.line(Replies.END, out);
        return out.toByteArray();
    }

    /** On the raft loop: one line per fact and partition of which this node has a replica. */
    private byte[] groups() {
        ByteWriter out = new ByteWriter();
        for (PartitionGroup group : raft.groups()) {
            Raft replica = group.raft;
            String prefix = group.partition + ":";
            TextReplies.stat(prefix + "role", replica.role().name().toLowerCase(Locale.ROOT), out);
            stat(prefix + "leader", replica.leader(), out);
            stat(prefix + "term", replica.term(), out);
            stat(prefix + "last_index", replica.lastIndex(), out);
            stat(prefix + "commit_index", replica.commitIndex(), out);
            stat(prefix + "snapshot_index", replica.snapshot().index(), out);
            stat(prefix + "log_bytes", replica.logBytes(), out);
        }
        TextReplies.line(Replies.END, out);
        return out.toByteArray();
    }

    /** On the store loop: applied index and digest of each partition, to compare replicas with. Reads all data once. */
    private void digests(Consumer<byte[]> answer) {
        ByteWriter out = new ByteWriter();
        store.digests(
                environment.snapshotLoop(),
                (partition, digest) -> {
                    stat(partition + ":applied_index", digest.appliedIndex(), out);
                    TextReplies.stat(partition + ":digest", Long.toHexString(digest.value()), out);
                },
                () -> {
                    TextReplies.line(Replies.END, out);
                    environment.clientLoop().execute(() -> answer.accept(out.toByteArray()));
                });
    }

    private static void stat(String name, long value, ByteWriter out) {
        TextReplies.stat(name, Long.toString(value), out);
    }
}
