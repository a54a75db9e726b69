package io.ringleader.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Time in a simulated world: clocks that drift, jump and stand still, and processes that do. */
class VirtualTimeTest {
    private final VirtualWorld world = new VirtualWorld(1, 0);
    private final MachineClock clock = new MachineClock(world);

    @Test
    void aClockThatRunsTwiceAsFastHasItsTimersInHalfTheTime() {
        clock.setRate(2);
        List<Long> at = new ArrayList<>();
        Loop loop = world.process("host", clock::trueNanosOf).loop("loop", 0);
        loop.schedule(10_000_000, () -> at.add(world.wallMillis()));
        world.runMillis(20);
        assertThat(at).containsExactly(5L);
        assertThat(clock.monotonicNanos()).isEqualTo(40_000_000);
    }

    @Test
    void monotonicTimeGoesOnFromWhereItIsWhenTheRateChangesAndWhateverTheWallClockDoes() {
        long wallMillis = clock.wallMillis();
        world.runMillis(10);
        clock.setRate(0.5);
        assertThat(clock.monotonicNanos()).isEqualTo(10_000_000);
        clock.setOffsetMillis(-5_000);
        clock.freeze(true);
        world.runMillis(10);
        assertThat(clock.monotonicNanos()).isEqualTo(15_000_000);
        assertThat(clock.wallMillis()).isEqualTo(wallMillis + 10 - 5_000);
        clock.freeze(false);
        assertThat(clock.wallMillis()).isEqualTo(wallMillis + 15 - 5_000);
    }

    @Test
    void aProcessThatStoodStillDoesWhatItMissedInOrder() {
        List<String> done = new ArrayList<>();
        VirtualProcess process = world.process("host");
        Loop loop = process.loop("loop", 0);
        loop.schedule(1_000_000, () -> done.add("1 at " + world.wallMillis()));
        loop.schedule(2_000_000, () -> done.add("2 at " + world.wallMillis()));
        process.standStill(50_000_000);
        world.runMillis(49);
        assertThat(done).isEmpty();
        world.runMillis(2);
        assertThat(done).containsExactly("1 at 50", "2 at 50");
    }

    @Test
    void aProcessCanBeMadeToGoOnEarlier() {
        List<Long> at = new ArrayList<>();
        VirtualProcess process = world.process("host");
        process.loop("loop", 0).schedule(1_000_000, () -> at.add(world.wallMillis()));
        process.standStill(1_000_000_000);
        world.runMillis(5);
        process.standStill(0);
        world.runMillis(5);
        assertThat(at).containsExactly(5L);
    }
}
