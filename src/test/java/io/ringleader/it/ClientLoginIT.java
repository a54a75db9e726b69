package io.ringleader.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.memcached.BinaryPackets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import net.rubyeye.xmemcached.XMemcachedClient;
import net.rubyeye.xmemcached.XMemcachedClientBuilder;
import net.rubyeye.xmemcached.auth.AuthInfo;
import net.rubyeye.xmemcached.command.BinaryCommandFactory;
import net.spy.memcached.ConnectionFactoryBuilder;
import net.spy.memcached.ConnectionFactoryBuilder.Protocol;
import net.spy.memcached.MemcachedClient;
import net.spy.memcached.auth.AuthDescriptor;
import net.spy.memcached.auth.PlainCallbackHandler;
import net.spy.memcached.internal.OperationFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cluster with users, in processes of its own: who logs in, by SASL or in the text protocol, is served, and nobody else. */
@Timeout(60)
class ClientLoginIT {
    private static final long TIMEOUT_MILLIS = 20_000;
    private static final String USER = "ann";
    private static final String PASSWORD = "green apple";

    @RegisterExtension
    static final Processes PROCESSES = Processes.untilEndOfClass();

    private static TestCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        cluster = new TestCluster(PROCESSES, Map.of());
        Files.writeString(cluster.directory.resolve("users.txt"), "bob:pear\n" + USER + ":" + PASSWORD + "\n");
        cluster.writeConfig(cluster.directory.resolve("cluster.toml"), Map.of("cluster.auth_file", "\"users.txt\""));
        cluster.nodes.forEach(node -> node.withUser(USER, PASSWORD));
        cluster.startAll();
        cluster.awaitReady();
    }

    /** @param mechanisms null to ask the node which ones it has */
    private static MemcachedClient spy(int node, String password, String... mechanisms) throws IOException {
        return new MemcachedClient(
                new ConnectionFactoryBuilder()
                        .setProtocol(Protocol.BINARY)
                        .setAuthDescriptor(new AuthDescriptor(mechanisms, new PlainCallbackHandler(USER, password)))
                        .setOpTimeout(TIMEOUT_MILLIS)
                        .build(),
                List.of(SpyClients.address(cluster.node(node))));
    }

    @ParameterizedTest(name = "node {0}")
    @ValueSource(ints = {1, 2, 3})
    void spymemcached(int node) throws Exception {
        MemcachedClient client = node == 1 ? spy(node, PASSWORD, (String[]) null) : spy(node, PASSWORD, "PLAIN");
        try {
            Map<String, Object> many = new HashMap<>();
            for (String key : cluster.keyOfEachPartition("spy" + node + "-").values()) {
                assertThat(client.set(key, 0, "value of " + key).get()).isTrue();
                many.put(key, "value of " + key);
            }
            assertThat(client.getBulk(many.keySet())).isEqualTo(many);
            assertThat(client.incr("spy" + node, 5, 100)).isEqualTo(100);
            assertThat(client.getVersions().values()).allMatch(version -> version.matches("\\d+\\..*"));
            assertThat(client.getStats().get(SpyClients.address(cluster.node(node))))
                    .containsKeys("auth_cmds", "auth_errors");
        } finally {
            client.shutdown();
        }
    }

    @ParameterizedTest(name = "node {0}")
    @ValueSource(ints = {1, 2, 3})
    void xmemcached(int node) throws Exception {
        // it looks for its user by the name of the address
        InetSocketAddress address =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), cluster.node(node).clientPort);
        XMemcachedClientBuilder builder = new XMemcachedClientBuilder(List.of(address));
        builder.setOpTimeout(TIMEOUT_MILLIS);
        builder.setCommandFactory(new BinaryCommandFactory());
        builder.addAuthInfo(address, AuthInfo.plain(USER, PASSWORD));
        net.rubyeye.xmemcached.MemcachedClient client = (XMemcachedClient) builder.build();
        try {
            for (String key : cluster.keyOfEachPartition("x" + node + "-").values()) {
                assertThat(client.set(key, 0, "value of " + key)).isTrue();
                assertThat(client.<String>get(key)).isEqualTo("value of " + key);
            }
            assertThat(client.delete("none")).isFalse();
        } finally {
            client.shutdown();
        }
    }

    @Test
    void aClientWithAWrongPasswordGetsNothing() throws Exception {
        try (TextClient honest = cluster.node(2).connect()) {
            assertThat(honest.set("secret", "value")).isEqualTo("STORED");
            long errors = Long.parseLong(honest.stats("").get("auth_errors"));
            MemcachedClient guessing = spy(2, "red apple", "PLAIN");
            try {
                OperationFuture<Boolean> stored = guessing.set("secret", 0, "stolen");
                assertThatThrownBy(() -> stored.get(2, TimeUnit.SECONDS)).isInstanceOf(Exception.class);
            } finally {
                guessing.shutdown();
            }
            assertThat(honest.get("secret")).contains("value");
            assertThat(Long.parseLong(honest.stats("").get("auth_errors"))).isGreaterThan(errors);
        }
    }

    @Test
    void aGuessCostsTimeAndAStrangerIsDisconnected() throws Exception {
        byte[] guess = BinaryPackets.request(0x21, "PLAIN", BinaryPackets.NONE, "\0ann\0pear", 0);
        byte[] failure = BinaryPackets.error(0x21, 0x20, "Auth failure.");
        byte[] stranger = BinaryPackets.error(0x10, 0x20, "Auth failure.");
        try (TextClient client = new TextClient(cluster.node(3).clientPort)) {
            long before = System.nanoTime();
            client.send(BinaryPackets.join(guess, BinaryPackets.request(0x10), BinaryPackets.request(0x0a)));
            String heard = client.rest();
            assertThat(heard).isEqualTo(new String(BinaryPackets.join(failure, stranger), StandardCharsets.ISO_8859_1));
            assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(200_000_000L);
        }
    }
}
