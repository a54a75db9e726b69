package io.ringleader.raft;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a {@link Raft} wants done. Its owner takes the effects after each burst of events and carries them out:
 *
 * <ol>
 *   <li>{@link #durables} go to the log, in order;
 *   <li>{@link #messages}: those that {@linkplain Message#waitsForDisk wait for the disk} are held until everything handed
 *       to the log so far is durable, then sent, in order; the others are sent now. A message to the node itself is given back
 *       to {@link Raft#receive};
 *   <li>{@link #committed} entries are applied, in order (§5.3);
 *   <li>{@link #reads} are served once the state machine has applied their index;
 *   <li>{@link #chunksToSend} and {@link #chunksToStore} move a snapshot; {@link #restore} loads one. No snapshot file, received
 *       or of the node's own, is made durable before everything handed to the log so far: its term would be news to a node
 *       that restarts.
 * </ol>
 */
public final class Effects {
    /** A read may be served from any state that has applied {@code readIndex} (thesis §6.4). */
    public record Read(long readId, long readIndex) {}

    /** The leader needs this piece of its snapshot file, to send it in an {@link Message.InstallSnapshot}. */
    public record ChunkToSend(int to, long term, SnapshotPoint snapshot, long offset) {
        /** With the piece, and whether it is the last. */
        public Message.InstallSnapshot message(int from, byte[] data, boolean last) {
            return new Message.InstallSnapshot(from, to, term, snapshot, offset, data, last);
        }
    }

    /** Something people want to see in a log: who leads, since when, why. */
    public record RoleChange(long term, Role role, int leader, String reason) {}

    /** Something people want to see in a log: a node that lost its data directory, and what becomes of it. */
    public record ReplicaNews(Replica replica, Kind kind) {
        /** What happened. */
        public enum Kind {
            /** This node's new directory, it turns out, takes the place of another one: it does not vote yet. */
            REJOINS,
            /** This node's directory was replaced by a newer one, so that it takes no part any more. */
            REPLACED,
            /** Another node came back with a new directory and does not vote yet. */
            CAME_BACK_EMPTY,
            /** Another node runs with a directory that was replaced by a newer one; it is not listened to. */
            REFUSED
        }
    }

    private List<Durable> durables = Collections.emptyList();
    private List<Message> messages = Collections.emptyList();
    private List<Entry> committed = Collections.emptyList();
    private List<Read> reads = Collections.emptyList();
    private List<Long> refusedReads = Collections.emptyList();
    private List<ChunkToSend> chunksToSend = Collections.emptyList();
    private List<Message.InstallSnapshot> chunksToStore = Collections.emptyList();
    private List<RoleChange> roleChanges = Collections.emptyList();
    private List<ReplicaNews> replicaNews = Collections.emptyList();
    private SnapshotPoint restore;

    /** What must become durable, in this order. */
    public List<Durable> durables() {
        return durables;
    }

    public List<Message> messages() {
        return messages;
    }

    public List<Entry> committed() {
        return committed;
    }

    public List<Read> reads() {
        return reads;
    }

    /** Reads that this node cannot serve: it leads no more, or as a follower does not hear, or have, soon what it needs. */
    public List<Long> refusedReads() {
        return refusedReads;
    }

    public List<ChunkToSend> chunksToSend() {
        return chunksToSend;
    }

    /** Pieces of a snapshot to write to a file; answered by {@link Raft#chunkStored} and {@link Raft#snapshotStored}. */
    public List<Message.InstallSnapshot> chunksToStore() {
        return chunksToStore;
    }

    /** The snapshot the state machine must be replaced by, before any of {@link #committed} is applied; null if none. */
    public SnapshotPoint restore() {
        return restore;
    }

    public List<RoleChange> roleChanges() {
        return roleChanges;
    }

    public List<ReplicaNews> replicaNews() {
        return replicaNews;
    }

    public boolean isEmpty() {
        return durables.isEmpty()
                && messages.isEmpty()
                && committed.isEmpty()
                && reads.isEmpty()
                && refusedReads.isEmpty()
                && chunksToSend.isEmpty()
                && chunksToStore.isEmpty()
                && roleChanges.isEmpty()
                && replicaNews.isEmpty()
                && restore == null;
    }

    /** Most effects have something in one or two of the lists only. */
    private static <T> List<T> with(List<T> list, T item) {
        List<T> longer = list.isEmpty() ? new ArrayList<>() : list;
        longer.add(item);
        return longer;
    }

    void persist(Durable durable) {
        durables = with(durables, durable);
    }

    void send(Message message) {
        messages = with(messages, message);
    }

    void commit(Entry entry) {
        committed = with(committed, entry);
    }

    void read(long readId, long readIndex) {
        reads = with(reads, new Read(readId, readIndex));
    }

    void refuseRead(long readId) {
        refusedReads = with(refusedReads, readId);
    }

    void sendChunk(int to, long term, SnapshotPoint snapshot, long offset) {
        chunksToSend = with(chunksToSend, new ChunkToSend(to, term, snapshot, offset));
    }

    void storeChunk(Message.InstallSnapshot chunk) {
        chunksToStore = with(chunksToStore, chunk);
    }

    void roleChanged(long term, Role role, int leader, String reason) {
        roleChanges = with(roleChanges, new RoleChange(term, role, leader, reason));
    }

    void replicaNews(Replica replica, ReplicaNews.Kind kind) {
        replicaNews = with(replicaNews, new ReplicaNews(replica, kind));
    }

    /** Entries committed before the snapshot are in it: they need not be applied any more. */
    void restore(SnapshotPoint snapshot) {
        committed = Collections.emptyList();
        restore = snapshot;
    }
}
