package io.ringleader.comparison;

import io.ringleader.bench.BenchOptions.Protocol;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A cluster of as many nodes as replicas, all else as it is by default. */
final class Ringleader extends Candidate {
    private static final int CLIENT_PORT = 21_211;
    private static final int PEER_PORT = 22_211;
    /** Leaderships go home five seconds after a start; measured is a cluster that has come to rest. */
    private static final long QUIET_NANOS = 8_000_000_000L;
    /** It does not come to rest where other programs take the processors away; that is measured, then. */
    private static final long QUIET_LIMIT_NANOS = 60_000_000_000L;

    private final int nodes;
    private final String settings;

    Ringleader(int nodes) {
        this(nodes, "");
    }

    /** @param settings more lines for the configuration, before the nodes */
    Ringleader(int nodes, String settings) {
        super("Ringleader R=" + nodes, Protocol.MEMCACHED);
        this.nodes = nodes;
        this.settings = settings;
    }

    int nodes() {
        return nodes;
    }

    @Override
    String promise() {
        return nodes == 1 ? "on its disk" : "on the disks of a majority of " + nodes + " nodes; reads are linearizable";
    }

    @Override
    String version() {
        return firstLine(output("bin/ringleader", "version"));
    }

    @Override
    void start(Path directory) throws IOException {
        StringBuilder text = new StringBuilder("[cluster]\nname = \"bench\"\nreplicas = " + nodes + "\n" + settings);
        for (int id = 1; id <= nodes; id++) {
            text.append("""
                    [[node]]
                    id = %d
                    client = "127.0.0.1:%d"
                    peer = "127.0.0.1:%d"
                    data = "node%d"
                    """.formatted(id, CLIENT_PORT + id, PEER_PORT + id, id));
            servers.add(local(CLIENT_PORT + id));
        }
        Files.writeString(directory.resolve("cluster.toml"), text);
        launchNodes(directory);
        awaitRest();
    }

    /** Starts the processes that {@link #start} has configured. */
    void launchNodes(Path directory) throws IOException {
        for (int id = 1; id <= nodes; id++) {
            launch(
                    directory.resolve("node" + id + ".log"),
                    "bin/ringleader",
                    "serve",
                    "--config",
                    directory.resolve("cluster.toml").toString(),
                    "--node",
                    Integer.toString(id));
        }
    }

    private void awaitRest() throws IOException {
        long begun = System.nanoTime();
        long[] since = {begun};
        List<List<String>> last = new ArrayList<>(List.of(List.of()));
        await("all partitions have leaders", () -> {
            List<String> leaders = new ArrayList<>();
            for (InetSocketAddress server : servers) {
                ask(server, "stats raft", "END").stream()
                        .filter(line -> line.contains(":leader "))
                        .forEach(leaders::add);
            }
            long now = System.nanoTime();
            if (!leaders.equals(last.get(0))) {
                last.set(0, leaders);
                since[0] = now;
            }
            boolean led = !leaders.isEmpty() && leaders.stream().noneMatch(line -> line.endsWith(" 0"));
            return led && (nodes == 1 || now - since[0] > QUIET_NANOS || now - begun > QUIET_LIMIT_NANOS);
        });
    }
}
