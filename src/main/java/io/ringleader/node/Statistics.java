package io.ringleader.node;

import io.ringleader.config.ClusterConfig;
import io.ringleader.config.NodeConfig;
import io.ringleader.memcached.StatsWriter;
import io.ringleader.store.ByteWriter;
import io.ringleader.store.CaptureItems;
import io.ringleader.store.Item;
import io.ringleader.store.StoreCounters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/** Answers {@code stats} and {@code version}: gathers from each loop what it owns. Owned by the client loop. */
final class Statistics implements ClientSession.Information {
    /** memcached's order, of those that have a meaning here; what is not in this list follows it. */
    private static final List<String> ORDER = List.of(
            ("pid uptime time version libevent pointer_size rusage_user rusage_system max_connections curr_connections"
                            + " total_connections rejected_connections connection_structures cmd_get cmd_set cmd_flush"
                            + " cmd_touch cmd_meta get_hits get_misses get_expired get_flushed delete_misses delete_hits"
                            + " incr_misses incr_hits decr_misses decr_hits cas_misses cas_hits cas_badval touch_hits"
                            + " touch_misses store_no_memory auth_cmds auth_errors bytes_read bytes_written"
                            + " limit_maxbytes accepting_conns threads log_watcher_skipped log_watcher_sent log_watchers"
                            + " bytes curr_items total_items evictions reclaimed")
                    .split(" "));
    /** memcached's histogram of sizes has these steps. */
    private static final int SIZE_STEP_BYTES = 32;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final ClusterConfig config;
    private final NodeConfig self;
    private final Environment environment;
    private final ClientStats clients;
    private final ClientServices services;
    private final RaftHost raft;
    private final StoreHost store;

    /** Who asked for digests since the last time they were begun. */
    private List<Consumer<byte[]>> digestsWanted = new ArrayList<>();

    private boolean digestsUnderWay;

    Statistics(
            ClusterConfig config,
            NodeConfig self,
            Environment environment,
            ClientStats clients,
            ClientServices services,
            RaftHost raft,
            StoreHost store) {
        this.config = config;
        this.self = self;
        this.environment = environment;
        this.clients = clients;
        this.services = services;
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
            case "" -> withCounters(answer, counters -> general(counters, writer));
            case "settings" -> answer.accept(settings(writer));
            case "items" -> withCounters(answer, counters -> items(counters, writer));
            case "slabs" -> answer.accept(slabs(writer));
            case "sizes" -> new SizeHistogram(answer, writer).next(-1);
            case "conns" -> answer.accept(connections(writer));
            case "reset" -> {
                clients.reset();
                answer.accept(written(writer::reset));
            }
            case "raft" -> groups(writer, answer);
            case "digests" -> {
                digestsWanted.add(answer);
                if (!digestsUnderWay) {
                    startDigests(writer);
                }
            }
            default -> answer.accept(written(writer::unknown));
        }
    }

    /** Has the answer made on the client loop, with what the store loop counts. */
    private void withCounters(Consumer<byte[]> answer, Function<StoreCounters, byte[]> made) {
        environment.storeLoop().execute(() -> {
            StoreCounters counters = store.counters();
            environment.clientLoop().execute(() -> answer.accept(made.apply(counters)));
        });
    }

    private byte[] general(StoreCounters counters, StatsWriter writer) {
        Map<String, String> values = new LinkedHashMap<>();
        values.putAll(environment.process().get());
        clients.report((name, value) -> values.put(name, Long.toString(value)));
        BiConsumer<String, Long> stat = (name, value) -> values.put(name, Long.toString(value));
        stat.accept("max_connections", config.limits().maxConnections());
        stat.accept("connection_structures", (long) services.sessions().size());
        // A connection too many is accepted too: it is told so, and closed.
        stat.accept("accepting_conns", 1L);
        stat.accept("log_watchers", (long) services.watchers().count());
        stat.accept("log_watcher_sent", services.watchers().linesSent());
        stat.accept("log_watcher_skipped", services.watchers().linesSkipped());
        stat.accept("limit_maxbytes", config.limits().memoryBytes());
        stat.accept("bytes", store.bytes());
        stat.accept("curr_items", store.items());
        stat.accept("total_items", counters.itemsStored());
        stat.accept("store_no_memory", counters.outOfMemory());
        stat.accept("reclaimed", counters.itemsExpired());
        // Nothing that was acknowledged is ever evicted; tools ask for the number all the same.
        stat.accept("evictions", 0L);
        ByteWriter out = new ByteWriter();
        for (String name : ORDER) {
            String value = values.remove(name);
            if (value != null) {
                writer.stat(name, value, out);
            }
        }
        values.forEach((name, value) -> writer.stat(name, value, out));
        writer.end(out);
        return out.toByteArray();
    }

    /** As memcached has them, then what only this server has. */
    private byte[] settings(StatsWriter writer) {
        ByteWriter out = new ByteWriter();
        boolean login = services.credentials().isPresent();
        stat(writer, "maxbytes", config.limits().memoryBytes(), out);
        stat(writer, "maxconns", config.limits().maxConnections(), out);
        stat(writer, "tcpport", self.client().port(), out);
        stat(writer, "udpport", 0, out);
        writer.stat("inter", self.client().host(), out);
        stat(writer, "verbosity", 0, out);
        writer.stat("evictions", "off", out);
        writer.stat("shutdown_command", yesNo(services.shutdown().isPresent()), out);
        writer.stat("detail_enabled", "no", out);
        writer.stat("cas_enabled", "yes", out);
        writer.stat("auth_enabled_sasl", yesNo(login), out);
        writer.stat("auth_enabled_ascii", yesNo(login), out);
        stat(writer, "item_size_max", config.limits().itemMaxBytes(), out);
        writer.stat("maxconns_fast", "yes", out);
        writer.stat("flush_enabled", "yes", out);
        writer.stat("dump_enabled", "yes", out);
        stat(writer, "idle_timeout", 0, out);
        stat(writer, "watcher_logbuf_size", Watchers.OUTPUT_MAX_BYTES, out);
        writer.stat("track_sizes", "yes", out);
        stat(writer, "client_flags_size", Integer.BYTES, out);
        writer.stat("cluster_name", config.name(), out);
        stat(writer, "node_id", self.id(), out);
        stat(writer, "partitions", config.partitions(), out);
        stat(writer, "replicas", config.replicas(), out);
        writer.stat("reads", config.reads().lease() ? "lease" : "index", out);
        stat(writer, "heartbeat_millis", config.timeouts().heartbeatMillis(), out);
        stat(writer, "election_timeout_min_millis", config.timeouts().electionTimeoutMinMillis(), out);
        stat(writer, "election_timeout_max_millis", config.timeouts().electionTimeoutMaxMillis(), out);
        stat(writer, "command_timeout_millis", config.timeouts().commandTimeoutMillis(), out);
        stat(writer, "stop_millis", config.timeouts().stopMillis(), out);
        writer.end(out);
        return out.toByteArray();
    }

    private static String yesNo(boolean value) {
        return value ? "yes" : "no";
    }

    /** All items are in one class. */
    private byte[] items(StoreCounters counters, StatsWriter writer) {
        ByteWriter out = new ByteWriter();
        stat(writer, "items:1:number", store.items(), out);
        stat(writer, "items:1:mem_requested", store.bytes(), out);
        stat(writer, "items:1:evicted", 0, out);
        stat(writer, "items:1:outofmemory", counters.outOfMemory(), out);
        stat(writer, "items:1:reclaimed", counters.itemsExpired(), out);
        writer.end(out);
        return out.toByteArray();
    }

    private byte[] slabs(StatsWriter writer) {
        ByteWriter out = new ByteWriter();
        stat(writer, "active_slabs", 0, out);
        stat(writer, "total_malloced", store.bytes(), out);
        writer.end(out);
        return out.toByteArray();
    }

    private byte[] connections(StatsWriter writer) {
        ByteWriter out = new ByteWriter();
        long nowNanos = environment.clock().monotonicNanos();
        for (ClientSession session : services.sessions()) {
            String prefix = session.number() + ":";
            writer.stat(prefix + "addr", "tcp:" + session.remoteAddress(), out);
            writer.stat(prefix + "listen_addr", "tcp:" + self.client(), out);
            writer.stat(prefix + "state", session.isWatching() ? "conn_watch" : "conn_read", out);
            long idleNanos = nowNanos - session.lastCommandNanos();
            stat(writer, prefix + "secs_since_last_cmd", idleNanos / NANOS_PER_SECOND, out);
        }
        writer.end(out);
        return out.toByteArray();
    }

    /** Counts the items of one partition after the other, on the snapshot loop. */
    private final class SizeHistogram {
        private final Consumer<byte[]> answer;
        private final StatsWriter writer;
        private final SortedMap<Long, Long> itemsBySize = new TreeMap<>();

        SizeHistogram(Consumer<byte[]> answer, StatsWriter writer) {
            this.answer = answer;
            this.writer = writer;
        }

        void next(int after) {
            store.captureAfter(
                    after,
                    (partition, capture) -> environment.snapshotLoop().execute(() -> {
                        if (capture == null) {
                            finish();
                            return;
                        }
                        CaptureItems items =
                                new CaptureItems(capture, environment.clock().wallMillis());
                        for (Item item = items.next(); item != null; item = items.next()) {
                            long steps = (item.sizeBytes() + SIZE_STEP_BYTES - 1) / SIZE_STEP_BYTES;
                            itemsBySize.merge(steps * SIZE_STEP_BYTES, 1L, Long::sum);
                        }
                        capture.release();
                        next(partition);
                    }));
        }

        private void finish() {
            ByteWriter out = new ByteWriter();
            itemsBySize.forEach((size, count) -> stat(writer, Long.toString(size), count, out));
            writer.end(out);
            environment.clientLoop().execute(() -> answer.accept(out.toByteArray()));
        }
    }

    private void groups(StatsWriter writer, Consumer<byte[]> answer) {
        environment.storeLoop().execute(() -> {
            Map<Integer, Long> applied = store.appliedIndexes();
            environment.raftLoop().execute(() -> {
                byte[] groups = new RaftStatistics(writer, applied).of(raft.uncommitted(), raft.groups());
                environment.clientLoop().execute(() -> answer.accept(groups));
            });
        });
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
