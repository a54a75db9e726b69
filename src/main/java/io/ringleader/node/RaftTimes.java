package io.ringleader.node;

/**
 * How often the raft loop looks at its groups, and the nodes at each other.
 *
 * @param beatNanos between two signs of life of a node
 */
record RaftTimes(long heartbeatNanos, long beatNanos, long electionTimeoutMinNanos) {
    private static final int TICKS_PER_HEARTBEAT = 4;
    private static final int BEATS_PER_TIMEOUT = 5;

    /** Several beats may be late or lost before a node is suspected; more of them would make idle nodes work. */
    static RaftTimes of(long heartbeatNanos, long electionTimeoutMinNanos) {
        long beatNanos = Math.min(2 * heartbeatNanos, electionTimeoutMinNanos / BEATS_PER_TIMEOUT);
        return new RaftTimes(heartbeatNanos, beatNanos, electionTimeoutMinNanos);
    }

    long tickNanos() {
        return heartbeatNanos / TICKS_PER_HEARTBEAT;
    }

    /** Where all is quiet, the loop looks up only when it beats. */
    long untilNextBeat(long nowNanos) {
        return beatNanos - Math.floorMod(nowNanos, beatNanos);
    }

    /** A node that is silent is noticed before anybody would have run for election. */
    long silenceNanos() {
        return electionTimeoutMinNanos - beatNanos;
    }
}
