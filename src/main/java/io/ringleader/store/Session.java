package io.ringleader.store;

/**
 * What the state machine remembers of one node that sends batches: enough to answer its last batch again instead of applying
 * it twice (thesis §6.3). One batch of a session is in flight at a time, so the last one is all that can be repeated.
 *
 * @param node the session's node id
 * @param incarnation grows with every start of the node; a new one replaces the old
 * @param sequence of the last batch applied
 * @param results of that batch; not to be changed
 */
record Session(int node, long incarnation, long sequence, byte[] results) {}
