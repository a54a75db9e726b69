package io.ringleader.sim.workload;

import io.ringleader.linearizability.Command;

/** What comes between an answer and what is taken down of it: nothing, unless it is to be seen that wrong answers are found. */
@FunctionalInterface
public interface Ears {
    Ears GOOD = (key, command, heard) -> heard;

    /**
     * @param key null for a flush of all keys
     * @return what is to be taken down
     */
    Heard hear(String key, Command command, Heard heard);
}
