package io.ringleader.sim;

/** What clients do to a {@link SimCluster} meanwhile, and what they know afterwards. Fails the run as soon as an answer is wrong. */
public interface Workload {
    /** Clients begin to send. The cluster is whole and every partition is led. */
    void start();

    /** No new commands. */
    void stop();

    boolean isAnswered();

    /** The commands that are not answered yet, for people. */
    String outstanding();

    /** All nodes are up and everything is answered: what was acknowledged is there, at every node. */
    void verify();

    /** How many commands were answered with something other than an error. */
    long acknowledged();
}
