package io.ringleader.memcached;

import static io.ringleader.memcached.BinaryPackets.NONE;
import static io.ringleader.memcached.BinaryPackets.error;
import static io.ringleader.memcached.BinaryPackets.header;
import static io.ringleader.memcached.BinaryPackets.ints;
import static io.ringleader.memcached.BinaryPackets.join;
import static io.ringleader.memcached.BinaryPackets.request;
import static io.ringleader.memcached.BinaryPackets.response;
import static io.ringleader.memcached.BinaryPackets.store;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logging in with the binary protocol; what is answered was compared with memcached 1.6.18 and its option -S. */
class SaslLoginTest {
    private static final int LIST = 0x20;
    private static final int AUTH = 0x21;
    private static final int STEP = 0x22;
    private static final String RIGHT = "\0ann\0apple";
    private static final String WRONG = "\0ann\0peach";
    private static final byte[] NOOP = request(0x0a);
    private static final byte[] NOOP_ANSWER = response(0x0a, 0);
    private static final byte[] VERSION = request(0x0b);
    private static final byte[] VERSION_ANSWER = body(0x0b, "1.2.3");

    private final BinaryConversation talk = new BinaryConversation(new Credentials(Map.of("ann", "apple")));

    private static byte[] login(String mechanism, String message) {
        return request(AUTH, mechanism, NONE, message, 0);
    }

    private static byte[] step(String mechanism, String message) {
        return request(STEP, mechanism, NONE, message, 0);
    }

    private static byte[] body(int opcode, String text) {
        return response(opcode, 0, "", NONE, text, 0);
    }

    private static byte[] accepted(int opcode) {
        return body(opcode, "Authenticated");
    }

    private static byte[] refused(int opcode) {
        return error(opcode, 0x20, "Auth failure.");
    }

    private static byte[] goOn() {
        return error(AUTH, 0x21, "");
    }

    @Test
    void whoKnowsThePasswordMayDoEverything() {
        talk.exchange(request(LIST), body(LIST, "PLAIN"));
        talk.exchange(login("PLAIN", RIGHT), accepted(AUTH));
        talk.exchange(
                join(store(0x01, "k", 7, 0, "v", 0), request(0x00, "k"), NOOP),
                response(0x01, 1),
                response(0x00, 0, "", ints(7), "v", 1),
                NOOP_ANSWER);
        assertThat(talk.calls()).containsExactly("answer", "accepted", "SET", "GET", "answer");
    }

    @Test
    void aLoginAndWhatFollowsItMayComeAtOnce() {
        talk.exchange(
                join(VERSION, request(LIST), login("PLAIN", RIGHT), request(LIST), NOOP),
                VERSION_ANSWER,
                body(LIST, "PLAIN"),
                accepted(AUTH),
                body(LIST, "PLAIN"),
                NOOP_ANSWER);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x01, 0x07, 0x08, 0x09, 0x0a, 0x10, 0x11, 0x17, 0x1b, 0x1f, 0x24, 0x70, 0xff})
    void everyOtherRequestBeforeALoginIsRefusedAndEndsTheConnection(int opcode) {
        talk.exchange(
                join(VERSION, request(opcode, "k", NONE, "v", 0), login("PLAIN", RIGHT), NOOP),
                VERSION_ANSWER,
                refused(opcode));
        assertThat(talk.calls()).containsExactly("version", "answer", "close");
        assertThat(talk.wire.pendingBytes()).isZero();
    }

    @Test
    void aRequestOfAStrangerIsRefusedAtItsHeader() {
        talk.exchange(header(0x01, 1, 8, 1 << 30), refused(0x01));
        assertThat(talk.isOver()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                WRONG,
                "\0ann\0",
                "\0bob\0apple",
                "annapple",
                "ann\0apple",
                "bob\0ann\0apple",
                RIGHT + "\0",
                "\0\0"
            })
    void whoDoesNotIsRefusedAndMayTryAgain(String message) {
        talk.exchange(login("PLAIN", message), refused(AUTH));
        talk.exchange(join(login("PLAIN", RIGHT), NOOP), accepted(AUTH), NOOP_ANSWER);
        assertThat(talk.calls()).containsExactly("refused", "accepted", "answer");
    }

    @Test
    void aWrongPasswordIsNoLogin() {
        talk.exchange(join(login("PLAIN", WRONG), NOOP), refused(AUTH), refused(0x0a));
        assertThat(talk.calls()).containsExactly("refused", "answer", "close");
    }

    @Test
    void theNameOfTheMechanismMayBeInAnyCaseAndTheIdentityOneself() {
        talk.exchange(join(login("plain", "ann" + RIGHT), NOOP), accepted(AUTH), NOOP_ANSWER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CRAM-MD5", "PLAIN ", "P", "EXTERNAL"})
    void anotherMechanismIsAFailedLogin(String mechanism) {
        talk.exchange(join(login(mechanism, RIGHT), NOOP), refused(AUTH), refused(0x0a));
        assertThat(talk.calls()).containsExactly("refused", "answer", "close");
        BinaryConversation empty = new BinaryConversation(new Credentials(Map.of("ann", "apple")));
        empty.exchange(join(login(mechanism, ""), step("PLAIN", RIGHT)), refused(AUTH), refused(STEP));
    }

    @Test
    void theMessageMayComeWithTheNextStep() {
        talk.exchange(join(login("PLAIN", ""), step("PLAIN", RIGHT), NOOP), goOn(), accepted(STEP), NOOP_ANSWER);
        assertThat(talk.calls()).as("the first half decides nothing").containsExactly("answer", "accepted", "answer");
    }

    @Test
    void aStepMayBeTriedAgainButNeedsALoginBeforeIt() {
        talk.exchange(step("PLAIN", RIGHT), refused(STEP));
        talk.exchange(
                join(login("PLAIN", ""), step("PLAIN", WRONG), step("X", RIGHT), NOOP),
                goOn(),
                refused(STEP),
                accepted(STEP),
                NOOP_ANSWER);
        assertThat(talk.calls()).containsExactly("refused", "answer", "refused", "accepted", "answer");
    }

    @Test
    void aStepDoesNotFollowALoginThatFailed() {
        talk.exchange(join(login("PLAIN", WRONG), step("PLAIN", RIGHT)), refused(AUTH), refused(STEP));
    }

    @Test
    void whoLogsInAnewIsNobodyUntilItHasSucceeded() {
        talk.exchange(
                join(login("PLAIN", RIGHT), login("PLAIN", WRONG), NOOP), accepted(AUTH), refused(AUTH), refused(0x0a));
        BinaryConversation begun = new BinaryConversation(new Credentials(Map.of("ann", "apple")));
        begun.exchange(join(login("PLAIN", RIGHT), login("PLAIN", ""), NOOP), accepted(AUTH), goOn(), refused(0x0a));
    }

    @Test
    void whatCannotBeALoginIsAnErrorAndNoAttempt() {
        byte[] invalid = error(AUTH, 4, "Invalid arguments");
        talk.exchange(login("P".repeat(33), RIGHT), invalid);
        talk.exchange(login("P".repeat(251), RIGHT), invalid);
        talk.exchange(login("", RIGHT), invalid);
        talk.exchange(request(AUTH, "PLAIN", ints(0), RIGHT, 0), invalid);
        talk.exchange(request(LIST, "k"), error(LIST, 4, "Invalid arguments"));
        talk.exchange(request(0x0b, "k"), error(0x0b, 4, "Invalid arguments"));
        talk.exchange(login("PLAIN", "x".repeat(16_385)), error(AUTH, 3, "Too large."));
        assertThat(talk.calls()).hasSize(7).containsOnly("answer");
        talk.exchange(join(login("PLAIN", RIGHT), NOOP), accepted(AUTH), NOOP_ANSWER);
    }

    @Test
    void aStrangerCannotMakeUsKeepMuch() {
        talk.exchange(header(AUTH, 5, 0, 5 + 16_384));
        assertThat(talk.wire.needed()).isEqualTo(24 + 5 + 16_384);
        BinaryConversation longer = new BinaryConversation(new Credentials(Map.of("ann", "apple")));
        longer.exchange(header(AUTH, 5, 0, 1 << 30), error(AUTH, 3, "Too large."));
        longer.ask(new byte[1 << 20]);
        assertThat(longer.wire.pendingBytes()).isZero();
    }
}
