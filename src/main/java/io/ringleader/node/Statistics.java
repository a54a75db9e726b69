package io.ringleader.node;

import io.ringleader.config.ClusterConfig;
import io.ringleader.memcached.StatsWriter;
import io.ringleader.raft.Raft;
import io.ringleader.store.ByteWriter;
import java.util.ArrayList;
import java.util.List;
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

    /** Who asked for digests since the last time they were begun. */
    private List<Consumer<byte[]>> digestsWanted = new ArrayList<>();

    private boolean digestsUnderWay;

    Statistics(ClusterConfig config, Environment environment, ClientStats clients, RaftHost raft, StoreHost store) {
        this.config = config;
        this.environment = environment;
        this.clients = clients;
        this.raft = raft;
        this.store = store;
    }

    @Override
    public String version() {
        return environment.process().get().get("version");
    }

    @Override
    public void stats(String argument, StatsWriter writer, Consumer<byte[]> answer) {
        switch (argument) {
            case "" -> answer.accept(general(writer));
            case "settings" -> answer.accept(settings(writer));
            case "reset" -> {
                clients.reset();
                answer.accept(written(writer::reset));
            }
            case "raft" ->
                environment.raftLoop().execute(() -> {
                    byte[] groups = groups(writer);
                    environment.clientLoop().execute(() -> answer.accept(groups));
                });
            case "digests" -> {
                digestsWanted.add(answer);
                if (!digestsUnderWay) {
                    startDigests(writer);
                }
            }
            default -> answer.accept(written(writer::unknown));
        }
    }

    private byte[] general(StatsWriter writer) {
        ByteWriter out = new ByteWriter();
        SortedMap<String, String> process = environment.process().get();
        process.forEach((name, value) -> writer.stat(name, value, out));
        clients.report((name, value) -> writer.stat(name, Long.toString(value), out));
        stat(writer, "limit_maxbytes", config.limits().memoryBytes(), out);
        stat(writer, "bytes", store.bytes(), out);
        stat(writer, "curr_items", store.items(), out);
        // Nothing that was acknowledged is ever evicted; tools ask for the number all the same.
        stat(writer, "evictions", 0, out);
        writer.end(out);
        return out.toByteArray();
    }

    private byte[] settings(StatsWriter writer) {
        ByteWriter out = new ByteWriter();
        stat(writer, "maxbytes", config.limits().memoryBytes(), out);
        stat(writer, "maxconns", config.limits().maxConnections(), out);
        stat(writer, "item_size_max", config.limits().itemMaxBytes(), out);
        writer.stat("evictions", "off", out);
        writer.stat("cas_enabled", "yes", out);
        writer.stat("cluster_name", config.name(), out);
        stat(writer, "partitions", config.partitions(), out);
        stat(writer, "replicas", config.replicas(), out);
        stat(writer, "heartbeat_millis", config.timeouts().heartbeatMillis(), out);
        stat(writer, "election_timeout_min_millis", config.timeouts().electionTimeoutMinMillis(), out);
        stat(writer, "election_timeout_max_millis", config.timeouts().electionTimeoutMaxMillis(), out);
        stat(writer, "command_timeout_millis", config.timeouts().commandTimeoutMillis(), out);
        writer.end(out);
        return out.toByteArray();
    }

    /** On the raft loop: one line per fact and partition of which this node has a replica. */
    private byte[] groups(StatsWriter writer) {
        ByteWriter out = new ByteWriter();
        for (PartitionGroup group : raft.groups()) {
            Raft replica = group.raft;
            String prefix = group.partition + ":";
            writer.stat(prefix + "role", replica.role().name().toLowerCase(Locale.ROOT), out);
            stat(writer, prefix + "leader", replica.leader(), out);
            stat(writer, prefix + "term", replica.term(), out);
            stat(writer, prefix + "last_index", replica.lastIndex(), out);
            stat(writer, prefix + "commit_index", replica.commitIndex(), out);
            stat(writer, prefix + "snapshot_index", replica.snapshot().index(), out);
            stat(writer, prefix + "log_bytes", replica.logBytes(), out);
        }
        writer.end(out);
        return out.toByteArray();
    }

    /** Once at a time, however many ask: it reads all data, and the snapshot loop has other work. */
    private void startDigests(StatsWriter writer) {
        digestsUnderWay = true;
        List<Consumer<byte[]>> asked = digestsWanted;
        digestsWanted = new ArrayList<>();
        environment
                .storeLoop()
                .execute(() -> digests(writer, answer -> {
                    digestsUnderWay = false;
                    asked.forEach(each -> each.accept(answer));
                    if (!digestsUnderWay && !digestsWanted.isEmpty()) {
                        startDigests(writer);
                    }
                }));
    }

    /** On the store loop: applied index and digest of each partition, to compare replicas with. Reads all data once. */
    private void digests(StatsWriter writer, Consumer<byte[]> answer) {
        ByteWriter out = new ByteWriter();
        store.digests(
                environment.snapshotLoop(),
                (partition, digest) -> {
                    stat(writer, partition + ":applied_index", digest.appliedIndex(), out);
                    writer.stat(partition + ":digest", Long.toHexString(digest.value()), out);
                },
                () -> {
                    writer.end(out);
                    environment.clientLoop().execute(() -> answer.accept(out.toByteArray()));
                });
    }

    private static byte[] written(Consumer<ByteWriter> text) {
        ByteWriter out = new ByteWriter();
        text.accept(out);
        return out.toByteArray();
    }

    private static void stat(StatsWriter writer, String name, long value, ByteWriter out) {
        writer.stat(name, Long.toString(value), out);
    }
}
