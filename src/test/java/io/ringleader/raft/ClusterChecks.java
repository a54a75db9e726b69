package io.ringleader.raft;

import io.ringleader.raft.Message.AppendReply;
import io.ringleader.raft.Message.RequestVote;
import io.ringleader.raft.Message.SnapshotReply;
import io.ringleader.raft.Message.VoteReply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What must hold of all nodes together, seen by somebody who sees everything: the properties of Figure 3, and that nothing is
 * promised before it is durable. Checked after every event.
 */
final class ClusterChecks implements NodeEvents {
    private record Position(long index, long term) {}

    /** An entry known to be committed, and the term in which a node first knew it. */
    private record Committed(Entry entry, long knownInTerm) {}

    private final TestCluster cluster;
    private final Map<Long, Integer> leaderOfTerm = new HashMap<>();
    private final Map<Position, Entry> created = new HashMap<>();
    private final Map<Position, Long> termBefore = new HashMap<>();
    /** Committed entries: index 1 is at 0. */
    private final List<Committed> committed = new ArrayList<>();

    private final Map<Integer, Long> termOf = new HashMap<>();
    private final Map<Integer, Long> commitOf = new HashMap<>();
    private final Map<Position, Integer> voteOf = new HashMap<>();
    private final Set<Integer> logChanged = new HashSet<>();
    private final Map<Long, Long> readMustSee = new HashMap<>();

    ClusterChecks(TestCluster cluster) {
        this.cluster = cluster;
    }

    long committedIndex() {
        return committed.size();
    }

    void started(TestNode node) {
        logChanged.add(node.id);
        commitOf.put(node.id, 0L);
    }

    void readAsked(long readId) {
        readMustSee.put(readId, committedIndex());
    }

    void all() {
        for (TestNode node : cluster.up()) {
            electionSafety(node);
            monotonic(node);
            if (logChanged.remove(node.id)) {
                logMatching(node);
            }
            recordCommits(node);
        }
        leaderCompleteness();
    }

    /** At most one leader can be elected in a given term (§5.2). */
    private void electionSafety(TestNode node) {
        if (node.isLeader()) {
            Integer other = leaderOfTerm.putIfAbsent(node.raft().term(), node.id);
            require(
                    other == null || other == node.id,
                    "Election Safety: nodes " + other + " and " + node.id + " lead term "
                            + node.raft().term());
        }
    }

    private void monotonic(TestNode node) {
        Long term = termOf.put(node.id, node.raft().term());
        require(term == null || !node.isLeader() || term <= node.raft().term(), "the term of a leader fell");
        Long commit = commitOf.put(node.id, node.raft().commitIndex());
        require(
                commit == null || commit <= node.raft().commitIndex(),
                "node " + node.id + " took back its commit index " + commit);
    }

    /**
     * If two logs contain an entry with the same index and term, then the logs are identical in all entries up through the given
     * index (§5.3): every entry is what its leader created, and follows what it followed there.
     */
    private void logMatching(TestNode node) {
        RaftLog log = node.state().log;
        for (long index = log.firstIndex(); index <= log.lastIndex(); index++) {
            Entry entry = log.entry(index);
            Entry first = created.putIfAbsent(new Position(index, entry.term()), entry);
            require(
                    first == null || first == entry || TestNode.same(first, entry),
                    "Log Matching: node " + node.id + " has another " + entry + " than " + first);
            Long before = termBefore.putIfAbsent(new Position(index, entry.term()), log.term(index - 1));
            require(
                    before == null || before == log.term(index - 1),
                    "Log Matching: before " + entry + " node " + node.id + " has term " + log.term(index - 1)
                            + ", but another has " + before);
        }
    }

    /** What is committed is on the disks of a majority (§5.3), and is the same for all (State Machine Safety, §5.4.3). */
    private void recordCommits(TestNode node) {
        for (long index = committedIndex() + 1; index <= node.raft().commitIndex(); index++) {
            RaftLog log = node.state().log;
            if (index <= log.base().index()) {
                throw new InvariantViolation(
                        "Node " + node.id + " has compacted " + index + ", which nobody knew to be" + " committed.");
            }
            Entry entry = log.entry(index);
            long holders = cluster.nodes().stream()
                    // A node that lost its disk may have had it, and counts for nothing until it has it again.
                    .filter(holder -> holder.disk.has(entry.index(), entry.term()) || cluster.isForgetful(holder.id))
                    .count();
            require(
                    holders >= Quorum.majority(cluster.nodes().size()),
                    entry + " counts as committed at node " + node.id + ", but is durable on " + holders
                            + " nodes only");
            committed.add(new Committed(entry, node.raft().term()));
        }
    }

    /** A committed entry is in the logs of the leaders of all higher terms (§5.4). */
    private void leaderCompleteness() {
        for (TestNode leader : cluster.leaders()) {
            RaftLog log = leader.state().log;
            for (long index = committedIndex(); index > log.base().index(); index--) {
                Committed known = committed.get((int) index - 1);
                require(
                        known.knownInTerm() >= leader.raft().term()
                                || log.matches(index, known.entry().term()),
                        "Leader Completeness: node " + leader.id + " leads term "
                                + leader.raft().term() + " without " + known.entry() + ", committed in term "
                                + known.knownInTerm());
            }
        }
    }

    @Override
    public void written(TestNode node, Durable durable) {
        if (durable instanceof Entry) {
            logChanged.add(node.id);
        }
    }

    /** If a server has applied an entry at an index, no other server will ever apply a different one there (§5.4.3). */
    @Override
    public void applied(TestNode node, Entry entry) {
        recordCommits(node);
        require(
                TestNode.same(entry, committed.get((int) entry.index() - 1).entry()),
                "State Machine Safety: node " + node.id + " applied " + entry + ", others "
                        + committed.get((int) entry.index() - 1).entry());
    }

    @Override
    public void restored(TestNode node, SnapshotPoint snapshot) {
        for (Entry entry : node.applied()) {
            require(
                    entry.index() <= committedIndex()
                            && TestNode.same(
                                    entry,
                                    committed.get((int) entry.index() - 1).entry()),
                    "State Machine Safety: node " + node.id + " restored " + entry + " from " + snapshot);
        }
    }

    /** Persistent state is updated on stable storage before responding (Figure 2). */
    @Override
    public void sent(TestNode node, Message message) {
        TestDisk disk = node.disk;
        HardState hard = disk.hardState();
        if (message instanceof AppendReply reply && reply.success()) {
            require(
                    disk.lastIndex() >= reply.matchIndex() && hard.term() >= reply.term(),
                    "node " + node.id + " acknowledged before it was durable: " + MessageText.of(message));
        } else if (message instanceof VoteReply reply && reply.granted()) {
            require(
                    hard.term() > reply.term() || (hard.term() == reply.term() && hard.votedFor() == reply.to()),
                    "node " + node.id + " voted before it was durable: " + MessageText.of(message));
            Integer other =
                    voteOf.putIfAbsent(new Position(node.raft().replica().identity(), reply.term()), reply.to());
            require(
                    other == null || other == reply.to(),
                    "node " + node.id + " voted twice in term " + reply.term() + ": for " + other + " and "
                            + reply.to());
        } else if (message instanceof RequestVote request) {
            require(
                    hard.term() >= request.term() && disk.lastIndex() >= request.lastLogIndex(),
                    "node " + node.id + " asked for votes before it was durable: " + MessageText.of(message));
        } else if (message instanceof SnapshotReply reply && reply.installed()) {
            require(
                    disk.lastIndex() >= reply.snapshot().index(),
                    "node " + node.id + " said installed before it was durable: " + MessageText.of(message));
        }
    }

    /** A read sees everything that was committed anywhere when it was asked for (§8). */
    @Override
    public void readServed(TestNode node, Effects.Read read) {
        long mustSee = readMustSee.get(read.readId());
        require(
                read.readIndex() >= mustSee,
                "stale read: node " + node.id + " serves read " + read.readId() + " at " + read.readIndex() + ", but "
                        + mustSee + " was committed before it was asked for");
        require(node.appliedIndex() >= read.readIndex(), "read " + read.readId() + " is served before its index");
    }

    private static void require(boolean holds, String violated) {
        if (!holds) {
            throw new InvariantViolation(violated + ".");
        }
    }
}
