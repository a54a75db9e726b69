package io.ringleader.modelcheck;

/** What happens only so often on one path, because there would be no end of states otherwise. */
enum Budget {
    PROPOSALS,
    CRASHES,
    /** A heartbeat interval passes at a leader. */
    TICKS,
    /** An election timeout passes at a leader that hears from nobody. */
    SILENCES,
    /** A message is delivered and stays in the network. */
    DUPLICATES,
    SNAPSHOTS,
    READS,
    TRANSFERS,
    RECONNECTS,
    /** Reads asked of nodes that do not lead. */
    FOLLOWER_READS;

    private static final int BITS = 4;
    static final int MAX = (1 << BITS) - 1;

    int used(long counters) {
        return (int) (counters >>> (BITS * ordinal())) & MAX;
    }

    long use(long counters) {
        return counters + (1L << (BITS * ordinal()));
    }
}
