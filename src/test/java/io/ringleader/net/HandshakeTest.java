package io.ringleader.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.net.Handshake.Done;
import io.ringleader.net.Handshake.NeedBytes;
import io.ringleader.net.Handshake.Outcome;
import io.ringleader.net.Handshake.Problem;
import io.ringleader.net.Handshake.Refused;
import io.ringleader.net.Handshake.Reply;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class HandshakeTest {
    private static final SortedMap<String, String> AGREEMENT =
            new TreeMap<>(Map.of("partitions", "16", "replicas", "3"));

    private final Random random = new Random(1);

    private static Peers.Identity identity(int node, String secret) {
        return new Peers.Identity(node, "orchard", AGREEMENT, Optional.ofNullable(secret));
    }

    private static Peers.Identity identity(int node, Map<String, String> agreement) {
        return new Peers.Identity(node, "orchard", new TreeMap<>(agreement), Optional.empty());
    }

    /** How a handshake went on both sides. */
    private record Result(Outcome dialler, Outcome acceptor, List<byte[]> sentByDialler) {
        Refused diallerRefused() {
            return (Refused) dialler;
        }

        Refused acceptorRefused() {
            return (Refused) acceptor;
        }
    }

    private Result run(Peers.Identity dialler, int target, Peers.Identity acceptor, Integer... known) {
        return run(Handshake.dial(dialler, target, random), Handshake.accept(acceptor, Set.of(known), random));
    }

    private static Result run(Handshake dialler, Handshake acceptor) {
        List<byte[]> sent = new ArrayList<>();
        byte[] message = dialler.opening();
        Outcome atDialler = null;
        Outcome atAcceptor = null;
        while (true) {
            sent.add(message);
            atAcceptor = acceptor.receive(ByteBuffer.wrap(message));
            byte[] answer = bytesOf(atAcceptor);
            if (answer.length == 0) {
                return new Result(atDialler, atAcceptor, sent);
            }
            atDialler = dialler.receive(ByteBuffer.wrap(answer));
            message = bytesOf(atDialler);
            if (message.length == 0) {
                return new Result(atDialler, atAcceptor, sent);
            }
        }
    }

    private static byte[] bytesOf(Outcome outcome) {
        if (outcome instanceof Reply reply) {
            return reply.bytes();
        }
        if (outcome instanceof Done done) {
            return done.bytes();
        }
        return outcome instanceof Refused refused ? refused.bytes() : new byte[0];
    }

    @Test
    void twoNodesOfOneClusterFindEachOther() {
        for (String secret : new String[] {null, "open sesame"}) {
            Result result = run(identity(1, secret), 2, identity(2, secret), 1, 3);
            assertThat(((Done) result.dialler()).peer()).isEqualTo(2);
            assertThat(((Done) result.acceptor()).peer()).isEqualTo(1);
        }
    }

    @Test
    void differentConfigurationsAreNamedKeyByKeyOnBothSides() {
        Result result = run(
                identity(1, Map.of("partitions", "16", "replicas", "3", "same", "x")),
                2,
                identity(2, Map.of("partitions", "32", "itemMaxBytes", "1048576", "same", "x")),
                1);
        for (Refused refused : List.of(result.diallerRefused(), result.acceptorRefused())) {
            assertThat(refused.reason())
                    .contains("partitions is 32 on node 2 and 16 on node 1")
                    .contains("replicas is not set on node 2 and 3 on node 1")
                    .contains("itemMaxBytes is 1048576 on node 2 and not set on node 1")
                    .doesNotContain("same is");
        }
        assertThat(result.acceptorRefused().problem()).isEqualTo(Problem.AGREEMENT);
        assertThat(result.diallerRefused().problem()).isEqualTo(Problem.REFUSED_BY_PEER);
    }

    @Test
    void differentSecretsAreRefusedOnBothSidesWithoutBeingTold() {
        Result result = run(identity(1, "open sesame"), 2, identity(2, "open barley"), 1);
        for (Refused refused : List.of(result.diallerRefused(), result.acceptorRefused())) {
            assertThat(refused.reason())
                    .contains("node 2 and node 1 have different cluster secrets")
                    .doesNotContain("sesame")
                    .doesNotContain("barley");
        }
        for (byte[] sent : result.sentByDialler()) {
            assertThat(new String(sent, UTF_8)).doesNotContain("sesame");
        }
        assertThat(identity(1, "open sesame").toString()).doesNotContain("sesame");
    }

    @Test
    void aSecretOnOneSideOnlyIsRefusedWhicheverSideItIs() {
        assertThat(run(identity(1, "s"), 2, identity(2, (String) null), 1)
                        .diallerRefused()
                        .reason())
                .contains("node 1 has a cluster secret, node 2 has none");
        assertThat(run(identity(1, (String) null), 2, identity(2, "s"), 1)
                        .acceptorRefused()
                        .reason())
                .contains("node 2 has a cluster secret, node 1 has none");
    }

    @Test
    void anAcceptorWithoutTheSecretIsRefusedByTheDialler() {
        Handshake dialler = Handshake.dial(identity(1, "s"), 2, random);
        Handshake acceptor = Handshake.accept(identity(2, "s"), Set.of(1), random);
        Reply challenge = (Reply) acceptor.receive(ByteBuffer.wrap(dialler.opening()));
        Reply proof = (Reply) dialler.receive(ByteBuffer.wrap(challenge.bytes()));
        // The dialler's own proof, sent back to it as a welcome.
        byte[] reflected = proof.bytes().clone();
        reflected[5] = Handshake.TYPE_WELCOME;
        Refused refused = (Refused) dialler.receive(ByteBuffer.wrap(reflected));
        assertThat(refused.problem()).isEqualTo(Problem.SECRET);
    }

    @Test
    void aRecordedHandshakeIsWorthNothing() {
        Result recorded = run(identity(1, "s"), 2, identity(2, "s"), 1);
        assertThat(recorded.acceptor()).isInstanceOf(Done.class);
        Handshake acceptor = Handshake.accept(identity(2, "s"), Set.of(1), random);
        assertThat(acceptor.receive(ByteBuffer.wrap(recorded.sentByDialler().get(0))))
                .isInstanceOf(Reply.class);
        Outcome outcome =
                acceptor.receive(ByteBuffer.wrap(recorded.sentByDialler().get(1)));
        assertThat(((Refused) outcome).problem()).isEqualTo(Problem.SECRET);
    }

    @Test
    void aProofCoversTheAgreementItCarries() {
        Handshake dialler = Handshake.dial(identity(1, "s"), 2, random);
        Handshake acceptor = Handshake.accept(identity(2, "s"), Set.of(1), random);
        Reply challenge = (Reply) acceptor.receive(ByteBuffer.wrap(dialler.opening()));
        byte[] proof = ((Reply) dialler.receive(ByteBuffer.wrap(challenge.bytes()))).bytes();
        proof[proof.length - 1]++; // replicas: 4
        assertThat(((Refused) acceptor.receive(ByteBuffer.wrap(proof))).problem())
                .isEqualTo(Problem.SECRET);
    }

    @Test
    void theWrongNodeTheWrongClusterAndOneselfAreRefusedWithTheirNames() {
        assertThat(run(identity(1, "s"), 3, identity(2, "s"), 1)
                        .diallerRefused()
                        .reason())
                .contains("node 1 wanted to reach node 3 but reached node 2");
        assertThat(run(identity(9, "s"), 2, identity(2, "s"), 1)
                        .diallerRefused()
                        .reason())
                .contains("node 9 is not in the configuration of node 2");
        assertThat(run(identity(2, "s"), 2, identity(2, "s"), 1)
                        .diallerRefused()
                        .reason())
                .contains("both sides are node 2");
        Peers.Identity elsewhere = new Peers.Identity(1, "meadow", AGREEMENT, Optional.empty());
        Result result = run(elsewhere, 2, identity(2, (String) null), 1);
        assertThat(result.diallerRefused().reason()).contains("'orchard'").contains("'meadow'");
        assertThat(result.acceptorRefused().problem()).isEqualTo(Problem.CLUSTER);
    }

    @Test
    void anotherVersionIsRefusedInWordsThatEveryVersionUnderstands() {
        byte[] hello = Handshake.dial(identity(1, "s"), 2, random).opening();
        hello[4] = 7;
        Refused refused =
                (Refused) Handshake.accept(identity(2, "s"), Set.of(1), random).receive(ByteBuffer.wrap(hello));
        assertThat(refused.reason()).contains("version 4").contains("version 7");
        byte[] refusal = refused.bytes().clone();
        refusal[4] = 9;
        Refused heard = (Refused) Handshake.dial(identity(1, "s"), 2, random).receive(ByteBuffer.wrap(refusal));
        assertThat(heard.reason()).contains("it refused this node: node 2 speaks version 4");
    }

    @Test
    void otherProtocolsAreRecognisedByTheirFirstByteAndGetNoAnswer() {
        for (String text : List.of("GET / HTTP/1.1\r\n", "R", "RNG!", "\u0016\u0003\u0001", "get key\r\n")) {
            Outcome outcome = Handshake.accept(identity(2, "s"), Set.of(1), random)
                    .receive(ByteBuffer.wrap(text.getBytes(UTF_8)));
            if (text.equals("R")) {
                assertThat(outcome).isEqualTo(new NeedBytes(Handshake.HEADER_BYTES));
            } else {
                assertThat(((Refused) outcome).problem()).isEqualTo(Problem.NOT_A_PEER);
                assertThat(((Refused) outcome).bytes()).isEmpty();
                assertThat(((Refused) outcome).reason()).doesNotContain("\r").doesNotContain("\u0016");
            }
        }
    }

    @Test
    void aHugeAnnouncementIsRefusedBeforeAnythingIsAllocated() {
        ByteBuffer header =
                ByteBuffer.allocate(8).putInt(Handshake.MAGIC).put((byte) 1).put((byte) 1);
        header.putShort((short) 0xffff).flip();
        Outcome outcome = Handshake.accept(identity(2, "s"), Set.of(1), random).receive(header);
        assertThat(((Refused) outcome).reason()).contains("65535 bytes");
    }

    @Test
    void anAgreementThatDoesNotFitIsRefusedWhereItIsMade() {
        assertThatThrownBy(() -> identity(1, Map.of("key", "v".repeat(20_000))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'key'");
    }

    /** Whatever is done to a message, the handshake ends in one of its outcomes and never in an exception or a success. */
    @Property
    void aDamagedHandshakeNeverSucceeds(
            @ForAll long seed, @ForAll @IntRange(max = 3) int which, @ForAll @IntRange(min = 1, max = 255) int change) {
        Random damage = new Random(seed);
        Handshake dialler = Handshake.dial(identity(1, "s"), 2, damage);
        Handshake acceptor = Handshake.accept(identity(2, "s"), Set.of(1), damage);
        byte[] message = dialler.opening();
        for (int step = 0; step < 4; step++) {
            if (step == which) {
                message = message.clone();
                message[damage.nextInt(message.length)] ^= (byte) change;
            }
            Outcome outcome = (step % 2 == 0 ? acceptor : dialler).receive(ByteBuffer.wrap(message));
            if (!(outcome instanceof Reply) && !(outcome instanceof Done)) {
                return;
            }
            assertThat(step == 3 && outcome instanceof Done).isFalse();
            message = bytesOf(outcome);
        }
    }

    @Property
    void anyBytesAreAnsweredWithAnOutcome(@ForAll byte[] garbage, @ForAll boolean afterMagic) {
        ByteBuffer in = ByteBuffer.allocate(garbage.length + 6);
        if (afterMagic) {
            in.putInt(Handshake.MAGIC).put((byte) Handshake.VERSION).put((byte) Handshake.TYPE_HELLO);
        }
        in.put(garbage).flip();
        Outcome outcome =
                Handshake.accept(identity(2, "s"), Set.of(1), new Random(1)).receive(in);
        assertThat(outcome).isInstanceOfAny(NeedBytes.class, Refused.class);
    }
}
