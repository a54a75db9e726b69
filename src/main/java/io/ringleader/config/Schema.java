package io.ringleader.config;

import io.ringleader.ring.Ring;
import java.util.List;
import java.util.Map;

/** The tables and keys that a configuration file may have, with ranges and defaults of the numbers. */
final class Schema {
    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    /** Large enough for anything in memory or in one message, small enough to be an array. */
    private static final long ARRAY_MAX = GIB;

    private static final long ANY_MAX = 1L << 50;

    /** A whole number. {@code fallback} is its value if the file does not say. */
    record Number(String table, String name, long fallback, long min, long max) {
        String key() {
            return table + "." + name;
        }
    }

    static final Number PARTITIONS =
            new Number("cluster", "partitions", ClusterConfig.DEFAULT_PARTITIONS, 1, Ring.MAX_PARTITIONS);
    static final Number REPLICAS = new Number("cluster", "replicas", 3, 1, 15);

    static final Number VIRTUAL_NODES = new Number("ring", "virtual_nodes", 128, 1, Ring.MAX_VIRTUAL_NODES);
    static final double LOAD_FACTOR = 1.25;
    static final double LOAD_FACTOR_MIN = 1.0;
    static final double LOAD_FACTOR_MAX = 10.0;

    static final Number HEARTBEAT = timeout("heartbeat_millis", 50);
    static final Number ELECTION_MIN = timeout("election_timeout_min_millis", 500);
    static final Number ELECTION_MAX = timeout("election_timeout_max_millis", 1_000);
    static final Number COMMAND = timeout("command_timeout_millis", 5_000);
    static final Number STOP = timeout("stop_millis", 3_000);

    static final Number CLOCK_DRIFT = new Number("timeouts", "clock_drift_max_percent", 10, 0, 1_000);

    static final Number MEMORY = limit("memory_bytes", 512 * MIB, MIB, ANY_MAX);
    static final Number ITEM_MAX = limit("item_max_bytes", MIB, KIB, 256 * MIB);
    static final Number MAX_CONNECTIONS = limit("max_connections", 10_000, 1, 1_000_000);
    static final Number OUTPUT_MAX = limit("connection_output_max_bytes", 8 * MIB, 64 * KIB, ARRAY_MAX);
    static final Number CLIENT_BUFFERS_MAX = limit("client_buffers_max_bytes", 256 * MIB, 64 * KIB, ANY_MAX);
    static final Number CLIENT_QUEUE_MAX = limit("client_queue_max_bytes", 64 * MIB, 64 * KIB, ARRAY_MAX);
    static final Number BATCH_MAX = limit("batch_max_bytes", 2 * MIB, 4 * KIB, ARRAY_MAX);
    static final Number RESULT_MAX = limit("result_max_bytes", 2 * MIB, 4 * KIB, ARRAY_MAX);
    static final Number APPEND_MAX = limit("append_max_bytes", 4 * MIB, 4 * KIB, ARRAY_MAX);
    static final Number INFLIGHT_MAX = limit("inflight_max_bytes", 16 * MIB, 4 * KIB, ARRAY_MAX);
    static final Number INFLIGHT_ENTRIES = limit("inflight_max_entries", 1_024, 1, 1_000_000);
    static final Number UNCOMMITTED_MAX = limit("uncommitted_max_bytes", 32 * MIB, 4 * KIB, ARRAY_MAX);
    static final Number UNCOMMITTED_NODE_MAX = limit("uncommitted_node_max_bytes", 256 * MIB, 4 * KIB, ANY_MAX);
    static final Number SNAPSHOT_LOG = limit("snapshot_log_bytes", 4 * MIB, 4 * KIB, ARRAY_MAX);
    static final Number LOG_RETAIN = limit("log_retain_bytes", MIB, 0, ARRAY_MAX);
    static final Number WAL_SEGMENT = limit("wal_segment_bytes", 64 * MIB, 64 * KIB, ARRAY_MAX);
    /** If the file does not say, it is more where many partitions need more: see {@link Checks#walNeed}. */
    static final Number WAL_MAX = limit("wal_max_bytes", GIB, MIB, ANY_MAX);

    static final Number SNAPSHOT_CHUNK = limit("snapshot_chunk_bytes", 256 * KIB, 4 * KIB, ARRAY_MAX);
    static final Number FRAME_MAX = limit("frame_max_bytes", 8 * MIB, 64 * KIB, ARRAY_MAX);
    static final Number PEER_BACKLOG = limit("peer_backlog_max_bytes", 64 * MIB, 64 * KIB, ARRAY_MAX);

    static final Number LOOP_THREADS = limit("loop_threads", 0, 0, 3);

    static final Number NODE_ID = new Number("node", "id", 0, 1, Ring.MAX_NODE_ID);

    static final Map<String, List<String>> KEYS = Map.of(
            "cluster",
                    List.of(
                            "name",
                            "partitions",
                            "replicas",
                            "peer_secret",
                            "allow_unauthenticated_peers",
                            "auth_file",
                            "reads",
                            "allow_shutdown_command"),
            "ring", List.of("virtual_nodes", "load_factor"),
            "timeouts", names(HEARTBEAT, ELECTION_MIN, ELECTION_MAX, COMMAND, STOP, CLOCK_DRIFT),
            "limits",
                    names(
                            MEMORY,
                            ITEM_MAX,
                            MAX_CONNECTIONS,
                            OUTPUT_MAX,
                            CLIENT_BUFFERS_MAX,
                            CLIENT_QUEUE_MAX,
                            BATCH_MAX,
                            RESULT_MAX,
                            APPEND_MAX,
                            INFLIGHT_MAX,
                            INFLIGHT_ENTRIES,
                            UNCOMMITTED_MAX,
                            UNCOMMITTED_NODE_MAX,
                            SNAPSHOT_LOG,
                            LOG_RETAIN,
                            WAL_SEGMENT,
                            WAL_MAX,
                            SNAPSHOT_CHUNK,
                            FRAME_MAX,
                            PEER_BACKLOG,
                            LOOP_THREADS),
            "node", List.of("id", "client", "peer", "data"));

    private Schema() {}

    private static Number timeout(String name, long fallbackMillis) {
        return new Number("timeouts", name, fallbackMillis, 1, 600_000);
    }

    private static Number limit(String name, long fallback, long min, long max) {
        return new Number("limits", name, fallback, min, max);
    }

    private static List<String> names(Number... numbers) {
        return List.of(numbers).stream().map(Number::name).toList();
    }
}
