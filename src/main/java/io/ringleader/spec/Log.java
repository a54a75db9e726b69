package io.ringleader.spec;

import io.ringleader.raft.Entry;
import io.ringleader.raft.SnapshotPoint;
import java.util.Arrays;
import java.util.List;

/**
 * {@code log[]} of Figure 2, immutable: entries from 1 on, of which those up to {@link #base} are compacted (§7). Of the base
 * itself the term is known.
 */
public final class Log {
    static final Log EMPTY = new Log(SnapshotPoint.NONE, new Entry[0]);

    private final SnapshotPoint base;
    private final Entry[] entries;

    private Log(SnapshotPoint base, Entry[] entries) {
        this.base = base;
        this.entries = entries;
    }

    static Log of(SnapshotPoint base, List<Entry> entries) {
        return new Log(base, entries.toArray(Entry[]::new));
    }

    SnapshotPoint base() {
        return base;
    }

    long lastIndex() {
        return base.index() + entries.length;
    }

    long lastTerm() {
        return entries.length == 0 ? base.term() : entries[entries.length - 1].term();
    }

    boolean covers(long index) {
        return index >= base.index() && index <= lastIndex();
    }

    /** Whether there is an entry, not compacted, at the index. */
    boolean has(long index) {
        return index > base.index() && index <= lastIndex();
    }

    long term(long index) {
        return index == base.index() ? base.term() : entry(index).term();
    }

    Entry entry(long index) {
        if (!has(index)) {
            throw new IllegalArgumentException("There is no entry " + index + " in " + this + ".");
        }
        return entries[(int) (index - base.index() - 1)];
    }

    boolean matches(long index, long term) {
        return covers(index) && term(index) == term;
    }

    /** A log that ends with this term and index is at least as up-to-date as this one (§5.4.1). */
    boolean isAtMost(long otherIndex, long otherTerm) {
        return otherTerm > lastTerm() || (otherTerm == lastTerm() && otherIndex >= lastIndex());
    }

    // ---- changes: each makes another log

    Log append(Entry entry) {
        Entry[] longer = Arrays.copyOf(entries, entries.length + 1);
        longer[entries.length] = entry;
        return new Log(base, longer);
    }

    /** Without the entry at the index and all after it. */
    Log before(long index) {
        return index > lastIndex() ? this : new Log(base, Arrays.copyOf(entries, (int) (index - base.index() - 1)));
    }

    /** Compacted up to the index, which it covers. */
    Log after(long index) {
        int dropped = (int) (index - base.index());
        return dropped == 0
                ? this
                : new Log(new SnapshotPoint(index, term(index)), Arrays.copyOfRange(entries, dropped, entries.length));
    }

    /** What a snapshot leaves of it: what follows the snapshot if the log has its last entry, else nothing (Figure 13, 6-7). */
    Log under(SnapshotPoint snapshot) {
        return matches(snapshot.index(), snapshot.term()) ? after(snapshot.index()) : new Log(snapshot, new Entry[0]);
    }

    /** Whether the other log has the same base and the same entries. */
    boolean sameAs(Log other) {
        return base.equals(other.base) && Arrays.equals(entries, other.entries);
    }

    /** As in {@code 2@1 | 1 1 3}: after entry 2, which is of term 1 and compacted, come entries of the terms 1, 1 and 3. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder().append(base).append(" |");
        int shown = Math.max(0, entries.length - 20);
        if (shown > 0) {
            text.append(" (").append(shown).append(" more)");
        }
        for (int i = shown; i < entries.length; i++) {
            text.append(' ').append(entries[i].term());
        }
        return text.toString();
    }
}
