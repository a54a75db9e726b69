package io.ringleader.node;

import java.util.LinkedHashSet;
import java.util.Set;

/** How many bytes of commands a router holds, and who waits until they are fewer again. Owned by the client loop. */
final class QueueRoom {
    private final long maxBytes;
    /** Sessions whose next command did not fit. */
    private final Set<ClientSession> waiting = new LinkedHashSet<>();

    private long bytes;

    QueueRoom(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Whether another command may come; if not, the session is told by {@link ClientSession#resume} when it may. */
    boolean admits(ClientSession session) {
        if (bytes < maxBytes) {
            return true;
        }
        waiting.add(session);
        return false;
    }

    void forget(ClientSession session) {
        waiting.remove(session);
    }

    void add(long commandBytes) {
        bytes += commandBytes;
    }

    void remove(long commandBytes) {
        bytes -= commandBytes;
    }

    void wake() {
        if (!waiting.isEmpty() && bytes < maxBytes) {
            ClientSession[] woken = waiting.toArray(ClientSession[]::new);
            waiting.clear();
            for (ClientSession session : woken) {
                session.resume();
            }
        }
    }

    boolean isEmpty() {
        return waiting.isEmpty() && bytes == 0;
    }

    @Override
    public String toString() {
        return waiting.size() + " sessions wait, " + bytes + " bytes are queued";
    }
}
