/**
 * A load generator: many connections to servers, requests as fast as they are answered or at a fixed rate, and how long the
 * answers took. It measures any server that speaks memcached's text protocol, and Redis and etcd, to compare with.
 *
 * <p>A {@link io.ringleader.bench.LoadGenerator} runs {@link io.ringleader.bench.BenchOptions}; each of its threads is a
 * {@link io.ringleader.bench.Worker} with a selector and some {@link io.ringleader.bench.Connection}s; a {@link
 * io.ringleader.bench.Pace} says when a request is due, a {@link io.ringleader.bench.Dialect} how it looks on the wire. Nothing
 * is allocated per operation, so that the generator costs little beside the servers on the same machine.
 *
 * <p>It knows nothing of the rest of Ringleader: it is a client like any other.
 */
package io.ringleader.bench;
