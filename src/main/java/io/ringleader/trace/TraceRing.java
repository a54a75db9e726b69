package io.ringleader.trace;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Remembers the last events of a run, up to a number of bytes. What is older is not lost without a trace: it is folded into
 * the state that it led to, and {@link #events} begins with that state. One thread.
 */
public final class TraceRing implements TraceRecorder {
    private static final int EVENT_OVERHEAD_BYTES = 80;

    private final Deque<TraceEvent> events = new ArrayDeque<>();
    private final TraceFold older = new TraceFold();
    private final long maxBytes;
    private long bytes;
    private long forgotten;

    /** @param maxBytes what the remembered events may take, as estimated from their texts; the last event always stays */
    public TraceRing(long maxBytes) {
        if (maxBytes <= 0) {
            throw new IllegalArgumentException("A trace must be allowed some bytes, not " + maxBytes + ".");
        }
        this.maxBytes = maxBytes;
    }

    @Override
    public boolean isOn() {
        return true;
    }

    @Override
    public void record(TraceEvent event) {
        events.addLast(event);
        bytes += sizeBytes(event);
        while (bytes > maxBytes && events.size() > 1) {
            TraceEvent oldest = events.removeFirst();
            bytes -= sizeBytes(oldest);
            older.add(oldest);
            forgotten++;
        }
    }

    /** What is remembered, in order, as a trace of its own. */
    public List<TraceEvent> events() {
        List<TraceEvent> all = new ArrayList<>();
        if (forgotten > 0) {
            all.addAll(older.events(events.getFirst().atNanos(), forgotten));
        }
        all.addAll(events);
        return all;
    }

    private static long sizeBytes(TraceEvent event) {
        long chars = 0;
        if (event instanceof TraceEvent.Sent sent) {
            chars = sent.summary().length();
        } else if (event instanceof TraceEvent.Dropped dropped) {
            chars = dropped.reason().length();
        } else if (event instanceof TraceEvent.Invoked invoked) {
            chars = invoked.key().length() + invoked.text().length();
        } else if (event instanceof TraceEvent.Completed completed) {
            chars = completed.result().length();
        } else if (event instanceof TraceEvent.Note note) {
            chars = note.text().length();
        } else if (event instanceof TraceEvent.Synced synced) {
            chars = synced.what().length();
        } else if (event instanceof TraceEvent.RoleChanged role) {
            chars = role.reason().length();
        } else if (event instanceof TraceEvent.DiskFault fault) {
            chars = fault.fault().length();
        } else if (event instanceof TraceEvent.Life life) {
            chars = life.detail().length();
        } else if (event instanceof TraceEvent.Failed failed) {
            chars = failed.message().length();
        }
        return EVENT_OVERHEAD_BYTES + 2 * chars;
    }
}
