package io.ringleader.raft;

import java.util.ArrayDeque;

/**
 * What a leader knows of one voter's log: {@code nextIndex} and {@code matchIndex} of Figure 2, and how to send to it.
 *
 * <pre>
 *          success                      log compacted
 *   PROBE ---------> REPLICATE     any ---------------> SNAPSHOT
 *     ^  refused, or    |                                  |
 *     |  silent too long|             installed            |
 *     +-----------------+          REPLICATE <-------------+
 * </pre>
 */
final class Progress {
    enum State {
        /** Where the logs meet is unknown: one AppendEntries at a time. */
        PROBE,
        /** The logs meet: AppendEntries are pipelined, up to a window. */
        REPLICATE,
        /** The entries it needs are compacted: it is sent the snapshot, chunk by chunk. */
        SNAPSHOT
    }

    private record Inflight(long lastIndex, long bytes) {}

    final int node;
    private State state = State.PROBE;
    /** Highest index known to be durable at the voter and equal to ours. Invariant: matchIndex < nextIndex. */
    private long matchIndex;

    private long nextIndex;
    private final ArrayDeque<Inflight> inflight = new ArrayDeque<>();
    private long inflightBytes;
    /** PROBE: an AppendEntries is out and unanswered. */
    private boolean probing;
    /** When something last went out that has not been answered, or was answered: what retries are measured from. */
    private long lastActivityNanos;
    /** When the node was last heard of in this term. */
    long lastHeardNanos;
    /** As {@link #lastHeardNanos}, while it was a voter (CheckQuorum). */
    long lastContactNanos;
    /** That time is an assumption, since this leader woke. */
    private boolean contactIsAssumed;
    /** The highest round of heartbeats it has answered (thesis §6.4). */
    long readRound;

    /** The directory that all this is about; null before it was heard of. */
    private Replica replica;

    private boolean counts;
    private long replicatingSinceNanos;
    private SnapshotPoint snapshot = SnapshotPoint.NONE;
    private long snapshotOffset;

    Progress(int node, long nextIndex, long nowNanos) {
        this.node = node;
        this.nextIndex = nextIndex;
        this.lastHeardNanos = nowNanos;
        this.lastContactNanos = nowNanos;
        this.lastActivityNanos = nowNanos;
    }

    State state() {
        return state;
    }

    long matchIndex() {
        return matchIndex;
    }

    long nextIndex() {
        return nextIndex;
    }

    /** Whether what it says counts towards a majority: it is a voter. */
    boolean counts() {
        return counts;
    }

    /** Of the directory; any number before it was heard of. */
    long identity() {
        return replica == null ? 0 : replica.identity();
    }

    boolean isOf(Replica other) {
        return replica != null && replica.isSameDirectory(other);
    }

    /** Something came from this directory of the node: what was known of another one is worth nothing. */
    void heardOf(Replica sender, long nowNanos, long next) {
        if (replica != null && !replica.isSameDirectory(sender)) {
            forget(next);
            readRound = 0;
            counts = false;
        }
        replica = sender;
        // What it said before it was a voter may come late.
        counts |= sender.voter();
        lastHeardNanos = nowNanos;
        if (sender.voter()) {
            lastContactNanos = nowNanos;
            contactIsAssumed = false;
        }
    }

    /** Whether it has the whole log, as the voter that counts. */
    boolean isInStepWith(long lastIndex) {
        return counts && state == State.REPLICATE && inflight.isEmpty() && matchIndex == lastIndex;
    }

    /** Nobody asked it for an answer for a while; its node has been heard. */
    void assumeContact(long nowNanos) {
        lastContactNanos = Math.max(lastContactNanos, nowNanos);
        contactIsAssumed = true;
    }

    /** Its node was last heard at that time. */
    void doubtContact(long heardNanos) {
        if (contactIsAssumed) {
            lastContactNanos = Math.min(lastContactNanos, heardNanos);
        }
    }

    /** What this node knew of the directory is over: a newer one has taken its place. */
    void replaced(long next) {
        replica = null;
        counts = false;
        readRound = 0;
        forget(next);
    }

    long replicatingSinceNanos() {
        return replicatingSinceNanos;
    }

    SnapshotPoint snapshot() {
        return snapshot;
    }

    long snapshotOffset() {
        return snapshotOffset;
    }

    boolean probing() {
        return probing;
    }

    boolean hasInflight() {
        return !inflight.isEmpty();
    }

    boolean silentFor(long nanos, long nowNanos) {
        return nowNanos - lastActivityNanos >= nanos;
    }

    boolean windowFull(RaftConfig config) {
        return inflight.size() >= config.maxInflightMessages() || inflightBytes >= config.maxInflightBytes();
    }

    void probeSent(long nowNanos) {
        probing = true;
        lastActivityNanos = nowNanos;
    }

    void entriesSent(long lastIndex, long bytes, long nowNanos) {
        if (inflight.isEmpty()) {
            lastActivityNanos = nowNanos;
        }
        inflight.add(new Inflight(lastIndex, bytes));
        inflightBytes += bytes;
        nextIndex = lastIndex + 1;
    }

    /** The voter has everything up to the index. Returns whether that is news. */
    boolean acknowledged(long index, long nowNanos) {
        while (!inflight.isEmpty() && inflight.peek().lastIndex() <= index) {
            inflightBytes -= inflight.poll().bytes();
        }
        lastActivityNanos = nowNanos;
        boolean advanced = index > matchIndex;
        matchIndex = Math.max(matchIndex, index);
        nextIndex = Math.max(nextIndex, matchIndex + 1);
        return advanced;
    }

    void becomeProbe(long next) {
        reset(State.PROBE, next);
    }

    void becomeReplicate(long nowNanos) {
        reset(State.REPLICATE, matchIndex + 1);
        replicatingSinceNanos = nowNanos;
    }

    void becomeSnapshot(SnapshotPoint sent, long nowNanos) {
        reset(State.SNAPSHOT, sent.index() + 1);
        snapshot = sent;
        lastActivityNanos = nowNanos;
    }

    void chunkAcknowledged(long nextOffset, long nowNanos) {
        snapshotOffset = nextOffset;
        lastActivityNanos = nowNanos;
    }

    /** The connection to the voter was made anew: it may be another incarnation, so nothing is known of it any more. */
    void forget(long next) {
        matchIndex = 0;
        reset(State.PROBE, next);
    }

    /** How long it has been in step is left out: only the owner asks for it. */
    void describe(StringBuilder text, RaftConfig config, long nowNanos) {
        text.append("; node ")
                .append(node)
                .append(' ')
                .append(state)
                .append(" match ")
                .append(matchIndex);
        text.append(" next ").append(nextIndex).append(" inflight ").append(inflight);
        text.append(" of ").append(replica).append(counts ? " counts" : "");
        text.append(probing ? " probing" : "").append(" round ").append(readRound);
        if (state == State.SNAPSHOT) {
            text.append(" snapshot ").append(snapshot).append(" from ").append(snapshotOffset);
        }
        long longest = Replication.DISK_STALL_TIMEOUTS * config.electionTimeoutMaxNanos();
        text.append(" active ").append(Math.min(longest, nowNanos - lastActivityNanos));
        text.append(contactIsAssumed ? " assumed" : "");
        text.append(" contact ").append(Math.min(config.electionTimeoutMaxNanos(), nowNanos - lastContactNanos));
    }

    private void reset(State newState, long next) {
        state = newState;
        nextIndex = Math.max(next, matchIndex + 1);
        inflight.clear();
        inflightBytes = 0;
        probing = false;
        snapshot = SnapshotPoint.NONE;
        snapshotOffset = 0;
    }
}
