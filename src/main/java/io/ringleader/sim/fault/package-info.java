/**
 * What goes wrong in a simulation: one small class per kind behind {@link io.ringleader.sim.fault.Fault}, and
 * {@link io.ringleader.sim.fault.Faults}, which draws the kinds of a run.
 */
package io.ringleader.sim.fault;
