package io.ringleader.spec;

import io.ringleader.raft.Durable;
import io.ringleader.raft.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * One action of the specification with its parameters filled in: a guard, and what becomes of the server that takes it.
 *
 * @param name as one would write it down: {@code HandleAppendEntries}
 */
public record Action(String name, Function<Server, Outcome> rule) {
    /** One action after the other; it is disabled if one of them is, in the state that those before it led to. */
    static Outcome run(List<Action> actions, Server server) {
        if (actions.size() == 1) {
            return actions.get(0).rule().apply(server);
        }
        Server now = server;
        List<Durable> writes = new ArrayList<>();
        List<Message> sent = new ArrayList<>();
        for (Action action : actions) {
            Outcome outcome = action.rule().apply(now);
            if (!(outcome instanceof Outcome.Taken taken)) {
                return outcome;
            }
            now = taken.server();
            writes.addAll(taken.writes());
            sent.addAll(taken.sent());
        }
        return new Outcome.Taken(now, writes, sent);
    }
}
