package io.ringleader.raft;

import java.util.List;

/**
 * What the nodes of one group say to each other: the RPCs of Figure 2 and Figure 13, as one-way messages. Any of them may be
 * lost, delayed, duplicated or reordered.
 *
 * <p>A node also addresses two kinds to itself: its own vote and its own append acknowledgement. They pass the disk like
 * everybody's and are delivered once durable, so that a leader counts itself only for what it has really stored, and an
 * acknowledgement that returns after the log was truncated belongs to an old term and is ignored.
 */
public sealed interface Message {
    int from();

    int to();

    /** The sender's current term; for a {@link PreVote} and its granted reply, the term that would be campaigned in. */
    long term();

    /**
     * Whether the message promises something about the sender's stable storage. Such a message leaves only when everything
     * that was emitted as {@link Durable} before it is on disk. The others may leave at once.
     */
    boolean waitsForDisk();

    /** Could I win an election in {@code term}? Changes nothing at the receiver (thesis §9.6). */
    record PreVote(int from, int to, long term, long lastLogIndex, long lastLogTerm) implements Message {
        @Override
        public boolean waitsForDisk() {
            return false;
        }
    }

    record PreVoteReply(int from, int to, long term, boolean granted) implements Message {
        @Override
        public boolean waitsForDisk() {
            return false;
        }
    }

    /**
     * RequestVote RPC. Waits for the disk because it promises a term and a last log index: were they lost in a crash, votes
     * given to them could elect this node with a shorter log in the same term.
     *
     * @param transfer the leader asked for this election, so it is no disruption (thesis §4.2.3)
     */
    record RequestVote(int from, int to, long term, long lastLogIndex, long lastLogTerm, boolean transfer)
            implements Message {
        @Override
        public boolean waitsForDisk() {
            return true;
        }
    }

    /** @param known directories that the voter knows to have taken the place of others: votes of those before do not count */
    record VoteReply(int from, int to, long term, boolean granted, List<Replica> known) implements Message {
        /** Of a voter that knows of no replaced directories, or has no vote to give. */
        public VoteReply(int from, int to, long term, boolean granted) {
            this(from, to, term, granted, List.of());
        }

        @Override
        public boolean waitsForDisk() {
            return true;
        }
    }

    /** AppendEntries RPC. Leaves before the leader's own disk has the entries (thesis §10.2.1). */
    record AppendEntries(
            int from, int to, long term, long prevLogIndex, long prevLogTerm, List<Entry> entries, long leaderCommit)
            implements Message {
        @Override
        public boolean waitsForDisk() {
            return false;
        }
    }

    /**
     * Answer to AppendEntries. On success the follower's log matches the leader's up to {@code matchIndex}. On failure
     * {@code rejectedIndex} is the {@code prevLogIndex} that did not match, and the conflict says where to go on (§5.3).
     *
     * @param conflictTerm term of the follower's entry at {@code rejectedIndex}, 0 if its log ends before
     * @param conflictIndex first index the follower has for that term, or one past its last entry
     */
    record AppendReply(
            int from,
            int to,
            long term,
            boolean success,
            long matchIndex,
            long rejectedIndex,
            long conflictTerm,
            long conflictIndex)
            implements Message {
        static AppendReply matched(int from, int to, long term, long matchIndex) {
            return new AppendReply(from, to, term, true, matchIndex, 0, 0, 0);
        }

        static AppendReply refused(int from, int to, long term, long rejectedIndex, long conflictTerm, long conflict) {
            return new AppendReply(from, to, term, false, 0, rejectedIndex, conflictTerm, conflict);
        }

        @Override
        public boolean waitsForDisk() {
            return true;
        }
    }

    /**
     * The empty AppendEntries of §5.2, as a message of its own because it checks no log position: it says that the leader is
     * there, how far the receiver may commit, and which round of reads it confirms (thesis §6.4).
     *
     * @param commitIndex at most what that directory of the receiver is known to have in common with the leader
     * @param quiet the leader would like to send no more of them, until something happens ({@link Quiet})
     * @param identity of the directory that the leader speaks of: the receiver may have come up with another one, of whose log
     *     the leader knows nothing yet
     */
    record Heartbeat(int from, int to, long term, long commitIndex, long readRound, boolean quiet, long identity)
            implements Message {
        /** Whether the receiver is who the leader takes it for. */
        public boolean isFor(Replica receiver) {
            return identity == receiver.identity();
        }

        @Override
        public boolean waitsForDisk() {
            return false;
        }
    }

    /**
     * Says nothing about the log: a match index is never raised from it.
     *
     * @param quiet the sender expects no more heartbeats, and does not watch its election timer
     */
    record HeartbeatReply(int from, int to, long term, long readRound, boolean quiet) implements Message {
        /** Of a follower that goes on to wait for heartbeats. */
        public HeartbeatReply(int from, int to, long term, long readRound) {
            this(from, to, term, readRound, false);
        }

        @Override
        public boolean waitsForDisk() {
            return false;
        }
    }

    /**
     * A follower asks its leader which index a read has to see that came before this left (thesis §6.4).
     *
     * @param ask rising, and not the same in two lives of the follower
     */
    record ReadIndex(int from, int to, long term, long ask) implements Message {
        @Override
        public boolean waitsForDisk() {
            return false;
        }
    }

    /**
     * The sender led its term after the question had come.
     *
     * @param readIndex what was committed then
     * @param commitIndex as in {@link Heartbeat}
     */
    record ReadIndexReply(int from, int to, long term, long ask, long readIndex, long commitIndex) implements Message {
        @Override
        public boolean waitsForDisk() {
            return false;
        }
    }

    /** One chunk of a snapshot (Figure 13). {@code data} is a piece of the snapshot file; {@code done} marks the last one. */
    record InstallSnapshot(int from, int to, long term, SnapshotPoint snapshot, long offset, byte[] data, boolean done)
            implements Message {
        @Override
        public boolean waitsForDisk() {
            return false;
        }

        @Override
        public String toString() {
            return "InstallSnapshot[from=" + from + ", to=" + to + ", term=" + term + ", snapshot=" + snapshot
                    + ", offset=" + offset + ", bytes=" + data.length + ", done=" + done + "]";
        }
    }

    /**
     * Answer to a chunk: where to go on, or, when {@code installed}, that the receiver's durable state covers the snapshot.
     */
    record SnapshotReply(int from, int to, long term, SnapshotPoint snapshot, long nextOffset, boolean installed)
            implements Message {
        @Override
        public boolean waitsForDisk() {
            return installed;
        }
    }

    /** Leadership transfer: start an election now (thesis §3.10). */
    record TimeoutNow(int from, int to, long term) implements Message {
        @Override
        public boolean waitsForDisk() {
            return false;
        }
    }

    // ---- who is who: see Standing

    /** Of a replica that does not vote yet, to all others: here I am. The term plays no part. */
    record Introduce(int from, int to, long term) implements Message {
        @Override
        public boolean waitsForDisk() {
            return true;
        }
    }

    /**
     * Which directory of the receiver is known to the sender, durably. Answers {@link Introduce}, and whatever a directory says
     * that was replaced. To the node itself: this is durable. The term plays no part.
     */
    record Introduced(int from, int to, long term, Replica known) implements Message {
        @Override
        public boolean waitsForDisk() {
            return true;
        }
    }

    /** The leader asks a voter to know the newcomer from now on, and no older directory of its node. */
    record Vouch(int from, int to, long term, Replica newcomer) implements Message {
        @Override
        public boolean waitsForDisk() {
            return false;
        }
    }

    /** The sender follows the leader of this term and knows the newcomer, durably. */
    record Vouched(int from, int to, long term, Replica newcomer) implements Message {
        @Override
        public boolean waitsForDisk() {
            return true;
        }
    }

    /**
     * The newcomer has all that its node ever had a part in, and enough others know it: it votes.
     *
     * @param known all directories that the leader knows, its own among them: the newcomer has forgotten them
     */
    record Admit(int from, int to, long term, Replica newcomer, List<Replica> known) implements Message {
        @Override
        public boolean waitsForDisk() {
            return false;
        }
    }
}
