package io.ringleader.sim;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The state of every link of a {@link VirtualWorld}, each way of it by itself. Hosts are numbered in the order in which they appear. */
final class VirtualLinks {
    private final Map<String, Integer> numbers = new HashMap<>();
    private boolean[][] cut = new boolean[0][0];
    private long[][] clogUntilNanos = new long[0][0];

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
        cut[source][target] = true;
    }

    void mend(String from, String to) {
        int source = number(from);
        int target = number(to);
        cut[source][target] = false;
    }

    void mendAll() {
        for (int from = 0; from < cut.length; from++) {
            Arrays.fill(cut[from], false);
            Arrays.fill(clogUntilNanos[from], 0);
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
    }

    long clogUntilNanos(int from, int to) {
        return clogUntilNanos[from][to];
    }
}
