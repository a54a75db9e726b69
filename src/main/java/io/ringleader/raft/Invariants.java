package io.ringleader.raft;

/**
 * What must hold of one node's state after every event, and between the states before and after it. Cheap, and on in
 * production: a violated invariant stops the node before it can acknowledge anything more.
 */
final class Invariants {
    private long term;
    private int votedFor;
    /** The leader of the term, also when the node does not follow it any more. */
    private int leader;

    private long commitIndex;
    private Role role = Role.FOLLOWER;
    private long lastIndex;

    /** @param voter whether the node may campaign */
    void check(RaftState state, boolean voter) {
        checkState(state);
        require(state.role() == Role.FOLLOWER || voter, state, "campaigns or leads without being a voter");
        checkLeader(state);
        checkQuiet(state);
        checkChange(state);
        if (state.leader() != HardState.NOBODY || state.term() != term) {
            leader = state.leader();
        }
        term = state.term();
        votedFor = state.votedFor();
        commitIndex = state.commitIndex();
        role = state.role();
        lastIndex = state.log.lastIndex();
    }

    void describe(StringBuilder text) {
        text.append(", has known leader ").append(leader);
    }

    private void checkState(RaftState state) {
        RaftLog log = state.log;
        require(log.base().index() <= log.snapshot().index(), state, "the log starts after its snapshot");
        require(log.snapshot().index() <= state.commitIndex(), state, "the snapshot holds uncommitted entries");
        require(state.commitIndex() <= log.lastIndex(), state, "commit index beyond the last entry");
        require(log.lastTerm() <= state.term(), state, "an entry of a later term than the current one");
    }

    private void checkQuiet(RaftState state) {
        if (state.isQuiet()) {
            require(state.leader() != HardState.NOBODY, state, "is quiet without a leader");
            require(state.commitIndex() == state.log.lastIndex(), state, "is quiet, but not all entries are committed");
        }
    }

    private void checkLeader(RaftState state) {
        if (state.role() == Role.CANDIDATE || state.isLeader()) {
            require(state.votedFor() == state.self, state, "a candidate or leader that did not vote for itself");
        }
        if (!state.isLeader()) {
            require(state.leader() != state.self, state, "follows itself");
            require(state.progress.isEmpty(), state, "keeps match indexes without leading");
            return;
        }
        require(state.leader() == state.self, state, "leads, but takes another node for the leader");
        for (Progress voter : state.progress.values()) {
            require(voter.matchIndex() <= state.log.lastIndex(), state, "match index beyond the leader's log");
            require(voter.matchIndex() < voter.nextIndex(), state, "match index not below next index");
        }
    }

    private void checkChange(RaftState state) {
        require(state.term() >= term, state, "the term fell");
        require(state.commitIndex() >= commitIndex, state, "the commit index fell");
        if (state.term() != term) {
            return;
        }
        require(
                votedFor == HardState.NOBODY || state.votedFor() == votedFor,
                state,
                "changed its vote within a term (Election Safety, §5.2)");
        require(
                leader == HardState.NOBODY || state.leader() == HardState.NOBODY || state.leader() == leader,
                state,
                "two leaders in one term (Election Safety, §5.2)");
        if (role == Role.LEADER && state.isLeader()) {
            require(state.log.lastIndex() >= lastIndex, state, "a leader shortened its log (Leader Append-Only, §5.3)");
        }
    }

    private static void require(boolean holds, RaftState state, String violated) {
        if (!holds) {
            throw new InvariantViolation("Node " + state.self + ": " + violated + ". Role " + state.role() + ", term "
                    + state.term() + ", voted for " + state.votedFor() + ", leader " + state.leader()
                    + ", commit index "
                    + state.commitIndex() + ", log " + state.log.base() + ".." + state.log.lastIndex() + "@"
                    + state.log.lastTerm() + ", snapshot " + state.log.snapshot() + ".");
        }
    }
}
