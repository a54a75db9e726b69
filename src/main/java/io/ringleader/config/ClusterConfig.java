package io.ringleader.config;

import io.ringleader.ring.Ring;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * All that one configuration file says, checked: {@link ConfigFile} makes it. Immutable; any thread may use it.
 *
 * @param name of the cluster; nodes of clusters with other names refuse each other
 * @param partitions fixed when the cluster is created
 * @param replicas of each partition, on as many nodes
 * @param peerSecret what nodes prove to each other that they know; empty if nodes trust whoever connects
 * @param allowUnauthenticatedPeers whether peers may be reachable from other machines without a secret
 * @param clientAccess what clients must show and may do; each node has its own copy, they are not compared
 * @param reads how leaders prove that they lead
 * @param nodes in ascending order of their ids
 * @param warnings about what is legal and yet unwise
 */
public record ClusterConfig(
        String name,
        int partitions,
        int replicas,
        Optional<String> peerSecret,
        boolean allowUnauthenticatedPeers,
        ClientAccess clientAccess,
        RingConfig ringConfig,
        Timeouts timeouts,
        ReadPolicy reads,
        Limits limits,
        List<NodeConfig> nodes,
        List<ConfigProblem> warnings) {
    /**
     * Few enough that commands of many clients meet in the same batch, and enough to spread over a handful of nodes. All partitions of a node
     * share its threads, so more of them make nothing faster.
     */
    public static final int DEFAULT_PARTITIONS = 16;

    /** Copies the lists. */
    public ClusterConfig {
        nodes = List.copyOf(nodes);
        warnings = List.copyOf(warnings);
    }

    /** The node with this id. */
    public Optional<NodeConfig> node(int id) {
        return nodes.stream().filter(node -> node.id() == id).findFirst();
    }

    /** Builds the ring; the same on every node whose {@link #agreement} is the same. */
    public Ring ring() {
        List<Integer> ids = nodes.stream().map(NodeConfig::id).toList();
        return Ring.build(ids, partitions, replicas, ringConfig.virtualNodes(), ringConfig.loadFactor());
    }

    /**
     * What all nodes of a cluster must have alike, by the names used in the file; each node has its own copy of it. Nodes
     * compare it before they talk, since with different rings they would look for a partition at different places. The frame
     * limit is there too: a message that its receiver never takes would be sent again for ever.
     */
    public SortedMap<String, String> agreement() {
        SortedMap<String, String> agreed = new TreeMap<>(ringParameters());
        agreed.put("cluster.name", name);
        agreed.put("limits.frame_max_bytes", Long.toString(limits.frameMaxBytes()));
        agreed.put("cluster.reads", reads.lease() ? "lease" : "index");
        if (reads.lease()) {
            // A leader's lease counts on how long the others stay with it.
            agreed.put("timeouts.election_timeout_min_millis", Long.toString(timeouts.electionTimeoutMinMillis()));
            agreed.put("timeouts.clock_drift_max_percent", Integer.toString(reads.clockDriftMaxPercent()));
        }
        for (NodeConfig node : nodes) {
            agreed.put("node." + node.id() + ".peer", node.peer().toString());
        }
        return Collections.unmodifiableSortedMap(agreed);
    }

    /**
     * What decides where keys lie, by the names used in the file, with the ids of the nodes. It cannot change while there is data:
     * the data directories remember it.
     */
    public SortedMap<String, String> layout() {
        SortedMap<String, String> layout = ringParameters();
        layout.put(
                "nodes", nodes.stream().map(node -> Integer.toString(node.id())).collect(Collectors.joining(", ")));
        return Collections.unmodifiableSortedMap(layout);
    }

    private SortedMap<String, String> ringParameters() {
        SortedMap<String, String> parameters = new TreeMap<>();
        parameters.put("cluster.partitions", Integer.toString(partitions));
        parameters.put("cluster.replicas", Integer.toString(replicas));
        parameters.put("ring.virtual_nodes", Integer.toString(ringConfig.virtualNodes()));
        parameters.put("ring.load_factor", Double.toString(ringConfig.loadFactor()));
        return parameters;
    }

    /** For logs: without the secret. */
    @Override
    public String toString() {
        return "ClusterConfig[name=" + name + ", partitions=" + partitions + ", replicas=" + replicas + ", peerSecret="
                + (peerSecret.isPresent() ? "set" : "none") + ", allowUnauthenticatedPeers=" + allowUnauthenticatedPeers
                + ", clientAccess=" + clientAccess + ", ringConfig=" + ringConfig + ", timeouts=" + timeouts
                + ", reads=" + reads + ", limits=" + limits + ", nodes=" + nodes
                + ", warnings=" + warnings + "]";
    }
}
