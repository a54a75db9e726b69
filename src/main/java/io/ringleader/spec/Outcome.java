package io.ringleader.spec;

import io.ringleader.raft.Durable;
import io.ringleader.raft.Message;
import java.util.ArrayList;
import java.util.List;

/** What an action makes of a server: another one, or nothing if its guard is false. */
public sealed interface Outcome {
    /** The guard is false, and this sentence says why. */
    record Disabled(String why) implements Outcome {}

    /**
     * The action was taken.
     *
     * @param writes what it changes of the persistent state, in order
     * @param sent what it must say
     */
    record Taken(Server server, List<Durable> writes, List<Message> sent) implements Outcome {
        Taken writing(Durable durable) {
            return new Taken(server, plus(writes, durable), sent);
        }

        Taken sending(Message message) {
            return new Taken(server, writes, plus(sent, message));
        }

        private static <T> List<T> plus(List<T> list, T last) {
            if (list.isEmpty()) {
                return List.of(last);
            }
            List<T> longer = new ArrayList<>(list);
            longer.add(last);
            return longer;
        }
    }

    static Taken next(Server server) {
        return new Taken(server, List.of(), List.of());
    }

    static Outcome disabled(String why) {
        return new Disabled(why);
    }
}
