package io.ringleader.config;

/**
 * How a leader makes sure, before it answers a read, that it still leads.
 *
 * @param lease whether it may rely on a lease, and so on the clocks of all nodes; if not, it asks a majority each time
 * @param clockDriftMaxPercent by how much the clock of one node may at most run faster than that of another one
 */
public record ReadPolicy(boolean lease, int clockDriftMaxPercent) {
    /** No clock is trusted. */
    public static final ReadPolicy INDEX = new ReadPolicy(false, (int) Schema.CLOCK_DRIFT.fallback());

    /**
     * How long a lease lasts, 0 without leases: others stay with a leader for the shortest election timeout by their clocks, of
     * which the fastest is that much faster than the leader's.
     */
    public long leaseMillis(Timeouts timeouts) {
        return lease ? timeouts.electionTimeoutMinMillis() * 100 / (100 + clockDriftMaxPercent) : 0;
    }
}
