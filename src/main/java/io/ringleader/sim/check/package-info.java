/**
 * The properties that Raft promises, checked after every step of every replica by somebody who sees all of them.
 *
 * <pre>
 *   SafetyChecks - GroupChecks       one per partition: election safety, leader completeness, durable majorities
 *     Ledger                         what its leaders created and what is committed: log matching, state machine safety
 *     Promises                       one per node: what its disk holds, and what it told others, through all restarts
 *     ReplicaChecks                  one per life of a node: looks at what is new after a step
 * </pre>
 */
package io.ringleader.sim.check;
