package io.ringleader.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whatever arrives at its ports, a node answers with an error or closes the connection, keeps its size, and serves on. */
@Timeout(120)
class GarbageIT {
    private static final int HEAP_MIB = 96;
    /** Resident: the heap, and what a virtual machine needs besides. */
    private static final long RESIDENT_MIB_AT_MOST = HEAP_MIB + 200;

    private static final int MAX_CONNECTIONS = 300;
    private static final int STRANGERS = 400;
    /** Of a megabyte each: three times the heap. */
    private static final int LARGE_READS = 3 * HEAP_MIB;

    private static final int RANDOM_SAMPLES = 60;
    private static final int RANDOM_BYTES_AT_MOST = 100_000;
    /** A node gives a connection to its peer port 2 s to say who it is, and looks once a second. */
    private static final Duration HANDSHAKE = Duration.ofSeconds(10);

    @RegisterExtension
    final Processes processes = Processes.untilEndOfTest();

    private final Random random = new Random(20);
    private final List<TextClient> open = new ArrayList<>();
    private TestCluster cluster;
    private TestNode target;

    @BeforeEach
    void start() throws IOException {
        cluster = new TestCluster(
                processes,
                Map.of("limits.max_connections", MAX_CONNECTIONS, "limits.memory_bytes", HEAP_MIB / 3 << 20));
        cluster.nodes.forEach(node -> node.withHeapMiB(HEAP_MIB));
        cluster.startAll();
        cluster.awaitReady();
        target = cluster.node(1);
    }

    @AfterEach
    void closeAll() throws IOException {
        for (TextClient client : open) {
            client.close();
        }
    }

    private TextClient open(int port) throws IOException {
        TextClient client = new TextClient(port);
        open.add(client);
        return client;
    }

    private void requireItServes() throws IOException {
        try (TextClient client = target.connect()) {
            String value = Long.toString(random.nextLong());
            for (String key : cluster.keyOfEachPartition("alive").values()) {
                assertThat(client.set(key, value)).isEqualTo("STORED");
                assertThat(client.get(key)).contains(value);
            }
        }
        for (String line : Files.readAllLines(Path.of("/proc/" + target.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                long mib = Long.parseLong(line.replaceAll("\\D", "")) >> 10;
                assertThat(mib).as("resident MiB").isLessThan(RESIDENT_MIB_AT_MOST);
            }
        }
        assertThat(target.log()).doesNotContain("ERROR");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static final byte[] BINARY_GET =
            ascii("\u0080\u0000\u0000\u0003\0\0\0\0\0\0\0\u0003\0\0\0\0\0\0\0\0\0\0\0\0key");

    /** The beginning of what a browser or a TLS client says. */
    private static Map<String, byte[]> otherProtocols() {
        Map<String, byte[]> samples = new LinkedHashMap<>();
        samples.put("HTTP", ascii("GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: x\r\nAccept: */*\r\n\r\n"));
        samples.put(
                "TLS",
                ascii("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003" + "\u0017".repeat(500)));
        samples.put("SSH", ascii("SSH-2.0-OpenSSH_9.2\r\n"));
        samples.put("zeros", new byte[10_000]);
        samples.put("lines", ascii("\r\n".repeat(5_000)));
        samples.put("no line end", ascii("x".repeat(100_000)));
        return samples;
    }

    private byte[] randomBytes() {
        byte[] bytes = new byte[1 + random.nextInt(RANDOM_BYTES_AT_MOST)];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void garbageForClientsGetsAnErrorOrIsCutOff() throws IOException {
        Map<String, byte[]> samples = otherProtocols();
        samples.put("a long key", ascii("get " + "k".repeat(251) + "\r\n"));
        samples.put("many bytes announced", ascii("set k 0 0 2147483647\r\nx"));
        samples.put("more than a number holds", ascii("set k 0 0 99999999999999999999\r\nx\r\n"));
        samples.put("a negative length", ascii("set k 0 0 -1\r\nx\r\n"));
        samples.put("a bad end of a value", ascii("set k 0 0 1\r\nxyz\r\n"));
        samples.put("no such command", ascii("drop table k\r\nincr k many\r\n"));
        for (Map.Entry<String, byte[]> sample : samples.entrySet()) {
            String answer = everythingAnswered(target.clientPort, sample.getValue());
            assertThat(answer.lines())
                    .as("answers to %s", sample.getKey())
                    .allMatch(line -> line.matches("(ERROR|CLIENT_ERROR .+|SERVER_ERROR .+)"));
        }
        for (int i = 0; i < RANDOM_SAMPLES; i++) {
            everythingAnswered(target.clientPort, randomBytes());
        }
        requireItServes();
    }

    @Test
    void garbageInTheBinaryProtocolGetsAnErrorOrIsCutOff() throws IOException {
        byte[] unknownCommand = BINARY_GET.clone();
        unknownCommand[1] = 0x70;
        byte[] shortBody = BINARY_GET.clone();
        shortBody[11] = 1;
        byte[] endlessBody = BINARY_GET.clone();
        endlessBody[8] = (byte) 0xff;
        byte[] noKey = BINARY_GET.clone();
        noKey[3] = 0;
        for (byte[] sample : List.of(unknownCommand, shortBody, endlessBody, noKey)) {
            assertThat(everythingAnswered(target.clientPort, sample))
                    .startsWith("\u0081")
                    .containsAnyOf("Unknown command", "Invalid arguments");
        }
        for (int i = 0; i < RANDOM_SAMPLES; i++) {
            byte[] bytes = randomBytes();
            System.arraycopy(BINARY_GET, 0, bytes, 0, Math.min(bytes.length, 1 + random.nextInt(12)));
            everythingAnswered(target.clientPort, bytes);
        }
        requireItServes();
    }

    /** The node must close the connection: by itself, or when it has answered what was sent. */
    private static String everythingAnswered(int port, byte[] bytes) throws IOException {
        try (TextClient client = new TextClient(port)) {
            try {
                client.send(bytes);
                client.endOutput();
            } catch (IOException e) {
                // it was cut off before it had sent all
                return "";
            }
            return client.rest();
        }
    }

    @Test
    void garbageForPeersIsCutOffWithoutWaitingForItsEnd() throws Exception {
        Map<String, byte[]> samples = otherProtocols();
        samples.put("binary memcached", BINARY_GET);
        samples.put("another version", hello(9, 1, 40));
        samples.put("no such message", hello(1, 77, 40));
        samples.put("a proof before the greeting", hello(1, 3, 40));
        samples.put("many bytes announced", hello(1, 1, 65_535));
        samples.put("a greeting that means nothing", hello(1, 1, 40));
        samples.put("half a greeting", Arrays.copyOf(hello(1, 1, 40), 20));
        samples.put("half a header", Arrays.copyOf(hello(1, 1, 40), 3));
        samples.put("nothing", new byte[0]);
        for (int i = 0; i < RANDOM_SAMPLES; i++) {
            samples.put("random bytes " + i, randomBytes());
        }
        try (Workers workers = new Workers()) {
            samples.forEach((what, bytes) -> workers.start(() -> requireCutOff(what, bytes)));
            workers.join();
        }
        requireItServes();
    }

    /** Not even the end of what is sent is told to the node. */
    private void requireCutOff(String what, byte[] bytes) throws IOException {
        try (TextClient client = new TextClient(target.peerPort, HANDSHAKE)) {
            try {
                client.send(bytes);
            } catch (IOException e) {
                // it was cut off before it had sent all
                return;
            }
            assertThat(client.rest()).as("answer to %s", what).doesNotContain("Exception");
        }
    }

    /** The header of a message between nodes, with a body of so many zeros, or what fits in a kilobyte of them. */
    private static byte[] hello(int version, int type, int bodyBytes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeBytes("RNGL");
        out.writeByte(version);
        out.writeByte(type);
        out.writeShort(bodyBytes);
        out.write(new byte[Math.min(bodyBytes, 1024)]);
        return bytes.toByteArray();
    }

    @Test
    void connectionsThatAreOpenedAndLeftKeepNobodyOut() throws IOException {
        for (int i = 0; i < STRANGERS; i++) {
            TextClient peer = open(target.peerPort);
            peer.send(i % 2 == 0 ? "RNGL" : "");
        }
        // one that has just started has to get in between all those
        cluster.node(3).kill();
        cluster.node(3).start();
        for (int i = 0; i < STRANGERS; i++) {
            open(target.peerPort);
        }
        cluster.awaitReady();
        requireItServes();

        for (int i = 0; i < MAX_CONNECTIONS / 2; i++) {
            TextClient client = open(target.clientPort);
            client.send("set left" + i + " 0 0 1000000\r\n" + "x".repeat(10_000));
        }
        requireItServes();
    }

    @Test
    void aClientThatAsksForMoreThanTheHeapAndReadsLateGetsItAll() throws IOException {
        Map<String, String> expected = Map.of("large", "0123456789".repeat(100_000));
        try (TextClient client = target.connect()) {
            assertThat(client.set("large", expected.get("large"))).isEqualTo("STORED");
            client.send("get large\r\n".repeat(LARGE_READS));
            requireItServes();
            for (int i = 0; i < LARGE_READS; i++) {
                assertThat(client.values()).isEqualTo(expected);
            }
        }
        requireItServes();
    }

    @Test
    void clientsBeyondTheLimitAreToldAndOthersGetInWhenSomeHaveLeft() throws IOException {
        List<TextClient> clients = new ArrayList<>();
        for (int i = 0; i < MAX_CONNECTIONS; i++) {
            clients.add(open(target.clientPort));
        }
        for (TextClient client : clients) {
            assertThat(client.command("version")).startsWith("VERSION");
        }
        for (int i = 0; i < 10; i++) {
            assertThat(open(target.clientPort).rest()).isEqualTo("SERVER_ERROR too many open connections\r\n");
        }
        assertThat(clients.get(0).set("key", "value")).isEqualTo("STORED");
        for (TextClient client : clients) {
            client.close();
        }
        Await.until("a client is let in", Duration.ofSeconds(10), () -> {
            try (TextClient client = target.connect()) {
                return client.command("version").startsWith("VERSION");
            }
        });
        requireItServes();
    }
}
