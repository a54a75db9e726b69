package io.ringleader.loop;

/**
 * The time a node sees: real in production, simulated in tests. Any thread may call it.
 *
 * <p>Two clocks, because they answer different questions. The monotonic one measures how long something took and drives
 * every timeout; it never goes back and its origin means nothing. The wall clock stamps expiry times; it may jump either
 * way, and nothing about safety may depend on it.
 */
public interface Clock {
    /** Nanoseconds since an arbitrary origin, never decreasing. */
    long monotonicNanos();

    /** Milliseconds since the Unix epoch, as this machine believes. */
    long wallMillis();
}
