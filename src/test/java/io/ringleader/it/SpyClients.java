package io.ringleader.it;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import net.spy.memcached.ConnectionFactoryBuilder;
import net.spy.memcached.ConnectionFactoryBuilder.Protocol;
import net.spy.memcached.FailureMode;
import net.spy.memcached.MemcachedClient;

/** Makes clients of the library spymemcached that speak with one node. */
final class SpyClients {
    /** For one operation; the nodes are to answer long before that. */
    static final long TIMEOUT_MILLIS = 30_000;

    private static final Duration CONNECTED = Duration.ofSeconds(10);

    /** Held here, or what is set on it would be collected with it. */
    private static final Logger LOGGER = Logger.getLogger("net.spy");

    static {
        // one line for each operation that is lost with its node would hide what matters
        System.setProperty("net.spy.log.LoggerImpl", "net.spy.memcached.compat.log.SunLogger");
        LOGGER.setLevel(Level.OFF);
    }

    private SpyClients() {}

    /** Returns a client that speaks the text protocol, see {@link #connect(TestNode, Protocol)}. */
    static MemcachedClient connect(TestNode node) throws IOException {
        return connect(node, Protocol.TEXT);
    }

    /** Returns a client that is connected. When its node dies, what was under way fails, and is not tried again later. */
    static MemcachedClient connect(TestNode node, Protocol protocol) throws IOException {
        MemcachedClient client = new MemcachedClient(
                new ConnectionFactoryBuilder()
                        .setProtocol(protocol)
                        .setFailureMode(FailureMode.Cancel)
                        .setOpTimeout(TIMEOUT_MILLIS)
                        .setOpQueueMaxBlockTime(TIMEOUT_MILLIS)
                        .build(),
                List.of(address(node)));
        Await.until(
                "the client of " + node + " is connected",
                CONNECTED,
                () -> !client.getAvailableServers().isEmpty());
        return client;
    }

    static InetSocketAddress address(TestNode node) {
        return new InetSocketAddress("127.0.0.1", node.clientPort);
    }
}
