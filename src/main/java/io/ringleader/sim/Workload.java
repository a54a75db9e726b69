package io.ringleader.sim;

import io.ringleader.linearizability.History;
import io.ringleader.linearizability.Verdict;
import java.util.List;
import java.util.Optional;

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

    /** All that was asked and heard so far; empty if it is not taken down. */
    default History history() {
        return new History(List.of());
    }

    /** What was found of the history, also if that failed the run; empty if it was not judged. */
    default Optional<Verdict> verdict() {
        return Optional.empty();
    }
}
