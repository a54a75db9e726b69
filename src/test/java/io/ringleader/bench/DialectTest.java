package io.ringleader.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DialectTest {
    private static final int VALUE_BYTES = 300;
    private static final long KEY = 1234;
    private static final Contents CONTENTS = new Contents(VALUE_BYTES, VALUE_BYTES);

    /** Knows which requests are gets and takes down the answers; all are for the same key. */
    private static final class Ears implements Dialect.Answers {
        final List<String> heard = new ArrayList<>();
        private final boolean[] gets;
        private int oldest;

        Ears(boolean... gets) {
            this.gets = gets;
        }

        @Override
        public long oldest() {
            return oldest < gets.length ? oldest : -1;
        }

        @Override
        public boolean isGet(long sequence) {
            return gets[(int) sequence];
        }

        @Override
        public long key(long sequence) {
            return KEY;
        }

        @Override
        public void answered(long sequence, AnswerKind kind, String text) {
            heard.add(sequence + " " + kind + (text == null ? "" : " " + text));
            oldest++;
        }
    }

    private interface Start {
        Dialect dialect();
    }

    /** Feeds the bytes in two pieces, cut at each place, and byte by byte. */
    private static void requireHeard(byte[] bytes, Start start, boolean[] gets, String... expected) throws Exception {
        for (int cut = 0; cut <= bytes.length; cut++) {
            Ears ears = new Ears(gets);
            ByteBuffer out = ByteBuffer.allocate(1000);
            Dialect dialect = start.dialect();
            int used = dialect.parse(bytes, 0, cut, out, ears);
            used = dialect.parse(bytes, used, bytes.length, out, ears);
            assertThat(used).isEqualTo(bytes.length);
            assertThat(ears.heard).as("cut at %d", cut).containsExactly(expected);
        }
        Ears ears = new Ears(gets);
        Dialect dialect = start.dialect();
        int used = 0;
        for (int to = 1; to <= bytes.length; to++) {
            used = dialect.parse(bytes, used, to, ByteBuffer.allocate(1000), ears);
        }
        assertThat(ears.heard).containsExactly(expected);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String value(long key) {
        ByteBuffer out = ByteBuffer.allocate(VALUE_BYTES);
        CONTENTS.putValue(key, VALUE_BYTES, out);
        return new String(out.array(), StandardCharsets.US_ASCII);
    }

    private static String key(long key) {
        ByteBuffer out = ByteBuffer.allocate(Contents.KEY_BYTES);
        Contents.putKey(key, out);
        return new String(out.array(), StandardCharsets.US_ASCII);
    }

    @Test
    void memcachedAnswersMayBeCutAnywhere() throws Exception {
        String answers = "STORED\r\nVALUE key:0000000000001234 0 300\r\n" + value(KEY) + "\r\nEND\r\nEND\r\n"
                + "SERVER_ERROR not applied\r\nEND\r\n";
        requireHeard(
                ascii(answers),
                () -> new MemcachedDialect(CONTENTS, true),
                new boolean[] {false, true, true, false, false},
                "0 STORED",
                "1 HIT",
                "2 MISS",
                "3 REFUSED SERVER_ERROR not applied",
                "4 WRONG_ANSWER END");
    }

    @Test
    void aValueOrAKeyOfAnotherQuestionIsSeen() throws Exception {
        for (String answer : List.of(
                "VALUE key:0000000000001235 0 300\r\n" + value(KEY),
                "VALUE key:0000000000001234 0 300\r\n" + value(KEY + 1),
                "VALUE key:0000000000001234 0 299\r\n" + value(KEY).substring(1))) {
            Ears ears = new Ears(true);
            byte[] bytes = ascii(answer + "\r\nEND\r\n");
            new MemcachedDialect(CONTENTS, true).parse(bytes, 0, bytes.length, ByteBuffer.allocate(100), ears);
            assertThat(ears.heard).hasSize(1).allMatch(heard -> heard.startsWith("0 WRONG_ANSWER VALUE key:"));
        }
    }

    @Test
    void anAnswerToNothingIsAnError() {
        byte[] bytes = ascii("STORED\r\n");
        assertThatThrownBy(() -> new MemcachedDialect(CONTENTS, true)
                        .parse(bytes, 0, bytes.length, ByteBuffer.allocate(100), new Ears()))
                .hasMessage("an answer to no request: STORED");
    }

    @Test
    void memcachedRequestsAreAsInItsProtocol() {
        ByteBuffer out = ByteBuffer.allocate(1000);
        MemcachedDialect dialect = new MemcachedDialect(CONTENTS, true);
        dialect.set(0, KEY, 10, out);
        dialect.get(1, KEY, out);
        String written = new String(out.array(), 0, out.position(), StandardCharsets.US_ASCII);
        assertThat(written)
                .isEqualTo("set " + key(KEY) + " 0 0 10\r\n" + value(KEY).substring(0, 10) + "\r\nget " + key(KEY)
                        + "\r\n");
        assertThat(key(KEY)).isEqualTo("key:0000000000001234");
    }

    @Test
    void redisAnswersMayBeCutAnywhere() throws Exception {
        String answers =
                "+OK\r\n$300\r\n" + value(KEY) + "\r\n$-1\r\n-READONLY no\r\n$300\r\n" + value(KEY + 1) + "\r\n";
        requireHeard(
                ascii(answers),
                () -> new RedisDialect(CONTENTS, true),
                new boolean[] {false, true, true, false, true},
                "0 STORED",
                "1 HIT",
                "2 MISS",
                "3 REFUSED -READONLY no",
                "4 WRONG_ANSWER another value: " + value(KEY + 1).substring(0, 120));
    }

    @Test
    void etcdAnswersMayBeCutAnywhereAndComeInAnyOrder() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // SETTINGS, PING, then the answers: the first to come is that to request 1
        frame(bytes, 4, 0, 0, new byte[0]);
        frame(bytes, 6, 0, 0, new byte[8]);
        frame(bytes, 1, 4, 3, new byte[] {(byte) 0x88});
        frame(bytes, 1, 4, 1, new byte[] {(byte) 0x88});
        byte[] range = grpc(range(key(KEY), value(KEY)));
        frame(bytes, 0, 0, 3, Arrays.copyOf(range, 5));
        frame(bytes, 0, 0, 1, grpc(new byte[0]));
        frame(bytes, 0, 0, 3, Arrays.copyOfRange(range, 5, range.length));
        frame(bytes, 1, 5, 3, new byte[] {0});
        frame(bytes, 1, 5, 1, new byte[] {0});
        frame(bytes, 0, 0, 5, grpc(range(key(KEY), value(KEY + 1))));
        frame(bytes, 1, 5, 5, new byte[] {0});
        frame(bytes, 0, 0, 7, grpc(new byte[] {10, 2, 8, 1}));
        frame(bytes, 1, 5, 7, new byte[] {0});
        frame(bytes, 1, 5, 9, new byte[] {0});
        requireHeard(
                bytes.toByteArray(),
                () -> new EtcdDialect(CONTENTS, true, 16),
                new boolean[] {false, true, true, true, false},
                "1 HIT",
                "0 STORED",
                "2 WRONG_ANSWER another value",
                "3 MISS",
                "4 REFUSED a gRPC status without a message");
    }

    @Test
    void aServersPingIsEchoed() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        frame(bytes, 6, 0, 0, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        ByteBuffer out = ByteBuffer.allocate(100);
        new EtcdDialect(CONTENTS, true, 16).parse(bytes.toByteArray(), 0, bytes.size(), out, new Ears());
        assertThat(Arrays.copyOf(out.array(), out.position()))
                .containsExactly(0, 0, 8, 6, 1, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
    }

    private static void frame(ByteArrayOutputStream to, int type, int flags, int stream, byte[] payload) {
        to.writeBytes(ByteBuffer.allocate(9)
                .put((byte) 0)
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .array());
        to.writeBytes(payload);
    }

    private static byte[] grpc(byte[] message) {
        return ByteBuffer.allocate(5 + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message)
                .array();
    }

    /** A RangeResponse with a header, one key-value pair and a count. */
    private static byte[] range(String key, String value) {
        ByteArrayOutputStream pair = new ByteArrayOutputStream();
        field(pair, 1, ascii(key));
        pair.writeBytes(new byte[] {16, (byte) 0x85, 1, 24, 7, 32, 1});
        field(pair, 5, ascii(value));
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(new byte[] {10, 4, 8, (byte) 0x81, (byte) 0x82, 3});
        field(message, 2, pair.toByteArray());
        message.writeBytes(new byte[] {32, 1});
        return message.toByteArray();
    }

    private static void field(ByteArrayOutputStream to, int number, byte[] bytes) {
        to.write(number << 3 | 2);
        if (bytes.length >= 128) {
            to.write(bytes.length & 0x7f | 0x80);
            to.write(bytes.length >> 7);
        } else {
            to.write(bytes.length);
        }
        to.writeBytes(bytes);
    }
}
