package io.ringleader.cli;

import io.ringleader.config.ClusterConfig;
import io.ringleader.config.ConfigException;
import io.ringleader.config.ConfigFile;
import io.ringleader.config.HostPort;
import io.ringleader.config.NodeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The configuration of a cluster on this machine, kept in a directory together with its data. */
final class LocalCluster {
    static final String FILE_NAME = "cluster.toml";
    static final int DEFAULT_NODES = 3;
    static final int DEFAULT_BASE_PORT = 11_211;
    static final int MAX_NODES = 99;

    /** From the client port of a node to its peer port. */
    static final int PEER_PORT_OFFSET = 1_000;

    /** What the user asked for; null where the user did not say. */
    record Flags(Integer nodes, Integer basePort, Integer partitions, Integer replicas) {}

    private LocalCluster() {}

    /**
     * Reads the cluster of the directory, or writes one if there is none.
     *
     * @throws CommandFailedException if it cannot be read or written, or is not what the flags say
     */
    static ClusterConfig openOrCreate(Path directory, Flags flags) {
        Path file = directory.resolve(FILE_NAME);
        boolean exists = Files.exists(file);
        if (!exists) {
            write(file, flags);
        }
        try {
            ClusterConfig config = ConfigFile.load(file);
            if (exists) {
                compare(file, "nodes", config.nodes().size(), flags.nodes);
                compare(file, "partitions", config.partitions(), flags.partitions);
                compare(file, "replicas", config.replicas(), flags.replicas);
                compare(file, "base-port", config.nodes().get(0).client().port(), flags.basePort);
            }
            return config;
        } catch (ConfigException e) {
            throw new CommandFailedException("the configuration cannot be used.\n" + e.getMessage());
        }
    }

    private static void compare(Path file, String flag, int inFile, Integer asked) {
        if (asked != null && asked != inFile) {
            throw new CommandFailedException("--" + flag + " is " + asked + ", but " + file + " was made with " + inFile
                    + ". Leave the flag out to go on with that cluster, or begin a new one with another --data.");
        }
    }

    private static void write(Path file, Flags flags) {
        int nodes = flags.nodes == null ? DEFAULT_NODES : flags.nodes;
        int basePort = flags.basePort == null ? DEFAULT_BASE_PORT : flags.basePort;
        int partitions = flags.partitions == null ? ClusterConfig.DEFAULT_PARTITIONS : flags.partitions;
        int replicas = flags.replicas == null ? Math.min(3, nodes) : flags.replicas;
        require("nodes", nodes, 1, MAX_NODES);
        require("base-port", basePort, 1, 65_535 - PEER_PORT_OFFSET - nodes + 1);
        require("partitions", partitions, 1, Integer.MAX_VALUE);
        require("replicas", replicas, 1, nodes);
        String text = text(nodes, basePort, partitions, replicas);
        try {
            // what would not be read later is not written now
            ConfigFile.parse(text, file);
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path written = file.resolveSibling(FILE_NAME + ".new");
            Files.writeString(written, text);
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (ConfigException e) {
            throw new CommandFailedException("these flags make no good cluster.\n" + e.getMessage());
        } catch (IOException e) {
            throw new CommandFailedException("cannot write " + file + ": " + e + ". Choose another --data.");
        }
    }

    private static void require(String flag, int value, int min, int max) {
        if (value < min || value > max) {
            throw new CommandFailedException("--" + flag + " is " + value + " but must be " + min + " to " + max + ".");
        }
    }

    private static String text(int nodes, int basePort, int partitions, int replicas) {
        StringBuilder text = new StringBuilder("""
                # A cluster on this machine, written by "ringleader local". Everything that is not here has its default.
                [cluster]
                name = "local"
                partitions = %d    # fixed: changing it would lose keys
                replicas = %d
                """.formatted(partitions, replicas));
        for (int id = 1; id <= nodes; id++) {
            int client = basePort + id - 1;
            text.append("""

                    [[node]]
                    id = %d
                    client = "127.0.0.1:%d"
                    peer = "127.0.0.1:%d"
                    data = "node%d"
                    """.formatted(id, client, client + PEER_PORT_OFFSET, id));
        }
        return text.toString();
    }

    /** Fails with the first address that cannot be listened on; a node would fail on it later and less clearly. */
    static void requireFreePorts(ClusterConfig config) {
        for (NodeConfig node : config.nodes()) {
            requireFree(node.client(), "client port of node " + node.id());
            requireFree(node.peer(), "peer port of node " + node.id());
        }
    }

    private static void requireFree(HostPort address, String what) {
        try (ServerSocket socket = new ServerSocket()) {
            // connections of an earlier run that linger do not count, as they do not for the nodes
            socket.setReuseAddress(true);
            InetSocketAddress target = address.isWildcard()
                    ? new InetSocketAddress(address.port())
                    : new InetSocketAddress(InetAddress.getByName(address.host()), address.port());
            socket.bind(target);
        } catch (IOException e) {
            throw new CommandFailedException("cannot listen on " + address + ", the " + what + ": " + e.getMessage()
                    + ". Stop what uses port " + address.port() + ", or choose other ports with --base-port and another"
                    + " --data.");
        }
    }
}
