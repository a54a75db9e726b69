package io.ringleader.raft;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The log of one group in memory, and the snapshot behind it.
 *
 * <pre>
 *    1 ... base | base+1 ... snapshot.index ... last
 *    compacted  | kept for slow followers  | needed
 * </pre>
 *
 * Entries up to {@code base} are gone; of the base itself the term is known, for the consistency check of the entry after it
 * (§7). After a restart the base is the snapshot.
 */
final class RaftLog {
    private final List<Entry> entries = new ArrayList<>();
    private final Payloads payloads = new Payloads();
    private SnapshotPoint base;
    private SnapshotPoint snapshot;
    private long bytes;
    private long bytesAfterSnapshot;

    /** @throws IllegalArgumentException if the entries do not follow the snapshot without a gap, in rising terms */
    RaftLog(SnapshotPoint snapshot, List<Entry> recovered) {
        this.base = snapshot;
        this.snapshot = snapshot;
        for (Entry entry : recovered) {
            append(entry);
        }
    }

    long firstIndex() {
        return base.index() + 1;
    }

    long lastIndex() {
        return base.index() + entries.size();
    }

    long lastTerm() {
        return entries.isEmpty() ? base.term() : entries.get(entries.size() - 1).term();
    }

    SnapshotPoint base() {
        return base;
    }

    SnapshotPoint snapshot() {
        return snapshot;
    }

    /** Bytes of all entries held. */
    long bytes() {
        return bytes;
    }

    /** Bytes of the entries that a restart would have to replay: what a new snapshot would save. */
    long bytesAfterSnapshot() {
        return bytesAfterSnapshot;
    }

    /** Whether the term at the index is known: the index is the base or an entry. */
    boolean covers(long index) {
        return index >= base.index() && index <= lastIndex();
    }

    /** @throws IllegalArgumentException if {@link #covers} is false */
    long term(long index) {
        if (!covers(index)) {
            throw new IllegalArgumentException("The log holds the terms of " + base.index() + ".." + lastIndex()
                    + " only, and was asked for that of " + index + ".");
        }
        return index == base.index() ? base.term() : entry(index).term();
    }

    boolean matches(long index, long term) {
        return covers(index) && term(index) == term;
    }

    Entry entry(long index) {
        return entries.get((int) (index - base.index() - 1));
    }

    /** Appends the entry and a copy of its payload. Returns it as it is kept. */
    Entry append(Entry entry) {
        if (entry.index() != lastIndex() + 1 || entry.term() < lastTerm()) {
            throw new IllegalArgumentException(
                    "Entry " + entry + " cannot follow a log that ends at " + lastIndex() + "@" + lastTerm() + ".");
        }
        Entry kept = payloads.keep(entry, bytes);
        entries.add(kept);
        bytes += kept.sizeBytes();
        bytesAfterSnapshot += kept.sizeBytes();
        return kept;
    }

    /** Drops the entry at the index and all after it. */
    void truncateFrom(long index) {
        if (index <= snapshot.index()) {
            throw new IllegalArgumentException("Entry " + index + " is in the snapshot at " + snapshot
                    + ", so it is committed and cannot be dropped.");
        }
        for (long i = lastIndex(); i >= index; i--) {
            Entry dropped = entries.remove(entries.size() - 1);
            bytes -= dropped.sizeBytes();
            bytesAfterSnapshot -= dropped.sizeBytes();
        }
    }

    /** Up to {@code maxBytes} of entries from the index on, but at least one if there is one. */
    List<Entry> slice(long from, long maxBytes) {
        int start = (int) (from - base.index() - 1);
        int end = start;
        long size = 0;
        while (end < entries.size()) {
            size += entries.get(end).sizeBytes();
            if (end > start && size > maxBytes) {
                break;
            }
            end++;
        }
        return start == end ? List.of() : Collections.unmodifiableList(new ArrayList<>(entries.subList(start, end)));
    }

    List<Entry> between(long first, long last) {
        return new ArrayList<>(entries.subList((int) (first - base.index() - 1), (int) (last - base.index())));
    }

    /** The first index of the run of entries with the term of this index, as far as the log goes back. */
    long firstIndexOfTermAt(long index) {
        long term = term(index);
        long first = index;
        while (first > firstIndex() && term(first - 1) == term) {
            first--;
        }
        return first;
    }

    /** The last index, at or before the bound, whose term is at most the given one; the base if there is none. */
    long lastIndexWithTermAtMost(long term, long bound) {
        long index = Math.min(bound, lastIndex());
        while (index > base.index() && term(index) > term) {
            index--;
        }
        return index;
    }

    /** This node has taken a snapshot: entries before it go, but for a tail of about {@code retainBytes}. */
    void compact(SnapshotPoint taken, long retainBytes) {
        if (!matches(taken.index(), taken.term()) || taken.index() < snapshot.index()) {
            throw new IllegalArgumentException("A snapshot at " + taken + " does not fit a log that covers " + base
                    + ".." + lastIndex() + " with a snapshot at " + snapshot + ".");
        }
        snapshot = taken;
        long newBase = taken.index();
        long retained = 0;
        while (newBase > base.index() && retained + entry(newBase).sizeBytes() <= retainBytes) {
            retained += entry(newBase).sizeBytes();
            newBase--;
        }
        dropThrough(newBase);
        bytesAfterSnapshot = 0;
        for (long i = lastIndex(); i > snapshot.index(); i--) {
            bytesAfterSnapshot += entry(i).sizeBytes();
        }
    }

    /**
     * A snapshot came from the leader (Figure 13, 6-7): if the log has its last entry, what follows stays; else the whole log
     * is replaced.
     */
    void install(SnapshotPoint installed) {
        if (matches(installed.index(), installed.term())) {
            compact(installed, 0);
            return;
        }
        entries.clear();
        base = installed;
        snapshot = installed;
        bytes = 0;
        bytesAfterSnapshot = 0;
    }

    void describe(StringBuilder text) {
        text.append("log ").append(base).append(", snapshot ").append(snapshot).append(", entries ");
        text.append(entries);
    }

    private void dropThrough(long newBase) {
        int count = (int) (newBase - base.index());
        if (count == 0) {
            return;
        }
        base = new SnapshotPoint(newBase, term(newBase));
        List<Entry> dropped = entries.subList(0, count);
        for (Entry entry : dropped) {
            bytes -= entry.sizeBytes();
        }
        dropped.clear();
    }
}
