package io.ringleader.raft;

import io.ringleader.raft.Message.InstallSnapshot;
import io.ringleader.raft.Message.SnapshotReply;
import java.util.HashSet;
import java.util.Set;

/**
 * InstallSnapshot (§7, Figure 13): chunk by chunk, each asked for by the follower's answer to the one before. A transfer
 * survives lost chunks, reconnects, and a follower that restarts: the follower says where it stands.
 */
final class SnapshotTransfer {
    private final RaftState state;

    SnapshotTransfer(RaftState state) {
        this.state = state;
    }

    // ---- leader

    void startSending(Progress follower, long nowNanos) {
        follower.becomeSnapshot(state.log.snapshot(), nowNanos);
        requestChunk(follower);
    }

    /** Called at every flush: asks again when an answer is overdue, for the newest snapshot if there is a newer one by then. */
    void continueSending(Progress follower, long nowNanos) {
        if (!follower.silentFor(state.config.electionTimeoutMinNanos(), nowNanos)) {
            return;
        }
        if (follower.snapshot().equals(state.log.snapshot())) {
            follower.chunkAcknowledged(follower.snapshotOffset(), nowNanos);
            requestChunk(follower);
        } else {
            startSending(follower, nowNanos);
        }
    }

    void onReply(SnapshotReply reply, long nowNanos) {
        Progress follower = state.progress.get(reply.from());
        if (reply.installed()) {
            // Also the answer to an older snapshot counts: what the follower has, it has.
            follower.acknowledged(Math.min(reply.snapshot().index(), state.log.lastIndex()), nowNanos);
            if (follower.state() == Progress.State.SNAPSHOT) {
                if (state.log.covers(follower.matchIndex())) {
                    follower.becomeReplicate(nowNanos);
                } else {
                    startSending(follower, nowNanos);
                }
            }
        } else if (follower.state() == Progress.State.SNAPSHOT
                && follower.snapshot().equals(reply.snapshot())
                && reply.nextOffset() != follower.snapshotOffset()) {
            // An answer that asks for what was sent already is a duplicate, or one to a chunk that was sent twice.
            // Were it answered too, all the rest of the transfer would be sent twice (RFC 1123 §4.2.3.1).
            follower.chunkAcknowledged(reply.nextOffset(), nowNanos);
            requestChunk(follower);
        }
    }

    private void requestChunk(Progress follower) {
        state.effects().sendChunk(follower.node, state.term(), follower.snapshot(), follower.snapshotOffset());
    }

    /** What is being sent to followers that are alive: the newest snapshot, or one that was the newest when that began. */
    Set<SnapshotPoint> sending(long nowNanos) {
        Set<SnapshotPoint> sending = new HashSet<>();
        for (Progress follower : state.progress.values()) {
            if (follower.state() == Progress.State.SNAPSHOT
                    && nowNanos - follower.lastHeardNanos < state.config.electionTimeoutMaxNanos()) {
                sending.add(follower.snapshot());
            }
        }
        return sending;
    }

    // ---- follower

    /** InstallSnapshot RPC, receiver implementation (Figure 13); the term is ours. */
    void onInstallSnapshot(InstallSnapshot chunk) {
        if (chunk.snapshot().index() <= state.commitIndex()) {
            reply(chunk.snapshot(), 0, true);
        } else {
            state.effects().storeChunk(chunk);
        }
    }

    /** 2-4: the chunk is in the file (or was refused, because the file is not that far): say where to go on. */
    void onChunkStored(SnapshotPoint snapshot, long nextOffset) {
        reply(snapshot, nextOffset, false);
    }

    /** 5-8: the whole file is durable and good. The state it holds is committed, whatever happened to the term meanwhile. */
    void onSnapshotStored(SnapshotPoint snapshot) {
        // A leader has all that is committed in its log (Leader Completeness, §5.4): it does not need the snapshot that
        // a leader before it began to send.
        if (snapshot.index() > state.commitIndex() && !state.isLeader()) {
            state.log.install(snapshot);
            state.commitSnapshot(snapshot);
        }
        reply(snapshot, 0, true);
    }

    private void reply(SnapshotPoint snapshot, long nextOffset, boolean installed) {
        if (!state.isLeader() && state.leader() != HardState.NOBODY) {
            state.effects()
                    .send(new SnapshotReply(state.self, state.leader(), state.term(), snapshot, nextOffset, installed));
        }
    }
}
