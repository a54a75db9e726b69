/**
 * One node: the loops and what runs on them, from a client's bytes to a replicated, durable, applied command and back.
 *
 * <pre>
 *   ClientSession - Router          client loop     bytes to batches, batches to whoever leads, results to bytes
 *   RaftHost - PartitionGroup       raft loop       all groups of the node, and its peers
 *   LogWriter                       log loop        the write-ahead log: append, sync
 *   StoreHost                       store loop      the state machines: apply, read
 *   SnapshotKeeper                  snapshot loop   snapshot files: write, read, receive
 * </pre>
 *
 * Each class is owned by one loop and reaches the others only by {@link io.ringleader.loop.Loop#execute}.
 */
package io.ringleader.node;
