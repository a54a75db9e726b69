package io.ringleader.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.raft.Message.AppendReply;
import io.ringleader.raft.Message.TimeoutNow;
import io.ringleader.raft.Message.VoteReply;
import io.ringleader.spec.SpecViolation;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the specification does not allow is found, and told in a way that says what is wrong. */
class TraceValidatorTest {
    private static Raft raft(TestCluster cluster, HardState hardState, Entry... entries) {
        return new Raft(
                1,
                List.of(1, 2, 3),
                Settings.DEFAULT.config(),
                new Random(1),
                hardState,
                SnapshotPoint.NONE,
                List.of(entries),
                cluster.node(1).disk.replicas(),
                0,
                cluster.validator);
    }

    @Test
    void everyStepOfAnElectionAndACommitIsExplained() {
        TestCluster cluster = TestCluster.of(3);
        cluster.elect(1);
        cluster.propose(1, "a");
        cluster.settle();

        assertThat(cluster.validator.steps()).isGreaterThan(20);
        assertThat(cluster.validator.timesTaken())
                .containsEntry("BecomeLeader", 1L)
                .containsEntry("ClientRequest", 1L)
                .containsEntry("AdvanceCommitIndex", 2L);
    }

    @Test
    void aVoteThatIsGoneAfterARestartIsFound() {
        TestCluster cluster = TestCluster.of(3);
        cluster.elect(1);
        cluster.crash(1);

        assertThatThrownBy(() -> raft(cluster, new HardState(1, HardState.NOBODY), noop(1, 1)))
                .isInstanceOf(SpecViolation.class)
                .hasMessageContaining("Node 1 came up with term 1, vote 0")
                .hasMessageContaining("which a crash cannot have left");
    }

    @Test
    void anEntryThatIsGoneAfterARestartIsFound() {
        TestCluster cluster = TestCluster.of(3);
        cluster.elect(1);
        cluster.crash(1);

        assertThatThrownBy(() -> raft(cluster, new HardState(1, 1)))
                .hasMessageContaining("which a crash cannot have left");
    }

    @Test
    void whatWasUnderWayMayBeThereAfterACrashOrNot() {
        for (int writes = 0; writes <= 2; writes++) {
            TestCluster cluster = TestCluster.of(3);
            cluster.elect(1);
            cluster.node(1).diskIsAutomatic(false);
            cluster.propose(1, "a");
            cluster.propose(1, "b");
            cluster.crash(1, writes);
            cluster.start(1);
            assertThat(cluster.node(1).raft().lastIndex()).isEqualTo(1 + writes);
        }
    }

    @Test
    void aMessageThatNobodySentIsFound() {
        TestCluster cluster = TestCluster.of(3);
        cluster.elect(1);

        assertThatThrownBy(() -> cluster.deliver(new TimeoutNow(1, 2, 1)))
                .isInstanceOf(SpecViolation.class)
                .hasMessageContaining("Node 2 was given TimeoutNow[from=1, to=2, term=1], which was never sent");
    }

    @Test
    void anAcknowledgementThatOvertakesTheDiskIsFound() {
        TestCluster cluster = TestCluster.of(3);
        cluster.elect(1);
        cluster.node(2).diskIsAutomatic(false);
        cluster.propose(1, "a");
        cluster.settle();

        assertThatThrownBy(() -> cluster.deliver(new AppendReply(2, 1, 1, true, 2, 0, 0, 0)))
                .hasMessageContaining("promises what is not durable yet")
                .hasMessageContaining("1 writes waiting");
    }

    @Test
    void aVoteThatOvertakesTheDiskIsFound() {
        TestCluster cluster = TestCluster.of(3);
        cluster.node(2).diskIsAutomatic(false);
        cluster.timeout(1);
        cluster.settle();
        assertThat(cluster.node(2).raft().votedFor()).isEqualTo(1);

        assertThatThrownBy(() -> cluster.deliver(new VoteReply(2, 3, 1, true)))
                .hasMessageContaining("which was never sent");
    }

    @Test
    void aDiskThatCompletesAnotherWriteIsFound() {
        TestCluster cluster = TestCluster.of(3);
        cluster.elect(1);
        cluster.node(1).diskIsAutomatic(false);
        cluster.propose(1, "a");

        assertThatThrownBy(() -> cluster.node(1).raft().persisted(List.of(new HardState(7, 2))))
                .hasMessageContaining("which is not what its disk was to write next");
    }

    private static Entry noop(long index, long term) {
        return new Entry(index, term, EntryType.NOOP, new byte[0]);
    }
}
