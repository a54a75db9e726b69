package io.ringleader.spec;

import io.ringleader.raft.Durable;
import io.ringleader.raft.Entry;
import io.ringleader.raft.HardState;
import io.ringleader.raft.Message;
import io.ringleader.raft.Message.AppendReply;
import io.ringleader.raft.Message.Introduce;
import io.ringleader.raft.Message.Introduced;
import io.ringleader.raft.Message.RequestVote;
import io.ringleader.raft.Message.SnapshotReply;
import io.ringleader.raft.Message.VoteReply;
import io.ringleader.raft.Message.Vouched;
import io.ringleader.raft.Replica;
import io.ringleader.raft.SnapshotPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Stable storage: what a restart would find, and behind it the queue of what has been written but is not durable yet, with the
 * messages that promise it. A crash may cut the queue anywhere.
 *
 * @param votedFor in {@code term}
 * @param log what a restart would find, after its snapshot
 * @param replicas the directories that it knows, by node, its own among them
 * @param queue {@link Write}s and {@link Promise}s in the order in which they were made
 */
public record Disk(long term, int votedFor, Log log, SortedMap<Integer, Replica> replicas, List<Item> queue) {
    /** Waits for the disk. */
    public sealed interface Item {}

    record Write(Durable durable) implements Item {}

    /** A message that says that all writes before it are durable: it leaves when they are. */
    record Promise(Message message) implements Item {}

    static final Disk EMPTY = new Disk(0, HardState.NOBODY, Log.EMPTY, new TreeMap<>(), List.of());

    /**
     * What may not be said before it is durable ("updated on stable storage before responding", Figure 2): a vote, an
     * acknowledgement of entries, an installed snapshot; the request for votes, which promises a term and a last index; and which
     * directories are known.
     */
    static boolean isPromise(Message message) {
        return message instanceof RequestVote
                || message instanceof Introduce
                || message instanceof Introduced
                || message instanceof Vouched
                || (message instanceof VoteReply vote && vote.granted())
                || (message instanceof AppendReply reply && reply.success())
                || (message instanceof SnapshotReply snapshot && snapshot.installed());
    }

    /** Writes, and then promises, behind what waits already. */
    Disk then(List<Durable> writes, List<Message> promises) {
        if (writes.isEmpty() && promises.isEmpty()) {
            return this;
        }
        List<Item> longer = new ArrayList<>(queue);
        writes.forEach(write -> longer.add(new Write(write)));
        promises.forEach(promise -> longer.add(new Promise(promise)));
        return new Disk(term, votedFor, log, replicas, longer);
    }

    /** Action Persist: the first write becomes durable. Precondition: the first item is a write. */
    Disk persist() {
        Durable durable = ((Write) queue.get(0)).durable();
        List<Item> rest = queue.subList(1, queue.size());
        if (durable instanceof HardState hard) {
            return new Disk(hard.term(), hard.votedFor(), log, replicas, rest);
        } else if (durable instanceof Entry entry) {
            return new Disk(term, votedFor, log.before(entry.index()).append(entry), replicas, rest);
        } else if (durable instanceof Replica replica) {
            SortedMap<Integer, Replica> more = new TreeMap<>(replicas);
            more.put(replica.node(), replica);
            return new Disk(term, votedFor, log, more, rest);
        }
        return new Disk(term, votedFor, log.under((SnapshotPoint) durable), replicas, rest);
    }

    /** Lets the promises go that wait for nothing any more. */
    Disk release(Consumer<Message> sent) {
        int kept = 0;
        while (kept < queue.size() && queue.get(kept) instanceof Promise promise) {
            sent.accept(promise.message());
            kept++;
        }
        return kept == 0
                ? this
                : new Disk(term, votedFor, log, replicas, List.copyOf(queue.subList(kept, queue.size())));
    }

    /** Action Crash: nothing waits any more; writes that were not durable are lost. */
    Disk crash() {
        return new Disk(term, votedFor, log, replicas, List.of());
    }

    /** Whether the directory of this node on it is one that counts. */
    boolean isVoter(int node) {
        Replica own = replicas.get(node);
        return own != null && own.voter();
    }

    boolean holds(Entry entry) {
        return entry.index() <= log.base().index() || log.matches(entry.index(), entry.term());
    }

    int writesWaiting() {
        return (int) queue.stream().filter(Write.class::isInstance).count();
    }

    @Override
    public String toString() {
        String waiting = writesWaiting() == 0 ? "" : ", " + writesWaiting() + " writes waiting";
        return "term " + term + ", vote " + votedFor + ", log " + log + ", replicas " + replicas.values() + waiting;
    }
}
