package io.ringleader.spec;

import io.ringleader.raft.Entry;
import io.ringleader.raft.HardState;
import io.ringleader.raft.Role;
import java.util.Collection;
import java.util.function.Supplier;

/**
 * What makes Raft safe: the properties of Figure 3, and what they rest on. Checked when a server has changed; what has not changed
 * was checked before.
 */
final class Properties {
    private Properties() {}

    /**
     * Everything, for a server that took a step.
     *
     * @param all the servers, {@code after} among them
     */
    static void check(Server before, Server after, Collection<Server> all, History history) {
        monotonic(before, after);
        electionSafety(after, history);
        require(after.role() == Role.FOLLOWER || after.isVoter(), "Voters Only", after, () -> "it is no voter");
        if (after.log() != before.log()) {
            leaderAppendOnly(before, after);
            logMatching(before, after, history);
        }
        if (after.commitIndex() > before.commitIndex()) {
            committed(before, after, all, history);
            all.forEach(server -> leaderCompleteness(server, history, before.commitIndex()));
        }
        if (after.isLeader() && !before.isLeader()) {
            leaderCompleteness(after, history, 0);
        }
    }

    /** A term never falls, and a commit index only by a crash. */
    private static void monotonic(Server before, Server after) {
        require(
                after.currentTerm() >= before.currentTerm(),
                "Monotonic Terms",
                after,
                () -> "its term was higher before");
        require(
                after.commitIndex() >= before.commitIndex(),
                "Monotonic Commit",
                after,
                () -> "it had committed more before");
        require(
                after.currentTerm() > before.currentTerm()
                        || before.votedFor() == HardState.NOBODY
                        || before.votedFor() == after.votedFor(),
                "One Vote per Term",
                after,
                () -> "it had voted for " + before.votedFor() + " in this term");
    }

    /** At most one leader can be elected in a given term (§5.2): whoever leads has the votes of a majority on their disks. */
    private static void electionSafety(Server server, History history) {
        if (server.isLeader()) {
            int leader = history.leader(server.currentTerm(), server.id());
            require(
                    leader == server.id(),
                    "Election Safety",
                    server,
                    () -> "node " + leader + " was elected in its term");
            int votes = history.votes(server.currentTerm(), server.id());
            require(
                    server.isMajority(votes),
                    "Election Safety",
                    server,
                    () -> "only " + votes + " votes for it in its term have ever been durable");
        }
    }

    /** A vote that is durable: there is one in each term, whatever crashes there are between. */
    static void oneVotePerTerm(Server server, History history) {
        Disk disk = server.disk();
        if (disk.votedFor() != HardState.NOBODY) {
            History.Voter voter =
                    new History.Voter(server.id(), server.standing().written().identity());
            int known = history.vote(disk.term(), voter, disk.votedFor());
            require(
                    known == disk.votedFor(),
                    "One Vote per Term",
                    server,
                    () -> "its disk has a vote for " + disk.votedFor() + ", and had one for " + known
                            + " in the same term");
        }
    }

    /** A leader never overwrites or deletes entries in its log; it only appends new entries (§5.3). */
    private static void leaderAppendOnly(Server before, Server after) {
        if (before.isLeader() && after.isLeader() && before.currentTerm() == after.currentTerm()) {
            long last = before.log().lastIndex();
            require(
                    after.log().lastIndex() >= last
                            && (!before.log().has(last)
                                    || !after.log().has(last)
                                    || before.log()
                                            .entry(last)
                                            .equals(after.log().entry(last))),
                    "Leader Append-Only",
                    after,
                    () -> "its log was " + before.log());
        }
    }

    /**
     * If two logs contain an entry with the same index and term, then the logs are identical in all entries up through the given
     * index (§5.3): because every entry is what one leader made, and follows in every log what it followed there.
     */
    static void logMatching(Server before, Server after, History history) {
        Log log = after.log();
        for (long i = log.lastIndex(); log.has(i); i--) {
            Entry entry = log.entry(i);
            if (before.log().has(i) && before.log().entry(i) == entry) {
                return;
            }
            long termBefore = log.term(i - 1);
            History.Created created = history.created(entry, termBefore);
            require(
                    created.entry().equals(entry) && created.termBefore() == termBefore,
                    "Log Matching",
                    after,
                    () -> "its " + entry + " after term " + termBefore + " is not the " + created.entry()
                            + " after term " + created.termBefore() + " that was created");
        }
    }

    /**
     * What becomes committed is durable on a majority, by an entry of the leader's own term (§5.4.2); and if a server has
     * committed an entry at an index, no other server will ever commit a different one there (State Machine Safety, §5.4.3).
     */
    private static void committed(Server before, Server after, Collection<Server> all, History history) {
        for (long i = before.commitIndex() + 1; i <= after.commitIndex(); i++) {
            if (!after.log().has(i)) {
                // In the snapshot that was installed, which is one of committed entries.
                continue;
            }
            Entry entry = after.log().entry(i);
            if (i <= history.committedIndex()) {
                require(
                        i <= history.committed().base().index()
                                || entry.equals(history.committed().entry(i)),
                        "State Machine Safety",
                        after,
                        () -> "it commits " + entry + ", where others have committed "
                                + history.committed().entry(entry.index()));
                continue;
            }
            require(after.isLeader(), "Commitment", after, () -> "no leader has committed " + entry);
            long holders = all.stream()
                    .filter(server -> hasHeld(server, entry, history))
                    .count();
            require(
                    after.isMajority((int) holders),
                    "Durable Commitment",
                    after,
                    () -> entry + " is on the disks of only " + holders + " nodes");
            history.commit(entry, after.currentTerm());
        }
        require(
                !after.isLeader() || after.log().term(after.commitIndex()) == after.currentTerm(),
                "Commitment by Own Term",
                after,
                () -> "it commits an entry of an earlier term by counting");
    }

    /**
     * A directory that counts has it, or one had it that was lost: that node counts for nothing until it has it again. What a
     * newcomer has is nothing.
     */
    private static boolean hasHeld(Server server, Entry entry, History history) {
        int node = server.id();
        return (server.disk().isVoter(node) && server.disk().holds(entry))
                || history.lost(node).stream().anyMatch(disk -> disk.isVoter(node) && disk.holds(entry));
    }

    /** Whoever is let in has again what earlier directories of its node had, and what is known to be committed by then. */
    static void admission(Server server, History history) {
        Disk disk = server.disk();
        Log committed = history.committed();
        for (Disk lost : history.lost(server.id())) {
            for (long i = committed.lastIndex(); committed.has(i); i--) {
                Entry entry = committed.entry(i);
                require(
                        history.knownInTerm(i) > disk.term()
                                || !lost.isVoter(server.id())
                                || !lost.log().has(i)
                                || !lost.holds(entry)
                                || disk.holds(entry),
                        "Admission",
                        server,
                        () -> "it votes without " + entry + ", which a directory before it had");
            }
        }
    }

    /** If a log entry is committed in a given term, it is in the logs of the leaders of all higher terms (§5.4). */
    private static void leaderCompleteness(Server server, History history, long above) {
        if (!server.isLeader()) {
            return;
        }
        Log committed = history.committed();
        for (long i = committed.lastIndex(); i > above && committed.has(i); i--) {
            long index = i;
            require(
                    history.knownInTerm(i) >= server.currentTerm()
                            || i < server.log().base().index()
                            || server.log().matches(i, committed.term(i)),
                    "Leader Completeness",
                    server,
                    () -> "it leads without " + committed.entry(index) + ", which was committed in term "
                            + history.knownInTerm(index));
        }
    }

    /** The sentence is made only if it is needed: these checks are made very often, and hold. */
    private static void require(boolean holds, String property, Server server, Supplier<String> violated) {
        if (!holds) {
            throw new SpecViolation(property + " does not hold: " + violated.get() + ". It is " + server + ".");
        }
    }
}
