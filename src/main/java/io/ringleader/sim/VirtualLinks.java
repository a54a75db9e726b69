package io.ringleader.sim;

import io.ringleader.trace.TraceEvent.LinkState;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** The state of every link of a {@link VirtualWorld}, each way of it by itself. Hosts are numbered in the order in which they appear. */
final class VirtualLinks {
    /** Is told of every change, one way at a time. */
    interface Watcher {
        /** @param untilNanos when a clogged link delivers again */
        void linkChanged(String from, String to, LinkState state, long untilNanos);
    }

    private final Map<String, Integer> numbers = new TreeMap<>();
    private boolean[][] cut = new boolean[0][0];
    private long[][] clogUntilNanos = new long[0][0];
    private Watcher watcher = (from, to, state, untilNanos) -> {};

    void watch(Watcher newWatcher) {
        watcher = newWatcher;
    }

    int number(String host) {
        Integer known = numbers.get(host);
        if (known != null) {
            return known;
        }
        int number = numbers.size();
        numbers.put(host, number);
        cut = Arrays.copyOf(cut, number + 1);
        clogUntilNanos = Arrays.copyOf(clogUntilNanos, number + 1);
        for (int from = 0; from <= number; from++) {
            cut[from] = from == number ? new boolean[number + 1] : Arrays.copyOf(cut[from], number + 1);
            clogUntilNanos[from] =
                    from == number ? new long[number + 1] : Arrays.copyOf(clogUntilNanos[from], number + 1);
        }
        return number;
    }

    void cut(String from, String to) {
        int source = number(from);
        int target = number(to);
        if (!cut[source][target]) {
            cut[source][target] = true;
            watcher.linkChanged(from, to, LinkState.CUT, 0);
        }
    }

    void mend(String from, String to) {
        int source = number(from);
        int target = number(to);
        if (cut[source][target]) {
            cut[source][target] = false;
            watcher.linkChanged(from, to, LinkState.MENDED, 0);
        }
    }

    void mendAll() {
        for (String from : numbers.keySet()) {
            for (String to : numbers.keySet()) {
                mend(from, to);
            }
        }
        for (long[] each : clogUntilNanos) {
            Arrays.fill(each, 0);
        }
    }

    boolean isCut(int from, int to) {
        return cut[from][to];
    }

    /** Until this time nothing that is sent arrives. */
    void clog(String from, String to, long untilNanos) {
        int source = number(from);
        int target = number(to);
        clogUntilNanos[source][target] = untilNanos;
        watcher.linkChanged(from, to, LinkState.CLOGGED, untilNanos);
    }

    long clogUntilNanos(int from, int to) {
        return clogUntilNanos[from][to];
    }
}
