package io.ringleader.memcached;

import static io.ringleader.memcached.BinaryPackets.NONE;
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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every opcode: hit, miss, error and what its quiet form keeps to itself; compared with memcached byte for byte. */
class BinaryProtocolTest {
    private static final int NOT_FOUND = 1;
    private static final int EXISTS = 2;
    private static final int TOO_LARGE = 3;
    private static final int NOT_STORED = 5;
    private static final int NON_NUMERIC = 6;
    private static final int OUT_OF_MEMORY = 0x82;
    private static final int NEVER_MAKE = 0xffff_ffff;
    private static final long WRONG_CAS = 1L << 40;

    private static final byte[] NOTHING = {};
    private static final String EXISTS_TEXT = "Data exists for key.";
    private static final String NON_NUMERIC_TEXT = "Non-numeric server-side value for incr or decr";

    private final BinaryConversation talk = new BinaryConversation();

    private static byte[] hit(int opcode, String key, int flags, String value, long cas) {
        return response(opcode, 0, key, ints(flags), value, cas);
    }

    /** Stores under the next cas id of the partition, which begins at 1. */
    private void given(String key, int flags, String value, long cas) {
        talk.exchange(store(0x01, key, flags, 0, value, 0), response(0x01, cas));
    }

    @Test
    void theLayoutIsThatOfTheSpecification() {
        assertThat(hex(talk.ask(store(0x01, "Hello", 0xdeadbeef, 0xe10, "World", 0))))
                .isEqualTo("81010000" + "00000000" + "00000000" + "1a2b3c4d" + "0000000000000001");
        assertThat(hex(talk.ask(request(0x00, "Hello"))))
                .isEqualTo("81000000" + "04000000" + "00000009" + "1a2b3c4d" + "0000000000000001" + "deadbeef"
                        + "576f726c64");
        assertThat(hex(talk.ask(request(0x00, "Hellx"))))
                .isEqualTo(
                        "81000000" + "00000001" + "00000009" + "1a2b3c4d" + "0000000000000000" + "4e6f7420666f756e64");
    }

    @Test
    void getAnswersFlagsValueAndCas() {
        given("k", -7, "value", 1);
        talk.exchange(request(0x00, "k"), hit(0x00, "", -7, "value", 1));
        talk.exchange(request(0x00, "z"), error(0x00, NOT_FOUND, "Not found"));
        talk.exchange(request(0x09, "k"), hit(0x09, "", -7, "value", 1));
        talk.exchange(request(0x09, "z"), NOTHING);
    }

    @Test
    void getkAnswersTheKeyAlsoWhenItMisses() {
        given("k", 7, "value", 1);
        talk.exchange(request(0x0c, "k"), hit(0x0c, "k", 7, "value", 1));
        talk.exchange(request(0x0c, "zz"), response(0x0c, NOT_FOUND, "zz", NONE, "", 0));
        talk.exchange(request(0x0d, "k"), hit(0x0d, "k", 7, "value", 1));
        talk.exchange(request(0x0d, "zz"), NOTHING);
    }

    @Test
    void aKeyMayBeAnyBytesAndAValueEmpty() {
        String key = "\0 \r\n\u00ff";
        given(key, 0, "", 1);
        talk.exchange(request(0x0c, key), hit(0x0c, key, 0, "", 1));
        String longest = "k".repeat(250);
        given(longest, 0, "v".repeat(1000), 2);
        talk.exchange(request(0x0c, longest), hit(0x0c, longest, 0, "v".repeat(1000), 2));
    }

    @Test
    void setAddAndReplaceAnswerTheNewCas() {
        given("k", 0, "1", 1);
        given("k", 0, "2", 2);
        talk.exchange(store(0x02, "k", 0, 0, "x", 0), error(0x02, EXISTS, EXISTS_TEXT));
        talk.exchange(store(0x02, "new", 5, 0, "x", 0), response(0x02, 3));
        talk.exchange(store(0x03, "k", 6, 0, "3", 0), response(0x03, 4));
        talk.exchange(store(0x03, "z", 0, 0, "x", 0), error(0x03, NOT_FOUND, "Not found"));
        talk.exchange(request(0x00, "k"), hit(0x00, "", 6, "3", 4));
    }

    @Test
    void quietStoresHideSuccessAndShowErrors() {
        talk.exchange(store(0x11, "k", 0, 0, "1", 0), NOTHING);
        talk.exchange(store(0x12, "k", 0, 0, "x", 0), error(0x12, EXISTS, EXISTS_TEXT));
        talk.exchange(store(0x12, "new", 0, 0, "x", 0), NOTHING);
        talk.exchange(store(0x13, "k", 0, 0, "2", 0), NOTHING);
        talk.exchange(store(0x13, "z", 0, 0, "x", 0), error(0x13, NOT_FOUND, "Not found"));
        talk.exchange(store(0x11, "k", 0, 0, "x", WRONG_CAS), error(0x11, EXISTS, EXISTS_TEXT));
        talk.exchange(request(0x00, "k"), hit(0x00, "", 0, "2", 3));
    }

    /** With a cas id, add and replace are what set is: only the cas counts. */
    @ParameterizedTest
    @ValueSource(ints = {0x01, 0x02, 0x03})
    void aStoreWithACasIdIsDoneOnlyIfTheItemHasIt(int opcode) {
        given("k", 0, "1", 1);
        talk.exchange(store(opcode, "k", 0, 0, "x", WRONG_CAS), error(opcode, EXISTS, EXISTS_TEXT));
        talk.exchange(store(opcode, "z", 0, 0, "x", 1), error(opcode, NOT_FOUND, "Not found"));
        talk.exchange(store(opcode, "k", 0, 0, "2", 1), response(opcode, 2));
        talk.exchange(store(opcode, "k", 0, 0, "x", 1), error(opcode, EXISTS, EXISTS_TEXT));
        talk.exchange(request(0x00, "k"), hit(0x00, "", 0, "2", 2));
        assertThat(talk.calls()).contains("CAS");
    }

    @Test
    void deleteObeysTheCas() {
        given("k", 0, "1", 1);
        talk.exchange(request(0x04, "k", NONE, "", WRONG_CAS), error(0x04, EXISTS, EXISTS_TEXT));
        talk.exchange(request(0x14, "k", NONE, "", WRONG_CAS), error(0x14, EXISTS, EXISTS_TEXT));
        talk.exchange(request(0x04, "k", NONE, "", 1), response(0x04, 0));
        talk.exchange(request(0x04, "k"), error(0x04, NOT_FOUND, "Not found"));
        talk.exchange(request(0x14, "k", NONE, "", 1), error(0x14, NOT_FOUND, "Not found"));
        given("k", 0, "1", 2);
        talk.exchange(request(0x14, "k"), NOTHING);
        talk.exchange(request(0x00, "k"), error(0x00, NOT_FOUND, "Not found"));
    }

    @Test
    void countingBeginsWithTheInitialValueUnlessThatIsForbidden() {
        talk.exchange(count(0x05, "n", 5, 100, NEVER_MAKE, 0), error(0x05, NOT_FOUND, "Not found"));
        talk.exchange(count(0x15, "n", 5, 100, NEVER_MAKE, 0), error(0x15, NOT_FOUND, "Not found"));
        talk.exchange(count(0x05, "n", 5, 100, 0, 0), number(0x05, 100, 1));
        talk.exchange(count(0x05, "n", 5, 100, 0, 0), number(0x05, 105, 2));
        talk.exchange(count(0x06, "n", 6, 100, NEVER_MAKE, 0), number(0x06, 99, 3));
        talk.exchange(count(0x06, "n", 200, 100, 0, 0), number(0x06, 0, 4));
        talk.exchange(count(0x06, "d", 1, -1, 0, 0), number(0x06, -1, 5));
        talk.exchange(count(0x05, "d", 2, 0, 0, 0), number(0x05, 1, 6));
        talk.exchange(request(0x00, "d"), hit(0x00, "", 0, "1" + " ".repeat(19), 6));
    }

    @Test
    void countingObeysTheCasAndRefusesWhatIsNoNumber() {
        given("n", 3, "10", 1);
        talk.exchange(count(0x05, "n", 1, 0, 0, WRONG_CAS), error(0x05, EXISTS, EXISTS_TEXT));
        talk.exchange(count(0x05, "n", 1, 0, 0, 1), number(0x05, 11, 2));
        talk.exchange(count(0x15, "n", 1, 0, 0, 0), NOTHING);
        talk.exchange(count(0x16, "n", 2, 0, 0, 3), NOTHING);
        talk.exchange(request(0x00, "n"), hit(0x00, "", 3, "10", 4));
        talk.exchange(count(0x06, "made", 1, 7, 0, WRONG_CAS), number(0x06, 7, 5));
        given("t", 0, "text", 6);
        talk.exchange(count(0x05, "t", 1, 0, 0, 0), error(0x05, NON_NUMERIC, NON_NUMERIC_TEXT));
        talk.exchange(count(0x06, "t", 1, 0, 0, 0), error(0x06, NON_NUMERIC, NON_NUMERIC_TEXT));
        talk.exchange(count(0x16, "t", 1, 0, 0, 0), error(0x16, NON_NUMERIC, NON_NUMERIC_TEXT));
        talk.exchange(count(0x05, "t", 1, 0, 0, WRONG_CAS), error(0x05, EXISTS, EXISTS_TEXT));
        given("t", 0, "", 7);
        // as memcached has it: nothing is no number, whatever the cas id
        talk.exchange(count(0x05, "t", 1, 0, 0, WRONG_CAS), error(0x05, NON_NUMERIC, NON_NUMERIC_TEXT));
    }

    @Test
    void aCounterMadeByCountingExpiresAsAsked() {
        talk.exchange(count(0x05, "n", 1, 5, 10, 0), number(0x05, 5, 1));
        talk.handler.advanceSeconds(9);
        talk.exchange(count(0x05, "n", 1, 5, 10, 0), number(0x05, 6, 2));
        talk.handler.advanceSeconds(2);
        talk.exchange(request(0x00, "n"), error(0x00, NOT_FOUND, "Not found"));
    }

    @Test
    void appendAndPrependKeepTheFlagsAndObeyTheCas() {
        given("k", 9, "m", 1);
        talk.exchange(request(0x0e, "k", NONE, "r", 0), response(0x0e, 2));
        talk.exchange(request(0x0f, "k", NONE, "l", 2), response(0x0f, 3));
        talk.exchange(request(0x19, "k", NONE, "R", 0), NOTHING);
        talk.exchange(request(0x1a, "k", NONE, "L", 0), NOTHING);
        talk.exchange(request(0x0e, "k"), response(0x0e, 6));
        talk.exchange(request(0x00, "k"), hit(0x00, "", 9, "LlmrR", 6));
        talk.exchange(request(0x0e, "k", NONE, "x", WRONG_CAS), error(0x0e, EXISTS, EXISTS_TEXT));
        talk.exchange(request(0x1a, "k", NONE, "x", WRONG_CAS), error(0x1a, EXISTS, EXISTS_TEXT));
        for (int opcode : new int[] {0x0e, 0x0f, 0x19, 0x1a}) {
            talk.exchange(request(opcode, "z", NONE, "x", 0), error(opcode, NOT_STORED, "Not stored."));
            talk.exchange(request(opcode, "z", NONE, "x", WRONG_CAS), error(opcode, NOT_STORED, "Not stored."));
        }
    }

    @Test
    void touchAnswersTheFlagsAndGatTheValueToo() {
        given("k", 7, "v", 1);
        talk.exchange(request(0x1c, "k", ints(100)), hit(0x1c, "", 7, "", 1));
        talk.exchange(request(0x1c, "z", ints(100)), error(0x1c, NOT_FOUND, "Not found"));
        talk.exchange(request(0x1d, "k", ints(100)), hit(0x1d, "", 7, "v", 1));
        talk.exchange(request(0x1d, "z", ints(100)), error(0x1d, NOT_FOUND, "Not found"));
        talk.exchange(request(0x1e, "k", ints(100)), hit(0x1e, "", 7, "v", 1));
        talk.exchange(request(0x1e, "z", ints(100)), NOTHING);
        talk.exchange(request(0x23, "k", ints(100)), hit(0x23, "k", 7, "v", 1));
        talk.exchange(request(0x23, "zz", ints(100)), response(0x23, NOT_FOUND, "zz", NONE, "", 0));
        talk.exchange(request(0x24, "k", ints(100)), hit(0x24, "k", 7, "v", 1));
        talk.exchange(request(0x24, "zz", ints(100)), NOTHING);
        talk.handler.advanceSeconds(99);
        talk.exchange(request(0x00, "k"), hit(0x00, "", 7, "v", 1));
        talk.handler.advanceSeconds(2);
        talk.exchange(request(0x00, "k"), error(0x00, NOT_FOUND, "Not found"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x1c, 0x1d})
    void aTouchMovesTheExpiry(int opcode) {
        talk.exchange(store(0x01, "k", 7, 10, "v", 0), response(0x01, 1));
        talk.ask(request(opcode, "k", ints(0)));
        talk.handler.advanceSeconds(11);
        talk.exchange(request(0x00, "k"), hit(0x00, "", 7, "v", 1));
        talk.ask(request(opcode, "k", ints((int) talk.handler.nowSeconds() + 5)));
        talk.handler.advanceSeconds(6);
        talk.exchange(request(0x00, "k"), error(0x00, NOT_FOUND, "Not found"));
    }

    /** Nothing is negative here: the largest numbers are times far ahead. */
    @ParameterizedTest
    @CsvSource({"0, true", "2592000, true", "2592001, false", "-1, true", "-2147483648, true"})
    void anExptimeIsUnsigned(int exptime, boolean lives) {
        talk.exchange(store(0x01, "k", 0, exptime, "v", 0), response(0x01, 1));
        talk.exchange(request(0x00, "k"), lives ? hit(0x00, "", 0, "v", 1) : error(0x00, NOT_FOUND, "Not found"));
    }

    @Test
    void flushTakesEverythingNowOrLater() {
        given("k", 0, "v", 1);
        talk.exchange(request(0x08, "", ints(10)), response(0x08, 0));
        talk.exchange(request(0x00, "k"), hit(0x00, "", 0, "v", 1));
        talk.handler.advanceSeconds(11);
        talk.exchange(request(0x00, "k"), error(0x00, NOT_FOUND, "Not found"));
        for (byte[] flush : new byte[][] {request(0x08), request(0x08, "", ints(0)), request(0x18)}) {
            talk.ask(store(0x01, "k", 0, 0, "v", 0));
            byte[] answer = flush[1] == 0x18 ? NOTHING : response(0x08, 0);
            talk.exchange(join(flush, request(0x09, "k")), answer);
        }
    }

    @Test
    void noopAndVersionAndVerbosityAreAnswered() {
        talk.exchange(request(0x0a), response(0x0a, 0));
        talk.exchange(request(0x0b), response(0x0b, 0, "", NONE, "1.2.3", 0));
        talk.exchange(request(0x1b, "", ints(1)), response(0x1b, 0));
    }

    @Test
    void statisticsEndWithAnEmptyPacket() {
        talk.exchange(
                request(0x10),
                response(0x10, 0, "pid", NONE, "1", 0),
                response(0x10, 0, "empty", NONE, "", 0),
                response(0x10, 0));
        talk.exchange(request(0x10, "reset"), response(0x10, 0));
        talk.exchange(request(0x10, "nothing like it"), error(0x10, NOT_FOUND, "Not found"));
    }

    @Test
    void quitIsAnsweredAndQuitqIsNot() {
        talk.exchange(join(request(0x07), request(0x0a)), response(0x07, 0));
        assertThat(talk.calls()).containsExactly("answer", "quit");
        BinaryConversation quiet = new BinaryConversation();
        quiet.exchange(join(request(0x17), request(0x0a)), NOTHING);
        assertThat(quiet.calls()).containsExactly("quit");
    }

    @Test
    void aPipelineIsAnsweredInItsOrder() {
        talk.exchange(
                join(
                        store(0x11, "a", 1, 0, "A", 0),
                        request(0x0d, "a"),
                        request(0x0d, "b"),
                        request(0x04, "b"),
                        request(0x0a),
                        request(0x00, "a")),
                hit(0x0d, "a", 1, "A", 1),
                error(0x04, NOT_FOUND, "Not found"),
                response(0x0a, 0),
                hit(0x00, "", 1, "A", 1));
    }

    @Test
    void aStoreThatIsFullSaysSo() {
        BinaryConversation full = new BinaryConversation(300, 1000);
        full.exchange(store(0x01, "n", 0, 0, "9", 0), response(0x01, 1));
        byte[] text = error(0x01, OUT_OF_MEMORY, "Out of memory allocating item");
        full.exchange(store(0x01, "k", 0, 0, "v".repeat(300), 0), text);
        full.exchange(
                request(0x19, "n", NONE, "v".repeat(300), 0),
                error(0x19, OUT_OF_MEMORY, "Out of memory allocating item"));
        BinaryConversation tiny = new BinaryConversation(10, 1000);
        tiny.exchange(count(0x15, "n", 1, 1, 0, 0), error(0x15, OUT_OF_MEMORY, "Out of memory incrementing value"));
    }

    @Test
    void aValueThatIsTooLargeIsRefusedWhoeverFindsOut() {
        BinaryConversation small = new BinaryConversation(BinaryConversation.ROOMY_BYTES, 10);
        small.exchange(store(0x01, "k", 0, 0, "v".repeat(11), 0), error(0x01, TOO_LARGE, "Too large."));
        small.exchange(store(0x01, "k", 0, 0, "v".repeat(8), 0), response(0x01, 1));
        small.exchange(request(0x0e, "k", NONE, "v".repeat(3), 0), error(0x0e, NOT_STORED, "Not stored."));
        for (int opcode : new int[] {0x01, 0x11, 0x02, 0x13}) {
            talk.exchange(store(opcode, "k", 0, 0, "v".repeat(1001), 0), error(opcode, TOO_LARGE, "Too large."));
        }
        talk.exchange(request(0x0e, "k", NONE, "v".repeat(1001), 0), error(0x0e, TOO_LARGE, "Too large."));
        talk.exchange(request(0x0a), response(0x0a, 0));
        assertThat(talk.calls()).containsOnly("answer");
    }
}
