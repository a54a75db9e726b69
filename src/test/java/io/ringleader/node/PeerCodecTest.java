package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.raft.Entry;
import io.ringleader.raft.EntryType;
import io.ringleader.raft.Message;
import io.ringleader.raft.Replica;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.store.ByteWriter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PeerCodecTest {
    private static final int FROM = 3;
    private static final int SELF = 2;
    private static final Replica SENDER = new Replica(FROM, 2, -1, true);

    /** A request for another node. */
    private record Relayed(int target, Request request) {}

    /** What a frame held, each as text that has all its fields. */
    private static final class Recorder implements PeerCodec.Receiver {
        final List<String> texts = new ArrayList<>();

        @Override
        public void onMessage(int partition, Replica sender, Message message) {
            texts.add(partition + " " + sender + " " + text(message));
        }

        @Override
        public void onRequest(Request request) {
            texts.add(text(request));
        }

        @Override
        public void onRelay(int target, Request request) {
            texts.add(text(new Relayed(target, request)));
        }

        @Override
        public void onResponse(Response response) {
            texts.add(text(response));
        }

        @Override
        public void onLeaving(int node) {
            texts.add("node " + node + " leaves");
        }
    }

    private static String text(Object message) {
        if (message instanceof Request r) {
            return "request " + r.from() + r.id() + r.partition() + r.write() + r.commandCount() + hex(r.bytes());
        } else if (message instanceof Relayed r) {
            return "for " + r.target() + " " + text(r.request());
        } else if (message instanceof Response r) {
            return "response " + r.requestId() + r.status() + r.leader() + " " + r.answered() + hex(r.results());
        } else if (message instanceof Message.AppendEntries m) {
            StringBuilder text = new StringBuilder(m.toString());
            m.entries().forEach(entry -> text.append(entry).append(hex(entry.payload())));
            return text.toString();
        } else if (message instanceof Message.InstallSnapshot m) {
            return m + hex(m.data());
        }
        return message.toString();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Provide
    Arbitrary<Object> messages() {
        Arbitrary<Long> l = Arbitraries.longs();
        Arbitrary<Boolean> b = Arbitraries.of(true, false);
        Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(40);
        Arbitrary<SnapshotPoint> point = Combinators.combine(l, l).as(SnapshotPoint::new);
        Arbitrary<Integer> positive = Arbitraries.integers().greaterOrEqual(1);
        Arbitrary<Replica> replica =
                Combinators.combine(positive, positive, l).as((n, g, id) -> new Replica(n, g, id, false));
        Arbitrary<Long> index = Arbitraries.longs().between(0, Long.MAX_VALUE / 2);
        return Arbitraries.oneOf(
                Combinators.combine(l, l, l).as((t, i, lt) -> new Message.PreVote(FROM, SELF, t, i, lt)),
                Combinators.combine(l, b).as((t, g) -> new Message.PreVoteReply(FROM, SELF, t, g)),
                Combinators.combine(l, l, l, b).as((t, i, lt, x) -> new Message.RequestVote(FROM, SELF, t, i, lt, x)),
                Combinators.combine(l, b, replica.list().ofMaxSize(5))
                        .as((t, g, known) -> new Message.VoteReply(FROM, SELF, t, g, known)),
                Combinators.combine(
                                l,
                                index,
                                l,
                                l,
                                Combinators.combine(l, bytes, b)
                                        .as((t, payload, noop) ->
                                                new Entry(0, t, noop ? EntryType.NOOP : EntryType.COMMANDS, payload))
                                        .list()
                                        .ofMaxSize(5))
                        .as((t, prev, prevTerm, commit, entries) -> new Message.AppendEntries(
                                FROM, SELF, t, prev, prevTerm, numbered(prev, entries), commit)),
                Combinators.combine(l, b, l, l, l, l)
                        .as((t, s, m, r, ct, ci) -> new Message.AppendReply(FROM, SELF, t, s, m, r, ct, ci)),
                Combinators.combine(l, l, l, b, l)
                        .as((t, c, r, q, i) -> new Message.Heartbeat(FROM, SELF, t, c, r, q, i)),
                Combinators.combine(l, l, b).as((t, r, q) -> new Message.HeartbeatReply(FROM, SELF, t, r, q)),
                Combinators.combine(l, point, l, bytes, b)
                        .as((t, p, o, d, done) -> new Message.InstallSnapshot(FROM, SELF, t, p, o, d, done)),
                Combinators.combine(l, point, l, b)
                        .as((t, p, o, i) -> new Message.SnapshotReply(FROM, SELF, t, p, o, i)),
                Combinators.combine(l, l).as((t, a) -> new Message.ReadIndex(FROM, SELF, t, a)),
                Combinators.combine(l, l, l, l).as((t, a, i, c) -> new Message.ReadIndexReply(FROM, SELF, t, a, i, c)),
                l.map(t -> new Message.TimeoutNow(FROM, SELF, t)),
                l.map(t -> new Message.Introduce(FROM, SELF, t)),
                Combinators.combine(l, replica).as((t, r) -> new Message.Introduced(FROM, SELF, t, r)),
                Combinators.combine(l, replica).as((t, r) -> new Message.Vouch(FROM, SELF, t, r)),
                Combinators.combine(l, replica).as((t, r) -> new Message.Vouched(FROM, SELF, t, r)),
                Combinators.combine(l, replica, replica.list().ofMaxSize(5))
                        .as((t, r, known) -> new Message.Admit(FROM, SELF, t, r, known)),
                Combinators.combine(l, Arbitraries.integers(), b, Arbitraries.integers(), bytes)
                        .as((id, p, w, c, data) -> new Request(FROM, id, p, w, c, data)),
                Combinators.combine(Arbitraries.integers(), l, b, bytes)
                        .as((target, id, w, data) -> new Relayed(target, new Request(FROM, id, 3, w, 4, data))),
                Combinators.combine(
                                l,
                                Arbitraries.of(Response.Status.values()),
                                Arbitraries.integers(),
                                Arbitraries.integers(),
                                bytes)
                        .as(Response::new));
    }

    private static List<Entry> numbered(long prev, List<Entry> entries) {
        List<Entry> numbered = new ArrayList<>();
        for (Entry entry : entries) {
            numbered.add(new Entry(prev + 1 + numbered.size(), entry.term(), entry.type(), entry.payload()));
        }
        return numbered;
    }

    private static void write(ByteWriter out, int partition, Object message) {
        if (message instanceof Request request) {
            PeerCodec.write(out, request);
        } else if (message instanceof Relayed relayed) {
            PeerCodec.writeRelayed(out, relayed.target(), relayed.request());
        } else if (message instanceof Response response) {
            PeerCodec.write(out, response);
        } else {
            PeerCodec.write(out, partition, SENDER, (Message) message);
        }
    }

    @Property(tries = 1_000)
    void whatIsWrittenIsReadBack(@ForAll("messages") Object first, @ForAll("messages") Object second) {
        ByteWriter out = new ByteWriter();
        out.putLong(0); // a frame may begin anywhere
        write(out, 7, first);
        write(out, 8, second);
        Recorder recorder = new Recorder();
        PeerCodec.read(FROM, SELF, out.array(), Long.BYTES, out.length() - Long.BYTES, recorder);
        assertThat(recorder.texts)
                .containsExactly(
                        (first instanceof Message ? "7 " + SENDER + " " : "") + text(first),
                        (second instanceof Message ? "8 " + SENDER + " " : "") + text(second));
    }

    @Property(tries = 300)
    void whatIsCutOffIsRefused(@ForAll("messages") Object message) {
        ByteWriter out = new ByteWriter();
        write(out, 7, message);
        for (int length = 1; length < out.length(); length++) {
            int cut = length;
            assertThatThrownBy(() -> PeerCodec.read(FROM, SELF, out.array(), 0, cut, new Recorder()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Property(tries = 3_000)
    void randomBytesAreReadOrRefusedAndNothingElse(@ForAll byte[] bytes) {
        readOrRefuse(bytes);
    }

    @Property(tries = 1_000)
    void damagedMessagesAreReadOrRefusedAndNothingElse(
            @ForAll("messages") Object message, @ForAll int at, @ForAll byte value) {
        ByteWriter out = new ByteWriter();
        write(out, 7, message);
        byte[] bytes = out.toByteArray();
        bytes[Math.floorMod(at, bytes.length)] = value;
        readOrRefuse(bytes);
    }

    private static void readOrRefuse(byte[] bytes) {
        try {
            PeerCodec.read(FROM, SELF, bytes, 0, bytes.length, new Recorder());
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageNotContaining("null");
        }
    }

    @Example
    void thatANodeLeavesIsReadBack() {
        ByteWriter out = new ByteWriter();
        PeerCodec.writeLeaving(out);
        PeerCodec.write(out, 7, SENDER, new Message.TimeoutNow(FROM, SELF, 3));
        Recorder recorder = new Recorder();
        PeerCodec.read(FROM, SELF, out.array(), 0, out.length(), recorder);
        assertThat(recorder.texts).hasSize(2).first().isEqualTo("node " + FROM + " leaves");
    }

    @Example
    void aCountOfEntriesThatCannotBeThereAllocatesNothing() {
        ByteWriter out = new ByteWriter();
        PeerCodec.write(out, 7, SENDER, new Message.AppendEntries(FROM, SELF, 1, 1, 1, List.of(), 1));
        out.setInt(out.length() - Integer.BYTES, 13);
        out.putBytes(new byte[13 * 13 - 1], 0, 13 * 13 - 1);
        assertThatThrownBy(() -> PeerCodec.read(FROM, SELF, out.array(), 0, out.length(), new Recorder()))
                .hasMessageContaining("announces 13 entries in 168 bytes");
    }
}
