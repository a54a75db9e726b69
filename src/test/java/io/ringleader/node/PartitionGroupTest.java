package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.raft.Effects;
import io.ringleader.raft.Entry;
import io.ringleader.raft.EntryType;
import io.ringleader.raft.HardState;
import io.ringleader.raft.Message;
import io.ringleader.raft.Raft;
import io.ringleader.raft.RaftConfig;
import io.ringleader.raft.Replica;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.raft.StepObserver;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PartitionGroupTest {
    private static final long MILLI = 1_000_000;
    private static final long ELECTION_MAX_NANOS = 600 * MILLI;
    private static final int LOG_BYTES = 9_000;

    private final Raft raft = new Raft(
            1,
            List.of(1, 2, 3),
            new RaftConfig(50 * MILLI, 300 * MILLI, ELECTION_MAX_NANOS, 10_000, 10, 100_000, 3_000, 0),
            new Random(1),
            HardState.INITIAL,
            SnapshotPoint.NONE,
            List.of(),
            List.of(new Replica(1, 1, 1, true)),
            0,
            StepObserver.NONE);
    private final PartitionGroup group = new PartitionGroup(0, 1, raft, new UncommittedRoom(LOG_BYTES));

    private final SnapshotTurns turns = new SnapshotTurns();

    private void receiveEntry(long index, long previousTerm) {
        Entry entry = new Entry(index, 1, EntryType.COMMANDS, new byte[LOG_BYTES]);
        raft.receive(
                new Message.AppendEntries(2, 1, 1, index - 1, previousTerm, List.of(entry), 0),
                new Replica(2, 1, 2, true),
                0);
    }

    @Test
    void theLogMayGrowToAThirdOfTheLastSnapshotOrToItsLimitIfThatIsMore() {
        receiveEntry(1, 0);
        assertThat(group.isLogLong(LOG_BYTES / 2, turns, 0)).isTrue();
        assertThat(group.isLogLong(LOG_BYTES * 2, turns, 0)).isFalse();
        group.snapshotBytes = LOG_BYTES * 4;
        assertThat(group.isLogLong(LOG_BYTES / 2, turns, 0)).isFalse();
        group.snapshotBytes = LOG_BYTES * 3 - 3;
        assertThat(group.isLogLong(LOG_BYTES / 2, turns, 0)).isTrue();
    }

    @Test
    void aSnapshotWaitsUntilNearlyAThirdOfTheOneBeforeItHasBeenLogged() {
        receiveEntry(1, 0);
        turns.begun(LOG_BYTES * 10L / 3, 0);
        turns.begun(LOG_BYTES, 0);
        assertThat(group.isLogLong(LOG_BYTES * 3 / 4, turns, 0)).isFalse();
        turns.logged(List.of(new Entry(1, 1, EntryType.COMMANDS, new byte[LOG_BYTES / 2])));
        assertThat(group.isLogLong(LOG_BYTES * 3 / 4, turns, 0)).isFalse();
        turns.logged(List.of(new Entry(2, 1, EntryType.COMMANDS, new byte[LOG_BYTES / 2])));
        assertThat(group.isLogLong(LOG_BYTES * 3 / 4, turns, 0)).isTrue();
    }

    @Test
    void aTurnIsOverAfterAWhileAlthoughNothingIsLogged() {
        receiveEntry(1, 0);
        turns.begun(LOG_BYTES * 100L, 0);
        assertThat(group.isLogLong(LOG_BYTES * 3 / 4, turns, SnapshotTurns.TURN_MAX_NANOS - 1))
                .isFalse();
        assertThat(group.isLogLong(LOG_BYTES * 3 / 4, turns, SnapshotTurns.TURN_MAX_NANOS))
                .isTrue();
    }

    @Test
    void aLogOfTwiceItsLimitWaitsForNoTurn() {
        receiveEntry(1, 0);
        turns.begun(LOG_BYTES * 100L, 0);
        assertThat(group.isLogLong(LOG_BYTES * 3 / 4, turns, 0)).isFalse();
        group.snapshotting = true;
        group.hastenSnapshot(LOG_BYTES * 3 / 4);
        assertThat(group.snapshotUrgent).isFalse();
        group.snapshotting = false;
        receiveEntry(2, 1);
        assertThat(group.isLogLong(LOG_BYTES * 3 / 4, turns, 0)).isTrue();
        group.snapshotting = true;
        group.hastenSnapshot(LOG_BYTES * 3 / 4);
        assertThat(group.snapshotUrgent).isTrue();
    }

    @Test
    void aSnapshotThatIsBeingSentIsNotReplacedUntilTheLogIsTwiceAsLong() {
        long nowNanos = sendASnapshotTo3();
        log(LOG_BYTES, nowNanos);
        assertThat(group.isLogLong(LOG_BYTES * 3 / 4, turns, nowNanos)).isFalse();
        assertThat(group.isLogLong(LOG_BYTES * 3 / 4, turns, nowNanos + ELECTION_MAX_NANOS))
                .as("node 3 is not heard any more")
                .isTrue();
        log(LOG_BYTES, nowNanos);
        assertThat(group.isLogLong(LOG_BYTES * 3 / 4, turns, nowNanos)).isTrue();
    }

    @Test
    void theLogThatFollowsASnapshotThatIsBeingSentStaysUpToTheLengthOfTheNext() {
        long nowNanos = sendASnapshotTo3();
        SnapshotPoint sent = raft.snapshot();
        log(LOG_BYTES, nowNanos);
        long followingBytes = raft.logBytes();
        long fileBytes = 2 * LOG_BYTES;
        takeSnapshot(fileBytes, nowNanos);
        assertThat(raft.logBytes()).isEqualTo(followingBytes);

        hear(new Message.SnapshotReply(3, 1, 1, sent, 0, true), nowNanos);
        settle(nowNanos);
        assertThat(raft.snapshotsBeingSent(nowNanos))
                .as("what follows is sent as log")
                .isEmpty();
        log(1, nowNanos);
        takeSnapshot(fileBytes, nowNanos);
        assertThat(raft.logBytes()).as("nobody needs it any more").isZero();

        sendASnapshotTo3(nowNanos);
        log(3 * LOG_BYTES, nowNanos);
        takeSnapshot(fileBytes, nowNanos);
        assertThat(raft.logBytes()).isBetween(fileBytes * 3 / 4, fileBytes);
    }

    private void takeSnapshot(long bytes, long nowNanos) {
        long index = raft.commitIndex();
        group.snapshotTaken(new SnapshotPoint(index, 1), bytes, nowNanos);
    }

    /** Node 1 leads, and has given up the entry that node 3 needs. Returns the time. */
    private long sendASnapshotTo3() {
        long nowNanos = ELECTION_MAX_NANOS;
        raft.tick(nowNanos);
        settle(nowNanos);
        hear(new Message.PreVoteReply(2, 1, 1, true), nowNanos);
        hear(new Message.VoteReply(2, 1, 1, true), nowNanos);
        acknowledge(nowNanos);
        raft.snapshotTaken(raft.commitIndex(), 0);
        sendASnapshotTo3(nowNanos);
        return nowNanos;
    }

    private void sendASnapshotTo3(long nowNanos) {
        raft.reconnected(3);
        settle(nowNanos);
        hear(new Message.AppendReply(3, 1, 1, false, 0, raft.lastIndex(), 0, 1), nowNanos);
        assertThat(raft.snapshotsBeingSent(nowNanos)).containsExactly(raft.snapshot());
    }

    /** So many bytes, in pieces that a leader takes, and that node 2 has at once. */
    private void log(int bytes, long nowNanos) {
        for (int left = bytes; left > 0; left -= 1_000) {
            assertThat(raft.propose(new byte[Math.min(left, 1_000)])).isEqualTo(Raft.Proposed.ACCEPTED);
            settle(nowNanos);
            acknowledge(nowNanos);
        }
    }

    private void acknowledge(long nowNanos) {
        hear(new Message.AppendReply(2, 1, 1, true, raft.lastIndex(), 0, 0, 0), nowNanos);
        assertThat(raft.commitIndex()).isEqualTo(raft.lastIndex());
    }

    private void hear(Message message, long nowNanos) {
        raft.receive(message, new Replica(message.from(), 1, message.from(), true), nowNanos);
        settle(nowNanos);
    }

    /** What the node says to itself is heard; its disk is quick. */
    private void settle(long nowNanos) {
        raft.flush(nowNanos);
        Effects effects = raft.takeEffects();
        for (Message message : effects.messages()) {
            if (message.to() == 1) {
                raft.receive(message, raft.replica(), nowNanos);
            }
        }
    }
}
