package io.ringleader.raft;

import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A leader of three: an entry from its proposal until it is committed. Every step checks the invariants. */
@State(Scope.Thread)
public class RaftBenchmark {
    private static final int FOLLOWER = 2;
    private static final Replica OTHER = new Replica(FOLLOWER, 1, FOLLOWER, true);
    private static final int SNAPSHOT_EVERY = 1024;

    private final byte[] payload = new byte[2048];
    private Raft raft;
    private long now;
    private long committed;

    /** Wins an election. */
    @Setup
    public void setUp() {
        OneNode one = OneNode.leader(3, 0);
        raft = one.raft();
        now = one.now();
        raft.takeEffects();
        // its first entry, which only says that it leads
        acknowledge(raft.lastIndex());
        raft.takeEffects();
    }

    private void acknowledge(long index) {
        raft.receive(Message.AppendReply.matched(FOLLOWER, OneNode.ID, raft.term(), index), OTHER, now);
    }

    /** Proposed, sent, on its own disk, on that of one other. */
    @Benchmark
    public int commitOne() {
        if (raft.propose(payload) != Raft.Proposed.ACCEPTED) {
            throw new IllegalStateException("The proposal was refused.");
        }
        raft.flush(now);
        List<Message> messages = raft.takeEffects().messages();
        for (int i = 0; i < messages.size(); i++) {
            Message message = messages.get(i);
            if (message.to() == message.from()) {
                raft.receive(message, raft.replica(), now);
            } else if (message.to() == FOLLOWER && message instanceof Message.AppendEntries append) {
                acknowledge(append.prevLogIndex() + append.entries().size());
            }
        }
        raft.flush(now);
        int count = raft.takeEffects().committed().size();
        committed += count;
        if (committed % SNAPSHOT_EVERY == 0) {
            raft.snapshotTaken(raft.commitIndex(), 0);
            raft.takeEffects();
        }
        if (count != 1) {
            throw new IllegalStateException(count + " entries were committed and not 1.");
        }
        return count;
    }
}
