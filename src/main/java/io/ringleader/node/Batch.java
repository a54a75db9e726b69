package io.ringleader.node;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Commands for one partition that travel together, and who asked for each. Owned by the client loop. */
final class Batch {
    /** Writes: the whole batch with its header. Reads: the commands. Set when the batch is sealed, never modified then. */
    byte[] bytes;

    /** What it is counted as in the router's queue. */
    long queuedBytes;

    /** When its oldest command must be answered. */
    long deadlineNanos;

    /** The attempt that is under way, 0 if none is. */
    long requestId;

    int target;
    /** Reads: asked of this node's own replica, whoever leads. */
    boolean here;
    /** Who passes it on to the target; nobody if this node sends it itself. */
    int via;
    /** Nodes that could not be reached, or did not answer, and until when other ways are taken. */
    private final Map<Integer, Long> missedUntilNanos = new HashMap<>();

    long sentNanos;
    long retryNanos;
    int attempts;
    /** Some attempt may have been applied without our hearing of it. */
    boolean uncertain;
    /** The last thing that went wrong, for the client. */
    String trouble = "no answer yet";

    private ClientSession[] sessions = new ClientSession[16];
    private long[] slots = new long[16];
    private int first;
    private int end;

    void add(ClientSession session, long slot) {
        if (end == sessions.length) {
            sessions = Arrays.copyOf(sessions, end * 2);
            slots = Arrays.copyOf(slots, end * 2);
        }
        sessions[end] = session;
        slots[end] = slot;
        end++;
    }

    /** The target could not be reached, or did not answer. */
    void missed(long untilNanos) {
        missedUntilNanos.put(target, untilNanos);
    }

    /** Links come back, and so do nodes that stood still. */
    void found(int node) {
        missedUntilNanos.remove(node);
    }

    /** Whether the node was missed lately. */
    boolean misses(int node, long nowNanos) {
        // asked for every batch, and hardly any has missed anybody
        return !missedUntilNanos.isEmpty() && nowNanos < missedUntilNanos.getOrDefault(node, Long.MIN_VALUE);
    }

    /** Commands that have no answer yet. */
    int commandCount() {
        return end - first;
    }

    ClientSession session() {
        return sessions[first];
    }

    long slot() {
        return slots[first];
    }

    /** The first unanswered command is answered now. */
    void advance() {
        sessions[first] = null;
        first++;
    }

    /** Tells all who have no answer yet that they will get none, and what that means for what they asked. */
    void failAll(boolean write, String reason) {
        boolean unknown = write && uncertain;
        String outcome;
        if (!write) {
            outcome = "not read";
        } else if (unknown) {
            outcome = "outcome unknown, it may have been applied or be applied yet";
        } else {
            outcome = "not applied";
        }
        while (commandCount() > 0) {
            ClientSession session = session();
            long slot = slot();
            advance();
            session.onFailure(write, slot, outcome + ": " + reason, unknown);
        }
    }

    void reset() {
        bytes = null;
        queuedBytes = 0;
        deadlineNanos = 0;
        requestId = 0;
        attempts = 0;
        here = false;
        via = 0;
        missedUntilNanos.clear();
        uncertain = false;
        trouble = "no answer yet";
        Arrays.fill(sessions, first, end, null);
        first = 0;
        end = 0;
    }
}
