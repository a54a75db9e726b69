package io.ringleader.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Hundreds of clusters under random faults. A failure names its seed; {@code -Draft.seed=N} runs that schedule alone, and
 * {@code -Draft.schedules=N} as many as there is time for.
 */
class RandomScheduleTest {
    private static final int EVENTS = 2_000;

    @Test
    void randomFaultsNeverBreakSafetyAndProgressReturnsWhenTheyStop() {
        Long onlySeed = Long.getLong("raft.seed");
        if (onlySeed != null) {
            run(onlySeed);
            return;
        }
        Map<RandomSchedule.Seen, Integer> seen = new EnumMap<>(RandomSchedule.Seen.class);
        int schedules = Integer.getInteger("raft.schedules", 400);
        for (long seed = 1; seed <= schedules; seed++) {
            run(seed).forEach((what, times) -> seen.merge(what, times, Integer::sum));
        }
        assertThat(seen.keySet())
                .as("A fault or an outcome that never happens was not tested. Seen: " + seen)
                .containsExactly(RandomSchedule.Seen.values());
    }

    private static Map<RandomSchedule.Seen, Integer> run(long seed) {
        RandomSchedule schedule = new RandomSchedule(seed);
        try {
            schedule.run(EVENTS);
        } catch (RuntimeException e) {
            throw new AssertionError(
                    "Seed " + seed + " failed (replay with -Draft.seed=" + seed + "): " + e.getMessage(), e);
        }
        return schedule.seen();
    }
}
