package io.ringleader.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** What is called depends on the bytes alone, not on how they arrive nor on when the handler is willing. */
class TextProtocolFragmentationTest {
    private static final Limits LIMITS = TextProtocolTest.LIMITS;

    private static RecordingHandler feedWhole(byte[] input) {
        RecordingHandler handler = new RecordingHandler();
        new Wire(LIMITS, handler, false).feed(input, 0, input.length);
        return handler;
    }

    private static void assertSame(RecordingHandler handler, RecordingHandler expected) {
        assertThat(handler.calls).isEqualTo(expected.calls);
        assertThat(handler.begins).isEqualTo(expected.begins);
    }

    @Property(tries = 300)
    void everySplitInTwoGivesTheSameCalls(@ForAll("sessions") String session, @ForAll boolean patient) {
        byte[] input = Wire.bytes(session);
        RecordingHandler expected = feedWhole(input);
        int step = Math.max(1, input.length / 500);
        for (int cut = 0; cut <= input.length; cut += step) {
            RecordingHandler handler = new RecordingHandler();
            Wire wire = new Wire(LIMITS, handler, patient);
            wire.feed(input, 0, cut);
            wire.feed(input, cut, input.length);
            assertSame(handler, expected);
        }
    }

    @Property(tries = 300)
    void byteByByteGivesTheSameCalls(@ForAll("sessions") String session, @ForAll boolean patient) {
        byte[] input = Wire.bytes(session);
        RecordingHandler handler = new RecordingHandler();
        Wire wire = new Wire(LIMITS, handler, patient);
        for (int i = 0; i < input.length; i++) {
            wire.feed(input, i, i + 1);
        }
        assertSame(handler, feedWhole(input));
    }

    @Property(tries = 2000)
    void randomPiecesAndRefusalsGiveTheSameCalls(
            @ForAll("sessions") String session, @ForAll long seed, @ForAll boolean patient) {
        byte[] input = Wire.bytes(session);
        Random random = new Random(seed);
        int pieceBytesMax = 1 + random.nextInt(40);
        int refusalPercent = random.nextInt(90);
        RecordingHandler handler = new RecordingHandler(() -> random.nextInt(100) >= refusalPercent);
        Wire wire = new Wire(LIMITS, handler, patient);
        int from = 0;
        while (from < input.length) {
            int to = Math.min(input.length, from + random.nextInt(pieceBytesMax + 1));
            wire.feed(input, from, to);
            from = to;
        }
        wire.settle();
        assertSame(handler, feedWhole(input));
    }

    @Provide
    Arbitrary<String> sessions() {
        return Arbitraries.frequencyOf(
                        Tuple.of(3, Arbitraries.of(fromTheTable())),
                        Tuple.of(2, storage()),
                        Tuple.of(2, meta()),
                        Tuple.of(1, longGets()))
                .list()
                .ofMinSize(1)
                .ofMaxSize(12)
                .map(parts -> String.join("", parts));
    }

    /** Lines that close or swallow everything that follows would make most sessions short. */
    private static List<String> fromTheTable() {
        return TextProtocolTest.inputs().stream()
                .filter(input ->
                        !input.startsWith("quit") && !input.contains(" HTTP/") && !input.contains(" 2147483645"))
                .filter(input -> input.length() < 600)
                .toList();
    }

    private static Arbitrary<String> storage() {
        Arbitrary<String> verb = Arbitraries.of("set", "add", "append", "cas");
        Arbitrary<String> value = Arbitraries.strings().withChars("\r\n ab\0").ofMaxLength(60);
        Arbitrary<Integer> error = Arbitraries.frequency(Tuple.of(8, 0), Tuple.of(1, -1), Tuple.of(1, 2));
        Arbitrary<String> tail = Arbitraries.of("", " noreply", " 1", " 1 noreply", "  ");
        return net.jqwik.api.Combinators.combine(verb, value, error, tail)
                .as((word, data, off, end) ->
                        word + " key 1 2 " + Math.max(0, data.length() + off) + end + "\r\n" + data + "\r\n");
    }

    /** Right and wrong, with and without a value. */
    private static Arbitrary<String> meta() {
        Arbitrary<String> flags =
                Arbitraries.of(MetaTest.FLAGS).list().ofMaxSize(6).map(all -> String.join(" ", all));
        Arbitrary<String> key = Arbitraries.of("a", "YQ==", "k".repeat(250), "k".repeat(251));
        Arbitrary<String> value = Arbitraries.strings().withChars("\r\n ab\0").ofMaxLength(30);
        return net.jqwik.api.Combinators.combine(
                        Arbitraries.of("mg", "ms", "md", "ma", "me", "mn"), key, flags, value, Arbitraries.of("", "1"))
                .as((word, name, words, data, surplus) -> word.equals("ms")
                        ? "ms " + name + " " + data.length() + " " + words + "\r\n" + data + surplus + "\r\n"
                        : word + " " + name + " " + words + "\r\n");
    }

    private static Arbitrary<String> longGets() {
        Arbitrary<String> key =
                Arbitraries.strings().withCharRange('a', 'z').ofMinLength(1).ofMaxLength(250);
        return net.jqwik.api.Combinators.combine(
                        Arbitraries.of("get ", "gets ", "gat 1 "),
                        key.list().ofMinSize(1).ofMaxSize(7),
                        Arbitraries.of(" ", "  "))
                .as((word, keys, gap) -> word + String.join(gap, keys) + "\n");
    }
}
