/**
 * A world in one thread: time, threads, a network and disks that follow from a seed, and whole clusters of the real
 * {@link io.ringleader.node.Node} that live in it. Nothing of a node is written anew for it.
 */
package io.ringleader.sim;
