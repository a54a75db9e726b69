/**
 * The state machine of a partition: items, commands, results, expiry, exactly-once sessions, and snapshots of all of it.
 *
 * <p>Everything here is a deterministic function of the log. There is no clock, thread, randomness or file: time is
 * stamped on each entry by the leader, so replicas that applied the same entries are equal byte for byte.
 */
package io.ringleader.store;
