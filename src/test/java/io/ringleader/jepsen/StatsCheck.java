package io.ringleader.jepsen;

import io.ringleader.linearizability.History;
import io.ringleader.linearizability.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How operations ended. A function that was called often and never answered says nothing of the rest, so the run is not valid. */
final class StatsCheck {
    private static final int FEW = 20;

    private StatsCheck() {}

    /** @param functions what each operation was, by its number */
    static Finding check(History history, List<String> functions) {
        Map<String, long[]> counts = new TreeMap<>();
        for (Operation o : history.operations()) {
            long[] count = counts.computeIfAbsent(functions.get(o.id()), name -> new long[3]);
            switch (o.outcome()) {
                case COMPLETED -> count[0]++;
                case NOT_APPLIED -> count[1]++;
                case UNKNOWN -> count[2]++;
            }
        }
        Map<String, Object> details = new LinkedHashMap<>();
        List<Object> never = new ArrayList<>();
        counts.forEach((function, count) -> {
            if (count[0] == 0 && count[1] + count[2] >= FEW) {
                never.add(function);
            }
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("ok", count[0]);
            each.put("fail", count[1]);
            each.put("info", count[2]);
            details.put(function, each);
        });
        details.put("never-ok", never);
        boolean anyOk = counts.values().stream().anyMatch(count -> count[0] > 0);
        return new Finding("stats", Finding.of(anyOk && never.isEmpty()), details);
    }
}
