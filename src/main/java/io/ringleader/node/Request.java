package io.ringleader.node;

import io.ringleader.store.CommandBatch;

/**
 * What a router asks the leader of a partition: a batch of writes to replicate, or of reads to serve.
 *
 * @param from the asking node
 * @param id never the same for two requests of the asking node, also not after a restart
 * @param bytes writes: a whole {@link CommandBatch}; reads: commands without a header. Never modified.
 */
record Request(int from, long id, int partition, boolean write, int commandCount, byte[] bytes) {}
