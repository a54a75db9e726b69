/**
 * What Raft is, apart from how {@link io.ringleader.raft} does it: an executable specification, and a validator that holds every
 * step of real nodes against it.
 *
 * <p>Beside the paper's Figure 2: {@link io.ringleader.spec.Server} is its upper left box; {@link io.ringleader.spec.Elections},
 * {@link io.ringleader.spec.Replicating} and {@link io.ringleader.spec.Snapshots} are its rules as small guarded actions;
 * {@link io.ringleader.spec.Disk} is what "updated on stable storage before responding" means; {@link
 * io.ringleader.spec.Properties} are those of Figure 3. The specification knows no time: an action that the implementation takes
 * when a timer fires may be taken at any moment here. So it allows more than the implementation does, and what holds for it holds
 * for every choice of timeouts.
 */
package io.ringleader.spec;
