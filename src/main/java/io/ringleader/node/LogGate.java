package io.ringleader.node;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The way of a burst to the log: all that its groups want durable is handed over at once, under a token, and what must not
 * happen before that is durable is held back here until the log has said so. Owned by the raft loop.
 */
final class LogGate {
    /** To the log loop. */
    interface Log {
        void append(long token, List<LogWriter.Append> appends);
    }

    private record Held(long token, Runnable action) {}

    /** In the order of the tokens. */
    private final ArrayDeque<Held> held = new ArrayDeque<>();

    private List<LogWriter.Append> appends = new ArrayList<>();
    private long lastToken;
    private long durableToken;

    void add(LogWriter.Append append) {
        appends.add(append);
    }

    /** Of what was handed over last. */
    long lastToken() {
        return lastToken;
    }

    /** Of all that was added so far. */
    long token() {
        return appends.isEmpty() ? lastToken : lastToken + 1;
    }

    /** At the end of a burst. */
    void handOver(Log log) {
        if (!appends.isEmpty()) {
            lastToken++;
            log.append(lastToken, appends);
            appends = new ArrayList<>();
        }
    }

    /** Runs the action once everything up to the token is durable: now, or within {@link #onDurable}. */
    void whenDurable(long token, Runnable action) {
        if (token > durableToken) {
            held.add(new Held(token, action));
        } else {
            action.run();
        }
    }

    void onDurable(long token) {
        durableToken = token;
        while (!held.isEmpty() && held.peek().token() <= durableToken) {
            held.poll().action().run();
        }
    }
}
