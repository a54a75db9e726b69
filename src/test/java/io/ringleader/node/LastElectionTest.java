package io.ringleader.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.raft.Effects.RoleChange;
import io.ringleader.raft.HardState;
import io.ringleader.raft.Role;
import org.junit.jupiter.api.Test;

class LastElectionTest {
    private final LastElection last = new LastElection();
    private long nowMillis = 100;

    private void hear(long term, Role role, int leader, String reason) {
        last.hear(new RoleChange(term, role, leader, reason), nowMillis++);
    }

    @Test
    void whoWinsSaysWhyItCampaignedAndNotThatItWon() {
        hear(3, Role.PRE_CANDIDATE, HardState.NOBODY, "silence");
        hear(4, Role.CANDIDATE, HardState.NOBODY, "it could win");
        hear(4, Role.LEADER, 1, "won");
        assertThat(last.reason()).isEqualTo("silence");
        assertThat(last.wallMillis()).isEqualTo(102);
    }

    @Test
    void whoIsHandedTheGroupSaysSoAlsoIfItHadOnceWantedToCampaign() {
        hear(3, Role.PRE_CANDIDATE, HardState.NOBODY, "silence");
        hear(3, Role.FOLLOWER, 2, "node 2 leads term 3");
        hear(4, Role.CANDIDATE, HardState.NOBODY, "handed over");
        hear(4, Role.LEADER, 1, "won");
        assertThat(last.reason()).isEqualTo("handed over");
    }

    @Test
    void aFollowerKnowsWhoWonAndALeaderThatIsHeardAgainIsNoElection() {
        assertThat(last.reason()).isEmpty();
        hear(5, Role.FOLLOWER, 2, "node 2 leads term 5");
        hear(5, Role.PRE_CANDIDATE, HardState.NOBODY, "silence");
        hear(5, Role.FOLLOWER, 2, "node 2 leads term 5");
        assertThat(last.wallMillis()).isEqualTo(100);
        hear(6, Role.FOLLOWER, HardState.NOBODY, "node 3 is at term 6");
        assertThat(last.reason()).isEqualTo("node 2 leads term 5");
    }
}
