package io.ringleader.sim.check;

import io.ringleader.raft.Entry;
import io.ringleader.raft.Raft;
import io.ringleader.sim.Coverage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What must hold of all replicas of one group together, seen by somebody who sees everything: the properties of Figure 3. */
final class GroupChecks {
    private final Coverage coverage;
    private final Ledger ledger;
    private final Map<Integer, Promises> promises = new TreeMap<>();
    private final Map<Long, Integer> leaderOfTerm = new HashMap<>();

    GroupChecks(int partition, Coverage coverage) {
        this.coverage = coverage;
        ledger = new Ledger(partition, coverage);
    }

    /** For one more life of the node. */
    ReplicaChecks replica(int node) {
        return new ReplicaChecks(node, this, promises(node), ledger, coverage);
    }

    Promises promises(int node) {
        return promises.computeIfAbsent(node, id -> new Promises(id, ledger, coverage));
    }

    /** A node leads a term, and did not when last looked at. */
    void elected(int node, Raft raft, LogTerms log) {
        long term = raft.term();
        Integer other = leaderOfTerm.putIfAbsent(term, node);
        ledger.require(
                other == null || other == node,
                "Election Safety",
                () -> "nodes " + other + " and " + node + " lead term " + term);
        long votes = raft.voters().stream()
                .filter(voter -> promises(voter).votedFor(node, term))
                .count();
        ledger.require(
                isMajority(votes, raft),
                "Election Safety",
                () -> "node " + node + " leads term " + term + " with " + votes + " durable votes of " + raft.voters());
        for (long each = ledger.committedIndex(); each > raft.logBase().index(); each--) {
            long index = each;
            ledger.require(
                    ledger.knownInTerm(index) >= term || log.term(index) == ledger.committedTerm(index),
                    "Leader Completeness",
                    () -> "node " + node + " leads term " + term + " without entry " + index + " of term "
                            + ledger.committedTerm(index) + ", known to be committed in term "
                            + ledger.knownInTerm(index));
        }
        if (leaderOfTerm.size() > 1) {
            coverage.saw(Sight.LEADER_CHANGE.toString());
        }
        lookForFigure8(raft, log);
    }

    private void lookForFigure8(Raft raft, LogTerms log) {
        long index = ledger.committedIndex() + 1;
        if (index <= log.last()
                && log.term(index) < raft.term()
                && isMajority(holders(index, log.term(index), raft), raft)) {
            coverage.saw(Sight.FIGURE_8.toString());
        }
    }

    /** An entry counts as committed: it is on the disks of a majority (§5.3), and the same everywhere. */
    void committed(int node, Raft raft, Entry entry) {
        if (ledger.commit(node, entry, raft.term())) {
            long holders = holders(entry.index(), entry.term(), raft);
            ledger.require(
                    isMajority(holders, raft),
                    "Commit needs a durable majority",
                    () -> entry + " counts as committed at node " + node + ", but is durable on " + holders + " of "
                            + raft.voters());
        }
    }

    /** A leader commits entries of earlier terms only along with one of its own (§5.4.2). */
    void requireOwnTerm(int node, Raft raft, List<Entry> committed) {
        Entry last = committed.get(committed.size() - 1);
        ledger.require(
                !raft.isLeader() || last.term() == raft.term(),
                "Commit by an entry of one's own term",
                () -> "node " + node + " leads term " + raft.term() + " and commits " + last);
    }

    private long holders(long index, long term, Raft raft) {
        long count = 0;
        for (int voter : raft.voters()) {
            count += promises(voter).has(index, term) ? 1 : 0;
        }
        return count;
    }

    private static boolean isMajority(long nodes, Raft raft) {
        return nodes > raft.voters().size() / 2;
    }
}
