package io.ringleader.node;

import io.ringleader.raft.Entry;
import io.ringleader.raft.EntryType;
import io.ringleader.raft.Message;
import io.ringleader.raft.Message.Admit;
import io.ringleader.raft.Message.AppendEntries;
import io.ringleader.raft.Message.AppendReply;
import io.ringleader.raft.Message.Heartbeat;
import io.ringleader.raft.Message.HeartbeatReply;
import io.ringleader.raft.Message.InstallSnapshot;
import io.ringleader.raft.Message.Introduce;
import io.ringleader.raft.Message.Introduced;
import io.ringleader.raft.Message.PreVote;
import io.ringleader.raft.Message.PreVoteReply;
import io.ringleader.raft.Message.ReadIndex;
import io.ringleader.raft.Message.ReadIndexReply;
import io.ringleader.raft.Message.RequestVote;
import io.ringleader.raft.Message.SnapshotReply;
import io.ringleader.raft.Message.TimeoutNow;
import io.ringleader.raft.Message.VoteReply;
import io.ringleader.raft.Message.Vouch;
import io.ringleader.raft.Message.Vouched;
import io.ringleader.raft.Replica;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.store.ByteWriter;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What one node says to another, as bytes: any number of messages back to back in a frame, so that all that a burst of work has
 * for a peer (the heartbeats of all groups among it) is one frame. Big-endian. The layout is in docs/formats.md.
 */
final class PeerCodec {
    private static final int PRE_VOTE = 1;
    private static final int PRE_VOTE_REPLY = 2;
    private static final int REQUEST_VOTE = 3;
    private static final int VOTE_REPLY = 4;
    private static final int APPEND_ENTRIES = 5;
    private static final int APPEND_REPLY = 6;
    private static final int HEARTBEAT = 7;
    private static final int HEARTBEAT_REPLY = 8;
    private static final int INSTALL_SNAPSHOT = 9;
    private static final int SNAPSHOT_REPLY = 10;
    private static final int TIMEOUT_NOW = 11;
    private static final int INTRODUCE = 12;
    private static final int INTRODUCED = 13;
    private static final int VOUCH = 14;
    private static final int VOUCHED = 15;
    private static final int ADMIT = 16;
    private static final int READ_INDEX = 20;
    private static final int READ_INDEX_REPLY = 21;
    /** Of an entry without a payload: its term, its type and the length of the payload. */
    private static final int ENTRY_MIN_BYTES = Long.BYTES + Byte.BYTES + Integer.BYTES;

    private static final int REPLICA_BYTES = 2 * Integer.BYTES + Long.BYTES;

    private static final int REQUEST = 32;
    private static final int RESPONSE = 33;
    private static final int RELAYED_REQUEST = 34;
    private static final int LEAVING = 48;

    private static final Map<Class<? extends Message>, Integer> KINDS = Map.ofEntries(
            Map.entry(PreVote.class, PRE_VOTE),
            Map.entry(PreVoteReply.class, PRE_VOTE_REPLY),
            Map.entry(RequestVote.class, REQUEST_VOTE),
            Map.entry(VoteReply.class, VOTE_REPLY),
            Map.entry(AppendEntries.class, APPEND_ENTRIES),
            Map.entry(AppendReply.class, APPEND_REPLY),
            Map.entry(Heartbeat.class, HEARTBEAT),
            Map.entry(HeartbeatReply.class, HEARTBEAT_REPLY),
            Map.entry(InstallSnapshot.class, INSTALL_SNAPSHOT),
            Map.entry(SnapshotReply.class, SNAPSHOT_REPLY),
            Map.entry(TimeoutNow.class, TIMEOUT_NOW),
            Map.entry(Introduce.class, INTRODUCE),
            Map.entry(Introduced.class, INTRODUCED),
            Map.entry(Vouch.class, VOUCH),
            Map.entry(Vouched.class, VOUCHED),
            Map.entry(Admit.class, ADMIT),
            Map.entry(ReadIndex.class, READ_INDEX),
            Map.entry(ReadIndexReply.class, READ_INDEX_REPLY));

    /** Takes the messages of a frame, in order. */
    interface Receiver {
        void onMessage(int partition, Replica sender, Message message);

        void onRequest(Request request);

        /** A request for another node, which its sender cannot reach. */
        void onRelay(int target, Request request);

        void onResponse(Response response);

        /** The node is about to stop. */
        void onLeaving(int node);
    }

    private PeerCodec() {}

    /** @param sender who this node says it is */
    static void write(ByteWriter out, int partition, Replica sender, Message message) {
        out.putByte(kind(message));
        out.putInt(partition);
        out.putLong(message.term());
        out.putInt(sender.generation());
        out.putLong(sender.identity());
        out.putByte(sender.voter() ? 1 : 0);
        if (message instanceof Heartbeat m) {
            out.putLong(m.commitIndex());
            out.putLong(m.readRound());
            out.putByte(m.quiet() ? 1 : 0);
            out.putLong(m.identity());
        } else if (message instanceof HeartbeatReply m) {
            out.putLong(m.readRound());
            out.putByte(m.quiet() ? 1 : 0);
        } else if (message instanceof AppendEntries m) {
            writeAppendEntries(out, m);
        } else if (message instanceof AppendReply m) {
            out.putByte(m.success() ? 1 : 0);
            out.putLong(m.matchIndex());
            out.putLong(m.rejectedIndex());
            out.putLong(m.conflictTerm());
            out.putLong(m.conflictIndex());
        } else if (message instanceof ReadIndex m) {
            out.putLong(m.ask());
        } else if (message instanceof ReadIndexReply m) {
            out.putLong(m.ask());
            out.putLong(m.readIndex());
            out.putLong(m.commitIndex());
        } else if (message instanceof InstallSnapshot m) {
            writePoint(out, m.snapshot());
            out.putLong(m.offset());
            out.putByte(m.done() ? 1 : 0);
            writeBytes(out, m.data());
        } else if (message instanceof SnapshotReply m) {
            writePoint(out, m.snapshot());
            out.putLong(m.nextOffset());
            out.putByte(m.installed() ? 1 : 0);
        } else {
            writeElection(out, message);
        }
    }

    private static void writeElection(ByteWriter out, Message message) {
        if (message instanceof PreVote m) {
            out.putLong(m.lastLogIndex());
            out.putLong(m.lastLogTerm());
        } else if (message instanceof PreVoteReply m) {
            out.putByte(m.granted() ? 1 : 0);
        } else if (message instanceof RequestVote m) {
            out.putLong(m.lastLogIndex());
            out.putLong(m.lastLogTerm());
            out.putByte(m.transfer() ? 1 : 0);
        } else if (message instanceof VoteReply m) {
            out.putByte(m.granted() ? 1 : 0);
            writeReplicas(out, m.known());
        } else {
            writeStanding(out, message);
        }
    }

    private static void writeStanding(ByteWriter out, Message message) {
        if (message instanceof Introduced m) {
            writeReplica(out, m.known());
        } else if (message instanceof Vouch m) {
            writeReplica(out, m.newcomer());
        } else if (message instanceof Vouched m) {
            writeReplica(out, m.newcomer());
        } else if (message instanceof Admit m) {
            writeReplica(out, m.newcomer());
            writeReplicas(out, m.known());
        }
    }

    private static int kind(Message message) {
        Integer kind = KINDS.get(message.getClass());
        if (kind == null) {
            throw new IllegalArgumentException("No layout for " + message + ".");
        }
        return kind;
    }

    private static void writeReplicas(ByteWriter out, List<Replica> replicas) {
        out.putInt(replicas.size());
        replicas.forEach(replica -> writeReplica(out, replica));
    }

    private static void writeReplica(ByteWriter out, Replica replica) {
        out.putInt(replica.node());
        out.putInt(replica.generation());
        out.putLong(replica.identity());
    }

    private static void writeAppendEntries(ByteWriter out, AppendEntries m) {
        out.putLong(m.prevLogIndex());
        out.putLong(m.prevLogTerm());
        out.putLong(m.leaderCommit());
        out.putInt(m.entries().size());
        // The indexes follow from prevLogIndex.
        for (Entry entry : m.entries()) {
            out.putLong(entry.term());
            out.putByte(entry.type().code());
            writeBytes(out, entry.bytes(), entry.offset(), entry.length());
        }
    }

    static void write(ByteWriter out, Request request) {
        out.putByte(REQUEST);
        writeRequest(out, request);
    }

    static void writeRelayed(ByteWriter out, int target, Request request) {
        out.putByte(RELAYED_REQUEST);
        out.putInt(target);
        writeRequest(out, request);
    }

    private static void writeRequest(ByteWriter out, Request request) {
        out.putInt(request.partition());
        out.putLong(request.id());
        out.putByte(request.write() ? 1 : 0);
        out.putInt(request.commandCount());
        writeBytes(out, request.bytes());
    }

    static void write(ByteWriter out, Response response) {
        out.putByte(RESPONSE);
        out.putLong(response.requestId());
        out.putByte(response.status().ordinal());
        out.putInt(response.leader());
        out.putInt(response.answered());
        writeBytes(out, response.results());
    }

    static void writeLeaving(ByteWriter out) {
        out.putByte(LEAVING);
    }

    private static void writePoint(ByteWriter out, SnapshotPoint point) {
        out.putLong(point.index());
        out.putLong(point.term());
    }

    private static void writeBytes(ByteWriter out, byte[] bytes) {
        writeBytes(out, bytes, 0, bytes.length);
    }

    private static void writeBytes(ByteWriter out, byte[] bytes, int offset, int length) {
        out.putInt(length);
        out.putBytes(bytes, offset, length);
    }

    /**
     * Hands over the messages one by one. The entries among them lie in the frame and are good during the call only.
     *
     * @throws IllegalArgumentException if the bytes are not whole messages
     */
    static void read(int from, int self, byte[] frame, int offset, int length, Receiver receiver) {
        ByteBuffer in = ByteBuffer.wrap(frame, offset, length);
        try {
            while (in.hasRemaining()) {
                readOne(from, self, in, receiver);
            }
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("A frame from node " + from + " ends in the middle of a message.", e);
        }
    }

    private static void readOne(int from, int self, ByteBuffer in, Receiver receiver) {
        int kind = in.get();
        switch (kind) {
            case REQUEST -> receiver.onRequest(readRequest(from, in));
            case RELAYED_REQUEST -> receiver.onRelay(in.getInt(), readRequest(from, in));
            case RESPONSE -> {
                long id = in.getLong();
                Response.Status status = Response.Status.ofCode(in.get());
                int leader = in.getInt();
                int answered = in.getInt();
                receiver.onResponse(new Response(id, status, leader, answered, readBytes(in)));
            }
            case LEAVING -> receiver.onLeaving(from);
            default -> {
                int partition = in.getInt();
                long term = in.getLong();
                Replica sender = new Replica(from, in.getInt(), in.getLong(), in.get() == 1);
                receiver.onMessage(partition, sender, readMessage(kind, from, self, term, in));
            }
        }
    }

    private static Request readRequest(int from, ByteBuffer in) {
        int partition = in.getInt();
        long id = in.getLong();
        boolean write = in.get() == 1;
        int count = in.getInt();
        return new Request(from, id, partition, write, count, readBytes(in));
    }

    private static Message readMessage(int kind, int from, int self, long term, ByteBuffer in) {
        return switch (kind) {
            case PRE_VOTE -> new PreVote(from, self, term, in.getLong(), in.getLong());
            case PRE_VOTE_REPLY -> new PreVoteReply(from, self, term, in.get() == 1);
            case REQUEST_VOTE -> new RequestVote(from, self, term, in.getLong(), in.getLong(), in.get() == 1);
            case VOTE_REPLY -> new VoteReply(from, self, term, in.get() == 1, readReplicas(in));
            case APPEND_ENTRIES -> readAppendEntries(from, self, term, in);
            case APPEND_REPLY ->
                new AppendReply(
                        from, self, term, in.get() == 1, in.getLong(), in.getLong(), in.getLong(), in.getLong());
            case HEARTBEAT -> new Heartbeat(from, self, term, in.getLong(), in.getLong(), in.get() == 1, in.getLong());
            case HEARTBEAT_REPLY -> new HeartbeatReply(from, self, term, in.getLong(), in.get() == 1);
            case INSTALL_SNAPSHOT -> {
                SnapshotPoint snapshot = readPoint(in);
                long offset = in.getLong();
                boolean done = in.get() == 1;
                yield new InstallSnapshot(from, self, term, snapshot, offset, readBytes(in), done);
            }
            case SNAPSHOT_REPLY -> new SnapshotReply(from, self, term, readPoint(in), in.getLong(), in.get() == 1);
            case TIMEOUT_NOW -> new TimeoutNow(from, self, term);
            case INTRODUCE -> new Introduce(from, self, term);
            case INTRODUCED -> new Introduced(from, self, term, readReplica(in));
            case VOUCH -> new Vouch(from, self, term, readReplica(in));
            case VOUCHED -> new Vouched(from, self, term, readReplica(in));
            case READ_INDEX -> new ReadIndex(from, self, term, in.getLong());
            case READ_INDEX_REPLY -> new ReadIndexReply(from, self, term, in.getLong(), in.getLong(), in.getLong());
            case ADMIT -> new Admit(from, self, term, readReplica(in), readReplicas(in));
            default ->
                throw new IllegalArgumentException(
                        "A frame from node " + from + " holds a message of the unknown kind " + kind + ".");
        };
    }

    private static AppendEntries readAppendEntries(int from, int self, long term, ByteBuffer in) {
        long prevLogIndex = in.getLong();
        long prevLogTerm = in.getLong();
        long leaderCommit = in.getLong();
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / ENTRY_MIN_BYTES) {
            throw new IllegalArgumentException(
                    "A frame from node " + from + " announces " + count + " entries in " + in.remaining() + " bytes.");
        }
        List<Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long entryTerm = in.getLong();
            EntryType type = EntryType.ofCode(in.get());
            int length = readLength(in);
            entries.add(new Entry(
                    prevLogIndex + 1 + i, entryTerm, type, in.array(), in.arrayOffset() + in.position(), length));
            in.position(in.position() + length);
        }
        return new AppendEntries(from, self, term, prevLogIndex, prevLogTerm, entries, leaderCommit);
    }

    private static List<Replica> readReplicas(ByteBuffer in) {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / REPLICA_BYTES) {
            throw new BufferUnderflowException();
        }
        List<Replica> replicas = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            replicas.add(readReplica(in));
        }
        return replicas;
    }

    private static Replica readReplica(ByteBuffer in) {
        return new Replica(in.getInt(), in.getInt(), in.getLong(), false);
    }

    private static SnapshotPoint readPoint(ByteBuffer in) {
        return new SnapshotPoint(in.getLong(), in.getLong());
    }

    private static int readLength(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        return length;
    }

    private static byte[] readBytes(ByteBuffer in) {
        byte[] bytes = new byte[readLength(in)];
        in.get(bytes);
        return bytes;
    }
}
