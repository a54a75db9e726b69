/**
 * Decides whether what clients saw could have happened on one machine that does one thing at a time: linearizability
 * (Herlihy and Wing 1990), for the whole command set of memcached.
 *
 * <p>A {@link io.ringleader.linearizability.HistoryRecorder} takes down what clients ask and hear, in the order in which it
 * happens; {@link io.ringleader.linearizability.Checker#check} says whether there is a moment between the invocation and the
 * return of each operation at which it could have taken effect, such that every answer is explained. {@link
 * io.ringleader.linearizability.MemcachedModel} is what a correct machine may answer.
 *
 * <p>Everything here is a pure function of the history, single-threaded, and knows nothing of the rest of Ringleader: a
 * judge that shared code with the accused would share its mistakes.
 *
 * <p>Read in this order: {@link io.ringleader.linearizability.Operation}, {@link io.ringleader.linearizability.Model}, {@link
 * io.ringleader.linearizability.Search}, {@link io.ringleader.linearizability.KeyState}, {@link
 * io.ringleader.linearizability.MemcachedModel}.
 *
 * <ul>
 *   <li>J. Wing, C. Gong: Testing and Verifying Concurrent Objects. Journal of Parallel and Distributed Computing 17, 1993.
 *   <li>G. Lowe: Testing for Linearizability. Concurrency and Computation: Practice and Experience 29(4), 2017.
 *   <li>A. Horn, D. Kroening: Faster Linearizability Checking via P-Compositionality. FORTE 2015.
 * </ul>
 */
package io.ringleader.linearizability;
