package io.ringleader.memcached;

import static io.ringleader.memcached.BinaryPackets.NONE;
import static io.ringleader.memcached.BinaryPackets.error;
import static io.ringleader.memcached.BinaryPackets.header;
import static io.ringleader.memcached.BinaryPackets.ints;
import static io.ringleader.memcached.BinaryPackets.join;
import static io.ringleader.memcached.BinaryPackets.request;
import static io.ringleader.memcached.BinaryPackets.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.store.ByteWriter;
import io.ringleader.store.Result;
import io.ringleader.store.ResultReader;
import io.ringleader.store.ResultWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are wrong: which error they get, and what becomes of the connection. */
class BinaryProtocolErrorsTest {
    private static final int INVALID = 4;
    private static final int UNKNOWN = 0x81;
    private static final byte[] NOOP = request(0x0a);
    private static final byte[] NOOP_ANSWER = response(0x0a, 0);

    private final BinaryConversation talk = new BinaryConversation();

    private static byte[] invalid(int opcode) {
        return error(opcode, INVALID, "Invalid arguments");
    }

    private static byte[] unknown(int opcode) {
        return error(opcode, UNKNOWN, "Unknown command");
    }

    /** Whatever is in its body is not taken for a request: there is a whole one in it. */
    static byte[][] malformed() {
        String trap = new String(request(0x07), StandardCharsets.ISO_8859_1);
        return new byte[][] {
            request(0x00),
            request(0x09),
            request(0x00, "k", ints(0)),
            request(0x00, "k", NONE, trap, 0),
            request(0x0c, "k".repeat(251)),
            request(0x11, "k".repeat(251), ints(0, 0), trap, 0),
            request(0x00, trap.repeat(20)),
            request(0x01, "", ints(0, 0), trap, 0),
            request(0x01, "k", ints(0), trap, 0),
            request(0x02, "k", ints(0, 0, 0), trap, 0),
            request(0x13, "k", NONE, trap, 0),
            request(0x04),
            request(0x04, "k", ints(0)),
            request(0x14, "k", NONE, trap, 0),
            request(0x05, "k", NONE),
            request(0x16, "k", ints(0, 0, 0, 0)),
            request(0x06, "k", ints(0, 0, 0, 0, 0), trap, 0),
            request(0x05, "", ints(0, 0, 0, 0, 0)),
            request(0x07, "k"),
            request(0x17, "", NONE, trap, 0),
            request(0x08, "k"),
            request(0x08, "", ints(0, 0)),
            request(0x18, "", ints(0), trap, 0),
            request(0x0a, "k"),
            request(0x0b, "", NONE, trap, 0),
            request(0x0e, "", NONE, trap, 0),
            request(0x1a, "k", ints(0), trap, 0),
            request(0x10, "k", ints(0)),
            request(0x10, "", NONE, trap, 0),
            request(0x1b),
            request(0x1b, "k", ints(0)),
            request(0x1c, "k"),
            request(0x1c, "", ints(0)),
            request(0x1d, "k", ints(0), trap, 0),
            request(0x24, "k", ints(0, 0)),
            request(0x20, "k"),
            request(0x21),
            request(0x22, "k", ints(0))
        };
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void aRequestOfTheWrongShapeIsRefusedAndTheNextOneIsRead(byte[] packet) {
        talk.exchange(join(packet, NOOP), invalid(packet[1]), NOOP_ANSWER);
        assertThat(talk.calls()).containsExactly("answer", "answer");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x1f, 0x25, 0x30, 0x3c, 0x7f, 0x80, 0xef, 0xff})
    void anUnknownCommandIsRefusedAndTheNextOneIsRead(int opcode) {
        talk.exchange(join(request(opcode), NOOP), unknown(opcode), NOOP_ANSWER);
        talk.exchange(join(request(opcode, "key", ints(1, 2), "value", 9), NOOP), unknown(opcode), NOOP_ANSWER);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x20, 0x21, 0x22})
    void authenticationIsUnknownWhereThereIsNone(int opcode) {
        byte[] packet = opcode == 0x20 ? request(opcode) : request(opcode, "PLAIN", NONE, "\0user\0word", 0);
        talk.exchange(join(packet, NOOP), unknown(opcode), NOOP_ANSWER);
    }

    @Test
    void aBodyThatIsShorterThanItsPartsEndsTheConnection() {
        talk.exchange(join(header(0x00, 3, 0, 1), NOOP), unknown(0x00));
        assertThat(talk.calls()).containsExactly("answer", "close");
        BinaryConversation extras = new BinaryConversation();
        extras.exchange(join(header(0x01, 3, 8, 10), NOOP), unknown(0x01));
        assertThat(extras.calls()).containsExactly("answer", "close");
    }

    @ParameterizedTest
    @ValueSource(ints = {(1 << 30) + 1, 0x7fffffff, 0x80000000, 0xffffffff})
    void aBodyBeyondReasonEndsTheConnection(int bodyBytes) {
        talk.exchange(join(header(0x01, 1, 8, bodyBytes), NOOP), invalid(0x01));
        assertThat(talk.calls()).containsExactly("answer", "close");
    }

    @Test
    void aWrongMagicEndsTheConnectionWithoutAWord() {
        byte[] packet = NOOP.clone();
        packet[0] = (byte) 0x81;
        talk.exchange(join(NOOP, packet, NOOP), NOOP_ANSWER);
        assertThat(talk.calls()).containsExactly("answer", "close");
    }

    @Test
    void theDataTypeAndTheReservedBytesAreNotLookedAt() {
        byte[] packet = NOOP.clone();
        Arrays.fill(packet, 5, 8, (byte) 0xff);
        talk.exchange(packet, NOOP_ANSWER);
    }

    @Test
    void aBodyThatIsNotWantedIsNotKept() {
        talk.exchange(header(0x01, 1, 8, 1 << 30), error(0x01, 3, "Too large."));
        byte[] piece = new byte[1 << 20];
        for (int i = 0; i < 1 << 10; i++) {
            talk.exchange(piece);
            assertThat(talk.wire.pendingBytes()).isZero();
        }
        talk.exchange(NOOP, NOOP_ANSWER);
    }

    @Test
    void whatAPacketStillNeedsIsKnownFromItsHeader() {
        talk.exchange(new byte[] {(byte) 0x80});
        assertThat(talk.wire.needed()).isEqualTo(24);
        BinaryConversation other = new BinaryConversation();
        other.exchange(header(0x01, 250, 8, 1258));
        assertThat(other.wire.needed())
                .isEqualTo(24 + 1258)
                .isLessThanOrEqualTo(BinaryConversation.LIMITS.requestMaxBytes());
    }

    @Test
    void aPartitionThatCannotBeServedIsBusyAndAnUncertainOutcomeAnInternalError() {
        for (Opcode opcode : new Opcode[] {Opcode.SET, Opcode.SETQ, Opcode.GETQ}) {
            Reply reply =
                    new BinaryReplies.BinaryReply(opcode, opcode.operation(), BinaryPackets.OPAQUE, Words.NO_BYTES);
            ByteWriter out = new ByteWriter();
            reply.writeFailure("not applied", out);
            reply.writeUncertain("outcome unknown", out);
            assertThat(out.toByteArray())
                    .isEqualTo(join(
                            error(opcode.code(), 0x85, "not applied"), error(opcode.code(), 0x84, "outcome unknown")));
            assertThat(reply.isPart()).isFalse();
        }
    }

    @Test
    void aResultThatCannotBeIsNotAnswered() {
        ByteWriter result = new ByteWriter();
        ResultWriter.code(result, Result.TOUCHED);
        ResultReader reader = new ResultReader().reset(result.array(), 0, result.length());
        reader.next();
        Reply reply = new BinaryReplies.BinaryReply(Opcode.SET, Operation.SET, 0, Words.NO_BYTES);
        assertThatThrownBy(() -> reply.write(reader, new ByteWriter()))
                .hasMessage("TOUCHED cannot be the result of a binary SET.");
    }

    @Test
    void theFirstByteDecidesOnTheDialect() {
        assertThat(Protocol.of((byte) 0x80, BinaryConversation.LIMITS, Optional.empty()))
                .isInstanceOf(BinaryProtocol.class);
        for (int first = 0; first < 256; first++) {
            if (first != 0x80) {
                assertThat(Protocol.of((byte) first, BinaryConversation.LIMITS, Optional.empty()))
                        .isInstanceOf(TextProtocol.class);
            }
        }
    }
}
