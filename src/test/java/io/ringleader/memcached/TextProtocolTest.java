package io.ringleader.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What each line means; the expectations were checked against memcached 1.6.45 unless a test says otherwise. */
class TextProtocolTest {
    static final Limits LIMITS = new Limits(250, 1000, 2048, 1 << 16, 3);

    private static final String FORMAT = "CLIENT_ERROR bad command line format";
    private static final String CHUNK = "CLIENT_ERROR bad data chunk";
    private static final String EXPTIME = "CLIENT_ERROR invalid exptime argument";
    private static final String DELTA = "CLIENT_ERROR invalid numeric delta argument";
    private static final String LARGE = "SERVER_ERROR object too large for cache";
    private static final String K250 = "k".repeat(250);
    private static final String K251 = "k".repeat(251);
    private static final List<Arguments> TABLE = new ArrayList<>();

    static {
        retrieval();
        storage();
        storageNumbers();
        keyed();
        others();
    }

    private static void row(String input, String... calls) {
        TABLE.add(Arguments.of(input, List.of(calls)));
    }

    private static void retrieval() {
        row("get a\r\n", "get a", "end");
        row("get a\n", "get a", "end");
        row("gets a\r\n", "gets a", "end");
        row("get   a  b   a  \r\n", "get a", "get b", "get a", "end");
        row("get a b c d e f g\r\n", "get a", "get b", "get c", "get d", "get e", "get f", "get g", "end");
        row("get a\tb\r\n", "get a\tb", "end");
        row("get \0\r\n", "get \0", "end");
        row("get a\r b\r\r\n", "get a\r", "get b\r", "end");
        row("get \u00e9\u0001\r\n", "get \u00e9\u0001", "end");
        row("get a noreply\r\n", "get a", "get noreply", "end");
        row("get " + K250 + "\r\n", "get " + K250, "end");
        row("get\r\n", FORMAT);
        row("get  \r\n", FORMAT);
        row("gets\r\n", FORMAT);
        row("get " + K251 + "\r\n", FORMAT);
        row("get a b " + K251 + " c\r\n", FORMAT);
        // memcached takes the last key for the noreply of other commands here, and answers an empty line
        row("get a noreply " + K251 + " noreply\r\n", FORMAT);
        row("gat 10 a b\r\n", "gat a exptime=10", "gat b exptime=10", "end");
        row("gats  -1  a \r\n", "gats a exptime=-1", "end");
        row("gat 0 a noreply\r\n", "gat a exptime=0", "gat noreply exptime=0", "end");
        row("gat - a\r\n", "gat a exptime=0", "end");
        row("gat 2147483647 a\r\n", "gat a exptime=2147483647", "end");
        row("gat -2147483648 a\r\n", "gat a exptime=-2147483648", "end");
        row("gat\r\n", FORMAT);
        row("gat 1\r\n", FORMAT);
        row("gats 1\r\n", FORMAT);
        row("gat x a\r\n", EXPTIME);
        row("gat 2147483648 a\r\n", EXPTIME);
        row("gat -2147483649 a\r\n", EXPTIME);
        row("gat x " + K251 + "\r\n", EXPTIME);
        row("gat 0 a " + K251 + "\r\n", FORMAT);
    }

    private static void storage() {
        row("set a 1 2 3\r\nxyz\r\n", "set a flags=1 exptime=2 value=xyz");
        row("set a 1 2 3\nxyz\r\n", "set a flags=1 exptime=2 value=xyz");
        row("set  a  0 0  0 \r\n\r\n", "set a flags=0 exptime=0 value=");
        row("set a 0 0 5\r\n\r\n\0\n \r\n", "set a flags=0 exptime=0 value=\r\n\0\n ");
        row("add a 0 0 1\r\nx\r\n", "add a flags=0 exptime=0 value=x");
        row("replace a 0 0 1\r\nx\r\n", "replace a flags=0 exptime=0 value=x");
        row("append a 7 8 1\r\nx\r\n", "append a flags=7 exptime=8 value=x");
        row("prepend a 7 8 1\r\nx\r\n", "prepend a flags=7 exptime=8 value=x");
        row("cas a 1 2 1 3\r\nx\r\n", "cas a flags=1 exptime=2 cas=3 value=x");
        row(
                "cas a 1 2 1 18446744073709551615 noreply\r\nx\r\n",
                "cas a flags=1 exptime=2 cas=18446744073709551615 value=x noreply");
        row("set a 0 0 1 noreply\r\nx\r\n", "set a flags=0 exptime=0 value=x noreply");
        row("set a 0 0 1 foo noreply\r\nx\r\n", "set a flags=0 exptime=0 value=x noreply");
        row("set a 0 0 1 noreply foo\r\nx\r\n", "set a flags=0 exptime=0 value=x");
        row("set a 0 0 1 NOREPLY\r\nx\r\n", "set a flags=0 exptime=0 value=x");
        row("set a 0 0 1" + " w".repeat(17) + " noreply\r\nx\r\n", "set a flags=0 exptime=0 value=x noreply");
        row("set a 0 0 1" + " w".repeat(18) + " noreply\r\nx\r\n", "set a flags=0 exptime=0 value=x");
        for (String verb : List.of("set", "add", "replace", "append", "prepend", "cas")) {
            String cas = verb.equals("cas") ? " 1" : "";
            row(verb + "\r\n", FORMAT);
            row(verb + " a\r\n", FORMAT);
            row(verb + " a 0 0\r\n", FORMAT);
            row(verb + " a 0 0 noreply\r\n", FORMAT);
            row(verb + " a 0 0 x" + cas + " noreply\r\nversion\r\n", FORMAT, "version");
            row(verb + " a 0 0 -1" + cas + "\r\nversion\r\n", FORMAT, "version");
            row(verb + " a 0 0 +1" + cas + "\r\nversion\r\n", FORMAT, "version");
            row(verb + " a 0 0 1\t" + cas + "\r\nversion\r\n", FORMAT, "version");
            row(verb + " a 0 0 2147483646" + cas + "\r\nversion\r\n", FORMAT, "version");
            row(verb + " a 0 0 000000000001" + cas + "\r\nversion\r\n", FORMAT, "version");
            row(verb + " " + K251 + " 0 0 4" + cas + "\r\nquit\r\nversion\r\n", FORMAT, "version");
            row(verb + " a x 0 4" + cas + "\r\nquit\r\nversion\r\n", FORMAT, "version");
            row(verb + " a -1 0 4" + cas + "\r\nquit\r\nversion\r\n", FORMAT, "version");
            row(verb + " a 0 x 4" + cas + "\r\nquit\r\nversion\r\n", FORMAT, "version");
            row(verb + " a x 0 4" + cas + " noreply\r\nquit\r\nversion\r\n", "version");
            row(verb + " a 0 0 1001" + cas + "\r\n" + "v".repeat(1001) + "\r\nversion\r\n", LARGE, "version");
            row(verb + " a 0 0 1001" + cas + " noreply\r\n" + "v".repeat(1001) + "\r\nversion\r\n", "version");
            row(verb + " a 0 0 2147483645" + cas + "\r\nversion\r\nversion\r\n", LARGE);
            row(verb + " a 0 0 1" + cas + "\r\nxyversion\r\nversion\r\n", CHUNK, "ERROR", "version");
        }
        row("cas a 0 0 4\r\nquit\r\nversion\r\n", FORMAT, "version");
        row("cas a 0 0 4 noreply\r\nquit\r\nversion\r\n", "version");
        row("cas a 0 0 4 -1\r\nquit\r\nversion\r\n", FORMAT, "version");
        row("cas a 0 0 4 18446744073709551616\r\nquit\r\nversion\r\n", FORMAT, "version");
        row("set a 0 0 2\r\nhello\r\n", CHUNK, FORMAT);
        row("set a 0 0 2\r\nhi\nget b\r\n", CHUNK, "ERROR");
        row("set a 0 0 2 noreply\r\nhello\r\n", FORMAT);
        row("set a 0 0 3\r\nhi\r\nversion\r\n", CHUNK, "ERROR");
        row(
                "set a 0 0 1000\r\n" + "v".repeat(1000) + "\r\n",
                "set a flags=0 exptime=0 value=" + shortened("v".repeat(1000)));
    }

    private static void storageNumbers() {
        // flags and exptime of the storage commands go through the C library, and keep 32 of its 64 bits
        row("set a 4294967295 0 1\r\nx\r\n", "set a flags=4294967295 exptime=0 value=x");
        row("set a 4294967296 0 1\r\nx\r\n", "set a flags=0 exptime=0 value=x");
        row("set a 18446744073709551615 0 1\r\nx\r\n", "set a flags=4294967295 exptime=0 value=x");
        row("set a 18446744073709551616 0 1\r\nx\r\n", FORMAT);
        row("set a +5 +6 1\r\nx\r\n", "set a flags=5 exptime=6 value=x");
        row("set a -0 -6 1\r\nx\r\n", "set a flags=0 exptime=-6 value=x");
        row("set a -18446744073709551615 0 1\r\nx\r\n", "set a flags=1 exptime=0 value=x");
        row("set a \t5 0 1\r\nx\r\n", "set a flags=5 exptime=0 value=x");
        row("set a 5\tq 0 1\r\nx\r\n", "set a flags=5 exptime=0 value=x");
        row("set a 5\0q 0 1\r\nx\r\n", "set a flags=5 exptime=0 value=x");
        row("set a \t 5 1\r\nx\r\n", "set a flags=5 exptime=5 value=x");
        row("set a 5q 0 1\r\nx\r\n", FORMAT);
        row("set a - 0 1\r\nx\r\n", FORMAT);
        row("set a 0 - 1\r\nx\r\n", FORMAT);
        row("set a 0 +-1 1\r\nx\r\n", FORMAT);
        row("set a 0 1.5 1\r\nx\r\n", FORMAT);
        row("set a 0 2147483647 1\r\nx\r\n", "set a flags=0 exptime=2147483647 value=x");
        row("set a 0 2147483648 1\r\nx\r\n", "set a flags=0 exptime=-2147483648 value=x");
        row("set a 0 4294967296 1\r\nx\r\n", "set a flags=0 exptime=0 value=x");
        row("set a 0 9223372036854775807 1\r\nx\r\n", "set a flags=0 exptime=-1 value=x");
        row("set a 0 9223372036854775808 1\r\nx\r\n", FORMAT);
        row("set a 0 -9223372036854775808 1\r\nx\r\n", "set a flags=0 exptime=0 value=x");
        row("set a 0 -9223372036854775809 1\r\nx\r\n", FORMAT);
        row("set a 0 99999999999999999999 1\r\nx\r\n", FORMAT);
        row("set a 0 0 -\r\n\r\n", "set a flags=0 exptime=0 value=");
        row("set a 0 0 00000000001\r\nx\r\n", "set a flags=0 exptime=0 value=x");
    }

    private static void keyed() {
        row("delete a\r\n", "delete a");
        row("delete a noreply\r\n", "delete a noreply");
        row("delete noreply\r\n", "delete noreply noreply");
        row("delete a 0\r\n", "delete a");
        row("delete a b c\r\n", "delete a");
        row("delete\r\n", FORMAT);
        row("delete " + K251 + "\r\n", FORMAT);
        row("delete " + K251 + " noreply\r\n");
        for (String verb : List.of("incr", "decr")) {
            row(verb + " a 1\r\n", verb + " a by 1");
            row(verb + " a 0 noreply\r\n", verb + " a by 0 noreply");
            row(verb + " a 18446744073709551615\r\n", verb + " a by 18446744073709551615");
            row(verb + " a 0000000000000000000001\r\n", verb + " a by 1");
            row(verb + " a 1 junk\r\n", verb + " a by 1");
            row(verb + "\r\n", FORMAT);
            row(verb + " a\r\n", FORMAT);
            row(verb + " " + K251 + " x\r\n", FORMAT);
            row(verb + " a 18446744073709551616\r\n", DELTA);
            row(verb + " a 00000000000000000000001\r\n", DELTA);
            row(verb + " a -1\r\n", DELTA);
            row(verb + " a +1\r\n", DELTA);
            row(verb + " a 1x\r\n", DELTA);
            row(verb + " a noreply\r\n");
            row(verb + " a x noreply\r\n");
        }
        row("touch a 5\r\n", "touch a exptime=5");
        row("touch a -5 noreply\r\n", "touch a exptime=-5 noreply");
        row("touch a -\r\n", "touch a exptime=0");
        row("touch a 00000000001\r\n", "touch a exptime=1");
        row("touch\r\n", FORMAT);
        row("touch a\r\n", FORMAT);
        row("touch " + K251 + " 1\r\n", FORMAT);
        row("touch a x\r\n", EXPTIME);
        row("touch a +1\r\n", EXPTIME);
        row("touch a 2147483648\r\n", EXPTIME);
        row("touch a 000000000001\r\n", EXPTIME);
        row("touch a noreply\r\n");
    }

    private static void others() {
        row("flush_all\r\n", "flush_all delay=0");
        row("flush_all noreply\r\n", "flush_all delay=0 noreply");
        row("flush_all 10\r\n", "flush_all delay=10");
        row("flush_all -1 noreply\r\n", "flush_all delay=-1 noreply");
        row("flush_all 1 2 3\r\n", "flush_all delay=1");
        row(" flush_all 0  \r\n", "flush_all delay=0");
        row("flush_all x\r\n", EXPTIME);
        row("flush_all 99999999999\r\n", EXPTIME);
        row("flush_all noreply 5\r\n", EXPTIME);
        row("flush_all HTTP/1\r\n", EXPTIME);
        row("flush_all x noreply\r\n");
        row("flush_all\tx\r\n", "ERROR");
        row("verbosity 1\r\n", "OK");
        row("verbosity 4294967295 junk\r\n", "OK");
        row("verbosity 1 noreply\r\n", "nothing");
        row("  verbosity 1\r\n", "OK");
        row("verbosity\r\n", FORMAT);
        row("verbosity x\r\n", FORMAT);
        row("verbosity -1\r\n", FORMAT);
        row("verbosity 4294967296\r\n", FORMAT);
        row("verbosity noreply\r\n");
        row("version\r\n", "version");
        row("version junk noreply\r\n", "version");
        row("stats\r\n", "stats ''");
        row("stats  items \r\n", "stats 'items'");
        row("stats detail  on\r\n", "stats 'detail on'");
        row("stats noreply\r\n", "stats 'noreply'");
        row("quit\r\nversion\r\n", "quit");
        row("quit now\r\nversion\r\n", "quit");
        row("\r\n", FORMAT);
        row("\n", FORMAT);
        row("a\r\n", FORMAT);
        row("ab\n", FORMAT);
        row("ab\r\n", "ERROR");
        row("abc\n", "ERROR");
        row("    \r\n", "ERROR");
        row(" get a\r\n", "ERROR");
        row(" version\r\n", "ERROR");
        row("GET a\r\n", "ERROR");
        row("get\ta\r\n", "ERROR");
        row("stats\tx\r\n", "ERROR");
        row("quit\0\r\n", "ERROR");
        row("foo bar\r\n", "ERROR");
        row("foo noreply\r\n");
        // not built here
        row("slabs reassign 1 2\r\n", "ERROR");
        row("watch\r\n", "ERROR");
        row("GET / HTTP/1.1\r\nHost: x\r\n", "close");
        row("version\r\nPOST  /a HTTP/2 \r\nversion\r\n", "version", "close");
        row("HTTP/1.1\r\n", "ERROR");
        row("foo HTTP/1.1 x\r\n", "ERROR");
        row("get / HTTP/1.1\r\n", "get /", "get HTTP/1.1", "end");
    }

    private static String shortened(String text) {
        return text.substring(0, 10) + "...(" + text.length() + " bytes, hash " + text.hashCode() + ")";
    }

    static Stream<Arguments> table() {
        return TABLE.stream();
    }

    /** All inputs of the table, for the tests that cut and mix them. */
    static List<String> inputs() {
        return TABLE.stream().map(row -> (String) row.get()[0]).toList();
    }

    private static List<String> callsOf(Limits limits, String... pieces) {
        RecordingHandler handler = new RecordingHandler();
        Wire wire = new Wire(limits, handler, false);
        for (String piece : pieces) {
            byte[] bytes = Wire.bytes(piece);
            wire.feed(bytes, 0, bytes.length);
        }
        return handler.calls;
    }

    @ParameterizedTest
    @MethodSource("table")
    void everyLineHasExactlyTheseCalls(String input, List<String> calls) {
        assertThat(callsOf(LIMITS, input)).isEqualTo(calls);
    }

    @ParameterizedTest
    @MethodSource("table")
    void everyLineHasTheSameCallsWhereverItIsCutInTwo(String input, List<String> calls) {
        for (int cut = 0; cut <= input.length(); cut++) {
            assertThat(callsOf(LIMITS, input.substring(0, cut), input.substring(cut)))
                    .as("cut at %d", cut)
                    .isEqualTo(calls);
        }
    }

    @Test
    void commandsInOnePieceAreCalledInTheirOrder() {
        assertThat(callsOf(LIMITS, "set a 0 0 1 noreply\r\nx\r\nget a " + K251 + "\r\nget a\r\ndelete a\r\n"))
                .containsExactly("set a flags=0 exptime=0 value=x noreply", FORMAT, "get a", "end", "delete a");
    }

    @Test
    void keysComeInBurstsThatAreAnnounced() {
        RecordingHandler handler = new RecordingHandler();
        byte[] bytes = Wire.bytes("get a b c d e f g\r\ngat 1 a b c\r\nset a 0 0 0\r\n\r\nversion\r\nfoo\r\n");
        new Wire(LIMITS, handler, false).feed(bytes, 0, bytes.length);
        assertThat(handler.begins)
                .containsExactly("READ 3", "READ 3", "READ 1", "WRITE 3", "WRITE 1", "LOCAL 1", "LOCAL 1");
    }

    @Test
    void aLineOfMoreThan2048BytesWithoutANewlineCloses() {
        assertThat(callsOf(LIMITS, "x".repeat(2048), "\r\n")).containsExactly("ERROR");
        assertThat(callsOf(LIMITS, "x".repeat(2049), "\r\n")).containsExactly("close");
        assertThat(callsOf(LIMITS, "get\t" + "x".repeat(2048))).containsExactly("close");
        assertThat(callsOf(LIMITS, "gat 0 " + "x".repeat(2048))).containsExactly("close");
        assertThat(callsOf(LIMITS, "version\r\n" + "x".repeat(2049))).containsExactly("version", "close");
    }

    @Test
    void aLongLineThatIsWholeIsAnOrdinaryOne() {
        assertThat(callsOf(LIMITS, "x".repeat(3000) + "\r\n")).containsExactly("ERROR");
        assertThat(callsOf(LIMITS, "set " + "x".repeat(3000) + " 0 0 4\r\nquit\r\nversion\r\n"))
                .containsExactly(FORMAT, "version");
        assertThat(callsOf(LIMITS, "delete a" + " ".repeat(3000) + "noreply\r\n"))
                .containsExactly("delete a noreply");
    }

    /** memcached stores this. Here it could need a buffer beyond any limit. */
    @Test
    void aStorageLineBeyondTheLineLimitIsRefusedEvenIfItIsWhole() {
        assertThat(callsOf(LIMITS, "set a" + " ".repeat(3000) + "0 0 4\r\nquit\r\nversion\r\n"))
                .containsExactly(FORMAT, "version");
    }

    @Test
    void aGetLineMayBeLongUpToALimitOfItsOwn() {
        String key = "k".repeat(249) + " ";
        String keys = key.repeat(LIMITS.getLineMaxBytes() / 250 - 1);
        List<String> calls = callsOf(LIMITS, "gets " + keys, keys.substring(0, 100) + "\r\n");
        assertThat(calls).hasSize(LIMITS.getLineMaxBytes() / 250 + 1).endsWith("end");
        assertThat(callsOf(LIMITS, "get " + keys, keys, "\r\n")).containsExactly("close");
        assertThat(callsOf(LIMITS, "get " + keys + keys + "\r\n")).containsExactly("close");
        assertThat(callsOf(LIMITS, " ".repeat(100) + "get " + keys, "\r\n")).containsExactly("ERROR");
        assertThat(callsOf(LIMITS, " ".repeat(101) + "get " + keys, "\r\n")).containsExactly("close");
    }

    @Test
    void theBytesAValueStillNeedsAreKnownAsSoonAsItsLineIs() {
        Wire wire = new Wire(LIMITS, new RecordingHandler(), false);
        byte[] bytes = Wire.bytes("version\r\nset a 0 0 500\r\nxx");
        wire.feed(bytes, 0, bytes.length);
        assertThat(wire.needed()).isEqualTo("set a 0 0 500\r\n".length() + 502);
    }

    @Test
    void aValueThatIsTooLargeIsNotBuffered() {
        RecordingHandler handler = new RecordingHandler();
        Wire wire = new Wire(LIMITS, handler, false);
        byte[] line = Wire.bytes("set a 0 0 1000000\r\n");
        wire.feed(line, 0, line.length);
        assertThat(handler.calls).containsExactly(LARGE);
        byte[] piece = new byte[1000];
        Arrays.fill(piece, (byte) '\n');
        for (int i = 0; i < 1000; i++) {
            wire.feed(piece, 0, piece.length);
            assertThat(wire.pendingBytes()).isZero();
        }
        byte[] rest = Wire.bytes("\r\nversion\r\n");
        wire.feed(rest, 0, rest.length);
        assertThat(handler.calls).containsExactly(LARGE, "version");
    }
}
