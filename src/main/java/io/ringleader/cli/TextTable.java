package io.ringleader.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Rows of cells in columns that are as wide as they need to be. */
final class TextTable {
    private final List<String[]> rows = new ArrayList<>();
    private final Set<Integer> leftColumns;

    /** @param leftColumns which columns hold text that begins at the left; the others hold numbers */
    TextTable(Set<Integer> leftColumns, String... titles) {
        this.leftColumns = leftColumns;
        row(titles);
    }

    void row(String... cells) {
        rows.add(cells);
    }

    void print(PrintWriter out) {
        int columns = rows.get(0).length;
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(i == 0 ? "" : "  ");
                String format = "%" + (leftColumns.contains(i) ? "-" : "") + Math.max(1, widths[i]) + "s";
                line.append(String.format(Locale.ROOT, format, row[i]));
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
