package io.ringleader.raft;

/**
 * The constants of one Raft group. Times are in nanoseconds of the monotonic clock that drives {@link Raft#tick}.
 *
 * @param heartbeatNanos how often a leader makes itself heard
 * @param electionTimeoutMinNanos a follower that heard nothing for a random time between this and the maximum runs for
 *     election (§5.2); also how long a leader may go without a quorum (CheckQuorum, thesis §6.2)
 * @param maxAppendBytes entries in one AppendEntries (at least one entry is always sent)
 * @param maxInflightMessages AppendEntries sent to one follower and not yet acknowledged
 * @param maxInflightBytes the same in bytes of entries
 * @param maxUncommittedBytes entries of this leader that are not yet both committed and on its own disk; beyond it proposals
 *     are refused
 * @param retainBytes log entries kept behind a snapshot, so that a slow follower need not be sent the snapshot
 * @param leaseNanos how long a leader may answer reads without asking the others, from the moment at which it sent what a
 *     majority has answered ({@link Lease}); 0 if it asks for every read. The same, or 0, at all nodes
 * @param quietAfterNanos how long nothing has happened in a group that goes quiet ({@link Quiet}); {@link Long#MAX_VALUE} if none
 *     ever does
 */
public record RaftConfig(
        long heartbeatNanos,
        long electionTimeoutMinNanos,
        long electionTimeoutMaxNanos,
        int maxAppendBytes,
        int maxInflightMessages,
        long maxInflightBytes,
        long maxUncommittedBytes,
        long retainBytes,
        long leaseNanos,
        long quietAfterNanos) {

    /**
     * In longest election timeouts: how long nothing has happened in a group that goes quiet. Whatever was lost, a message or a node,
     * has been noticed by then. And a client that comes back every second or two, as many do, finds the group awake.
     */
    public static final int QUIET_AFTER_TIMEOUTS = 2;

    /** Without leases, of groups that go quiet after {@link #QUIET_AFTER_TIMEOUTS}. */
    public RaftConfig(
            long heartbeatNanos,
            long electionTimeoutMinNanos,
            long electionTimeoutMaxNanos,
            int maxAppendBytes,
            int maxInflightMessages,
            long maxInflightBytes,
            long maxUncommittedBytes,
            long retainBytes) {
        this(
                heartbeatNanos,
                electionTimeoutMinNanos,
                electionTimeoutMaxNanos,
                maxAppendBytes,
                maxInflightMessages,
                maxInflightBytes,
                maxUncommittedBytes,
                retainBytes,
                0,
                QUIET_AFTER_TIMEOUTS * electionTimeoutMaxNanos);
    }

    /** The same, with leases of that length. */
    public RaftConfig withLease(long nanos) {
        return new RaftConfig(
                heartbeatNanos,
                electionTimeoutMinNanos,
                electionTimeoutMaxNanos,
                maxAppendBytes,
                maxInflightMessages,
                maxInflightBytes,
                maxUncommittedBytes,
                retainBytes,
                nanos,
                quietAfterNanos);
    }

    /** The same, but groups go quiet after that time. */
    public RaftConfig withQuietAfter(long nanos) {
        return new RaftConfig(
                heartbeatNanos,
                electionTimeoutMinNanos,
                electionTimeoutMaxNanos,
                maxAppendBytes,
                maxInflightMessages,
                maxInflightBytes,
                maxUncommittedBytes,
                retainBytes,
                leaseNanos,
                nanos);
    }

    public RaftConfig {
        if (heartbeatNanos <= 0
                || electionTimeoutMinNanos <= heartbeatNanos
                || electionTimeoutMaxNanos <= electionTimeoutMinNanos) {
            throw new IllegalArgumentException("Timeouts must satisfy 0 < heartbeat (" + heartbeatNanos
                    + ") < election timeout minimum (" + electionTimeoutMinNanos + ") < maximum ("
                    + electionTimeoutMaxNanos + ").");
        }
        if (leaseNanos < 0 || leaseNanos > electionTimeoutMinNanos) {
            throw new IllegalArgumentException("A lease of " + leaseNanos
                    + " ns must not be longer than the shortest election timeout, " + electionTimeoutMinNanos + ".");
        }
        if (maxAppendBytes <= 0
                || maxInflightMessages <= 0
                || maxInflightBytes <= 0
                || maxUncommittedBytes <= 0
                || retainBytes < 0
                || quietAfterNanos <= 0) {
            throw new IllegalArgumentException("Limits must be positive: maxAppendBytes " + maxAppendBytes
                    + ", maxInflightMessages " + maxInflightMessages + ", maxInflightBytes " + maxInflightBytes
                    + ", maxUncommittedBytes " + maxUncommittedBytes + ", retainBytes " + retainBytes
                    + ", quietAfterNanos " + quietAfterNanos + ".");
        }
    }
}
