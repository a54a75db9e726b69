package io.ringleader.config;

import io.ringleader.config.ConfigFile.WrittenNode;
import io.ringleader.ring.Ring;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks what no single value can tell: whether the values of a file work together. A value that is wrong by itself
 * stands at its default by now and is not reported twice.
 */
final class Checks {
    /** What a batch holds of one command besides its value: headers, operands and a key of up to 250 bytes. */
    static final long COMMAND_OVERHEAD_BYTES = 1_024;

    /** What a message between nodes holds besides the entries, results or chunk it carries. */
    static final long FRAME_OVERHEAD_BYTES = 4_096;

    /** A follower misses this many heartbeats in a row before it stands for election. */
    private static final long HEARTBEATS_PER_ELECTION = 3;
    /** Of what a node may leave uncommitted: how many partitions that commit nothing it has room for at least. */
    static final long UNCOMMITTED_SHARES = 4;

    private final ClusterConfig config;
    private final List<WrittenNode> nodes;
    private final Problems problems;

    Checks(ClusterConfig config, List<WrittenNode> nodes, Problems problems) {
        this.config = config;
        this.nodes = nodes;
        this.problems = problems;
    }

    void run(boolean secretWritten) {
        checkNodes();
        checkReplicas();
        checkPartitions();
        checkPeersAreTrusted(secretWritten);
        checkTimeouts();
        checkLease();
        checkMessageSizes();
        checkLogSizes();
        // the ring can be built only from what is right so far
        if (!problems.any()) {
            checkWhatEachNodeHolds();
        }
    }

    /** Log that a node keeps of so many partitions when all have waited for their turn; two of its files in part unused. */
    static long walNeed(long partitions, long snapshotLogBytes, long walSegmentBytes) {
        return partitions * Limits.LOG_GROWTH_MAX * snapshotLogBytes + 2 * walSegmentBytes;
    }

    private void checkNodes() {
        Map<String, String> seen = new HashMap<>();
        for (WrittenNode written : nodes) {
            NodeConfig node = written.node();
            checkUnique(seen, "id " + node.id(), written.path() + ".id", "Give each node an id of its own.");
            // nodes on different machines may well listen on every address, and name their directories alike
            String machine =
                    node.peer().isLoopback() ? "this machine" : node.peer().host();
            String client = "address " + node.client() + (node.client().isWildcard() ? " on " + machine : "");
            checkUnique(seen, client, written.path() + ".client", "Use another port.");
            checkUnique(seen, "address " + node.peer(), written.path() + ".peer", "Use another port.");
            String data = "data directory " + node.data() + " on " + machine;
            checkUnique(seen, data, written.path() + ".data", "Give each node a directory of its own.");
            if (node.peer().isWildcard()) {
                problems.error(
                        written.path() + ".peer",
                        "Nobody can connect to " + node.peer().host() + ".",
                        "Write the address that the other nodes reach this node by.");
            }
            if (node.client().isWildcard()
                    && node.client().port() == node.peer().port()) {
                problems.error(
                        written.path() + ".client",
                        "It takes port " + node.peer().port() + " on every address, which peer needs.",
                        "Use another port.");
            }
        }
    }

    private void checkUnique(Map<String, String> seen, String what, String key, String remedy) {
        String first = seen.putIfAbsent(what, key);
        if (first != null) {
            String where = first + " in line " + problems.lineOf(first);
            problems.error(key, "The " + what + " is taken: by " + where + ".", remedy);
        }
    }

    private void checkReplicas() {
        int replicas = config.replicas();
        // nodes that could not be read count as well: they are reported for what they are
        int count = problems.nodesWritten();
        if (problems.isWrong(Schema.REPLICAS.key())) {
            return;
        }
        if (count > 0 && replicas > count) {
            problems.error(
                    "cluster.replicas",
                    replicas + " replicas need as many nodes, but there " + (count == 1 ? "is" : "are") + " " + count
                            + ".",
                    "Set replicas to at most " + count + " or add nodes.");
        } else if (replicas % 2 == 0) {
            problems.warn(
                    "cluster.replicas",
                    replicas + " replicas survive no more failures than " + (replicas - 1) + " do.",
                    "Prefer an odd number.");
        }
    }

    private void checkPartitions() {
        int count = problems.nodesWritten();
        if (config.partitions() < count) {
            problems.warn(
                    "cluster.partitions",
                    "There are " + count + " nodes and fewer partitions (" + config.partitions()
                            + "): some nodes lead nothing.",
                    "Prefer four for each node or more, before the first start: it cannot be changed later.");
        }
    }

    private void checkPeersAreTrusted(boolean secretWritten) {
        if (secretWritten || config.allowUnauthenticatedPeers()) {
            return;
        }
        for (WrittenNode written : nodes) {
            HostPort peer = written.node().peer();
            if (!peer.isLoopback() && !peer.isWildcard()) {
                problems.error(
                        written.path() + ".peer",
                        "Whoever reaches " + peer + " could read and write everything, as there is no peer_secret.",
                        "Set cluster.peer_secret, or allow_unauthenticated_peers = true if the network is yours alone.");
            }
        }
    }

    private void checkTimeouts() {
        Timeouts timeouts = config.timeouts();
        long electionMin = timeouts.electionTimeoutMinMillis();
        long electionMax = timeouts.electionTimeoutMaxMillis();
        atLeast(
                Schema.ELECTION_MIN,
                electionMin,
                HEARTBEATS_PER_ELECTION * timeouts.heartbeatMillis(),
                "at least " + HEARTBEATS_PER_ELECTION + " times heartbeat_millis (" + timeouts.heartbeatMillis()
                        + "), or one late heartbeat deposes a leader");
        atLeast(
                Schema.ELECTION_MAX,
                electionMax,
                electionMin + 1,
                "more than election_timeout_min_millis (" + electionMin
                        + "), or followers stand for election all at once and split the votes");
        atLeast(
                Schema.COMMAND,
                timeouts.commandTimeoutMillis(),
                2 * electionMax,
                "at least twice election_timeout_max_millis (" + electionMax
                        + "), or commands fail before a new leader can be elected");
    }

    /** A lease is renewed by every heartbeat that a majority answers: one that ends before the next is of no use. */
    private void checkLease() {
        ReadPolicy reads = config.reads();
        long leaseMillis = reads.leaseMillis(config.timeouts());
        long heartbeatMillis = config.timeouts().heartbeatMillis();
        if (reads.lease() && leaseMillis < 2 * heartbeatMillis && !problems.any()) {
            problems.error(
                    "cluster.reads",
                    "A lease lasts " + leaseMillis + " ms, which is election_timeout_min_millis ("
                            + config.timeouts().electionTimeoutMinMillis() + ") less clock_drift_max_percent ("
                            + reads.clockDriftMaxPercent() + "): it must be at least twice heartbeat_millis ("
                            + heartbeatMillis + "), or it ends before it is renewed.",
                    "Set a longer election timeout, or write \"index\".");
        }
    }

    private void checkMessageSizes() {
        Limits limits = config.limits();
        long item = limits.itemMaxBytes() + COMMAND_OVERHEAD_BYTES;
        String itemReason =
                "at least item_max_bytes (" + limits.itemMaxBytes() + ") and " + COMMAND_OVERHEAD_BYTES + " more";
        atLeast(Schema.BATCH_MAX, limits.batchMaxBytes(), item, itemReason + ", or the largest item fits in no batch");
        atLeast(Schema.RESULT_MAX, limits.resultMaxBytes(), item, itemReason + ", or the largest item cannot be read");
        atLeast(
                Schema.OUTPUT_MAX,
                limits.connectionOutputMaxBytes(),
                item,
                itemReason + ", or the largest item cannot be answered");
        long connection = limits.connectionOutputMaxBytes() + 2 * item;
        atLeast(
                Schema.CLIENT_BUFFERS_MAX,
                limits.clientBuffersMaxBytes(),
                connection,
                "at least connection_output_max_bytes (" + limits.connectionOutputMaxBytes() + ") and two items more ("
                        + 2 * item + "), or one client could take it all");
        String batchReason =
                "at least batch_max_bytes (" + limits.batchMaxBytes() + "), or the largest batch is never sent";
        atLeast(Schema.APPEND_MAX, limits.appendMaxBytes(), limits.batchMaxBytes(), batchReason);
        atLeast(Schema.CLIENT_QUEUE_MAX, limits.clientQueueMaxBytes(), limits.batchMaxBytes(), batchReason);
        atLeast(Schema.UNCOMMITTED_MAX, limits.uncommittedMaxBytes(), limits.batchMaxBytes(), batchReason);
        atLeast(
                Schema.UNCOMMITTED_NODE_MAX,
                limits.uncommittedNodeMaxBytes(),
                UNCOMMITTED_SHARES * limits.uncommittedMaxBytes(),
                "at least " + UNCOMMITTED_SHARES + " times uncommitted_max_bytes (" + limits.uncommittedMaxBytes()
                        + "), or a partition that commits nothing leaves others too little");
        atLeast(
                Schema.INFLIGHT_MAX,
                limits.inflightMaxBytes(),
                limits.appendMaxBytes(),
                "at least append_max_bytes (" + limits.appendMaxBytes() + ")");
        long largest =
                Math.max(limits.resultMaxBytes(), Math.max(limits.appendMaxBytes(), limits.snapshotChunkBytes()));
        atLeast(
                Schema.FRAME_MAX,
                limits.frameMaxBytes(),
                largest + FRAME_OVERHEAD_BYTES,
                "at least the largest of append_max_bytes, result_max_bytes and snapshot_chunk_bytes (" + largest
                        + ") and " + FRAME_OVERHEAD_BYTES + " more");
        atLeast(
                Schema.PEER_BACKLOG,
                limits.peerBacklogMaxBytes(),
                limits.frameMaxBytes(),
                "at least frame_max_bytes (" + limits.frameMaxBytes() + ")");
    }

    private void checkLogSizes() {
        Limits limits = config.limits();
        atLeast(
                Schema.WAL_SEGMENT,
                limits.walSegmentBytes(),
                2 * limits.frameMaxBytes(),
                "at least twice frame_max_bytes (" + limits.frameMaxBytes()
                        + "), so that whatever arrives fits in one file");
    }

    private void checkWhatEachNodeHolds() {
        Ring ring = config.ring();
        Limits limits = config.limits();
        int most = ring.nodes().stream().mapToInt(ring::replicaCount).max().orElse(0);
        atLeast(
                Schema.WAL_MAX,
                limits.walMaxBytes(),
                walNeed(most, limits.snapshotLogBytes(), limits.walSegmentBytes()),
                "at least " + Limits.LOG_GROWTH_MAX + " times snapshot_log_bytes (" + limits.snapshotLogBytes()
                        + ") for each of the up to " + most + " partitions of a node, and two segments");
        atLeast(
                Schema.MEMORY,
                limits.memoryBytes(),
                most * (limits.itemMaxBytes() + COMMAND_OVERHEAD_BYTES),
                "at least item_max_bytes (" + limits.itemMaxBytes() + ") and " + COMMAND_OVERHEAD_BYTES
                        + " more for each of the up to " + most + " partitions of a node");
    }

    private void atLeast(Schema.Number number, long value, long least, String reason) {
        if (value < least && !problems.isWrong(number.key())) {
            problems.error(
                    number.key(),
                    value + " is too little: it must be " + reason + ".",
                    "Set it to " + least + " or more.");
        }
    }
}
