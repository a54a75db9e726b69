/**
 * Raft, as a function: events and the time go in, effects come out. No thread, clock, socket, file or randomness of its own.
 *
 * <p>Read {@link io.ringleader.raft.Raft} first, then {@link io.ringleader.raft.Election}, {@link
 * io.ringleader.raft.Replication}, {@link io.ringleader.raft.SnapshotTransfer} and {@link io.ringleader.raft.Reads}, which
 * follow Figure 2 and Figure 13 of the paper. "§" cites Ongaro and Ousterhout, "In Search of an Understandable Consensus
 * Algorithm (Extended Version)"; "thesis §" cites Ongaro, "Consensus: Bridging Theory and Practice".
 */
package io.ringleader.raft;
