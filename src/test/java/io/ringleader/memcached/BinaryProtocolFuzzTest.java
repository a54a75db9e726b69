package io.ringleader.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * No bytes at all make the reader throw, ask for more than its limits or stand still, and what comes of them does not depend
 * on how they are cut, nor on when the handler is willing. ({@link Wire} and {@link RecordingHandler} check each step.)
 */
class BinaryProtocolFuzzTest {
    private static final Limits LIMITS = new Limits(5, 20, 60, 120, 2);
    private static final Optional<Credentials> NOBODY = Optional.empty();
    private static final Optional<Credentials> SOMEBODY = Optional.of(new Credentials(Map.of("u", "p")));

    /** What was called and answered, whatever the way. */
    private record Outcome(List<String> calls, String output) {}

    @Property(tries = 2000)
    void arbitraryBytesHaveOneOutcome(@ForAll byte[] bytes, @ForAll long seed) {
        byte[] input = bytes.clone();
        if (input.length > 0) {
            input[0] = (byte) 0x80;
        }
        assertOneOutcome(input, new Random(seed));
    }

    @Property(tries = 3000)
    void sessionsHaveOneOutcome(@ForAll("sessions") byte[] session, @ForAll long seed) {
        assertOneOutcome(session, new Random(seed));
    }

    @Property(tries = 3000)
    void loginsHaveOneOutcome(@ForAll("logins") byte[] session, @ForAll long seed) {
        assertOneOutcome(session, new Random(seed), SOMEBODY);
    }

    @Property(tries = 2000)
    void withoutTheRightPasswordNothingIsDone(@ForAll("guesses") byte[] session, @ForAll long seed) {
        List<String> calls = outcome(session, 1 + (int) (seed & 63), true, new Random(seed), SOMEBODY)
                .calls();
        assertThat(calls).isSubsetOf("answer", "refused", "version", "close");
    }

    @Property(tries = 5000)
    void mutatedSessionsHaveOneOutcome(@ForAll("sessions") byte[] session, @ForAll long seed) {
        Random random = new Random(seed);
        byte[] input = session.clone();
        for (int i = random.nextInt(4); i >= 0 && input.length > 0; i--) {
            int at = random.nextInt(input.length);
            if (random.nextInt(5) == 0) {
                input = cutOut(input, at, random.nextInt(Math.min(30, input.length - at) + 1));
            } else {
                input[at] = (byte) random.nextInt(256);
            }
        }
        assertOneOutcome(input, random);
    }

    @Property(tries = 300)
    void everySplitInTwoHasTheSameOutcome(@ForAll("sessions") byte[] session) {
        everySplitInTwoHasTheSameOutcome(session, NOBODY);
    }

    @Property(tries = 300)
    void everySplitOfALoginInTwoHasTheSameOutcome(@ForAll("logins") byte[] session) {
        everySplitInTwoHasTheSameOutcome(session, SOMEBODY);
    }

    private static void everySplitInTwoHasTheSameOutcome(byte[] session, Optional<Credentials> credentials) {
        Outcome expected = outcome(session, session.length, true, new Random(1), credentials);
        for (int cut = 0; cut <= session.length; cut++) {
            ExecutingHandler handler = handler(new Random(1), true);
            Wire wire = new Wire(LIMITS, new BinaryProtocol(LIMITS, credentials), handler, cut % 2 == 0);
            wire.feed(session, 0, cut);
            wire.feed(session, cut, session.length);
            assertThat(new Outcome(handler.calls, BinaryPackets.hex(handler.takeOutput())))
                    .isEqualTo(expected);
        }
    }

    private static void assertOneOutcome(byte[] input, Random random) {
        assertOneOutcome(input, random, NOBODY);
        assertOneOutcome(input, random, SOMEBODY);
    }

    private static void assertOneOutcome(byte[] input, Random random, Optional<Credentials> credentials) {
        Outcome expected = outcome(input, Math.max(1, input.length), true, random, credentials);
        assertThat(outcome(input, 1, true, random, credentials)).isEqualTo(expected);
        assertThat(outcome(input, 1 + random.nextInt(60), false, random, credentials))
                .isEqualTo(expected);
    }

    private static Outcome outcome(
            byte[] input, int pieceBytesMax, boolean willing, Random random, Optional<Credentials> credentials) {
        ExecutingHandler handler = handler(random, willing);
        Wire wire = new Wire(LIMITS, new BinaryProtocol(LIMITS, credentials), handler, random.nextBoolean());
        int from = 0;
        while (from < input.length) {
            int to = Math.min(input.length, from + (willing ? pieceBytesMax : 1 + random.nextInt(pieceBytesMax)));
            wire.feed(input, from, to);
            from = to;
        }
        wire.settle();
        assertThat(wire.pendingBytes()).isLessThan(Math.max(1, wire.needed()));
        assertThat(wire.needed()).isLessThanOrEqualTo(LIMITS.requestMaxBytes());
        return new Outcome(handler.calls, BinaryPackets.hex(handler.takeOutput()));
    }

    private static ExecutingHandler handler(Random random, boolean willing) {
        return new ExecutingHandler(() -> willing || random.nextInt(4) > 0, 1 << 20, LIMITS.itemMaxBytes());
    }

    private static byte[] cutOut(byte[] input, int at, int length) {
        return BinaryPackets.join(
                Arrays.copyOfRange(input, 0, at), Arrays.copyOfRange(input, at + length, input.length));
    }

    /** Sessions that begin with some of what belongs to a login. */
    @Provide
    Arbitrary<byte[]> logins() {
        return Combinators.combine(saslRequests("", "x", "\0u\0p", "\0u\0q", "u\0u\0p"), sessions())
                .as(BinaryPackets::join);
    }

    @Provide
    Arbitrary<byte[]> guesses() {
        return Combinators.combine(saslRequests("", "u", "\0u\0", "\0u\0q", "x\0u\0p", "\0u\0p\0", "\0\0"), sessions())
                .as(BinaryPackets::join);
    }

    private static Arbitrary<byte[]> saslRequests(String... messages) {
        Arbitrary<byte[]> logins = Combinators.combine(
                        Arbitraries.of(0x21, 0x21, 0x22),
                        Arbitraries.of("PLAIN", "plain", "OTHER"),
                        Arbitraries.of(messages))
                .as((opcode, mechanism, message) ->
                        BinaryPackets.request(opcode, mechanism, BinaryPackets.NONE, message, 0));
        Arbitrary<byte[]> others = Arbitraries.of(0x20, 0x0b).map(BinaryPackets::request);
        return Arbitraries.oneOf(logins, logins, others)
                .list()
                .ofMaxSize(6)
                .map(packets -> BinaryPackets.join(packets.toArray(byte[][]::new)));
    }

    @Provide
    Arbitrary<byte[]> sessions() {
        Arbitrary<String> key = Arbitraries.of("", "a", "b", "c", "toolong");
        Arbitrary<byte[]> extras = Arbitraries.of(
                BinaryPackets.NONE,
                BinaryPackets.ints(3),
                BinaryPackets.ints(7, 0),
                BinaryPackets.ints(0, 5, 0, 9, 0),
                BinaryPackets.ints(0, 5, 0, 9, -1));
        Arbitrary<String> value = Arbitraries.of("", "", "12", "v".repeat(20), "v".repeat(21));
        Arbitrary<Long> cas = Arbitraries.of(0L, 0L, 0L, 1L, 2L, 3L);
        Arbitrary<byte[]> any = Combinators.combine(Arbitraries.integers().between(0, 0x26), key, extras, value, cas)
                .as(BinaryPackets::request);
        Arbitrary<byte[]> stores = Combinators.combine(Arbitraries.of(1, 2, 3, 0x11, 0x12, 0x13), key, value, cas)
                .as((opcode, name, text, id) -> BinaryPackets.store(opcode, name, 7, 0, text, id));
        Arbitrary<byte[]> reads = Combinators.combine(Arbitraries.of(0, 9, 0xc, 0xd, 4, 0x14), key)
                .as(BinaryPackets::request);
        Arbitrary<byte[]> counts = Combinators.combine(
                        Arbitraries.of(5, 6, 0x15, 0x16), key, Arbitraries.of(0, 9, -1), cas)
                .as((opcode, name, exptime, id) -> BinaryPackets.count(opcode, name, 3, 100, exptime, id));
        return Arbitraries.oneOf(any, stores, reads, counts)
                .list()
                .ofMinSize(1)
                .ofMaxSize(12)
                .map(packets -> BinaryPackets.join(packets.toArray(byte[][]::new)));
    }
}
