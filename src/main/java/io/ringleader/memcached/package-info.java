/**
 * The memcached protocol: bytes to requests, results to bytes. Pure and incremental; it does not know who executes a request
 * and touches no socket, thread or clock.
 *
 * <p>{@link io.ringleader.memcached.TextProtocol} reads the text protocol, classic and meta commands, and calls a
 * {@link io.ringleader.memcached.RequestHandler}; {@link io.ringleader.memcached.TextReplies} writes the answers. The
 * reference is {@code doc/protocol.txt} and the behaviour of memcached 1.6.45. Where that server has a plain bug (it throws
 * away answers it has already queued when a later {@code get} has too long a key, and ends that error with two line ends)
 * this package does what the protocol says.
 *
 * <p>A dialect is a {@link io.ringleader.memcached.Protocol} for the same handler, with a
 * {@link io.ringleader.memcached.Reply} of its own: {@link io.ringleader.memcached.BinaryProtocol} reads the binary protocol.
 */
package io.ringleader.memcached;
