package io.ringleader.sim.check;

import io.ringleader.raft.Durable;
import io.ringleader.raft.Entry;
import io.ringleader.raft.HardState;
import io.ringleader.raft.Message;
import io.ringleader.raft.Message.AppendReply;
import io.ringleader.raft.Message.RequestVote;
import io.ringleader.raft.Message.SnapshotReply;
import io.ringleader.raft.Message.VoteReply;
import io.ringleader.raft.Raft;
import io.ringleader.raft.Replica;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.sim.Coverage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What one node's disk holds of one group, as the node was told, through all its restarts: votes once given are kept, nothing
 * durable is forgotten, and nobody hears of what is not durable (Figure 2).
 */
final class Promises {
    private static final String RECOVERY = "Durability across restarts";
    private static final String NO_ACK_BEFORE_FSYNC = "No acknowledgement before its fsync";

    private final int node;
    private final Ledger ledger;
    private final Coverage coverage;
    private HardState hardState = HardState.INITIAL;
    /** Whether its data directory is one that counts. */
    private boolean voter;
    /** Of data directories that counted and were lost: to have had an entry there is as good, for a node that forgets does not count. */
    private final List<LogTerms> lostLogs = new ArrayList<>();
    /** By term: candidates that a lost directory voted for. */
    private final Map<Long, Set<Integer>> lostVotes = new HashMap<>();

    private LogTerms log = new LogTerms();
    /** Handed to the log, and not yet known to be durable. */
    private final ArrayDeque<Durable> handed = new ArrayDeque<>();
    /** By term: the candidate that has this node's vote, durably. */
    private final Map<Long, Integer> votes = new HashMap<>();
    /** By term: the highest index that was ever durable in it. */
    private final Map<Long, Long> reached = new HashMap<>();

    Promises(int node, Ledger ledger, Coverage coverage) {
        this.node = node;
        this.ledger = ledger;
        this.coverage = coverage;
        reached.put(0L, 0L);
    }

    boolean has(long index, long term) {
        return (voter && log.term(index) == term) || lostLogs.stream().anyMatch(lost -> lost.term(index) == term);
    }

    /** What was on it may have been said, and counts if it did; the next directory is held to nothing of it. */
    void diskLost() {
        if (voter) {
            lostLogs.add(log);
        }
        votes.forEach((term, candidate) ->
                lostVotes.computeIfAbsent(term, key -> new TreeSet<>()).add(candidate));
        votes.clear();
        voter = false;
        log = new LogTerms();
        hardState = HardState.INITIAL;
        handed.clear();
    }

    boolean votedFor(int candidate, long term) {
        return votes.getOrDefault(term, HardState.NOBODY) == candidate
                || lostVotes.getOrDefault(term, Set.of()).contains(candidate);
    }

    void handed(List<Durable> durables) {
        handed.addAll(durables);
    }

    void persisted(List<Durable> durables) {
        for (Durable durable : durables) {
            Durable first = handed.poll();
            ledger.require(
                    first == durable,
                    NO_ACK_BEFORE_FSYNC,
                    () -> "node " + node + " says that " + durable + " is durable before " + first);
            apply(durable);
            reached.merge(hardState.term(), log.last(), Math::max);
            if (hardState.votedFor() != HardState.NOBODY) {
                vote(hardState);
            }
        }
    }

    private void vote(HardState state) {
        Integer before = votes.putIfAbsent(state.term(), state.votedFor());
        ledger.require(
                before == null || before == state.votedFor(),
                "One vote per term",
                () -> "node " + node + " votes for " + state.votedFor() + " in term " + state.term() + ", after "
                        + before);
    }

    private void apply(Durable durable) {
        if (durable instanceof HardState state) {
            hardState = state;
        } else if (durable instanceof Entry entry) {
            log.truncateFrom(entry.index());
            log.append(entry.term());
        } else if (durable instanceof SnapshotPoint point) {
            ledger.install(log, point);
        } else if (durable instanceof Replica replica && replica.node() == node) {
            if (replica.voter() && replica.generation() > 1) {
                coverage.saw(Sight.REJOINED.toString());
            }
            voter = replica.voter();
        }
    }

    /**
     * The node is up again: what it found is what it held durably, with the first few, or all, of what it had handed to its log
     * since. That is what it will be held to from now on.
     */
    void recovered(Raft raft) {
        int survived = 0;
        String expected = describe();
        while (!matches(raft)) {
            ledger.require(
                    !handed.isEmpty(),
                    RECOVERY,
                    () -> "node " + node + " recovered " + describe(raft) + ", but durable was " + expected
                            + ", and with what was written after it " + describe());
            apply(handed.poll());
            survived++;
        }
        for (int i = 0; i < survived; i++) {
            coverage.saw(Sight.UNSYNCED_SURVIVED.toString());
        }
        for (int i = 0; i < handed.size(); i++) {
            coverage.saw(Sight.UNSYNCED_LOST.toString());
        }
        handed.clear();
        voter = raft.replica().voter();
        ledger.install(log, raft.snapshot());
        reached.merge(hardState.term(), log.last(), Math::max);
        if (hardState.votedFor() != HardState.NOBODY) {
            vote(hardState);
        }
    }

    private boolean matches(Raft raft) {
        if (raft.term() != hardState.term() || raft.votedFor() != hardState.votedFor()) {
            return false;
        }
        LogTerms expected = log;
        SnapshotPoint snapshot = raft.snapshot();
        if (snapshot.index() > 0 && log.term(snapshot.index()) != snapshot.term()) {
            // The file of a snapshot is durable before its mark is in the log.
            expected = log.copy();
            ledger.install(expected, snapshot);
        }
        if (raft.lastIndex() != expected.last()) {
            return false;
        }
        for (long index = raft.lastIndex(); index > raft.logBase().index(); index--) {
            if (raft.entry(index).term() != expected.term(index)) {
                return false;
            }
        }
        return true;
    }

    private String describe() {
        return hardState + " and a log to " + log.last() + "@" + log.term(log.last());
    }

    private static String describe(Raft raft) {
        long lastTerm = raft.lastIndex() == raft.logBase().index()
                ? raft.logBase().term()
                : raft.entry(raft.lastIndex()).term();
        return new HardState(raft.term(), raft.votedFor()) + ", a snapshot at " + raft.snapshot() + " and a log to "
                + raft.lastIndex() + "@" + lastTerm;
    }

    /** A message of this node has arrived somewhere. */
    void said(Message message) {
        if (message instanceof AppendReply reply && reply.success()) {
            requireReached(reply.term(), reply.matchIndex(), message);
        } else if (message instanceof SnapshotReply reply && reply.installed()) {
            requireReached(reply.term(), reply.snapshot().index(), message);
        } else if (message instanceof VoteReply reply && reply.granted()) {
            ledger.require(votedFor(reply.to(), reply.term()), NO_ACK_BEFORE_FSYNC, () -> "of its vote: " + message);
        } else if (message instanceof RequestVote request) {
            ledger.require(votedFor(node, request.term()), NO_ACK_BEFORE_FSYNC, () -> "of its own vote: " + message);
        }
    }

    private void requireReached(long term, long index, Message message) {
        long durable = reached.getOrDefault(term, 0L);
        ledger.require(
                durable >= index,
                NO_ACK_BEFORE_FSYNC,
                () -> "the disk of node " + node + " had " + durable + " in term " + term + ", and it said " + message);
    }
}
