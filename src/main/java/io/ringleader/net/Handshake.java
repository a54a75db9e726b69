package io.ringleader.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What two nodes say to each other before the first frame, as a function of the bytes: no socket, no clock, no log. One object
 * is one side of one handshake. The format is in docs/formats.md.
 *
 * <pre>
 *   dialler                                     acceptor
 *      | HELLO      who, to whom, cluster, nonce    |
 *      |------------------------------------------&gt;|   wrong cluster, wrong node, only one has a secret: REFUSAL
 *      |    CHALLENGE   who, to whom, cluster, nonce|
 *      |&lt;------------------------------------------|
 *      | PROOF      MAC, agreement                  |
 *      |------------------------------------------&gt;|   wrong secret, other agreement: REFUSAL
 *      |    WELCOME                  MAC, agreement |
 *      |&lt;------------------------------------------|
 * </pre>
 *
 * <p>With a secret, both prove that they know it: each MAC covers the role of its sender, both ids, both nonces, the cluster and
 * the agreement. Neither a recorded proof (the nonce of the other side is new) nor a reflected one (the role differs) is worth
 * anything. The dialler proves first, so who merely connects learns nothing he could try passwords against.
 */
final class Handshake {
    /** "RNGL". */
    static final int MAGIC = 0x524e474c;

    static final int VERSION = 4;
    static final int HEADER_BYTES = 8;

    /** The most that anybody can make a node hold before it has proved who it is. */
    static final int BODY_MAX_BYTES = 16 << 10;

    static final int NONCE_BYTES = 32;
    static final int MAC_BYTES = 32;

    static final int TYPE_REFUSAL = 0;
    static final int TYPE_HELLO = 1;
    static final int TYPE_CHALLENGE = 2;
    static final int TYPE_PROOF = 3;
    static final int TYPE_WELCOME = 4;

    private static final int FLAG_SECRET = 1;
    private static final int TEXT_MAX_CHARS = 4_000;
    private static final byte[] MAC_LABEL = "ringleader peer handshake 1".getBytes(UTF_8);

    /** Also part of what the MAC covers. */
    private enum Role {
        DIALLER,
        ACCEPTOR
    }

    /** Why a handshake failed, for counting and for not logging the same thing again and again. */
    enum Problem {
        NOT_A_PEER,
        VERSION,
        CLUSTER,
        NODE,
        SECRET,
        AGREEMENT,
        REFUSED_BY_PEER
    }

    /** What follows from the bytes that came. */
    sealed interface Outcome {}

    /** Nothing yet: so many bytes, counted from the position of the buffer, are needed to get on. */
    record NeedBytes(int bytes) implements Outcome {}

    /** Send this and go on. */
    record Reply(byte[] bytes) implements Outcome {}

    /** Send this, which may be empty; from here on there are frames. */
    record Done(int peer, byte[] bytes) implements Outcome {}

    /** Send this, which may be empty, and close. */
    record Refused(Problem problem, String reason, byte[] bytes) implements Outcome {}

    private final Role role;
    private final Peers.Identity self;
    private final Set<Integer> knownNodes;
    private final byte[] ownNonce = new byte[NONCE_BYTES];
    private final byte[] otherNonce = new byte[NONCE_BYTES];
    private final byte[] ownAgreement;

    /** For the acceptor 0 until HELLO has come. */
    private int peer;

    private int expectedType;

    private Handshake(Role role, Peers.Identity self, int peer, Set<Integer> knownNodes, RandomGenerator random) {
        this.role = role;
        this.self = self;
        this.peer = peer;
        this.knownNodes = knownNodes;
        expectedType = role == Role.DIALLER ? TYPE_CHALLENGE : TYPE_HELLO;
        random.nextBytes(ownNonce);
        ownAgreement = encodeAgreement(self.agreement());
    }

    static Handshake dial(Peers.Identity self, int peer, RandomGenerator random) {
        return new Handshake(Role.DIALLER, self, peer, Set.of(peer), random);
    }

    static Handshake accept(Peers.Identity self, Set<Integer> knownNodes, RandomGenerator random) {
        return new Handshake(Role.ACCEPTOR, self, 0, knownNodes, random);
    }

    /** The node on the other side, as far as it is known or claimed; 0 before that. */
    int peer() {
        return peer;
    }

    /** What the dialler sends first. */
    byte[] opening() {
        return introduction(TYPE_HELLO);
    }

    /** Takes one message, if there is one. */
    Outcome receive(ByteBuffer in) {
        int start = in.position();
        int magicBytes = Math.min(4, in.remaining());
        for (int i = 0; i < magicBytes; i++) {
            if (in.get(start + i) != (byte) (MAGIC >>> 24 - 8 * i)) {
                return notAPeer("it does not speak this protocol; what it sent begins with " + quoteStart(in));
            }
        }
        if (in.remaining() < HEADER_BYTES) {
            return new NeedBytes(HEADER_BYTES);
        }
        int version = Byte.toUnsignedInt(in.get(start + 4));
        int type = Byte.toUnsignedInt(in.get(start + 5));
        int bodyBytes = Short.toUnsignedInt(in.getShort(start + 6));
        if (bodyBytes > BODY_MAX_BYTES) {
            return notAPeer(
                    "it announced a handshake of " + bodyBytes + " bytes; the most there can be is " + BODY_MAX_BYTES);
        }
        if (version != VERSION && type != TYPE_REFUSAL) {
            return refuse(
                    Problem.VERSION,
                    "node " + self.nodeId() + " speaks version " + VERSION
                            + " of the peer protocol, the other side version " + version);
        }
        if (in.remaining() < HEADER_BYTES + bodyBytes) {
            return new NeedBytes(HEADER_BYTES + bodyBytes);
        }
        byte[] body = new byte[bodyBytes];
        in.get(start + HEADER_BYTES, body);
        in.position(start + HEADER_BYTES + bodyBytes);
        return handle(type, body);
    }

    private Outcome handle(int type, byte[] body) {
        if (type == TYPE_REFUSAL) {
            String text = readable(new String(body, UTF_8));
            return new Refused(Problem.REFUSED_BY_PEER, "it refused this node: " + text, new byte[0]);
        }
        if (type != expectedType) {
            return notAPeer("it sent a message of type " + type + " where type " + expectedType + " was expected");
        }
        Reader reader = new Reader(body);
        return type == TYPE_HELLO || type == TYPE_CHALLENGE ? handleIntroduction(reader) : handleProof(reader);
    }

    // --------------------------------------------------------------------------------------------- HELLO and CHALLENGE

    private byte[] introduction(int type) {
        byte[] cluster = self.clusterName().getBytes(UTF_8);
        return message(type, 2 + 2 + 1 + NONCE_BYTES + 1 + cluster.length)
                .putShort((short) self.nodeId())
                .putShort((short) peer)
                .put((byte) (self.secret().isPresent() ? FLAG_SECRET : 0))
                .put(ownNonce)
                .put((byte) cluster.length)
                .put(cluster)
                .array();
    }

    private Outcome handleIntroduction(Reader reader) {
        int from = reader.u16();
        int to = reader.u16();
        int flags = reader.u8();
        byte[] nonce = reader.bytes(NONCE_BYTES);
        String cluster = reader.string(reader.u8());
        if (!reader.isExactlyRead() || flags > FLAG_SECRET) {
            return notAPeer("its first message is malformed");
        }
        if (role == Role.ACCEPTOR && knownNodes.contains(from)) {
            peer = from;
        }
        if (!cluster.equals(self.clusterName())) {
            return refuse(
                    Problem.CLUSTER,
                    "node " + self.nodeId() + " belongs to the cluster '" + self.clusterName() + "', node " + from
                            + " to the cluster '" + readable(cluster) + "' (cluster.name)");
        }
        if (from == self.nodeId()) {
            return refuse(
                    Problem.NODE,
                    "both sides are node " + from + ": a node has reached itself, or two have the same id");
        }
        if (role == Role.DIALLER && from != peer) {
            return refuse(Problem.NODE, "at the address of node " + peer + " there is node " + from);
        }
        if (to != self.nodeId()) {
            return refuse(
                    Problem.NODE,
                    "node " + from + " wanted to reach node " + to + " but reached node " + self.nodeId()
                            + ": the address it has is wrong");
        }
        if (!knownNodes.contains(from)) {
            return refuse(Problem.NODE, "node " + from + " is not in the configuration of node " + self.nodeId());
        }
        boolean otherHasSecret = flags == FLAG_SECRET;
        if (otherHasSecret != self.secret().isPresent()) {
            int with = otherHasSecret ? from : self.nodeId();
            int without = otherHasSecret ? self.nodeId() : from;
            return refuse(
                    Problem.SECRET,
                    "node " + with + " has a cluster secret, node " + without + " has none (cluster.peer_secret)");
        }
        System.arraycopy(nonce, 0, otherNonce, 0, NONCE_BYTES);
        if (role == Role.ACCEPTOR) {
            expectedType = TYPE_PROOF;
            return new Reply(introduction(TYPE_CHALLENGE));
        }
        expectedType = TYPE_WELCOME;
        return new Reply(proof(TYPE_PROOF));
    }

    // ----------------------------------------------------------------------------------------------- PROOF and WELCOME

    private byte[] proof(int type) {
        return message(type, MAC_BYTES + ownAgreement.length)
                .put(mac(role, ownAgreement))
                .put(ownAgreement)
                .array();
    }

    private Outcome handleProof(Reader reader) {
        byte[] otherMac = reader.bytes(MAC_BYTES);
        byte[] otherAgreement = reader.rest();
        SortedMap<String, String> agreement = decodeAgreement(new Reader(otherAgreement));
        if (agreement == null || !reader.isExactlyRead()) {
            return notAPeer("its second message is malformed");
        }
        Role otherRole = role == Role.DIALLER ? Role.ACCEPTOR : Role.DIALLER;
        if (!MessageDigest.isEqual(otherMac, mac(otherRole, otherAgreement))) {
            return refuse(
                    Problem.SECRET,
                    "node " + self.nodeId() + " and node " + peer
                            + " have different cluster secrets (cluster.peer_secret)");
        }
        if (!agreement.equals(self.agreement())) {
            return refuse(Problem.AGREEMENT, "what must be the same on all nodes is not: " + differences(agreement));
        }
        return new Done(peer, role == Role.ACCEPTOR ? proof(TYPE_WELCOME) : new byte[0]);
    }

    /** The same on both sides: names, values and whose they are. */
    private String differences(SortedMap<String, String> theirs) {
        TreeSet<String> keys = new TreeSet<>(self.agreement().keySet());
        keys.addAll(theirs.keySet());
        StringBuilder text = new StringBuilder();
        for (String key : keys) {
            String own = self.agreement().get(key);
            String other = theirs.get(key);
            if (own == null || !own.equals(other)) {
                text.append(text.isEmpty() ? "" : "; ")
                        .append(key)
                        .append(" is ")
                        .append(own == null ? "not set" : own)
                        .append(" on node ")
                        .append(self.nodeId())
                        .append(" and ")
                        .append(other == null ? "not set" : other)
                        .append(" on node ")
                        .append(peer);
            }
        }
        return readable(text.toString());
    }

    /** All zeros without a secret. Every part has a fixed length or one that is told, so no two inputs look alike. */
    private byte[] mac(Role sender, byte[] agreement) {
        if (self.secret().isEmpty()) {
            return new byte[MAC_BYTES];
        }
        boolean dialler = role == Role.DIALLER;
        byte[] cluster = self.clusterName().getBytes(UTF_8);
        ByteBuffer ids = ByteBuffer.allocate(6)
                .put((byte) sender.ordinal())
                .putShort((short) (dialler ? self.nodeId() : peer))
                .putShort((short) (dialler ? peer : self.nodeId()))
                .put((byte) cluster.length);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(self.secret().get().getBytes(UTF_8), "HmacSHA256"));
            mac.update(MAC_LABEL);
            mac.update(ids.array());
            mac.update(cluster);
            mac.update(dialler ? ownNonce : otherNonce);
            mac.update(dialler ? otherNonce : ownNonce);
            mac.update(agreement);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java runtime has no HMAC-SHA256, which every one must have.", e);
        }
    }

    // ------------------------------------------------------------------------------------------------------- encoding

    private static ByteBuffer message(int type, int bodyBytes) {
        return ByteBuffer.allocate(HEADER_BYTES + bodyBytes)
                .putInt(MAGIC)
                .put((byte) VERSION)
                .put((byte) type)
                .putShort((short) bodyBytes);
    }

    private static Refused notAPeer(String reason) {
        return new Refused(Problem.NOT_A_PEER, reason, new byte[0]);
    }

    private static Refused refuse(Problem problem, String reason) {
        byte[] text = reason.getBytes(UTF_8);
        byte[] body = Arrays.copyOf(text, Math.min(text.length, BODY_MAX_BYTES));
        return new Refused(
                problem, reason, message(TYPE_REFUSAL, body.length).put(body).array());
    }

    /** {@code u16 count | (u8 length, key, u16 length, value)*}, sorted by key. */
    static byte[] encodeAgreement(SortedMap<String, String> agreement) {
        ByteBuffer out = ByteBuffer.allocate(BODY_MAX_BYTES - MAC_BYTES);
        out.putShort((short) agreement.size());
        agreement.forEach((key, value) -> {
            byte[] keyBytes = key.getBytes(UTF_8);
            byte[] valueBytes = value.getBytes(UTF_8);
            if (keyBytes.length > 255 || 3 + keyBytes.length + valueBytes.length > out.remaining()) {
                throw new IllegalArgumentException("What nodes must agree on is too large for a handshake at '" + key
                        + "': a key has at most 255 bytes, all together at most " + out.capacity() + " bytes.");
            }
            out.put((byte) keyBytes.length).put(keyBytes);
            out.putShort((short) valueBytes.length).put(valueBytes);
        });
        return Arrays.copyOf(out.array(), out.position());
    }

    /** Null if it is malformed. */
    private static SortedMap<String, String> decodeAgreement(Reader reader) {
        SortedMap<String, String> agreement = new TreeMap<>();
        int count = reader.u16();
        for (int i = 0; i < count && !reader.failed; i++) {
            String key = reader.string(reader.u8());
            agreement.put(key, reader.string(reader.u16()));
        }
        return reader.isExactlyRead() && agreement.size() == count ? agreement : null;
    }

    private static String quoteStart(ByteBuffer in) {
        byte[] start = new byte[Math.min(16, in.remaining())];
        in.get(in.position(), start);
        return "'" + readable(new String(start, UTF_8)) + "'";
    }

    /** Text from outside as it may stand in a log: on one line, and not without end. */
    private static String readable(String text) {
        StringBuilder clean = new StringBuilder();
        text.codePoints()
                .limit(TEXT_MAX_CHARS)
                .forEach(c -> clean.appendCodePoint(Character.isISOControl(c) || c == 0x2028 || c == 0x2029 ? '?' : c));
        return clean.toString();
    }

    /** Reads a body and remembers, instead of throwing, that it was too short. */
    private static final class Reader {
        private final ByteBuffer body;
        private boolean failed;

        Reader(byte[] body) {
            this.body = ByteBuffer.wrap(body);
        }

        int u8() {
            return has(1) ? Byte.toUnsignedInt(body.get()) : 0;
        }

        int u16() {
            return has(2) ? Short.toUnsignedInt(body.getShort()) : 0;
        }

        byte[] bytes(int length) {
            byte[] bytes = new byte[has(length) ? length : 0];
            body.get(bytes);
            return bytes;
        }

        byte[] rest() {
            return bytes(body.remaining());
        }

        String string(int length) {
            return new String(bytes(length), UTF_8);
        }

        boolean isExactlyRead() {
            return !failed && !body.hasRemaining();
        }

        private boolean has(int bytes) {
            failed |= body.remaining() < bytes;
            return !failed;
        }
    }
}
