package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.node.Pending.ReadWork;
import io.ringleader.raft.Entry;
import io.ringleader.raft.EntryType;
import io.ringleader.raft.HardState;
import io.ringleader.raft.Message;
import io.ringleader.raft.SnapshotPoint;
import io.ringleader.store.ByteWriter;
import io.ringleader.store.CommandBatch;
import io.ringleader.store.CommandWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The raft loop of node 1 of 3, with one partition. */
class RaftHostTest extends RaftHostHarness {
    private Request follow() {
        receive(new Message.Heartbeat(2, 1, 5, 0, 0, false, 1));
        Request read = read();
        ask(read);
        return read;
    }

    @Test
    void aFollowerServesAReadOfItsOwnRouterAndSendsThatOfAnotherToTheLeader() {
        Request own = follow();
        Message.ReadIndex question = sent(Message.ReadIndex.class).get(0);
        assertThat(question.to()).isEqualTo(2);
        receive(new Message.ReadIndexReply(2, 1, 5, question.ask(), 0, 0));
        world.runMillis(1);
        assertThat(statusOf(own)).isEqualTo(Response.Status.OK);
        assertThat(group.servedFollowing).isEqualTo(1);
        Request other = new Request(3, nextRequest++, PARTITION, false, 1, own.bytes());
        ask(other);
        assertThat(statusOf(other)).isEqualTo(Response.Status.NOT_LEADER);
    }

    /** Only the leader can put into the log that something has expired. */
    @Test
    void aFollowerSendsAReadToTheLeaderIfSomethingHasExpired() {
        ByteWriter batch = new ByteWriter();
        CommandBatch.begin(batch);
        CommandWriter.set(batch, KEY, 0, 1, 0, 1, new byte[1], 0, 1);
        CommandBatch.session(batch, 1, 1, nextRequest++, 1);
        byte[] bytes = batch.toByteArray();
        byte[] stamped = CommandBatch.stamp(bytes, 0, bytes.length, world.wallMillis(), 1 << 20, 1_000);
        Entry entry = new Entry(1, 5, EntryType.COMMANDS, stamped);
        receive(new Message.AppendEntries(2, 1, 5, 0, 0, List.of(entry), 1));
        world.runMillis(1_500);
        receive(new Message.Heartbeat(2, 1, 5, 1, 0, false, 1));
        Request read = follow();
        receive(new Message.ReadIndexReply(
                2, 1, 5, sent(Message.ReadIndex.class).get(0).ask(), 1, 1));
        world.runMillis(1);
        assertThat(statusOf(read)).isEqualTo(Response.Status.NOT_LEADER);
        assertThat(responses.get(responses.size() - 1).leader()).isEqualTo(2);
    }

    @Test
    void anObserverIsToldWhatIsDurableWhenItIsAndNotBefore() {
        diskWorks = false;
        receive(new Message.RequestVote(2, 1, 5, 0, 0, false));
        world.runMillis(20);
        assertThat(persisted).isEmpty();

        loop.execute(() -> host.onDurable(token));
        world.runMillis(1);

        assertThat(persisted).containsExactly(voter(2).withVoter(false), new HardState(5, 0), new HardState(5, 2));
        assertThat(sent(Message.VoteReply.class)).hasSize(1);
    }

    @Test
    void aVoteLeavesOnlyWhenItIsOnTheDiskAndSoDoesItsRepetition() {
        diskWorks = false;
        receive(new Message.RequestVote(2, 1, 5, 0, 0, false));
        receive(new Message.RequestVote(2, 1, 5, 0, 0, false));
        world.runMillis(20);
        assertThat(sent(Message.VoteReply.class)).isEmpty();
        receive(new Message.Heartbeat(3, 1, 5, 0, 1, false, 1));
        assertThat(sent(Message.HeartbeatReply.class))
                .as("this one promises nothing")
                .hasSize(1);
        loop.execute(() -> host.onDurable(token));
        world.runMillis(0);
        assertThat(sent(Message.VoteReply.class)).hasSize(2).allMatch(Message.VoteReply::granted);
    }

    @Test
    void aLeaderDoesNotCountItsOwnEntryBeforeItsDiskHasIt() {
        becomeLeader();
        diskWorks = false;
        Request write = write(10);
        ask(write);
        assertThat(sent(Message.AppendEntries.class))
                .as("the network need not wait")
                .isNotEmpty();
        long committed = group.raft.commitIndex();
        assertThat(statusOf(write)).isNull();
        loop.execute(() -> host.onDurable(token));
        world.runMillis(1);
        assertThat(group.raft.commitIndex()).as("its own disk is no majority").isEqualTo(committed);
        acknowledge();
        assertThat(statusOf(write)).isEqualTo(Response.Status.OK);
        assertThat(host.unfinished()).isEmpty();
    }

    @Test
    void whoLosesTheLeadershipSaysSoToAllThatWait() {
        becomeLeader();
        Request write = write(10);
        Request read = read();
        ask(write);
        ask(read);
        receive(new Message.Heartbeat(3, 1, group.raft.term() + 1, 0, 0, false, 1));
        world.runMillis(1);
        assertThat(statusOf(write)).isEqualTo(Response.Status.LOST);
        assertThat(statusOf(read)).isEqualTo(Response.Status.NOT_LEADER);
        assertThat(host.unfinished()).isEmpty();
        Request late = write(10);
        ask(late);
        assertThat(responses).anyMatch(response -> response.requestId() == late.id() && response.leader() == 3);
    }

    @Test
    void whoLeadsForLessThanABurstSaysSoToo() {
        assertThat(world.runUntil(() -> !sent(Message.PreVote.class).isEmpty(), 1_000))
                .isTrue();
        long term = group.raft.term() + 1;
        receive(new Message.PreVoteReply(2, 1, term, true));
        world.runMillis(1);
        Request write = write(10);
        loop.execute(() -> host.onMessage(PARTITION, voter(2), new Message.VoteReply(2, 1, term, true)));
        loop.execute(() -> host.onRequest(write));
        loop.execute(() -> host.onMessage(PARTITION, voter(3), new Message.Heartbeat(3, 1, term + 1, 0, 0, false, 1)));
        world.runMillis(1);
        assertThat(statusOf(write)).isEqualTo(Response.Status.LOST);
        assertThat(host.unfinished()).isEmpty();
    }

    @Test
    void aLeaderWithoutAMajorityGivesUpWhatWaits() {
        becomeLeader();
        Request write = write(10);
        Request read = read();
        ask(write);
        ask(read);
        world.runMillis(1_000);
        assertThat(statusOf(write)).isEqualTo(Response.Status.LOST);
        assertThat(statusOf(read)).isEqualTo(Response.Status.NOT_LEADER);
        assertThat(host.unfinished()).isEmpty();
    }

    @Test
    void whatCannotBeTakenIsRefusedWithTheReason() {
        becomeLeader();
        Request malformed = new Request(2, nextRequest++, PARTITION, true, 1, new byte[3]);
        ask(malformed);
        assertThat(statusOf(malformed)).isEqualTo(Response.Status.REFUSED);
        Request elsewhere = new Request(2, nextRequest++, 99, true, 1, write(1).bytes());
        ask(elsewhere);
        assertThat(statusOf(elsewhere)).isEqualTo(Response.Status.NOT_LEADER);
        ask(write(900));
        ask(write(900));
        ask(write(900));
        Request tooMuch = write(900);
        ask(tooMuch);
        assertThat(statusOf(tooMuch)).isEqualTo(Response.Status.BUSY);
        loop.execute(() -> host.onDiskFull(true));
        Request full = write(1);
        ask(full);
        assertThat(statusOf(full)).isEqualTo(Response.Status.DISK_FULL);
    }

    @Test
    void aMalformedReadIsRefusedAndTheNodeLivesOn() {
        becomeLeader();
        Request malformed = new Request(2, nextRequest++, PARTITION, false, 5, read().bytes());
        ask(malformed);
        receive(new Message.HeartbeatReply(2, 1, group.raft.term(), 1));
        world.runMillis(1);
        assertThat(statusOf(malformed)).isEqualTo(Response.Status.REFUSED);
    }

    @Test
    void aTickForWhichThereIsNoRoomIsNotCalledALostLeadership() {
        becomeLeader();
        ask(write(900));
        ask(write(900));
        Request last = write(885);
        ask(last);
        assertThat(statusOf(last)).as("it fits exactly").isNull();
        Request read = read();
        loop.execute(() -> host.onTickNeeded(PARTITION, new ReadWork(read, 1), Long.MAX_VALUE / 4));
        world.runMillis(1);
        assertThat(statusOf(read)).isEqualTo(Response.Status.BUSY);
    }

    @Test
    void aSnapshotForALogThatIsTooLongHoldsWhatWasCommittedInTheSameBurst() {
        becomeLeader();
        Request write = write(10);
        ask(write);
        long last = group.raft.lastIndex();
        loop.execute(() -> {
            host.onMessage(PARTITION, voter(2), new Message.AppendReply(2, 1, group.raft.term(), true, last, 0, 0, 0));
            host.onLogTooLong(List.of(PARTITION));
        });
        world.runMillis(1);
        assertThat(orders)
                .extracting(SnapshotKeeper.Order::point)
                .containsExactly(new SnapshotPoint(last, group.raft.term()));
    }

    @Test
    void aSnapshotTakesItsTimeUntilTheLogHasGrownToTwiceItsLimit() {
        becomeLeader();
        for (int i = 0; i < 3; i++) {
            ask(write(900));
            acknowledge();
        }
        world.runMillis(20);
        assertThat(orders).hasSize(1);
        assertThat(orders.get(0).urgent().getAsBoolean()).isFalse();
        for (int i = 0; i < 3; i++) {
            ask(write(900));
            acknowledge();
        }
        world.runMillis(20);
        assertThat(orders).hasSize(1);
        assertThat(orders.get(0).urgent().getAsBoolean()).isTrue();
    }

    @Test
    void aSnapshotThatIsWrittenHastensWhenTheLogOfTheNodeIsTooLong() {
        becomeLeader();
        for (int i = 0; i < 3; i++) {
            ask(write(900));
            acknowledge();
        }
        world.runMillis(20);
        assertThat(orders.get(0).urgent().getAsBoolean()).isFalse();
        loop.execute(() -> host.onLogTooLong(List.of(PARTITION)));
        world.runMillis(20);
        assertThat(orders).hasSize(1);
        assertThat(orders.get(0).urgent().getAsBoolean()).isTrue();
    }

    @Test
    void aSnapshotThatFoundNoRoomIsTriedAgainAfterAWhileAlthoughNothingIsLogged() {
        becomeLeader();
        group.snapshotBytes = 8_000;
        for (int i = 0; i < 4; i++) {
            ask(write(900));
            acknowledge();
        }
        world.runMillis(20);
        assertThat(orders).hasSize(1);
        loop.execute(() -> host.onSnapshotTaken(PARTITION, orders.get(0).point(), OptionalLong.empty()));
        for (int i = 0; i < 40; i++) {
            world.runMillis(100);
            acknowledge();
        }
        assertThat(orders).hasSize(1);
        for (int i = 0; i < 20; i++) {
            world.runMillis(100);
            acknowledge();
        }
        assertThat(orders).hasSize(2);
    }

    @Test
    void aSnapshotThatFoundNoRoomIsTriedAgainAlsoWhereAllIsQuiet() {
        List<Entry> entries = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            entries.add(new Entry(i, 5, EntryType.COMMANDS, write(900).bytes()));
        }
        receive(new Message.AppendEntries(2, 1, 5, 0, 0, entries, 4));
        world.runMillis(20);
        assertThat(orders).hasSize(1);
        loop.execute(() -> host.onSnapshotTaken(PARTITION, orders.get(0).point(), OptionalLong.empty()));
        receive(new Message.Heartbeat(2, 1, 5, 4, 1, true, 1));
        assertThat(group.raft.isQuiet()).isTrue();
        world.runMillis(4_900);
        assertThat(orders).hasSize(1);
        world.runMillis(1_200);
        assertThat(orders).hasSize(2);
    }

    @Test
    void aNodeWhoseDiskIsFullGathersNothingThatWaitsForIt() {
        loop.execute(() -> host.onDiskFull(true));
        diskWorks = false;
        receive(new Message.AppendEntries(2, 1, 5, 0, 0, List.of(), 0));
        receive(new Message.PreVote(2, 1, 6, 0, 0));
        receive(new Message.RequestVote(2, 1, 6, 0, 0, false));
        world.runMillis(1);
        assertThat(group.raft.term()).isZero();
        assertThat(sent).isEmpty();
        receive(new Message.Heartbeat(2, 1, 5, 0, 1, false, 1));
        assertThat(group.raft.leader())
                .as("it follows, and does not run for election")
                .isEqualTo(2);
    }

    @Test
    void aSnapshotOfItsOwnIsNotWrittenBeforeTheLogThatItStandsForIsDurable() {
        becomeLeader();
        diskWorks = false;
        for (int i = 0; i < 3; i++) {
            ask(write(900));
            for (int follower = 2; follower <= 3; follower++) {
                receive(new Message.AppendReply(follower, 1, group.raft.term(), true, group.raft.lastIndex(), 0, 0, 0));
            }
            world.runMillis(1);
        }
        assertThat(group.raft.commitIndex()).as("the two others have it").isEqualTo(group.raft.lastIndex());
        assertThat(orders)
                .as("a file of entries and a term that this node would not know after a crash")
                .isEmpty();
        loop.execute(() -> host.onDurable(token));
        world.runMillis(1);
        assertThat(orders).hasSize(1);
    }

    @Test
    void aSnapshotFromTheLeaderIsNotStoredBeforeTheTermIsDurableAndItsRepetitionsDoNotPileUp() {
        diskWorks = false;
        for (int i = 0; i < 3; i++) {
            receive(new Message.InstallSnapshot(2, 1, 7, new SnapshotPoint(10, 7), 0, new byte[100], true));
            world.runMillis(1);
        }
        assertThat(storedChunks)
                .as("restarted with a snapshot of term 7 and no term, the node could not start")
                .isEmpty();
        loop.execute(() -> host.onDurable(token));
        world.runMillis(1);
        assertThat(storedChunks).hasSize(1);
    }
}
