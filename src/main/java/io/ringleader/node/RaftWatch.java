package io.ringleader.node;

import io.ringleader.loop.Clock;
import io.ringleader.raft.Effects;
import io.ringleader.raft.Entry;
import io.ringleader.raft.SnapshotPoint;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells watchers what the groups of this node do, one line per event. Commits are summed up: a line per partition each
 * {@value #COMMITS_MILLIS} ms at most. Owned by the raft loop; costs one comparison per event while nobody watches.
 */
final class RaftWatch {
    private static final int COMMITS_MILLIS = 500;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    /** Takes an event, on the raft loop. */
    interface Listener {
        void onEvent(long wallMillis, String event);
    }

    private static final class Commits {
        long term;
        long index;
        long entries;
        long bytes;
    }

    private final Clock clock;
    private final Map<Integer, Commits> commits = new TreeMap<>();
    private long commitsDueNanos;
    /** Null while nobody watches. */
    private Listener listener;

    RaftWatch(Clock clock) {
        this.clock = clock;
    }

    /** Begins, or ends with null. */
    void listen(Listener newListener) {
        listener = newListener;
        commits.clear();
        commitsDueNanos = clock.monotonicNanos();
    }

    void roleChanged(int partition, Effects.RoleChange change) {
        if (listener != null) {
            tell("type=role partition=" + partition + " term=" + change.term() + " role="
                    + change.role().name().toLowerCase(Locale.ROOT) + " leader=" + change.leader() + " reason=\""
                    + change.reason().replace('"', '\'') + "\"");
        }
    }

    /** {@code how}: taken, received. */
    void snapshot(int partition, SnapshotPoint point, String how) {
        if (listener != null) {
            tell("type=snapshot partition=" + partition + " term=" + point.term() + " index=" + point.index()
                    + " event=" + how);
        }
    }

    void committed(int partition, List<Entry> entries) {
        if (listener == null) {
            return;
        }
        Commits sum = commits.computeIfAbsent(partition, id -> new Commits());
        for (Entry entry : entries) {
            sum.entries++;
            sum.bytes += entry.length();
        }
        Entry last = entries.get(entries.size() - 1);
        sum.term = last.term();
        sum.index = last.index();
    }

    /** Called every few milliseconds: tells of commits when it is time. */
    void tick(long nowNanos) {
        if (commits.isEmpty() || nowNanos - commitsDueNanos < 0) {
            return;
        }
        commitsDueNanos = nowNanos + COMMITS_MILLIS * NANOS_PER_MILLI;
        commits.forEach((partition, sum) -> tell("type=commit partition=" + partition + " term=" + sum.term + " index="
                + sum.index + " entries=" + sum.entries + " bytes=" + sum.bytes));
        commits.clear();
    }

    private void tell(String event) {
        listener.onEvent(clock.wallMillis(), event);
    }
}
