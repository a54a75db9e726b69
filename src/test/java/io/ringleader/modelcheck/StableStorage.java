package io.ringleader.modelcheck;

import io.ringleader.raft.Durable;
import io.ringleader.raft.Entry;
import io.ringleader.raft.HardState;
import io.ringleader.raft.SnapshotPoint;
import java.util.ArrayList;
import java.util.List;

/** What a node that restarts finds. Immutable. */
record StableStorage(HardState hardState, SnapshotPoint snapshot, List<Entry> entries) {
    static final StableStorage EMPTY = new StableStorage(HardState.INITIAL, SnapshotPoint.NONE, List.of());

    StableStorage with(Durable durable, Fault fault) {
        if (durable instanceof HardState hard) {
            int vote = fault == Fault.VOTES_ARE_NOT_WRITTEN ? HardState.NOBODY : hard.votedFor();
            return new StableStorage(new HardState(hard.term(), vote), snapshot, entries);
        } else if (durable instanceof Entry entry) {
            return withEntry(entry, fault);
        }
        SnapshotPoint point = (SnapshotPoint) durable;
        boolean continues = holds(point.index(), point.term());
        List<Entry> rest = entries.stream()
                .filter(entry -> continues && entry.index() > point.index())
                .toList();
        return new StableStorage(hardState, point, rest);
    }

    private StableStorage withEntry(Entry entry, Fault fault) {
        int position = (int) (entry.index() - snapshot.index() - 1);
        if (fault == Fault.OVERWRITES_ARE_LOST && position < entries.size()) {
            return this;
        }
        List<Entry> changed = new ArrayList<>(entries.subList(0, position));
        changed.add(entry);
        return new StableStorage(hardState, snapshot, changed);
    }

    StableStorage withoutLastEntry() {
        return entries.isEmpty()
                ? this
                : new StableStorage(hardState, snapshot, List.copyOf(entries.subList(0, entries.size() - 1)));
    }

    boolean holds(long index, long term) {
        int position = (int) (index - snapshot.index() - 1);
        return index <= snapshot.index()
                || (position < entries.size() && entries.get(position).term() == term);
    }

    @Override
    public String toString() {
        return "term " + hardState.term() + ", vote " + hardState.votedFor() + ", snapshot " + snapshot + ", entries "
                + entries;
    }
}
