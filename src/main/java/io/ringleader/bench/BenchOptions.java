package io.ringleader.bench;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;

/**
 * A load.
 *
 * @param protocol what the servers speak
 * @param servers connections are spread over them in turn; at least one
 * @param connections of all threads together
 * @param pipeline requests that one connection has under way at most
 * @param threads of the generator
 * @param keys how many different keys there are
 * @param distribution how often each is asked for
 * @param valueMinBytes of a value; its length is drawn evenly from here to valueMaxBytes for each set
 * @param valueMaxBytes see valueMinBytes
 * @param getRatio from 0, only sets, to 1, only gets
 * @param warmupSeconds at the beginning that do not count
 * @param seconds that count
 * @param ratePerSecond of all connections together; 0: each request is sent when an earlier one is answered
 * @param preload whether every key is set once beforehand
 * @param verify whether the values found are compared with those stored
 * @param seed of the choice of keys and lengths
 */
public record BenchOptions(
        Protocol protocol,
        List<InetSocketAddress> servers,
        int connections,
        int pipeline,
        int threads,
        long keys,
        Distribution distribution,
        int valueMinBytes,
        int valueMaxBytes,
        double getRatio,
        double warmupSeconds,
        double seconds,
        double ratePerSecond,
        boolean preload,
        boolean verify,
        long seed) {

    /** Most of a value; what memcached takes at most unless told otherwise. */
    public static final int VALUE_MAX_BYTES = 1 << 20;

    private static final int CONNECTIONS_MAX = 20_000;
    private static final int PIPELINE_MAX = 4096;

    /** What the servers speak. */
    public enum Protocol {
        /** memcached's text protocol. */
        MEMCACHED,
        /** RESP 2. */
        REDIS,
        /** The gRPC service KV of etcd's API 3. */
        ETCD;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How often each key is asked for. */
    public enum Distribution {
        /** All alike. */
        UNIFORM,
        /** The key of rank r in proportion to 1 / r^0.99, as in YCSB. */
        ZIPFIAN;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @throws BenchException if it makes no sense; the message names the option of the command line */
    public void check() throws BenchException {
        require(!servers.isEmpty(), "--servers names none; write host:port, and more with commas between.");
        for (InetSocketAddress server : servers) {
            require(!server.isUnresolved(), "the host of --servers " + server.getHostString() + " is not known.");
        }
        between("--connections", connections, 1, CONNECTIONS_MAX);
        between("--pipeline", pipeline, 1, PIPELINE_MAX);
        require(
                threads >= 1 && threads <= connections,
                "--threads is " + threads + " but must be 1 to the number of connections, " + connections + ".");
        between("--keys", keys, 1, Contents.KEYS_MAX);
        int valueMax = protocol == Protocol.ETCD ? EtcdDialect.VALUE_MAX_BYTES : VALUE_MAX_BYTES;
        between("--value-bytes", valueMinBytes, 0, valueMax);
        between("--value-bytes", valueMaxBytes, valueMinBytes, valueMax);
        require(getRatio >= 0 && getRatio <= 1, "--get-ratio is " + getRatio + " but must be 0 to 1.");
        require(warmupSeconds >= 0, "--warmup-seconds is " + warmupSeconds + " but must not be negative.");
        require(seconds > 0, "--seconds is " + seconds + " but must be more than 0.");
        require(ratePerSecond >= 0, "--rate is " + ratePerSecond + " but must not be negative.");
    }

    private static void between(String option, long value, long min, long max) throws BenchException {
        require(value >= min && value <= max, option + " is " + value + " but must be " + min + " to " + max + ".");
    }

    private static void require(boolean holds, String message) throws BenchException {
        if (!holds) {
            throw new BenchException(message);
        }
    }

    /** The command that runs this load again. */
    public String asCommand() {
        StringBuilder text = new StringBuilder("bin/ringleader bench");
        if (protocol != Protocol.MEMCACHED) {
            text.append(" --protocol ").append(protocol);
        }
        text.append(" --servers ");
        for (int i = 0; i < servers.size(); i++) {
            InetSocketAddress server = servers.get(i);
            text.append(i == 0 ? "" : ",")
                    .append(server.getHostString())
                    .append(':')
                    .append(server.getPort());
        }
        text.append(" --connections ")
                .append(connections)
                .append(" --pipeline ")
                .append(pipeline);
        text.append(" --threads ").append(threads).append(" --keys ").append(keys);
        text.append(" --distribution ")
                .append(distribution)
                .append(" --value-bytes ")
                .append(valueMinBytes);
        if (valueMaxBytes != valueMinBytes) {
            text.append('-').append(valueMaxBytes);
        }
        text.append(" --get-ratio ").append(getRatio);
        text.append(" --warmup-seconds ")
                .append(warmupSeconds)
                .append(" --seconds ")
                .append(seconds);
        if (ratePerSecond > 0) {
            text.append(" --rate ").append(Math.round(ratePerSecond));
        }
        return text.append(preload ? " --preload" : "")
                .append(verify ? " --verify" : "")
                .toString();
    }
}
