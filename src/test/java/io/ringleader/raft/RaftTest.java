package io.ringleader.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.raft.Message.Heartbeat;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the owner of a {@link Raft} may rely on. */
class RaftTest {
    private static final Replica NODE_2 = new Replica(2, 1, 2, true);

    private static Raft raft(int self, List<Integer> voters) {
        return new Raft(
                self,
                voters,
                Settings.DEFAULT.config(),
                new Random(1),
                HardState.INITIAL,
                SnapshotPoint.NONE,
                List.of(),
                List.of(new Replica(self, 1, self, true)),
                0,
                StepObserver.NONE);
    }

    @Test
    void aNodeMustBeAVoter() {
        assertThatThrownBy(() -> raft(4, List.of(1, 2, 3))).hasMessageContaining("Node 4 is not one of the voters");
    }

    @Test
    void messagesForOthersAndFromStrangersAreRejected() {
        Raft raft = raft(1, List.of(1, 2, 3));

        assertThatThrownBy(() -> raft.receive(new Heartbeat(2, 3, 1, 0, 0, false, 3), NODE_2, 0))
                .hasMessageContaining("was given");
        assertThatThrownBy(() -> raft.receive(new Heartbeat(4, 1, 1, 0, 0, false, 1), new Replica(4, 1, 4, true), 0))
                .hasMessageContaining("was given");
    }

    @Test
    void effectsThatWereTakenNeverChange() {
        Raft raft = raft(1, List.of(1, 2, 3));
        Effects taken = raft.takeEffects();
        assertThat(taken.isEmpty()).isTrue();

        raft.receive(new Heartbeat(2, 1, 1, 0, 0, false, 1), NODE_2, 0);

        assertThat(taken.isEmpty()).isTrue();
        assertThat(raft.takeEffects().isEmpty()).isFalse();
        assertThat(raft.takeEffects().isEmpty()).isTrue();
    }

    @Test
    void anObserverIsToldOfEveryInputInItsOrderWithWhatItBrought() {
        List<String> told = new ArrayList<>();
        StepObserver observer = new StepObserver() {
            @Override
            public void started(Raft raft, Effects pending) {
                told.add("started at term " + raft.term());
            }

            @Override
            public void took(Raft raft, Step step, Effects pending) {
                told.add(step.getClass().getSimpleName() + " term " + raft.term() + ", messages "
                        + pending.messages().size());
            }

            @Override
            public void effectsTaken(Raft raft, Effects effects) {
                told.add("taken " + effects.messages().size());
            }
        };
        HardState recovered = new HardState(3, HardState.NOBODY);
        Raft raft = new Raft(
                1,
                List.of(1, 2, 3),
                Settings.DEFAULT.config(),
                new Random(1),
                recovered,
                SnapshotPoint.NONE,
                List.of(),
                List.of(new Replica(1, 1, 1, true)),
                0,
                observer);

        raft.tick(1);
        raft.receive(new Heartbeat(2, 1, 4, 0, 0, false, 1), NODE_2, 2);
        raft.propose(new byte[3]);
        raft.read(7, 2);
        raft.transferLeadership(2, 3);
        raft.reconnected(2);
        raft.chunkStored(new SnapshotPoint(2, 1), 10);
        raft.snapshotStored(new SnapshotPoint(2, 1));
        raft.snapshotTaken(1, 0);
        raft.flush(4);
        raft.takeEffects();

        assertThat(told)
                .containsExactly(
                        "started at term 3",
                        "Ticked term 3, messages 0",
                        "Received term 4, messages 1",
                        "Proposed term 4, messages 1",
                        "ReadAsked term 4, messages 1",
                        "TransferBegun term 4, messages 1",
                        "Reconnected term 4, messages 1",
                        "ChunkStored term 4, messages 2",
                        "SnapshotStored term 4, messages 3",
                        "SnapshotTaken term 4, messages 3",
                        "Flushed term 4, messages 4",
                        "taken 4");
    }

    @Test
    void tooMuchThatIsNotCommittedIsRefusedAndACommitMakesRoom() {
        OneNode node = OneNode.leader(OneNode.of(3, Settings.DEFAULT.withLimits(1 << 20, 16, 500), 0, 0));
        node.matched(2, 1);
        assertThat(node.raft().propose(new byte[400])).isEqualTo(Raft.Proposed.ACCEPTED);
        assertThat(node.raft().propose(new byte[400])).isEqualTo(Raft.Proposed.TOO_MUCH_UNCOMMITTED);
        node.node.pump();

        node.matched(2, 2);

        assertThat(node.raft().propose(new byte[400])).isEqualTo(Raft.Proposed.ACCEPTED);
    }

    @Test
    void oneProposalIsTakenHoweverLargeItIs() {
        OneNode node = OneNode.leader(OneNode.of(3, Settings.DEFAULT.withLimits(1 << 20, 16, 10), 0, 0));
        node.matched(2, 1);

        assertThat(node.raft().propose(new byte[1_000])).isEqualTo(Raft.Proposed.ACCEPTED);
        assertThat(node.raft().propose(new byte[0])).isEqualTo(Raft.Proposed.TOO_MUCH_UNCOMMITTED);
    }

    @Test
    void entriesOfEarlierTermsCountAsUncommittedForANewLeader() {
        OneNode node =
                OneNode.leader(OneNode.of(3, Settings.DEFAULT.withLimits(1 << 20, 16, 100), 1, 0, 1, 1, 1, 1, 1));

        assertThat(node.raft().propose(new byte[10])).isEqualTo(Raft.Proposed.TOO_MUCH_UNCOMMITTED);
        node.matched(2, 6);
        assertThat(node.raft().propose(new byte[10])).isEqualTo(Raft.Proposed.ACCEPTED);
    }

    @Test
    void whatIsUncommittedCountsForALeaderAndNobodyElse() {
        OneNode node = OneNode.of(3, 1, HardState.NOBODY, 1, 1);
        assertThat(node.raft().uncommittedBytes()).isZero();
        OneNode.leader(node);
        long inheritedBytes = node.raft().uncommittedBytes();
        assertThat(node.raft().propose(new byte[400])).isEqualTo(Raft.Proposed.ACCEPTED);
        assertThat(node.raft().uncommittedBytes() - inheritedBytes)
                .isEqualTo(node.raft().entry(4).sizeBytes());

        node.receive(new Message.Heartbeat(2, 1, 9, 0, 0, false, 1));

        assertThat(node.raft().lastIndex()).isEqualTo(4);
        assertThat(node.raft().uncommittedBytes()).isZero();
    }

    @Test
    void entryTypesKeepTheirCodes() {
        assertThat(EntryType.NOOP.code()).isEqualTo((byte) 1);
        assertThat(EntryType.COMMANDS.code()).isEqualTo((byte) 2);
        for (EntryType type : EntryType.values()) {
            assertThat(EntryType.ofCode(type.code())).isEqualTo(type);
        }
        assertThatThrownBy(() -> EntryType.ofCode((byte) 9)).hasMessageContaining("code 9");
    }

    @Test
    void aConfigurationThatCannotWorkIsRejected() {
        assertThatThrownBy(() -> new RaftConfig(10, 10, 20, 1, 1, 1, 1, 0)).hasMessageContaining("heartbeat (10)");
        assertThatThrownBy(() -> new RaftConfig(1, 20, 20, 1, 1, 1, 1, 0)).hasMessageContaining("maximum (20)");
        assertThatThrownBy(() -> new RaftConfig(1, 2, 3, 1, 0, 1, 1, 0)).hasMessageContaining("maxInflightMessages 0");
    }

    @Test
    void aLogThatDoesNotSayWhoseItIsIsRefused() {
        assertThatThrownBy(() -> new Raft(
                        1,
                        List.of(1, 2, 3),
                        Settings.DEFAULT.config(),
                        new Random(1),
                        new HardState(3, 2),
                        SnapshotPoint.NONE,
                        List.of(),
                        List.of(),
                        0,
                        StepObserver.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not say which replica it belongs to");
    }
}
