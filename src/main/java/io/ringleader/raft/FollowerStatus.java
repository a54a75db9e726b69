package io.ringleader.raft;

/**
 * What a leader knows of one of its followers, for people.
 *
 * @param lagEntries entries of the leader's log that are not known to be durable at the follower
 */
public record FollowerStatus(int node, long lagEntries, Sync sync) {
    /** How the follower is brought up to date. */
    public enum Sync {
        /** Where its log meets the leader's is being found out; also of a node that cannot be reached. */
        PROBE,
        /** It is sent entries as they come. */
        REPLICATE,
        /** What it needs is compacted: it is sent a snapshot. */
        SNAPSHOT
    }
}
