package io.ringleader.raft;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Each invariant is broken by hand, and caught; but for two that {@link RaftLog} and {@link Progress} let nobody break. */
class InvariantsTest {
    private final Invariants invariants = new Invariants();

    private static RaftState state(HardState hardState, SnapshotPoint snapshot, long... terms) {
        return new RaftState(
                1,
                List.of(1, 2, 3),
                Settings.DEFAULT.config(),
                new Random(1),
                hardState,
                new RaftLog(snapshot, TestNode.entries(snapshot.index() + 1, terms)),
                0);
    }

    private static RaftState leader() {
        RaftState state = state(new HardState(2, 1), SnapshotPoint.NONE, 1, 2);
        state.become(Role.LEADER, 1, "for the test");
        for (int voter : state.voters) {
            state.progress.put(voter, new Progress(voter, 3, 0));
        }
        return state;
    }

    private void caught(RaftState state, String violated) {
        assertThatThrownBy(() -> invariants.check(state, true))
                .isInstanceOf(InvariantViolation.class)
                .hasMessageContaining(violated)
                .hasMessageContaining("Node 1")
                .hasMessageContaining("term " + state.term());
    }

    @Test
    void soundStatesPass() {
        assertThatCode(() -> {
                    invariants.check(state(HardState.INITIAL, SnapshotPoint.NONE), true);
                    invariants.check(leader(), true);
                })
                .doesNotThrowAnyException();
    }

    @Test
    void aSnapshotOfUncommittedEntriesIsCaught() {
        RaftState state = state(new HardState(1, 0), SnapshotPoint.NONE, 1, 1);
        state.log.compact(new SnapshotPoint(2, 1), 0);

        caught(state, "the snapshot holds uncommitted entries");
    }

    @Test
    void aCommitIndexBeyondTheLogIsCaught() {
        RaftState state = state(new HardState(1, 0), SnapshotPoint.NONE, 1, 1);
        state.commitTo(2);
        state.log.truncateFrom(2);

        caught(state, "commit index beyond the last entry");
    }

    @Test
    void anEntryOfALaterTermIsCaught() {
        caught(state(new HardState(1, 0), SnapshotPoint.NONE, 2), "an entry of a later term");
    }

    @Test
    void aCandidateThatDidNotVoteForItselfIsCaught() {
        RaftState state = state(new HardState(1, 2), SnapshotPoint.NONE);
        state.become(Role.CANDIDATE, HardState.NOBODY, "for the test");

        caught(state, "did not vote for itself");
    }

    @Test
    void aFollowerOfItselfIsCaught() {
        RaftState state = state(new HardState(1, 1), SnapshotPoint.NONE);
        state.become(Role.FOLLOWER, 1, "for the test");

        caught(state, "follows itself");
    }

    @Test
    void matchIndexesKeptByAFollowerAreCaught() {
        RaftState state = leader();
        state.become(Role.FOLLOWER, HardState.NOBODY, "for the test");

        caught(state, "keeps match indexes without leading");
    }

    @Test
    void aLeaderThatTakesAnotherForTheLeaderIsCaught() {
        RaftState state = leader();
        state.become(Role.LEADER, 2, "for the test");

        caught(state, "takes another node for the leader");
    }

    @Test
    void aMatchIndexBeyondTheLogIsCaught() {
        RaftState state = leader();
        state.progress.get(2).acknowledged(3, 0);

        caught(state, "match index beyond the leader's log");
    }

    @Test
    void aFallingTermIsCaught() {
        RaftState state = state(new HardState(5, 0), SnapshotPoint.NONE);
        invariants.check(state, true);
        state.enterTerm(4, HardState.NOBODY);

        caught(state, "the term fell");
    }

    @Test
    void aFallingCommitIndexIsCaught() {
        RaftState state = state(new HardState(1, 0), SnapshotPoint.NONE, 1, 1);
        state.commitTo(2);
        invariants.check(state, true);
        state.commitSnapshot(new SnapshotPoint(1, 1));

        caught(state, "the commit index fell");
    }

    @Test
    void aVoteThatChangesWithinATermIsCaught() {
        RaftState state = state(new HardState(1, 2), SnapshotPoint.NONE);
        invariants.check(state, true);
        state.voteFor(3);

        caught(state, "changed its vote within a term");
    }

    @Test
    void twoLeadersInOneTermAreCaught() {
        RaftState state = state(new HardState(1, 0), SnapshotPoint.NONE);
        state.heardFromLeader(2, 0);
        invariants.check(state, true);
        state.heardFromLeader(3, 0);

        caught(state, "two leaders in one term");
    }

    /** Also when the first of them was forgotten meanwhile. */
    @Test
    void twoLeadersInOneTermAreCaughtEvenWithAnElectionTimeoutBetweenThem() {
        RaftState state = state(new HardState(1, 0), SnapshotPoint.NONE);
        state.heardFromLeader(2, 0);
        invariants.check(state, true);
        state.become(Role.PRE_CANDIDATE, HardState.NOBODY, "for the test");
        invariants.check(state, true);
        state.become(Role.FOLLOWER, HardState.NOBODY, "for the test");
        state.heardFromLeader(3, 0);

        caught(state, "two leaders in one term");
    }

    @Test
    void aLeaderThatShortensItsLogIsCaught() {
        RaftState state = leader();
        invariants.check(state, true);
        state.log.truncateFrom(2);

        caught(state, "a leader shortened its log");
    }
}
