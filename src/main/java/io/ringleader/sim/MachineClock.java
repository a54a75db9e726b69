package io.ringleader.sim;

import io.ringleader.loop.Clock;

/**
 * The clocks of one machine. The monotonic one runs fast or slow, but never back; the wall clock has an offset from it that can
 * jump, and can stand still.
 */
public final class MachineClock implements Clock {
    /** The Unix time at the beginning of the world. */
    public static final long WALL_ORIGIN_MILLIS = 1_700_000_000_000L;

    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final VirtualWorld world;
    private double rate = 1;
    /** What true time and this machine showed when the rate was last changed. */
    private long trueNanos;

    private long ownNanos;
    private long offsetMillis;
    private boolean frozen;
    private long frozenMillis;

    MachineClock(VirtualWorld world) {
        this.world = world;
    }

    @Override
    public long monotonicNanos() {
        return world.startNanos() + elapsedNanos();
    }

    @Override
    public long wallMillis() {
        return WALL_ORIGIN_MILLIS + offsetMillis + (frozen ? frozenMillis : elapsedNanos() / NANOS_PER_MILLI);
    }

    private long elapsedNanos() {
        return ownNanos + (long) ((world.elapsedNanos() - trueNanos) * rate);
    }

    /** How long it takes, in true time, until this clock has moved on by so much. Timers already set are not changed. */
    long trueNanosOf(long delayNanos) {
        return rate == 1 ? delayNanos : (long) (delayNanos / rate);
    }

    /** From now on it runs that many times as fast as true time. */
    public void setRate(double newRate) {
        ownNanos = elapsedNanos();
        trueNanos = world.elapsedNanos();
        rate = newRate;
    }

    /** How far the wall clock is ahead of its monotonic clock; negative if it is behind. */
    public void setOffsetMillis(long millis) {
        offsetMillis = millis;
    }

    /** The wall clock stands still, or goes on from the right time. */
    public void freeze(boolean freeze) {
        frozen = freeze;
        frozenMillis = elapsedNanos() / NANOS_PER_MILLI;
    }
}
