package io.ringleader.namespaces;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What nodes say of their partitions at about one moment ({@code stats raft}).
 *
 * @param leaders the node that leads each partition, as the leaders themselves say; without those that nobody leads
 * @param terms the highest term of each partition
 * @param heard for each node that answered, whom it holds for the leader of each partition; 0 is nobody
 */
public record Standings(
        Map<Integer, Integer> leaders, Map<Integer, Long> terms, Map<Integer, Map<Integer, Integer>> heard) {

    static Standings of(Iterable<NamespaceNode> nodes, int partitions) throws IOException {
        Map<Integer, Integer> leaders = new TreeMap<>();
        Map<Integer, Long> terms = new TreeMap<>();
        Map<Integer, Long> leaderTerms = new TreeMap<>();
        Map<Integer, Map<Integer, Integer>> heard = new TreeMap<>();
        for (NamespaceNode node : nodes) {
            Map<String, String> raft = node.stats("raft");
            Map<Integer, Integer> heardHere = new TreeMap<>();
            heard.put(node.id(), heardHere);
            for (int partition = 0; partition < partitions; partition++) {
                String role = raft.get(partition + ":role");
                if (role == null) {
                    continue;
                }
                long term = Long.parseLong(raft.get(partition + ":term"));
                terms.merge(partition, term, Math::max);
                heardHere.put(partition, Integer.parseInt(raft.get(partition + ":leader")));
                // one that has not heard of its successor yet says so too
                if (role.equals("leader") && term > leaderTerms.getOrDefault(partition, -1L)) {
                    leaders.put(partition, node.id());
                    leaderTerms.put(partition, term);
                }
            }
        }
        return new Standings(leaders, terms, heard);
    }

    /** How many partitions a node leads. */
    public long ledBy(int node) {
        return leaders.values().stream().filter(leader -> leader == node).count();
    }

    /** The node that leads most partitions. */
    public int busiest() {
        Map<Integer, Long> counts =
                leaders.values().stream().collect(Collectors.groupingBy(id -> id, Collectors.counting()));
        return counts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow(() -> new IllegalStateException("No partition has a leader."))
                .getKey();
    }
}
