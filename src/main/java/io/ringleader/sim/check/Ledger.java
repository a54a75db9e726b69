package io.ringleader.sim.check;

import io.ringleader.raft.Entry;
import io.ringleader.raft.EntryType;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.sim.Coverage;
import io.ringleader.sim.SimulationFailure;
import io.ringleader.store.CommandBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

/** What is known of the entries of one group, whoever holds them: what was created, and what is committed. */
final class Ledger {
    private record Position(long index, long term) {}

    /** An entry as its leader created it, and the term of the entry before it. */
    private record Created(EntryType type, long crc, long termBefore) {}

    /** @param knownInTerm the term of the node that first knew the entry to be committed */
    private record Committed(long term, long knownInTerm) {}

    private record Batch(long incarnation, long sequence) {}

    private final int partition;
    private final Coverage coverage;
    private final Map<Position, Created> created = new HashMap<>();
    /** Index 1 is at 0. */
    private final List<Committed> committed = new ArrayList<>();

    private final Map<Integer, Batch> lastBatches = new HashMap<>();
    private final CRC32C crc = new CRC32C();

    Ledger(int partition, Coverage coverage) {
        this.partition = partition;
        this.coverage = coverage;
    }

    /** The sentence is made only if it is needed: most checks are made very often, and hold. */
    void require(boolean holds, String property, Supplier<String> what) {
        if (!holds) {
            throw new SimulationFailure(property + " is broken in partition " + partition + ": " + what.get());
        }
    }

    long committedIndex() {
        return committed.size();
    }

    long committedTerm(long index) {
        return committed.get((int) index - 1).term();
    }

    long knownInTerm(long index) {
        return committed.get((int) index - 1).knownInTerm();
    }

    /**
     * Log Matching, by induction: whoever has an entry with this index and term has the one that its leader created, and before
     * it what its leader had before it (§5.3). That only its leader may bring it into the world keeps groups apart.
     */
    void holds(int node, Entry entry, long termBefore, boolean asItsLeader) {
        Created known = created.get(new Position(entry.index(), entry.term()));
        Created seen = new Created(entry.type(), crcOf(entry), termBefore);
        if (known == null) {
            require(asItsLeader, "Log Matching", () -> "node " + node + " has " + entry + ", which no leader created");
            created.put(new Position(entry.index(), entry.term()), seen);
        } else if (!known.equals(seen)) {
            require(
                    false,
                    "Log Matching",
                    () -> "node " + node + " has " + entry + " as " + seen + ", its leader " + known);
        }
    }

    private long crcOf(Entry entry) {
        crc.reset();
        crc.update(entry.bytes(), entry.offset(), entry.length());
        return crc.getValue();
    }

    /** State Machine Safety: all nodes commit the same entry at an index (§5.4.3). Returns whether it is news. */
    boolean commit(int node, Entry entry, long term) {
        if (entry.index() <= committedIndex()) {
            require(
                    committedTerm(entry.index()) == entry.term(),
                    "State Machine Safety",
                    () -> "node " + node + " commits " + entry + ", but committed is the entry of term "
                            + committedTerm(entry.index()));
            return false;
        }
        require(
                entry.index() == committedIndex() + 1,
                "State Machine Safety",
                () -> "node " + node + " commits " + entry + " after " + committedIndex());
        committed.add(new Committed(entry.term(), term));
        sawBatch(entry);
        return true;
    }

    private void sawBatch(Entry entry) {
        if (entry.type() != EntryType.COMMANDS || CommandBatch.sessionNode(entry.bytes(), entry.offset()) == 0) {
            return;
        }
        Batch batch = new Batch(
                CommandBatch.sessionIncarnation(entry.bytes(), entry.offset()),
                CommandBatch.sessionSequence(entry.bytes(), entry.offset()));
        if (batch.equals(lastBatches.put(CommandBatch.sessionNode(entry.bytes(), entry.offset()), batch))) {
            coverage.saw(Sight.BATCH_REPEATED.toString());
        }
    }

    /** Only what is committed is in a snapshot. */
    void requireCommitted(int node, SnapshotPoint point) {
        require(
                point.index() <= committedIndex()
                        && (point.index() == 0 || committedTerm(point.index()) == point.term()),
                "State Machine Safety",
                () -> "node " + node + " has a snapshot at " + point + ", but " + committedIndex() + " are committed");
    }

    /** Makes the log that of a node which holds a snapshot at the point, and after it what fits (Figure 13, 6-7). */
    void install(LogTerms log, SnapshotPoint point) {
        if (point.index() > 0 && log.term(point.index()) != point.term()) {
            log.truncateFrom(1);
            for (long index = 1; index <= point.index(); index++) {
                log.append(committedTerm(index));
            }
        }
    }
}
