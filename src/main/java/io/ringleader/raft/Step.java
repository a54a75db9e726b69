package io.ringleader.raft;

import io.ringleader.raft.Message.AppendEntries;
import java.util.List;

/** One input that a {@link Raft} took: what a {@link StepObserver} is told of. There are no others. */
public sealed interface Step {
    /** Time passed. */
    record Ticked(long nowNanos) implements Step {}

    /**
     * @param message its entries are copied: they may have lain in a frame, and steps are looked at later
     * @param sender the replica that sent it, as it was when the message left
     */
    record Received(Message message, Replica sender, long nowNanos) implements Step {
        public Received {
            message = lasting(message);
        }

        private static Message lasting(Message message) {
            if (!(message instanceof AppendEntries request)) {
                return message;
            }
            List<Entry> entries = request.entries().stream()
                    .map(entry -> new Entry(entry.index(), entry.term(), entry.type(), entry.payload()))
                    .toList();
            return new AppendEntries(
                    request.from(),
                    request.to(),
                    request.term(),
                    request.prevLogIndex(),
                    request.prevLogTerm(),
                    entries,
                    request.leaderCommit());
        }
    }

    /** @param outcome if accepted, the entry is the last of the log now */
    record Proposed(byte[] payload, Raft.Proposed outcome) implements Step {
        @Override
        public String toString() {
            return "Proposed[bytes=" + payload.length + ", outcome=" + outcome + "]";
        }
    }

    record ReadAsked(long readId) implements Step {}

    /** @param begun whether this node leads and the target may take over */
    record TransferBegun(int target, boolean begun, long nowNanos) implements Step {}

    record Reconnected(int voter) implements Step {}

    /** @param heardNanos when the node that may be gone was last heard */
    record Suspected(int node, long heardNanos, long nowNanos) implements Step {}

    record ChunkStored(SnapshotPoint snapshot, long nextOffset) implements Step {}

    /** The snapshot that a leader sent is whole and durable. */
    record SnapshotStored(SnapshotPoint snapshot) implements Step {}

    /** The node's own snapshot of its state machine is durable. */
    record SnapshotTaken(long index) implements Step {}

    /** A burst of inputs has ended. */
    record Flushed(long nowNanos) implements Step {}
}
