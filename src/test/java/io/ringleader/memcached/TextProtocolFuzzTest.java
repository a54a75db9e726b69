package io.ringleader.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * No bytes at all make the reader throw, ask for more than its limits, or stand still. ({@link Wire} and
 * {@link RecordingHandler} check each step.)
 */
class TextProtocolFuzzTest {
    private static final Limits LIMITS = new Limits(5, 20, 60, 120, 2);

    @Property(tries = 3000)
    void arbitraryBytesAreSurvived(@ForAll byte[] input, @ForAll long seed) {
        survive(input, seed);
    }

    @Property(tries = 5000)
    void bytesThatLookLikeTheProtocolAreSurvived(@ForAll("soups") String input, @ForAll long seed) {
        survive(Wire.bytes(input), seed);
    }

    @Property(tries = 5000)
    void mutatedSessionsAreSurvived(@ForAll("sessions") String session, @ForAll long seed) {
        survive(mutated(Wire.bytes(session), new Random(seed)), seed);
    }

    /** After anything at all that is not a close, a reader that is out of its value reads the next command. */
    @Property(tries = 3000)
    void theNextLineIsReadAfterAnyLine(@ForAll("soups") String soup) {
        String line = soup.replace("\n", "");
        RecordingHandler handler = new RecordingHandler();
        Wire wire = new Wire(TextProtocolTest.LIMITS, handler, false);
        byte[] input = Wire.bytes(line + "\nversion\r\n" + "v".repeat(2000) + "\r\n\r\nversion\r\n");
        wire.feed(input, 0, input.length);
        boolean over = handler.calls.contains("close") || handler.calls.contains("quit");
        boolean swallowing = wire.needed() > 0 || handler.calls.contains("SERVER_ERROR object too large for cache");
        // A value of a length like this would be more than what follows, and is swallowed whatever else is wrong.
        swallowing |= line.matches("(?s).*[0-9]{4}.*");
        boolean silent = line.contains("noreply");
        assertThat(over
                        || swallowing
                        || silent
                        || handler.calls.get(handler.calls.size() - 1).equals("version"))
                .as("after '%s' came %s", line, handler.calls)
                .isTrue();
    }

    private static void survive(byte[] input, long seed) {
        Random random = new Random(seed);
        RecordingHandler handler = new RecordingHandler(() -> random.nextInt(4) > 0);
        Wire wire = new Wire(LIMITS, handler, random.nextBoolean());
        int from = 0;
        while (from < input.length) {
            int to = Math.min(input.length, from + 1 + random.nextInt(30));
            wire.feed(input, from, to);
            from = to;
        }
        wire.settle();
        assertThat(wire.pendingBytes()).isLessThan(Math.max(1, wire.needed()));
        assertThat(wire.needed()).isLessThanOrEqualTo(LIMITS.requestMaxBytes());
    }

    private static byte[] mutated(byte[] session, Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte b : session) {
            switch (random.nextInt(60)) {
                case 0 -> {}
                case 1 -> out.write(random.nextInt(256));
                case 2 -> {
                    out.write(b);
                    out.write(b);
                }
                case 3 -> out.write(b ^ 1 << random.nextInt(8));
                default -> out.write(b);
            }
        }
        return out.toByteArray();
    }

    @Provide
    Arbitrary<String> sessions() {
        return Arbitraries.of(TextProtocolTest.inputs())
                .filter(input -> input.length() < 400)
                .list()
                .ofMinSize(1)
                .ofMaxSize(10)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> soups() {
        return Arbitraries.of(List.of(
                        "mg",
                        "ms",
                        "md",
                        "ma",
                        "me",
                        "mn",
                        "b",
                        "v",
                        "q",
                        "O1",
                        "T",
                        "MA",
                        "YQ==",
                        "get",
                        "gets",
                        "gat",
                        "set",
                        "cas",
                        "append",
                        "incr",
                        "touch",
                        "delete",
                        "flush_all",
                        "verbosity",
                        "stats",
                        "quit",
                        "version",
                        "noreply",
                        "HTTP/1",
                        "a",
                        "key",
                        "toolongkey",
                        "0",
                        "1",
                        "2",
                        "-1",
                        "+3",
                        "20",
                        "21",
                        "4294967296",
                        "99999999999999999999",
                        " ",
                        " ",
                        " ",
                        " ",
                        "  ",
                        "\t",
                        "\0",
                        "\r",
                        "\n",
                        "\r\n",
                        "\r\n",
                        "\r\n",
                        "\u00ff"))
                .list()
                .ofMaxSize(60)
                .map(parts -> String.join("", parts));
    }
}
