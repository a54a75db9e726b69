package io.ringleader.raft;

/**
 * What the nodes of a test are made with.
 *
 * @param seed of the election timeouts
 * @param chunkBytes bytes of snapshot file in one InstallSnapshot
 */
record Settings(RaftConfig config, long seed, int chunkBytes) {
    static final long MILLI = 1_000_000;
    static final long HEARTBEAT = 100 * MILLI;
    static final long TIMEOUT_MIN = 1_000 * MILLI;
    static final long TIMEOUT_MAX = 2_000 * MILLI;

    static final Settings DEFAULT =
            new Settings(new RaftConfig(HEARTBEAT, TIMEOUT_MIN, TIMEOUT_MAX, 1 << 20, 16, 1 << 20, 1 << 20, 0), 1, 16);

    Settings withSeed(long newSeed) {
        return new Settings(config, newSeed, chunkBytes);
    }

    /** Leases that last as long as they may where all clocks are the same. */
    Settings withLease() {
        return new Settings(config.withLease(TIMEOUT_MIN), seed, chunkBytes);
    }

    Settings withQuietAfter(long nanos) {
        return new Settings(config.withQuietAfter(nanos), seed, chunkBytes);
    }

    /** One entry in each AppendEntries. */
    Settings withOneEntryPerAppend() {
        return withLimits(1, config.maxInflightMessages(), config.maxUncommittedBytes());
    }

    Settings withLimits(int maxAppendBytes, int maxInflightMessages, long maxUncommittedBytes) {
        RaftConfig limited = new RaftConfig(
                config.heartbeatNanos(),
                config.electionTimeoutMinNanos(),
                config.electionTimeoutMaxNanos(),
                maxAppendBytes,
                maxInflightMessages,
                config.maxInflightBytes(),
                maxUncommittedBytes,
                config.retainBytes(),
                config.leaseNanos(),
                config.quietAfterNanos());
        return new Settings(limited, seed, chunkBytes);
    }

    Settings withRetainBytes(long retainBytes) {
        RaftConfig retaining = new RaftConfig(
                config.heartbeatNanos(),
                config.electionTimeoutMinNanos(),
                config.electionTimeoutMaxNanos(),
                config.maxAppendBytes(),
                config.maxInflightMessages(),
                config.maxInflightBytes(),
                config.maxUncommittedBytes(),
                retainBytes,
                config.leaseNanos(),
                config.quietAfterNanos());
        return new Settings(retaining, seed, chunkBytes);
    }
}
