package io.ringleader.node;

import io.ringleader.loop.Clock;
import io.ringleader.loop.Loop;
import io.ringleader.net.Network;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that is to stop sees its clients off: takes no new ones, answers what was asked, and closes each connection once nothing
 * of it is unanswered. Owned by the client loop.
 */
final class Farewell {
    private static final Logger log = LoggerFactory.getLogger(Farewell.class);
    private static final long LOOK_NANOS = 5_000_000L;

    private final Loop loop;
    private final Clock clock;
    private final Network network;
    private final Set<ClientSession> sessions;
    private final long deadlineNanos;
    private final Runnable done;
    /** From then on nothing more is taken from clients that have always another command under way. */
    private long enoughNanos;

    private boolean isEnough;

    /** @param done called once, when all clients are gone or the time is up */
    Farewell(ClientServices services, Network network, long deadlineNanos, Runnable done) {
        loop = services.loop();
        clock = services.clock();
        sessions = services.sessions();
        this.network = network;
        this.deadlineNanos = deadlineNanos;
        this.done = done;
    }

    void begin() {
        long nowNanos = clock.monotonicNanos();
        enoughNanos = nowNanos + Math.max(0, deadlineNanos - nowNanos) / 2;
        network.stopListening();
        List.copyOf(sessions).forEach(session -> session.end(false));
        look();
    }

    private void look() {
        long nowNanos = clock.monotonicNanos();
        if (sessions.isEmpty() || nowNanos >= deadlineNanos) {
            if (!sessions.isEmpty()) {
                log.warn("{} clients are not done in time.", sessions.size());
            }
            done.run();
            return;
        }
        if (!isEnough && nowNanos >= enoughNanos) {
            isEnough = true;
            List.copyOf(sessions).forEach(session -> session.end(true));
        }
        loop.schedule(LOOK_NANOS, this::look);
    }
}
