package io.ringleader.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.rubyeye.xmemcached.GetsResponse;
import net.rubyeye.xmemcached.XMemcachedClient;
import net.rubyeye.xmemcached.XMemcachedClientBuilder;
import net.rubyeye.xmemcached.command.BinaryCommandFactory;
import net.spy.memcached.CASResponse;
import net.spy.memcached.CASValue;
import net.spy.memcached.ConnectionFactoryBuilder.Protocol;
import net.spy.memcached.MemcachedClient;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Client libraries that people use, unchanged, at every node: whatever they can say, in either protocol, works. */
@Timeout(60)
class ClientLibrariesIT {
    private static final long TIMEOUT_MILLIS = 20_000;

    @RegisterExtension
    static final Processes PROCESSES = Processes.untilEndOfClass();

    private static TestCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        cluster = TestCluster.started(PROCESSES, Map.of());
    }

    private static InetSocketAddress address(int node) {
        return SpyClients.address(cluster.node(node));
    }

    @ParameterizedTest(name = "node {0} {1}")
    @CsvSource({"1, TEXT", "2, TEXT", "3, TEXT", "1, BINARY", "2, BINARY", "3, BINARY"})
    void spymemcached(int node, Protocol protocol) throws Exception {
        MemcachedClient client = SpyClients.connect(cluster.node(node), protocol);
        try {
            String k = "spy" + protocol + node + "-";
            assertThat(client.set(k + "a", 0, "first").get()).isTrue();
            assertThat(client.add(k + "a", 0, "x").get()).isFalse();
            assertThat(client.replace(k + "b", 0, "x").get()).isFalse();
            assertThat(client.add(k + "b", 0, List.of("an", "object")).get()).isTrue();
            assertThat(client.replace(k + "b", 0, "second").get()).isTrue();
            assertThat(client.append(k + "b", "!").get()).isTrue();
            assertThat(client.prepend(k + "b", "the ").get()).isTrue();
            assertThat(client.get(k + "b")).isEqualTo("the second!");
            assertThat(client.getBulk(k + "a", k + "b", k + "c"))
                    .isEqualTo(Map.of(k + "a", "first", k + "b", "the second!"));
            CASValue<Object> seen = client.gets(k + "a");
            assertThat(client.cas(k + "a", seen.getCas(), "third")).isEqualTo(CASResponse.OK);
            assertThat(client.cas(k + "a", seen.getCas(), "x")).isEqualTo(CASResponse.EXISTS);
            assertThat(client.cas(k + "none", seen.getCas(), "x")).isEqualTo(CASResponse.NOT_FOUND);
            assertThat(client.incr(k + "n", 5, 100)).isEqualTo(100);
            assertThat(client.incr(k + "n", 5)).isEqualTo(105);
            assertThat(client.decr(k + "n", 6)).isEqualTo(99);
            assertThat(client.touch(k + "a", 1000).get()).isTrue();
            assertThat(client.touch(k + "none", 1000).get()).isFalse();
            assertThat(client.delete(k + "a").get()).isTrue();
            assertThat(client.delete(k + "a").get()).isFalse();
            assertThat(client.get(k + "a")).isNull();
            Map<String, Object> many = new HashMap<>();
            for (int i = 0; i < 500; i++) {
                many.put(k + "many" + i, "é" + i);
                client.set(k + "many" + i, 0, "é" + i);
            }
            assertThat(client.getBulk(many.keySet())).isEqualTo(many);
            byte[] large = new byte[900_000];
            Arrays.fill(large, (byte) '\n');
            assertThat(client.set(k + "large", 0, large).get()).isTrue();
            assertThat(client.get(k + "large")).isEqualTo(large);
            assertThat(client.getVersions().values()).allMatch(version -> version.matches("\\d+\\..*"));
            assertThat(client.getStats().get(address(node))).containsKeys("pid", "cmd_get");
            assertThat(client.flush().get()).isTrue();
            assertThat(client.getBulk(many.keySet())).isEmpty();
        } finally {
            client.shutdown();
        }
    }

    @ParameterizedTest(name = "node {0} {1}")
    @CsvSource({"1, TEXT", "2, TEXT", "3, TEXT", "1, BINARY", "2, BINARY", "3, BINARY"})
    void xmemcached(int node, Protocol protocol) throws Exception {
        XMemcachedClientBuilder builder = new XMemcachedClientBuilder(List.of(address(node)));
        builder.setOpTimeout(TIMEOUT_MILLIS);
        if (protocol == Protocol.BINARY) {
            builder.setCommandFactory(new BinaryCommandFactory());
        }
        net.rubyeye.xmemcached.MemcachedClient client = (XMemcachedClient) builder.build();
        try {
            String k = "x" + protocol + node + "-";
            assertThat(client.set(k + "a", 0, "first")).isTrue();
            assertThat(client.add(k + "a", 0, "x")).isFalse();
            assertThat(client.replace(k + "b", 0, "x")).isFalse();
            assertThat(client.add(k + "b", 0, "second")).isTrue();
            assertThat(client.append(k + "b", "!")).isTrue();
            assertThat(client.prepend(k + "b", "the ")).isTrue();
            assertThat(client.<String>get(k + "b")).isEqualTo("the second!");
            assertThat(client.<String>get(List.of(k + "a", k + "b", k + "c")))
                    .isEqualTo(Map.of(k + "a", "first", k + "b", "the second!"));
            GetsResponse<String> seen = client.gets(k + "a");
            assertThat(client.cas(k + "a", 0, "third", seen.getCas())).isTrue();
            assertThat(client.cas(k + "a", 0, "x", seen.getCas())).isFalse();
            assertThat(client.incr(k + "n", 5, 100)).isEqualTo(100);
            assertThat(client.incr(k + "n", 5)).isEqualTo(105);
            assertThat(client.decr(k + "n", 6)).isEqualTo(99);
            assertThat(client.touch(k + "a", 1000)).isTrue();
            assertThat(client.delete(k + "a")).isTrue();
            assertThat(client.delete(k + "a")).isFalse();
            client.setWithNoReply(k + "quiet", 0, "set");
            client.appendWithNoReply(k + "quiet", " and appended");
            assertThat(client.<String>get(k + "quiet")).isEqualTo("set and appended");
            client.deleteWithNoReply(k + "quiet");
            assertThat(client.<String>get(k + "quiet")).isNull();
            byte[] large = "line\r\n".repeat(150_000).getBytes(StandardCharsets.US_ASCII);
            assertThat(client.set(k + "large", 0, large)).isTrue();
            assertThat(client.<byte[]>get(k + "large")).isEqualTo(large);
            assertThat(client.getVersions().values()).allMatch(version -> version.matches("\\d+\\..*"));
            assertThat(client.getStats().get(address(node))).containsKeys("pid", "cmd_get");
            client.flushAll();
            assertThat(client.<String>get(k + "b")).isNull();
        } finally {
            client.shutdown();
        }
    }
}
