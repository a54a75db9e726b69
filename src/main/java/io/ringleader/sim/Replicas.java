package io.ringleader.sim;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Compares what the replicas of all partitions hold, by the digests that every node tells. */
final class Replicas {
    private static final long PAUSE_MILLIS = 100;
    private static final long DIGESTS_MILLIS = 10_000;

    private final SimCluster cluster;

    Replicas(SimCluster cluster) {
        this.cluster = cluster;
    }

    void awaitEqual(long maxMillis) {
        long deadlineMillis = cluster.nowMillis() + maxMillis;
        String difference;
        do {
            cluster.runMillis(PAUSE_MILLIS);
            difference = difference();
        } while (!difference.isEmpty() && cluster.nowMillis() < deadlineMillis);
        if (!difference.isEmpty()) {
            throw cluster.failure("The replicas stay different: " + difference, null);
        }
    }

    private String difference() {
        SortedMap<String, String> first = new TreeMap<>();
        for (int id : cluster.nodes()) {
            for (Map.Entry<String, String> digest : digests(id).entrySet()) {
                String known = first.putIfAbsent(digest.getKey(), digest.getValue());
                if (known != null && !known.equals(digest.getValue())) {
                    return digest.getKey() + " is " + known + ", but on node " + id + " " + digest.getValue();
                }
            }
        }
        return "";
    }

    /** The lines of {@code stats digests} of the node, by name. */
    private SortedMap<String, String> digests(int id) {
        // It is made on the snapshot loop, which may be in the middle of something with a slow disk.
        TextClient client = cluster.client(id, DIGESTS_MILLIS);
        SortedMap<String, String> digests = new TreeMap<>();
        for (String line : client.ask("stats digests").split("\r\n")) {
            String[] words = line.split(" ");
            if (words[0].equals("STAT")) {
                digests.put(words[1], words[2]);
            }
        }
        client.close();
        return digests;
    }
}
