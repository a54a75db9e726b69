package io.ringleader.raft;

/**
 * Something that must be on disk before any message that {@linkplain Message#waitsForDisk waits for the disk} and was emitted
 * after it may leave ("Updated on stable storage before responding to RPCs", Figure 2).
 */
public sealed interface Durable permits HardState, Entry, SnapshotPoint, Replica {}
