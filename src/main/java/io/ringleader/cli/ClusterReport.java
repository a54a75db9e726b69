package io.ringleader.cli;

import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the nodes of a cluster say, put together: who is there, who leads what, and who lags behind. */
final class ClusterReport {
    private static final String NONE = "-";

    private final List<NodeReport> nodes;
    private final int partitions;
    /** By partition: the node that leads it in the highest term. */
    private final Map<Integer, NodeReport> leaders = new TreeMap<>();
    /** By partition: the node that leads it, by what its followers say, and that was not asked itself. */
    private final Map<Integer, Integer> leadersElsewhere = new TreeMap<>();

    /** @param partitionsKnown how many there are, as far as is known without the nodes; else 0 */
    ClusterReport(List<NodeReport> nodes, int partitionsKnown) {
        this.nodes = nodes;
        partitions = nodes.stream()
                .filter(NodeReport::isUp)
                .mapToInt(node -> Integer.parseInt(node.settings().getOrDefault("partitions", "0")))
                .max()
                .orElse(partitionsKnown);
        for (int partition = 0; partition < partitions; partition++) {
            NodeReport leader = leaderOf(partition);
            if (leader != null) {
                leaders.put(partition, leader);
            } else {
                leadersElsewhere.compute(partition, (number, none) -> leaderElsewhere(number));
            }
        }
    }

    /** Null if there is none. */
    private NodeReport leaderOf(int partition) {
        NodeReport leader = null;
        for (NodeReport node : nodes) {
            // One that has not heard of its successor yet says so too.
            if (node.text(partition, "role").equals("leader")
                    && (leader == null || term(node, partition) > term(leader, partition))) {
                leader = node;
            }
        }
        return leader;
    }

    /** Whom the follower of the highest term follows; null if that node was asked, as it would have said so itself. */
    private Integer leaderElsewhere(int partition) {
        return nodes.stream()
                .filter(node -> node.number(partition, "leader", 0) > 0)
                .max(Comparator.comparingLong(node -> term(node, partition)))
                .map(node -> (int) node.number(partition, "leader", 0))
                .filter(id -> nodes.stream().noneMatch(node -> node.id() == id))
                .orElse(null);
    }

    private boolean hasLeader(int partition) {
        return leaders.containsKey(partition) || leadersElsewhere.containsKey(partition);
    }

    private static long term(NodeReport node, int partition) {
        return node.number(partition, "term", 0);
    }

    /** Whether all nodes are up and all partitions led. */
    boolean isWell() {
        return partitions > 0
                && IntStream.range(0, partitions).allMatch(this::hasLeader)
                && nodes.stream().allMatch(NodeReport::isUp);
    }

    int partitions() {
        return partitions;
    }

    private boolean isFullyReplicated(int partition) {
        NodeReport leader = leaders.get(partition);
        if (leader == null) {
            return false;
        }
        boolean behind = followers(leader, partition).stream()
                .anyMatch(follower ->
                        !leader.text(partition, "sync_" + follower).equals("replicate") || isDown(follower));
        boolean noVoter = nodes.stream()
                .map(node -> node.text(partition, "standing"))
                .anyMatch(standing -> !standing.isEmpty() && !standing.equals("voter"));
        return !behind && !noVoter;
    }

    /** Whether the node is known not to be up. */
    private boolean isDown(int id) {
        return nodes.stream().anyMatch(node -> node.id() == id && !node.isUp());
    }

    private static List<Integer> followers(NodeReport leader, int partition) {
        String prefix = partition + ":lag_";
        return leader.raft().keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> Integer.parseInt(name.substring(prefix.length())))
                .sorted()
                .toList();
    }

    void print(PrintWriter out, Optional<Integer> only) {
        summary(out);
        out.println();
        nodes(out);
        out.println();
        TextTable table = new TextTable(
                Set.of(6, 7, 8), "partition", "leader", "term", "last", "commit", "applied", "lag", "elected", "why");
        IntStream.range(0, partitions)
                .filter(partition -> only.isEmpty() || only.get() == partition)
                .forEach(partition -> row(table, partition));
        table.print(out);
    }

    private void summary(PrintWriter out) {
        long up = nodes.stream().filter(NodeReport::isUp).count();
        out.println(up + " of " + nodes.size() + " nodes are up");
        int led = leaders.size() + leadersElsewhere.size();
        out.println(led + " of " + partitions + " partitions have a leader" + list(partitions, this::hasLeader));
        long whole =
                IntStream.range(0, partitions).filter(this::isFullyReplicated).count();
        String elsewhere = leadersElsewhere.isEmpty() ? "" : " that these nodes lead";
        out.println(whole + " of " + (partitions - leadersElsewhere.size()) + " partitions" + elsewhere
                + " have all replicas in step"
                + list(
                        partitions,
                        partition -> leadersElsewhere.containsKey(partition) || isFullyReplicated(partition)));
    }

    /** Those for which it is not so, as far as they fit into a line. */
    private static String list(int partitions, IntPredicate isWell) {
        List<Integer> others =
                IntStream.range(0, partitions).filter(isWell.negate()).boxed().toList();
        if (others.isEmpty()) {
            return "";
        }
        int shown = Math.min(10, others.size());
        return "; not " + others.subList(0, shown).stream().map(String::valueOf).collect(Collectors.joining(", "))
                + (shown < others.size() ? ", ..." : "");
    }

    private void nodes(PrintWriter out) {
        TextTable table = new TextTable(Set.of(1, 2), "node", "client", "state", "replicas", "leads");
        for (NodeReport node : nodes) {
            if (node.isUp()) {
                long replicas = node.raft().keySet().stream()
                        .filter(name -> name.endsWith(":role"))
                        .count();
                long leads = leaders.values().stream()
                        .filter(leader -> leader == node)
                        .count();
                table.row(
                        Integer.toString(node.id()),
                        node.address(),
                        "up",
                        Long.toString(replicas),
                        Long.toString(leads));
            } else {
                table.row(
                        node.id() == 0 ? "?" : Integer.toString(node.id()),
                        node.address(),
                        "down: " + node.problem().orElseThrow(),
                        NONE,
                        NONE);
            }
        }
        table.print(out);
    }

    private void row(TextTable table, int partition) {
        NodeReport leader = leaders.get(partition);
        if (leader == null) {
            long term = nodes.stream()
                    .mapToLong(node -> term(node, partition))
                    .max()
                    .orElse(0);
            Integer elsewhere = leadersElsewhere.get(partition);
            table.row(
                    Integer.toString(partition),
                    elsewhere == null ? "none" : elsewhere.toString(),
                    Long.toString(term),
                    NONE,
                    NONE,
                    NONE,
                    NONE,
                    NONE,
                    NONE);
            return;
        }
        long electedMillis = leader.number(partition, "election_millis", 0);
        table.row(
                Integer.toString(partition),
                Integer.toString(leader.id()),
                leader.text(partition, "term"),
                leader.text(partition, "last_index"),
                leader.text(partition, "commit_index"),
                leader.text(partition, "applied_index"),
                followers(leader, partition).stream()
                        .map(follower -> lag(leader, partition, follower))
                        .collect(Collectors.joining(" ")),
                electedMillis == 0
                        ? NONE
                        : Instant.ofEpochMilli(electedMillis)
                                .truncatedTo(ChronoUnit.SECONDS)
                                .toString(),
                leader.text(partition, "election_reason"));
    }

    private String lag(NodeReport leader, int partition, int follower) {
        String sync = leader.text(partition, "sync_" + follower);
        String how = "";
        if (isDown(follower)) {
            how = "(down)";
        } else if (!sync.equals("replicate")) {
            how = "(" + sync + ")";
        }
        return follower + ":" + leader.text(partition, "lag_" + follower) + how;
    }
}
