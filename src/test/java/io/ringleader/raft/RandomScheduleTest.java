package io.ringleader.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Hundreds of clusters under random faults, each step of each node compared with the specification. A failure names its seed; {@code -Draft.seed=N} runs that schedule alone, and
 * {@code -Draft.schedules=N} as many as there is time for.
 */
class RandomScheduleTest {
    private static final int EVENTS = 2_000;
    private static final String[] ACTIONS = {
        "UpdateTerm",
        "AnswerStale",
        "StepDown",
        "Timeout",
        "GrantPreVote",
        "RefusePreVote",
        "CountPreVote",
        "Campaign",
        "CampaignAtOnce",
        "HandleRequestVote",
        "RefuseVote",
        "IgnoreDisruption",
        "CountVote",
        "BecomeLeader",
        "Follow",
        "ClientRequest",
        "HandleAppendEntries",
        "HandleAppendReply",
        "AdvanceCommitIndex",
        "Forget",
        "HandleHeartbeat",
        "HandleHeartbeatReply",
        "AskRead",
        "HandleReadIndex",
        "HandleReadIndexReply",
        "BeginTransfer",
        "TakeSnapshot",
        "HandleInstallSnapshot",
        "AskForMoreOfSnapshot",
        "InstallSnapshot",
        "HandleSnapshotReply",
        "Persist",
        "Crash and Restart"
    };

    @Test
    void randomFaultsNeverBreakSafetyAndProgressReturnsWhenTheyStop() {
        Long onlySeed = Long.getLong("raft.seed");
        if (onlySeed != null) {
            run(onlySeed);
            return;
        }
        Map<RandomSchedule.Seen, Integer> seen = new EnumMap<>(RandomSchedule.Seen.class);
        Map<String, Long> taken = new TreeMap<>();
        int schedules = Integer.getInteger("raft.schedules", 400);
        for (long seed = 1; seed <= schedules; seed++) {
            RandomSchedule schedule = run(seed);
            schedule.seen().forEach((what, times) -> seen.merge(what, times, Integer::sum));
            schedule.validator().timesTaken().forEach((action, times) -> taken.merge(action, times, Long::sum));
        }
        assertThat(seen.keySet())
                .as("A fault or an outcome that never happens was not tested. Seen: " + seen)
                .containsExactly(RandomSchedule.Seen.values());
        assertThat(taken.keySet())
                .as("An action of the specification that no step ever was is one that was not compared. Taken: "
                        + taken)
                .contains(ACTIONS);
    }

    private static RandomSchedule run(long seed) {
        RandomSchedule schedule = new RandomSchedule(seed);
        try {
            schedule.run(EVENTS);
        } catch (RuntimeException e) {
            throw new AssertionError(
                    "Seed " + seed + " failed (replay with -Draft.seed=" + seed + "): " + e.getMessage(), e);
        }
        return schedule;
    }
}
