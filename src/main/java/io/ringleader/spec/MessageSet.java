package io.ringleader.spec;

import io.ringleader.raft.Entry;
import io.ringleader.raft.Message;
import io.ringleader.raft.Message.AppendEntries;
import io.ringleader.raft.Message.AppendReply;
import io.ringleader.raft.Message.InstallSnapshot;
import io.ringleader.raft.SnapshotPoint;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * All messages ever sent. None is ever taken out: the network may deliver any of them, at any time, any number of times, or never.
 * Of very many only the latest are remembered; from then on a message that is not is taken on trust.
 */
final class MessageSet {
    private static final int REMEMBERED = 1 << 13;

    /** AppendEntries by the positions of the entries; that the entries themselves are right is Log Matching. */
    private record Append(int from, int to, long term, long prevIndex, long prevTerm, long commit, List<Long> terms) {}

    private record Refusal(int from, int to, long term, long rejectedIndex) {}

    private record Snapshot(int from, int to, long term, SnapshotPoint point) {}

    private final Set<Object> sent = new LinkedHashSet<>();
    private boolean forgotten;

    void add(Message message) {
        add(key(message));
    }

    void addSnapshot(int from, int to, long term, SnapshotPoint point) {
        add(new Snapshot(from, to, term, point));
    }

    private void add(Object key) {
        if (sent.add(key) && sent.size() > REMEMBERED) {
            sent.remove(sent.iterator().next());
            forgotten = true;
        }
    }

    boolean mayArrive(Message message) {
        return forgotten || sent.contains(key(message));
    }

    /** Whether two messages say the same. Where a refusal advises to go on is no matter of safety. */
    static boolean same(Message a, Message b) {
        return a.getClass() == b.getClass() && key(a).equals(key(b));
    }

    private static Object key(Message message) {
        if (message instanceof AppendEntries m) {
            Long[] terms = new Long[m.entries().size()];
            int i = 0;
            for (Entry entry : m.entries()) {
                terms[i++] = entry.term();
            }
            return new Append(
                    m.from(),
                    m.to(),
                    m.term(),
                    m.prevLogIndex(),
                    m.prevLogTerm(),
                    m.leaderCommit(),
                    Arrays.asList(terms));
        } else if (message instanceof AppendReply m && !m.success()) {
            return new Refusal(m.from(), m.to(), m.term(), m.rejectedIndex());
        } else if (message instanceof InstallSnapshot m) {
            return new Snapshot(m.from(), m.to(), m.term(), m.snapshot());
        }
        return message;
    }
}
