package io.ringleader.sim.workload;

/**
 * What the clients of one run are like.
 *
 * @param keys how many are in use at a time; at least one of each partition
 * @param pipelineMax commands that a client has under way at most
 * @param commandsPerSecond of all clients together, about
 * @param commandsMax of all clients together
 * @param itemMaxBytes the largest value the cluster takes
 * @param valueMaxBytes the largest value the clients store, but for a few that are as large as the cluster takes
 * @param flushes how often, in the whole run, all keys are flushed at most
 * @param flushSpanMillis from the beginning of the run, the time in which that happens
 * @param answerMaxMillis a command is answered within this time
 * @param toleranceMillis by how much an expiry may be early or late, see {@link MixedWorkload}
 */
public record Mix(
        int clients,
        int keys,
        int pipelineMax,
        int commandsPerSecond,
        int commandsMax,
        int itemMaxBytes,
        int valueMaxBytes,
        int flushes,
        int flushSpanMillis,
        long answerMaxMillis,
        long toleranceMillis) {}
