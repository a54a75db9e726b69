package io.ringleader.modelcheck;

/** What the world around a Raft may do wrong, to see that the checker finds out. */
enum Fault {
    NONE,
    /** The disk keeps the term of a hard state and loses the vote. */
    VOTES_ARE_NOT_WRITTEN,
    /** Messages that wait for the disk leave at once. */
    PROMISES_DO_NOT_WAIT,
    /** An entry that is to take the place of another is not written. */
    OVERWRITES_ARE_LOST,
    /** The disk loses the last of its entries in a crash, though it was durable. */
    CRASHES_LOSE_DURABLE_ENTRIES,
    /** An answer to a round of heartbeats counts for the next one too. */
    READS_ARE_CONFIRMED_BY_OLD_ROUNDS,
    /** What a leader answers to a follower counts for the follower's next question too. */
    ANSWERS_HOLD_FOR_LATER_READS
}
