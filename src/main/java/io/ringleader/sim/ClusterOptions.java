package io.ringleader.sim;

import io.ringleader.config.ClientAccess;
import io.ringleader.config.ClusterConfig;
import io.ringleader.config.HostPort;
import io.ringleader.config.Limits;
import io.ringleader.config.NodeConfig;
import io.ringleader.config.ReadPolicy;
import io.ringleader.config.RingConfig;
import io.ringleader.config.Timeouts;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** How a {@link SimCluster} is built; sizes are small, so that every limit is reached soon. Set before the cluster is made. */
public final class ClusterOptions implements Cloneable {
    private static final int CLIENT_PORT = 11_000;
    private static final int PEER_PORT = 12_000;

    public int nodes = 3;
    public int partitions = 4;
    public int replicas = 3;
    public int virtualNodes = 32;
    public long heartbeatMillis = 50;
    /** At least; at most twice as long. */
    public long electionTimeoutMillis = 300;

    public long commandTimeoutMillis = 3_000;
    public long stopMillis = 3_000;
    public long memoryBytes = 64L << 20;
    public long itemMaxBytes = 16 << 10;
    public long batchMaxBytes = 32 << 10;
    public long resultMaxBytes = 32 << 10;
    public long frameMaxBytes = 128 << 10;
    public long connectionOutputMaxBytes = 256 << 10;
    /** Of entries in one message: if small, a follower hears of old and new entries one after the other. */
    public long appendMaxBytes = 64 << 10;

    public long inflightMaxEntries = 64;
    public long snapshotLogBytes = 64 << 10;
    public long logRetainBytes = 16 << 10;
    public long snapshotChunkBytes = 4 << 10;
    /** How long the log loop takes at most to get to its work: a slow disk. */
    public long diskDelayNanos = 500_000;

    public ClientAccess clientAccess = ClientAccess.OPEN;

    public ReadPolicy reads = ReadPolicy.INDEX;

    /** The configuration that would come of these options if this were done to them. */
    public ClusterConfig changed(Consumer<ClusterOptions> change) {
        try {
            ClusterOptions copy = (ClusterOptions) clone();
            change.accept(copy);
            return copy.config();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    ClusterConfig config() {
        List<NodeConfig> all = IntStream.rangeClosed(1, nodes)
                .mapToObj(id -> new NodeConfig(
                        id,
                        new HostPort("127.0.0.1", CLIENT_PORT + id),
                        new HostPort("127.0.0.1", PEER_PORT + id),
                        Path.of("/node" + id)))
                .toList();
        return new ClusterConfig(
                "orchard",
                partitions,
                Math.min(nodes, replicas),
                Optional.empty(),
                true,
                clientAccess,
                new RingConfig(virtualNodes, 1.25),
                new Timeouts(
                        heartbeatMillis,
                        electionTimeoutMillis,
                        2 * electionTimeoutMillis,
                        commandTimeoutMillis,
                        stopMillis),
                reads,
                limits(),
                all,
                List.of());
    }

    private Limits limits() {
        long entriesMaxBytes = Math.max(64 << 10, batchMaxBytes);
        long walSegmentBytes = 2 * frameMaxBytes;
        return new Limits(
                memoryBytes,
                itemMaxBytes,
                100,
                connectionOutputMaxBytes,
                64 << 20,
                8 * batchMaxBytes,
                batchMaxBytes,
                resultMaxBytes,
                appendMaxBytes,
                4 * entriesMaxBytes,
                inflightMaxEntries,
                8 * entriesMaxBytes,
                16 * entriesMaxBytes,
                snapshotLogBytes,
                logRetainBytes,
                walSegmentBytes,
                partitions * (snapshotLogBytes + logRetainBytes) + 2 * walSegmentBytes,
                snapshotChunkBytes,
                frameMaxBytes,
                8 * frameMaxBytes,
                0);
    }
}
