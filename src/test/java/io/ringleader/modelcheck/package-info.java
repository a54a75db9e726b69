/**
 * Explores every interleaving of a few nodes, all running the real {@link io.ringleader.raft.Raft}: every order of delivery, loss,
 * duplication, timeouts, crashes, restarts, and of disks that complete their writes. What is explored is bounded ({@link
 * io.ringleader.modelcheck.Bounds}), within the bounds nothing is left out.
 */
package io.ringleader.modelcheck;
