package io.ringleader.modelcheck;

import io.ringleader.raft.Effects;
import io.ringleader.raft.HardState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What no node knows and the properties speak of. Part of the explored state: two states that differ only in it are two.
 *
 * @param leaders who was elected in each term, from term 1
 * @param votes by term, then by node: for whom the node's disk has had a vote
 * @param committed the entries known to be committed, from index 1
 * @param reads by the number of the read: what was committed when it was asked for
 */
record Ghost(List<Integer> leaders, List<Integer> votes, List<Committed> committed, List<Integer> reads) {
    /** @param knownInTerm the term of the first node to know */
    record Committed(long term, long knownInTerm) {}

    /** A property does not hold. */
    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1;

        Broken(String message) {
            super(message);
        }
    }

    static Ghost initial(Bounds bounds) {
        int terms = (int) bounds.maxTerm();
        List<Integer> nobody = Collections.nCopies(terms, HardState.NOBODY);
        return new Ghost(nobody, Collections.nCopies(terms * bounds.nodes(), HardState.NOBODY), List.of(), List.of());
    }

    Ghost asked() {
        List<Integer> more = new ArrayList<>(reads);
        more.add(committed.size());
        return new Ghost(leaders, votes, committed, more);
    }

    /**
     * After a step of one node, the first being 0.
     *
     * @throws Broken if a property does not hold any more
     */
    Ghost after(int node, Facts[] all, List<Effects.Read> served) {
        Facts now = all[node];
        for (Effects.Read read : served) {
            int mustSee = reads.get((int) read.readId());
            require(
                    read.readIndex() >= mustSee,
                    "Stale read: node " + (node + 1) + " serves a read at index " + read.readIndex() + ", and "
                            + mustSee + " was committed before it was asked for");
        }
        Ghost ghost = withLeader(node, now).withVote(node, all.length, now).withCommitted(node, all);
        logMatching(node, all);
        for (int i = 0; i < all.length; i++) {
            ghost.leaderCompleteness(i, all[i]);
        }
        return ghost;
    }

    /** At most one leader can be elected in a given term (§5.2). */
    private Ghost withLeader(int node, Facts now) {
        if (!now.isLeader()) {
            return this;
        }
        int at = (int) now.term() - 1;
        int known = leaders.get(at);
        require(
                known == HardState.NOBODY || known == node + 1,
                "Election Safety: nodes " + known + " and " + (node + 1) + " were both elected in term " + now.term());
        return known == node + 1 ? this : new Ghost(set(leaders, at, node + 1), votes, committed, reads);
    }

    /** One vote in each term, across restarts. */
    private Ghost withVote(int node, int nodes, Facts now) {
        HardState hard = now.disk().hardState();
        if (hard.votedFor() == HardState.NOBODY) {
            return this;
        }
        int at = ((int) hard.term() - 1) * nodes + node;
        int known = votes.get(at);
        require(
                known == HardState.NOBODY || known == hard.votedFor(),
                "One Vote per Term: node " + (node + 1) + " has voted for " + known + " and for " + hard.votedFor()
                        + " in term " + hard.term());
        return known == hard.votedFor() ? this : new Ghost(leaders, set(votes, at, hard.votedFor()), committed, reads);
    }

    /** Committed is what a majority has on its disks (§5.3), and it is the same for all (§5.4.3). */
    private Ghost withCommitted(int node, Facts[] all) {
        Facts now = all[node];
        if (!now.up()) {
            return this;
        }
        List<Committed> more = committed;
        for (long index = now.base().index() + 1; index <= now.commitIndex(); index++) {
            long term = now.termAt(index);
            if (index <= more.size()) {
                require(
                        more.get((int) index - 1).term() == term,
                        "State Machine Safety: node " + (node + 1) + " has committed " + index + "@" + term
                                + ", others " + index + "@"
                                + more.get((int) index - 1).term());
                continue;
            }
            int holders = 0;
            for (Facts facts : all) {
                holders += facts.disk().holds(index, term) ? 1 : 0;
            }
            require(
                    holders > all.length / 2,
                    "Durable Commitment: node " + (node + 1) + " has committed " + index + "@" + term
                            + ", which is on the disks of only " + holders);
            more = new ArrayList<>(more);
            more.add(new Committed(term, now.term()));
        }
        require(
                now.commitIndex() <= more.size(),
                "State Machine Safety: node " + (node + 1) + " has a snapshot of what was never committed");
        return more == committed ? this : new Ghost(leaders, votes, more, reads);
    }

    /** An entry committed in a term is in the logs of the leaders of all higher terms (§5.4). */
    private void leaderCompleteness(int node, Facts now) {
        if (!now.isLeader()) {
            return;
        }
        for (long index = committed.size(); index > now.base().index(); index--) {
            Committed entry = committed.get((int) index - 1);
            require(
                    entry.knownInTerm() >= now.term()
                            || (index <= now.lastIndex() && now.termAt(index) == entry.term()),
                    "Leader Completeness: node " + (node + 1) + " leads term " + now.term() + " without " + index + "@"
                            + entry.term() + ", which was committed in term " + entry.knownInTerm());
        }
    }

    /** If two logs contain an entry with the same index and term, they are identical up to there (§5.3). */
    private static void logMatching(int node, Facts[] all) {
        Facts one = all[node];
        for (Facts other : all) {
            boolean same = false;
            long from = Math.max(one.base().index(), other.base().index()) + 1;
            for (long i = Math.min(one.lastIndex(), other.lastIndex()); i >= from; i--) {
                boolean equal = one.termAt(i) == other.termAt(i);
                require(
                        equal || !same,
                        "Log Matching: the log of node " + (node + 1) + ", " + one + ", and that of another, " + other
                                + ", agree after they have differed");
                same = equal;
            }
        }
    }

    private static List<Integer> set(List<Integer> list, int at, int value) {
        List<Integer> changed = new ArrayList<>(list);
        changed.set(at, value);
        return changed;
    }

    private static void require(boolean holds, String violated) {
        if (!holds) {
            throw new Broken(violated + ".");
        }
    }
}
