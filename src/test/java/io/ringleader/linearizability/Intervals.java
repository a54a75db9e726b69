package io.ringleader.linearizability;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Writes histories down as operations with a beginning and an end, in milliseconds, in any order. */
final class Intervals {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final List<Interval> intervals = new ArrayList<>();

    private record Interval(String key, Command command, Answer answer, boolean applied, long from, long to) {}

    private record Event(int interval, boolean invocation, long at) {}

    /** The key "k". */
    Intervals done(long from, long to, Command command, Answer answer) {
        return done("k", from, to, command, answer);
    }

    Intervals done(String key, long from, long to, Command command, Answer answer) {
        intervals.add(new Interval(key, command, answer, true, from, to));
        return this;
    }

    /** With an unknown outcome. */
    Intervals lost(long from, Command command) {
        intervals.add(new Interval("k", command, null, true, from, Long.MAX_VALUE));
        return this;
    }

    Intervals notApplied(long from, long to, Command command) {
        intervals.add(new Interval("k", command, null, false, from, to));
        return this;
    }

    /** Each interval is of a client of its own. At the same millisecond, what begins comes before what ends. */
    History history() {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < intervals.size(); i++) {
            events.add(new Event(i, true, intervals.get(i).from));
            if (intervals.get(i).to != Long.MAX_VALUE) {
                events.add(new Event(i, false, intervals.get(i).to));
            }
        }
        events.sort(Comparator.comparingLong(Event::at).thenComparing(event -> !event.invocation()));
        HistoryRecorder recorder = new HistoryRecorder();
        int[] ids = new int[intervals.size()];
        for (Event event : events) {
            Interval interval = intervals.get(event.interval);
            long nanos = event.at * NANOS_PER_MILLI;
            if (event.invocation) {
                String key = interval.command instanceof Command.FlushAll ? null : interval.key;
                ids[event.interval] = recorder.invoke(event.interval, key, interval.command, nanos);
            } else if (interval.applied) {
                recorder.completed(ids[event.interval], interval.answer, nanos);
            } else {
                recorder.notApplied(ids[event.interval], nanos);
            }
        }
        return recorder.history();
    }
}
