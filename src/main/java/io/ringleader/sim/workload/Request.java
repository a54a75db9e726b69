package io.ringleader.sim.workload;

import io.ringleader.linearizability.Command;
import java.util.List;

/**
 * One command as a client sends it.
 *
 * @param kind for the coverage
 * @param keys asked the same each; empty for a flush, and for a command that asks nothing
 * @param command what is asked of each key; null if nothing is
 * @param bytes Latin-1
 * @param opaque comes back with the answer; null if it does not
 * @param quiet whether the usual answer is left out
 */
record Request(String kind, List<Key> keys, Command command, String bytes, Form form, String opaque, boolean quiet) {
    /** How it is answered. */
    enum Form {
        /** Not at all: it was sent with noreply. */
        NEVER,
        LINE,
        /** One block for each key found, and END. */
        VALUES,
        META,
        /** mn, which is there to be answered after quiet commands. */
        NOTHING,
        PACKET
    }

    static Request line(String kind, Key key, Command command, String bytes) {
        return new Request(kind, List.of(key), command, bytes, Form.LINE, null, false);
    }

    /** Operations of the history. */
    int operations() {
        return command instanceof Command.FlushAll ? 1 : keys.size();
    }

    /** Null for a flush. */
    Key key(int operation) {
        return keys.isEmpty() ? null : keys.get(operation);
    }

    boolean isFlush() {
        return command instanceof Command.FlushAll;
    }

    /** Whether it leaves everything as it is, come what may. */
    boolean isPureRead() {
        return command instanceof Command.Fetch fetch
                && !fetch.wins()
                && fetch.exptime() == null
                && fetch.vivifyExptime() == null
                && fetch.recacheExptime() == null;
    }

    /** What is known if no answer will come. */
    Heard lost() {
        return isPureRead() ? Heard.NOT_APPLIED : Heard.UNKNOWN;
    }
}
