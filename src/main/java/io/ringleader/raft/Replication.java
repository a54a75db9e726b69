package io.ringleader.raft;

import io.ringleader.raft.Message.AppendEntries;
import io.ringleader.raft.Message.AppendReply;
import io.ringleader.raft.Message.Heartbeat;
import java.util.ArrayDeque;
import java.util.List;

/** Log replication (§5.3) and the commitment rule (§5.4.2): the leader's side and the follower's. */
final class Replication {
    private static final byte[] EMPTY = new byte[0];
    /** In election timeouts: how long the others may get on without this leader's disk. */
    static final int DISK_STALL_TIMEOUTS = 3;

    private final RaftState state;
    private final SnapshotTransfer snapshots;
    private long nextHeartbeatNanos;
    private long termStartIndex;
    private long selfAcknowledgedIndex;
    /** Entries of this leader that are not yet both committed and on its own disk: what it holds in memory for others. */
    private final ArrayDeque<Entry> unsettled = new ArrayDeque<>();

    private long unsettledBytes;

    Replication(RaftState state, SnapshotTransfer snapshots) {
        this.state = state;
        this.snapshots = snapshots;
    }

    // ---- leader

    /** Upon election: nextIndex of every follower is last log index + 1 (Figure 2); a no-op opens the term (§8). */
    void lead(long nowNanos, Replica self) {
        state.progress.clear();
        for (int voter : state.voters) {
            state.progress.put(voter, new Progress(voter, state.log.lastIndex() + 1, nowNanos));
        }
        nextHeartbeatNanos = nowNanos;
        state.progress.get(state.self).heardOf(self, nowNanos, state.log.lastIndex() + 1);
        state.progress.get(state.self).becomeReplicate(nowNanos);
        selfAcknowledgedIndex = 0;
        unsettled.clear();
        unsettledBytes = 0;
        for (long i = state.commitIndex() + 1; i <= state.log.lastIndex(); i++) {
            unsettled(state.log.entry(i));
        }
        termStartIndex = append(EntryType.NOOP, EMPTY).index();
    }

    /** What was unsettled is the log's alone again, and may be written over. */
    void stopLeading() {
        unsettled.clear();
        unsettledBytes = 0;
    }

    long unsettledBytes() {
        return unsettledBytes;
    }

    boolean hasRoomFor(long bytes) {
        return unsettledBytes == 0 || unsettledBytes + bytes <= state.config.maxUncommittedBytes();
    }

    private void unsettled(Entry entry) {
        unsettled.add(entry);
        unsettledBytes += entry.sizeBytes();
    }

    private void settle() {
        long settledIndex =
                Math.min(state.commitIndex(), state.progress.get(state.self).matchIndex());
        while (!unsettled.isEmpty() && unsettled.peek().index() <= settledIndex) {
            unsettledBytes -= unsettled.poll().sizeBytes();
        }
    }

    /**
     * Whether the others commit what this leader's own disk has not taken for long. It had better follow one of them: as a
     * leader it can take no more than fits into its memory.
     */
    boolean isOwnDiskStalled(long nowNanos) {
        Progress self = state.progress.get(state.self);
        return self.hasInflight()
                && self.matchIndex() < state.commitIndex()
                && self.silentFor(DISK_STALL_TIMEOUTS * state.config.electionTimeoutMaxNanos(), nowNanos);
    }

    /** Append entry to local log (Figure 2). It reaches the disk and the followers side by side (thesis §10.2.1). */
    Entry append(EntryType type, byte[] payload) {
        Entry entry = state.log.append(new Entry(state.log.lastIndex() + 1, state.term(), type, payload));
        state.effects().persist(entry);
        unsettled(entry);
        return entry;
    }

    /** Whether an entry of the leader's own term is committed: only then does it know what is (§8, thesis §6.4). */
    boolean hasCommittedInTerm() {
        return state.commitIndex() >= termStartIndex;
    }

    /** @param quiet decides what heartbeats that fall due offer, and of which round they are */
    void tick(long nowNanos, Quiet quiet) {
        if (nowNanos >= nextHeartbeatNanos) {
            // On multiples of the interval, so that the heartbeats of all groups of a node leave together in one frame.
            long interval = state.config.heartbeatNanos();
            nextHeartbeatNanos = (Math.floorDiv(nowNanos, interval) + 1) * interval;
            sendHeartbeats(quiet.roundOfHeartbeats(nowNanos), quiet.isOffered());
        }
        for (Progress follower : state.progress.values()) {
            if (follower.node != state.self
                    && follower.state() == Progress.State.REPLICATE
                    && follower.hasInflight()
                    && follower.silentFor(state.config.electionTimeoutMinNanos(), nowNanos)) {
                // What is in flight, or its acknowledgement, was lost: find out where the follower is.
                follower.becomeProbe(follower.matchIndex() + 1);
            }
        }
    }

    void sendHeartbeats(long readRound, boolean quiet) {
        for (Progress follower : state.progress.values()) {
            if (follower.node != state.self) {
                sendHeartbeat(follower, readRound, quiet);
            }
        }
    }

    void sendHeartbeat(Progress follower, long readRound, boolean quiet) {
        // Never beyond what the follower is known to have: after it, its log may hold something else (§5.3).
        long commitIndex = Math.min(follower.matchIndex(), state.commitIndex());
        state.effects()
                .send(new Heartbeat(
                        state.self, follower.node, state.term(), commitIndex, readRound, quiet, follower.identity()));
    }

    /** If last log index ≥ nextIndex for a follower: send AppendEntries with log entries starting at nextIndex (Figure 2). */
    void flush(long nowNanos) {
        for (Progress follower : state.progress.values()) {
            if (follower.node != state.self) {
                sendTo(follower, nowNanos);
            }
        }
        if (selfAcknowledgedIndex < state.log.lastIndex()) {
            selfAcknowledgedIndex = state.log.lastIndex();
            state.progress.get(state.self).entriesSent(selfAcknowledgedIndex, 0, nowNanos);
            state.effects().send(AppendReply.matched(state.self, state.self, state.term(), selfAcknowledgedIndex));
        }
    }

    private void sendTo(Progress follower, long nowNanos) {
        switch (follower.state()) {
            case PROBE -> {
                boolean again = follower.probing();
                boolean due = !again || follower.silentFor(state.config.heartbeatNanos(), nowNanos);
                // Asking again needs no entries: the follower may be gone for long.
                if (due && sendEntries(follower, again ? 0 : state.config.maxAppendBytes(), nowNanos)) {
                    follower.probeSent(nowNanos);
                }
            }
            case REPLICATE -> {
                while (follower.nextIndex() <= state.log.lastIndex() && !follower.windowFull(state.config)) {
                    if (!sendEntries(follower, state.config.maxAppendBytes(), nowNanos)) {
                        return;
                    }
                }
            }
            case SNAPSHOT -> snapshots.continueSending(follower, nowNanos);
        }
    }

    private boolean sendEntries(Progress follower, int maxBytes, long nowNanos) {
        long prevLogIndex = follower.nextIndex() - 1;
        if (!state.log.covers(prevLogIndex)) {
            // The leader has already discarded the next log entry that it needs to send (§7).
            snapshots.startSending(follower, nowNanos);
            return false;
        }
        List<Entry> entries = maxBytes == 0 ? List.of() : state.log.slice(follower.nextIndex(), maxBytes);
        state.effects()
                .send(new AppendEntries(
                        state.self,
                        follower.node,
                        state.term(),
                        prevLogIndex,
                        state.log.term(prevLogIndex),
                        entries,
                        state.commitIndex()));
        if (follower.state() == Progress.State.REPLICATE) {
            long bytes = 0;
            for (Entry entry : entries) {
                bytes += entry.sizeBytes();
            }
            follower.entriesSent(prevLogIndex + entries.size(), bytes, nowNanos);
        }
        return true;
    }

    /** Leader: an answer to AppendEntries, or this node's own log having reached the disk. */
    void onAppendReply(AppendReply reply, long nowNanos) {
        Progress follower = state.progress.get(reply.from());
        if (reply.success()) {
            if (reply.matchIndex() > state.log.lastIndex()) {
                throw new InvariantViolation("Node " + reply.from() + " acknowledged index " + reply.matchIndex()
                        + " in term " + reply.term() + ", but the log of its leader ends at "
                        + state.log.lastIndex() + ".");
            }
            boolean advanced = follower.acknowledged(reply.matchIndex(), nowNanos);
            boolean resumes = follower.state() == Progress.State.PROBE
                    || (follower.state() == Progress.State.SNAPSHOT && state.log.covers(follower.matchIndex()));
            if (resumes) {
                follower.becomeReplicate(nowNanos);
            }
            if (advanced) {
                matchesMayCount();
            }
        } else {
            onRefusal(follower, reply);
        }
    }

    /** A match index rose, or is that of a voter now. */
    void matchesMayCount() {
        advanceCommitIndex();
        settle();
    }

    /** If AppendEntries fails because of log inconsistency: decrement nextIndex and retry, a term at a time (§5.3). */
    private void onRefusal(Progress follower, AppendReply reply) {
        boolean stale = switch (follower.state()) {
            case PROBE -> reply.rejectedIndex() != follower.nextIndex() - 1;
            case REPLICATE -> reply.rejectedIndex() <= follower.matchIndex();
            case SNAPSHOT -> true;
        };
        if (stale) {
            return;
        }
        long next = reply.conflictIndex();
        if (reply.conflictTerm() > 0) {
            // If the leader has entries of the conflicting term too, the logs may meet at the last of them; entries of
            // the follower with a higher term than ours there cannot be ours.
            long bound = Math.min(reply.rejectedIndex(), state.log.lastIndex());
            long last = state.log.lastIndexWithTermAtMost(reply.conflictTerm(), bound);
            if (state.log.covers(last) && state.log.term(last) == reply.conflictTerm()) {
                next = last + 1;
            }
        }
        follower.becomeProbe(Math.min(next, reply.rejectedIndex()));
    }

    /**
     * If there exists an N > commitIndex, a majority of matchIndex[i] ≥ N, and log[N].term == currentTerm: set commitIndex = N
     * (§5.3, §5.4). Entries of earlier terms are committed only with it, never by counting (§5.4.2, Figure 8).
     */
    private void advanceCommitIndex() {
        long majority =
                Quorum.reachedByMajority(state.progress.values(), voter -> voter.counts() ? voter.matchIndex() : 0);
        if (majority > state.commitIndex() && state.log.term(majority) == state.term()) {
            state.commitTo(majority);
        }
    }

    void describe(StringBuilder text, long nowNanos) {
        if (state.isLeader()) {
            text.append(", term begins at ").append(termStartIndex);
            text.append(", acknowledged itself ").append(selfAcknowledgedIndex);
            text.append(", unsettled ").append(unsettled);
            text.append(", heartbeat in ").append(Math.max(0, nextHeartbeatNanos - nowNanos));
        }
    }

    // ---- follower

    /** AppendEntries RPC, receiver implementation (Figure 2); the term is ours. */
    void onAppendEntries(AppendEntries request) {
        long prevLogIndex = request.prevLogIndex();
        if (prevLogIndex < state.log.base().index()) {
            // Compacted, hence committed, hence equal to the leader's (Leader Completeness, §5.4).
            reply(request, state.commitIndex());
            return;
        }
        // 2. Reply false if log doesn't contain an entry at prevLogIndex whose term matches prevLogTerm (§5.3)
        if (!state.log.matches(prevLogIndex, request.prevLogTerm())) {
            refuse(request);
            return;
        }
        for (Entry entry : request.entries()) {
            if (entry.index() <= state.log.lastIndex()) {
                if (state.log.term(entry.index()) == entry.term()) {
                    continue;
                }
                // 3. If an existing entry conflicts with a new one, delete the existing entry and all that follow it
                // (§5.3)
                if (entry.index() <= state.commitIndex()) {
                    throw new InvariantViolation("The leader of term " + request.term() + ", node " + request.from()
                            + ", sent " + entry + ", but this node has committed entry " + entry.index()
                            + " with term " + state.log.term(entry.index()) + ".");
                }
                state.log.truncateFrom(entry.index());
            }
            // 4. Append any new entries not already in the log
            state.effects().persist(state.log.append(entry));
        }
        // 5. If leaderCommit > commitIndex, set commitIndex = min(leaderCommit, index of last new entry): beyond that
        // entry our log may still hold what the leader does not have.
        long lastNewIndex = prevLogIndex + request.entries().size();
        state.commitTo(Math.min(request.leaderCommit(), lastNewIndex));
        reply(request, lastNewIndex);
    }

    private void reply(AppendEntries request, long matchIndex) {
        state.effects().send(AppendReply.matched(state.self, request.from(), state.term(), matchIndex));
    }

    /** Says which term conflicts and where it begins here, so that the leader steps over it in one go (§5.3). */
    private void refuse(AppendEntries request) {
        long rejectedIndex = request.prevLogIndex();
        long conflictTerm = 0;
        long conflictIndex = state.log.lastIndex() + 1;
        if (rejectedIndex <= state.log.lastIndex()) {
            conflictTerm = state.log.term(rejectedIndex);
            conflictIndex = state.log.firstIndexOfTermAt(rejectedIndex);
        }
        state.effects()
                .send(AppendReply.refused(
                        state.self, request.from(), state.term(), rejectedIndex, conflictTerm, conflictIndex));
    }

    void onHeartbeat(Heartbeat heartbeat, Replica self) {
        if (heartbeat.isFor(self)) {
            state.commitTo(Math.min(heartbeat.commitIndex(), state.log.lastIndex()));
        }
    }
}
