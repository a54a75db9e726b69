package io.ringleader.node;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.memcached.TextReplies;
import io.ringleader.node.Pending.ReadWork;
import io.ringleader.node.Response.Status;
import io.ringleader.raft.Entry;
import io.ringleader.raft.EntryType;
import io.ringleader.raft.Message;
import io.ringleader.store.CommandBatch;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two partitions on the raft loop of node 1 of 3, and what both may hold together until it is committed. */
class UncommittedRoomTest extends RaftHostHarness {
    private static final int VALUE_BYTES = 900;

    private PartitionGroup other;

    @BeforeEach
    void addAnother() {
        other = addGroup(PARTITION + 1);
    }

    private void leadBoth() {
        lead(group);
        lead(other);
        assertThat(uncommittedBytes()).isZero();
    }

    private void lead(PartitionGroup target) {
        elect(target);
        acknowledge(target);
    }

    private void elect(PartitionGroup target) {
        receive(target, new Message.TimeoutNow(2, 1, target.raft.term() + 1));
        receive(target, new Message.VoteReply(2, 1, target.raft.term(), true));
        world.runMillis(1);
        assertThat(target.raft.isLeader()).isTrue();
    }

    private long uncommittedBytes() {
        return host.uncommitted().bytes();
    }

    /** The partition has all that it may hold by itself, and the other one finds room for one write more. */
    private void fillBy(PartitionGroup target) {
        Status refused = null;
        while (refused == null) {
            Request write = write(target, VALUE_BYTES);
            ask(write);
            refused = statusOf(write);
        }
        assertThat(refused).isEqualTo(Status.BUSY);
        assertThat(host.uncommitted().refusals())
                .as("for want of room of the node")
                .isZero();
    }

    private Status statusOfWrite(PartitionGroup target, int valueBytes) {
        Request write = write(target, valueBytes);
        ask(write);
        return statusOf(write);
    }

    @Test
    void aProposalBeyondTheNodesLimitIsRefusedAsBusy() {
        leadBoth();
        fillBy(group);
        assertThat(statusOfWrite(other, VALUE_BYTES)).as("there is room for it").isNull();
        long last = other.raft.lastIndex();

        assertThat(statusOfWrite(other, VALUE_BYTES)).isEqualTo(Status.BUSY);

        assertThat(other.raft.lastIndex()).isEqualTo(last);
        assertThat(uncommittedBytes()).isEqualTo(group.raft.uncommittedBytes() + other.raft.uncommittedBytes());
        assertThat(host.uncommitted().refusals()).isEqualTo(1);
    }

    @Test
    void aProposalThatFitsExactlyIsTakenAndAByteMoreIsNot() {
        leadBoth();
        fillBy(group);
        int overheadBytes = group.raft.entry(group.raft.lastIndex()).length() - VALUE_BYTES;
        int leftBytes = (int) (UNCOMMITTED_MAX_BYTES - uncommittedBytes()) - overheadBytes;

        assertThat(statusOfWrite(other, leftBytes + 1)).isEqualTo(Status.BUSY);
        assertThat(statusOfWrite(other, leftBytes)).isNull();
    }

    @Test
    void proposalsOfOneBurstCountAtOnce() {
        leadBoth();
        List<Request> writes = List.of(
                write(group, VALUE_BYTES),
                write(other, VALUE_BYTES),
                write(group, VALUE_BYTES),
                write(other, VALUE_BYTES),
                write(group, VALUE_BYTES));
        loop.execute(() -> writes.forEach(host::onRequest));
        world.runMillis(1);
        assertThat(writes).extracting(this::statusOf).containsExactly(null, null, null, null, Status.BUSY);
    }

    @Test
    void aProposalLargerThanTheRoomIsTakenWhenItIsEmptyAndThenNoOther() {
        leadBoth();
        assertThat(statusOfWrite(other, 0)).isNull();
        assertThat(statusOfWrite(group, UNCOMMITTED_MAX_BYTES)).isEqualTo(Status.BUSY);
        acknowledge(other);

        assertThat(statusOfWrite(group, UNCOMMITTED_MAX_BYTES)).isNull();
        assertThat(statusOfWrite(other, 0)).isEqualTo(Status.BUSY);
    }

    @Test
    void whatIsCommittedMakesRoomForOtherPartitions() {
        leadBoth();
        fillBy(group);
        fillTheRest();

        acknowledge(group);

        assertThat(uncommittedBytes()).isEqualTo(other.raft.uncommittedBytes());
        assertThat(statusOfWrite(other, VALUE_BYTES)).isNull();
    }

    private void fillTheRest() {
        assertThat(statusOfWrite(other, VALUE_BYTES)).isNull();
        assertThat(statusOfWrite(other, VALUE_BYTES)).isEqualTo(Status.BUSY);
    }

    @Test
    void whatIsCommittedHoldsRoomUntilTheNodesOwnDiskHasIt() {
        leadBoth();
        diskWorks = false;
        fillBy(group);
        for (int follower = 2; follower <= 3; follower++) {
            receive(new Message.AppendReply(follower, 1, group.raft.term(), true, group.raft.lastIndex(), 0, 0, 0));
        }
        world.runMillis(1);
        assertThat(group.raft.commitIndex()).isEqualTo(group.raft.lastIndex());
        fillTheRest();

        loop.execute(() -> host.onDurable(token));
        world.runMillis(1);

        assertThat(statusOfWrite(other, VALUE_BYTES)).isNull();
    }

    @Test
    void whoLosesTheLeadershipOfAPartitionHoldsNoRoomForIt() {
        leadBoth();
        fillBy(group);
        fillTheRest();

        receive(new Message.Heartbeat(3, 1, group.raft.term() + 1, 0, 0, false, 1));
        world.runMillis(1);

        assertThat(group.raft.uncommittedBytes()).isZero();
        assertThat(uncommittedBytes()).isEqualTo(other.raft.uncommittedBytes());
        assertThat(statusOfWrite(other, VALUE_BYTES)).isNull();
    }

    @Test
    void whoIsElectedHoldsRoomForWhatItsLogHasNotCommitted() {
        byte[] batch = write(VALUE_BYTES).bytes();
        byte[] stamped = CommandBatch.stamp(batch, 0, batch.length, world.wallMillis(), 1 << 20, 1_000);
        Entry tail = new Entry(1, 5, EntryType.COMMANDS, stamped);
        receive(new Message.AppendEntries(2, 1, 5, 0, 0, List.of(tail), 0));
        assertThat(uncommittedBytes()).as("a follower's").isZero();

        elect(group);
        assertThat(uncommittedBytes()).isGreaterThan(VALUE_BYTES);

        acknowledge();
        assertThat(uncommittedBytes()).isZero();
    }

    @Test
    void silentFollowersOfAPartitionKeepTheOthersWaitingForAnElectionTimeout() {
        leadBoth();
        fillBy(group);
        fillTheRest();

        for (int millis = 0; millis < 350; millis += 10) {
            receive(other, new Message.HeartbeatReply(2, 1, other.raft.term(), 0));
            world.runMillis(10);
        }

        assertThat(group.raft.isLeader()).isFalse();
        assertThat(other.raft.isLeader()).isTrue();
        assertThat(statusOfWrite(other, VALUE_BYTES)).isNull();
    }

    /** As with followers whose disks are full: nothing but them can make room then. */
    @Test
    void aPartitionThatCommitsGetsOnBesideOthersWhoseFollowersAreHeardAndTakeNothing() {
        PartitionGroup healthy = addGroup(PARTITION + 2);
        leadBoth();
        lead(healthy);
        fillBy(group);
        fillTheRest();

        for (int millis = 0; millis < 6_000; millis += 10) {
            receive(group, new Message.HeartbeatReply(2, 1, group.raft.term(), 0));
            receive(other, new Message.HeartbeatReply(2, 1, other.raft.term(), 0));
            assertThat(statusOfWrite(healthy, VALUE_BYTES)).isNull();
            assertThat(statusOfWrite(healthy, VALUE_BYTES)).isEqualTo(Status.BUSY);
            acknowledge(healthy);
            world.runMillis(10);
        }
        assertThat(group.raft.isLeader()).isTrue();
        assertThat(statusOfWrite(other, VALUE_BYTES)).isEqualTo(Status.BUSY);
    }

    @Test
    void whoHandsOverSaysSoAlsoWhenThereIsNoRoom() {
        leadBoth();
        fillBy(group);
        fillTheRest();
        long refusals = host.uncommitted().refusals();
        loop.execute(() -> host.transferLeadership(other.partition, 2));

        assertThat(statusOfWrite(other, VALUE_BYTES)).isEqualTo(Status.NOT_LEADER);
        assertThat(host.uncommitted().refusals()).isEqualTo(refusals);
    }

    @Test
    void aTickForWhichTheNodeHasNoRoomIsRefusedAsBusy() {
        leadBoth();
        assertThat(statusOfWrite(group, UNCOMMITTED_MAX_BYTES)).isNull();
        Request read = read();
        loop.execute(() -> host.onTickNeeded(other.partition, new ReadWork(read, 1), Long.MAX_VALUE / 4));
        world.runMillis(1);
        assertThat(statusOf(read)).isEqualTo(Status.BUSY);
    }

    @Test
    void statsRaftSaysHowMuchIsUncommittedAndHowOftenThatWasTooMuch() {
        leadBoth();
        fillBy(group);
        fillTheRest();
        long bytes = group.raft.uncommittedBytes() + other.raft.uncommittedBytes();
        byte[] stats = new RaftStatistics(TextReplies.STATS, Map.of()).of(host.uncommitted(), host.groups());
        assertThat(new String(stats, US_ASCII))
                .startsWith("STAT uncommitted_bytes " + bytes + "\r\nSTAT uncommitted_refusals 1\r\n");
    }
}
