package io.ringleader.comparison;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was measured: for each row of the table and each system, one figure of each round. */
final class Figures {
    /**
     * A row of the table.
     *
     * @param moreIsBetter false for times
     */
    record Row(String title, String unit, boolean moreIsBetter) {}

    private final Map<Row, Map<String, List<Double>>> figures = new LinkedHashMap<>();

    void add(Row row, String system, double figure) {
        figures.computeIfAbsent(row, r -> new LinkedHashMap<>())
                .computeIfAbsent(system, s -> new ArrayList<>())
                .add(figure);
    }

    List<Row> rows() {
        return List.copyOf(figures.keySet());
    }

    /** NaN if there is none. */
    double median(Row row, String system) {
        List<Double> sorted = sorted(row, system);
        int n = sorted.size();
        return n == 0 ? Double.NaN : (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
    }

    /** The median, and the lowest and the highest of all rounds. */
    String cell(Row row, String system) {
        List<Double> sorted = sorted(row, system);
        if (sorted.isEmpty()) {
            return "–";
        }
        String median = number(median(row, system));
        return sorted.size() == 1
                ? median
                : median + " (" + number(sorted.get(0)) + "–" + number(sorted.get(sorted.size() - 1)) + ")";
    }

    private List<Double> sorted(Row row, String system) {
        List<Double> sorted =
                new ArrayList<>(figures.getOrDefault(row, Map.of()).getOrDefault(system, List.of()));
        Collections.sort(sorted);
        return sorted;
    }

    /** Three digits that count, thousands apart. */
    static String number(double value) {
        if (value >= 100) {
            double scale = Math.pow(10, Math.floor(Math.log10(value)) - 2);
            return String.format(Locale.ROOT, "%,d", (long) (Math.round(value / scale) * scale));
        }
        return String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
    }
}
