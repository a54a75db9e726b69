package io.ringleader.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How often which things worth testing have happened. What a suite of runs never sees is not tested by it, however green it is.
 */
public final class Coverage {
    private final Map<String, Long> counts = new TreeMap<>();

    public void saw(String what) {
        saw(what, 1);
    }

    public void saw(String what, long times) {
        counts.merge(what, times, Long::sum);
    }

    public void add(Coverage other) {
        other.counts.forEach(this::saw);
    }

    public long count(String what) {
        return counts.getOrDefault(what, 0L);
    }

    /** Those that have never happened. */
    public List<String> missing(List<String> expected) {
        List<String> missing = new ArrayList<>(expected);
        missing.removeAll(counts.keySet());
        return missing;
    }

    /** One line per thing. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        counts.forEach((what, count) ->
                text.append("  ").append(what).append(": ").append(count).append('\n'));
        return text.toString();
    }
}
