package io.ringleader.node;

import static io.ringleader.memcached.BinaryPackets.NONE;
import static io.ringleader.memcached.BinaryPackets.OPAQUE;
import static io.ringleader.memcached.BinaryPackets.count;
import static io.ringleader.memcached.BinaryPackets.error;
import static io.ringleader.memcached.BinaryPackets.hex;
import static io.ringleader.memcached.BinaryPackets.ints;
import static io.ringleader.memcached.BinaryPackets.join;
import static io.ringleader.memcached.BinaryPackets.number;
import static io.ringleader.memcached.BinaryPackets.request;
import static io.ringleader.memcached.BinaryPackets.response;
import static io.ringleader.memcached.BinaryPackets.store;
import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.config.ClientAccess;
import io.ringleader.memcached.BinaryPackets;
import io.ringleader.sim.TextClient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Clients that speak the binary protocol, on a whole cluster in one thread. */
class BinaryClientsTest {
    private static final int STATUS_AT = 6;
    private static final int BODY_LENGTH_AT = 8;
    private static final int OPAQUE_AT = 12;
    private static final int HEADER_BYTES = 24;

    private static OneThreadCluster onePartition(long seed) {
        return new OneThreadCluster(seed, options -> options.partitions = 1)
                .start()
                .awaitLeaders();
    }

    private static byte[] hit(int opcode, String key, String value, long cas) {
        return response(opcode, 0, key, ints(7), value, cas);
    }

    /** Cuts what came into its packets. */
    private static List<ByteBuffer> packets(byte[] bytes) {
        List<ByteBuffer> packets = new ArrayList<>();
        ByteBuffer all = ByteBuffer.wrap(bytes);
        while (all.hasRemaining()) {
            int length = HEADER_BYTES + all.getInt(all.position() + BODY_LENGTH_AT);
            packets.add(all.slice(all.position(), length));
            all.position(all.position() + length);
        }
        return packets;
    }

    private static String body(ByteBuffer packet) {
        ByteBuffer body = packet.slice(HEADER_BYTES, packet.limit() - HEADER_BYTES);
        return StandardCharsets.ISO_8859_1.decode(body).toString();
    }

    private static void assertAnswer(byte[] actual, byte[]... expected) {
        assertThat(hex(actual)).isEqualTo(hex(join(expected)));
    }

    @Test
    void aNodeThatDoesNotLeadServesEveryCommand() {
        OneThreadCluster cluster = onePartition(31);
        BinaryClient client = cluster.binaryClient(cluster.followerOf(0));
        assertAnswer(client.exchange(store(0x01, "k", 7, 0, "v", 0)), response(0x01, 1));
        assertAnswer(client.exchange(request(0x0c, "k")), hit(0x0c, "k", "v", 1));
        assertAnswer(client.exchange(store(0x01, "k", 7, 0, "w", 9)), error(0x01, 2, "Data exists for key."));
        assertAnswer(client.exchange(request(0x0e, "k", NONE, "!", 1)), response(0x0e, 2));
        assertAnswer(client.exchange(request(0x1d, "k", ints(100))), hit(0x1d, "", "v!", 2));
        assertAnswer(client.exchange(request(0x1c, "k", ints(0))), hit(0x1c, "", "", 2));
        assertAnswer(client.exchange(count(0x05, "n", 1, 10, 0, 0)), number(0x05, 10, 3));
        assertAnswer(client.exchange(count(0x06, "n", 3, 10, 0, 0)), number(0x06, 7, 4));
        assertAnswer(client.exchange(request(0x04, "n", NONE, "", 4)), response(0x04, 0));
        assertAnswer(client.exchange(request(0x08)), response(0x08, 0));
        assertAnswer(client.exchange(request(0x00, "k")), error(0x00, 1, "Not found"));
        assertThat(new String(client.exchange(request(0x0b)), StandardCharsets.ISO_8859_1))
                .endsWith("0.0.1");
        assertThat(packets(client.exchange(request(0x10))))
                .hasSizeGreaterThan(20)
                .allSatisfy(packet -> assertThat(packet.getInt(OPAQUE_AT)).isEqualTo(OPAQUE));
        cluster.requireNothingLeftBehind();
    }

    @Test
    void aNodeWithoutAReplicaServesEveryPartition() {
        OneThreadCluster cluster =
                new OneThreadCluster(40, options -> options.nodes = 5).start().awaitLeaders();
        for (int partition = 0; partition < cluster.config().partitions(); partition++) {
            BinaryClient client = cluster.binaryClient(cluster.strangerTo(partition));
            String key = cluster.keyOf(partition, 0);
            assertAnswer(
                    client.exchange(
                            store(0x12, key, 7, 0, "v", 0),
                            store(0x02, key, 7, 0, "w", 0),
                            request(0x19, key, NONE, "!", 0),
                            request(0x1a, key, NONE, "?", 2),
                            request(0x24, key, ints(100)),
                            store(0x13, key, 7, 0, "8", 3),
                            count(0x15, key, 2, 0, -1, 0),
                            count(0x06, key, 1, 0, -1, 5),
                            request(0x0d, key),
                            request(0x14, key, NONE, "", 1),
                            request(0x14, key),
                            request(0x09, key),
                            request(0x00, key)),
                    error(0x02, 2, "Data exists for key."),
                    hit(0x24, key, "?v!", 3),
                    number(0x06, 9, 6),
                    hit(0x0d, key, "9 ", 6),
                    error(0x14, 2, "Data exists for key."),
                    error(0x00, 1, "Not found"));
        }
        cluster.requireNothingLeftBehind();
    }

    @Test
    void aQuietPipelineTakesEffectInOrderAndAnswersWhatItMust() {
        OneThreadCluster cluster = new OneThreadCluster(32).start().awaitLeaders();
        for (int node : cluster.nodes()) {
            BinaryClient client = cluster.binaryClient(node);
            client.exchange(request(0x18));
            List<byte[]> requests = new ArrayList<>();
            StringBuilder expected = new StringBuilder();
            for (int i = 0; i < 300; i++) {
                String key = "k" + i % 7;
                requests.add(store(0x11, key, 7, 0, "v" + i, 0));
                requests.add(request(0x0d, key));
                requests.add(request(0x0d, "miss" + i));
                requests.add(store(0x12, key, 7, 0, "x", 0));
                expected.append("hit v" + i + "|error 2|");
            }
            StringBuilder heard = new StringBuilder();
            for (ByteBuffer packet : packets(client.exchange(requests.toArray(byte[][]::new)))) {
                int status = packet.getShort(STATUS_AT);
                String body = body(packet);
                heard.append(status == 0 ? "hit " + body.substring(6) : "error " + status)
                        .append('|');
            }
            assertThat(heard).hasToString(expected.toString());
        }
        cluster.requireNothingLeftBehind();
    }

    @Test
    void bothDialectsSeeTheSameItems() {
        OneThreadCluster cluster = onePartition(33);
        TextClient text = cluster.client(1);
        BinaryClient binary = cluster.binaryClient(2);
        binary.exchange(store(0x11, "k", 7, 0, "binary", 0));
        assertThat(text.ask("gets k")).isEqualTo("VALUE k 7 6 1\r\nbinary\r\nEND");
        assertThat(text.ask("cas k 7 0 4 1\r\ntext")).isEqualTo("STORED");
        assertAnswer(binary.exchange(request(0x00, "k")), hit(0x00, "", "text", 2));
        assertThat(text.ask("stats")).contains("STAT cas_hits 1\r\n");
    }

    @Test
    void binaryCommandsAreCounted() {
        OneThreadCluster cluster = onePartition(34);
        BinaryClient client = cluster.binaryClient(1);
        client.exchange(
                store(0x01, "k", 7, 0, "1", 0),
                store(0x11, "k", 7, 0, "1", 1),
                store(0x11, "k", 7, 0, "1", 1),
                store(0x11, "z", 7, 0, "1", 1),
                request(0x00, "k"),
                request(0x0d, "z"),
                request(0x1c, "k", ints(0)),
                count(0x15, "k", 1, 0, 0, 0),
                count(0x06, "z", 1, 0, -1, 0),
                request(0x04, "k", NONE, "", 99),
                request(0x14, "k"),
                request(0x14, "k"));
        assertThat(cluster.client(1).ask("stats").split("\r\n"))
                .contains(
                        "STAT cmd_set 4",
                        "STAT cas_hits 1",
                        "STAT cas_badval 1",
                        "STAT cas_misses 1",
                        "STAT get_hits 1",
                        "STAT get_misses 1",
                        "STAT cmd_touch 1",
                        "STAT touch_hits 1",
                        "STAT incr_hits 1",
                        "STAT decr_misses 1",
                        "STAT delete_hits 1",
                        "STAT delete_misses 1");
    }

    private static byte[] login(String message) {
        return request(0x21, "PLAIN", NONE, message, 0);
    }

    @Test
    void aClusterWithUsersServesBinaryClientsThatLogInAtAnyNode() {
        OneThreadCluster cluster = new OneThreadCluster(39, options -> {
                    options.partitions = 1;
                    options.clientAccess =
                            new ClientAccess(Optional.of(Path.of("/users")), Map.of("ann", "apple"), false);
                })
                .start()
                .awaitLeaders();
        byte[] refused = error(0x01, 0x20, "Auth failure.");
        byte[] welcome = response(0x21, 0, "", NONE, "Authenticated", 0);
        int cas = 0;
        for (int node : cluster.nodes()) {
            BinaryClient stranger = cluster.binaryClient(node);
            assertAnswer(stranger.exchange(store(0x01, "k", 7, 0, "of nobody", 0)), refused);
            assertThat(stranger.isClosed()).isTrue();
            BinaryClient client = cluster.binaryClient(node);
            long before = cluster.nowMillis();
            client.send(join(request(0x20), login("\0ann\0peach")));
            byte[] failure = join(response(0x20, 0, "", NONE, "PLAIN", 0), error(0x21, 0x20, "Auth failure."));
            cluster.runUntil(() -> client.heard().length == failure.length, 5_000, "the wrong password is refused");
            assertThat(cluster.nowMillis() - before).isGreaterThanOrEqualTo(200);
            String value = "v" + node;
            byte[] heard =
                    client.exchange(login("\0ann\0apple"), store(0x01, "k", 7, 0, value, cas), request(0x00, "k"));
            cas++;
            assertAnswer(heard, failure, welcome, response(0x01, cas), hit(0x00, "", value, cas));
            List<String> stats = packets(client.exchange(request(0x10))).stream()
                    .map(BinaryClientsTest::body)
                    .toList();
            assertThat(stats).contains("auth_cmds2", "auth_errors1");
        }
        cluster.requireNothingLeftBehind();
    }

    @Test
    void aPartitionWithoutALeaderIsBusyForAQuietWriteToo() {
        OneThreadCluster cluster = onePartition(35);
        cluster.crash(2);
        cluster.crash(3);
        cluster.runMillis(3_000);
        BinaryClient client = cluster.binaryClient(1);
        List<ByteBuffer> answers = packets(client.exchange(store(0x11, "k", 7, 0, "v", 0), request(0x0d, "k")));
        assertThat(answers).hasSize(2);
        assertThat(answers.get(0).getShort(STATUS_AT)).isEqualTo((short) 0x85);
        assertThat(answers.get(1).getShort(STATUS_AT)).isEqualTo((short) 0x85);
        assertThat(body(answers.get(0))).startsWith("not applied: partition 0");
        assertThat(body(answers.get(1))).startsWith("not read: partition 0");
    }

    @Test
    void quitAnswersWhatCameBeforeAndClosesTheConnection() {
        OneThreadCluster cluster = onePartition(36);
        BinaryClient client = cluster.binaryClient(3);
        client.send(join(store(0x01, "k", 7, 0, "v", 0), request(0x00, "k"), request(0x07), request(0x0a)));
        cluster.runUntil(client::isClosed, 5_000, "the connection is closed");
        assertAnswer(client.heard(), response(0x01, 1), hit(0x00, "", "v", 1), response(0x07, 0));
    }

    @Test
    void manyLargeValuesAreAnsweredCompletely() {
        OneThreadCluster cluster = new OneThreadCluster(37).start().awaitLeaders();
        BinaryClient client = cluster.binaryClient(1);
        List<byte[]> gets = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            client.exchange(store(0x11, "key" + i, 7, 0, "v".repeat(15 << 10), 0));
            gets.add(request(0x0c, "key" + i));
        }
        List<ByteBuffer> answers = packets(cluster.binaryClient(2).exchange(gets.toArray(byte[][]::new)));
        assertThat(answers).hasSize(80);
        assertThat(answers).allSatisfy(answer -> assertThat(answer.limit()).isGreaterThan(HEADER_BYTES + (15 << 10)));
        cluster.requireNothingLeftBehind();
    }

    @Test
    void whatComesAfterGarbageIsNotRead() {
        OneThreadCluster cluster = onePartition(38);
        BinaryClient client = cluster.binaryClient(2);
        client.send(join(BinaryPackets.header(0x00, 9, 0, 1), request(0x0a)));
        cluster.runUntil(client::isClosed, 5_000, "the connection is closed");
        assertAnswer(client.heard(), error(0x00, 0x81, "Unknown command"));
    }
}
