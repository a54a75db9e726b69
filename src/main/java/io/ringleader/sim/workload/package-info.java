/**
 * The ordinary clients of a simulated cluster: they ask everything that memcached can be asked, in all its protocols, take down
 * what they hear, and at the end of the run their history is judged by {@link io.ringleader.linearizability.Checker}.
 *
 * <p>Everything runs on the simulated world's one thread and is drawn from its seed.
 */
package io.ringleader.sim.workload;
