package io.ringleader.storage;

/**
 * What a group has noted of the data directory of one of its nodes; what it means is Raft's affair.
 *
 * @param node id of the node, from 1
 * @param generation how many directories the node had in this group, from 1
 * @param identity tells apart two directories of one generation
 * @param voter whether it may vote
 */
public record ReplicaRecord(int node, int generation, long identity, boolean voter) {}
