package io.ringleader.storage;

import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What decides where keys lie (partitions, nodes, ring), as it was when the data was written. A cluster that comes up with another
 * one would look for its keys in partitions where they are not. The file is a {@link CheckedText}:
 *
 * <pre>
 * ringleader layout, format 1
 * NAME = VALUE                   for each, by name
 * crc32c EIGHT HEX DIGITS OF ALL LINES BEFORE
 * </pre>
 */
final class Layout {
    private static final String FILE = "layout";
    private static final String FIRST_LINE = "ringleader layout, format 1\n";
    private static final String BETWEEN = " = ";

    private Layout() {}

    /**
     * Compares the layout with the one that the data was written with; in a directory without data it is noted, durably.
     *
     * @param disk the data directory
     * @param logDirectory where the data's log is, relative to it
     * @param layout names as in the configuration file, and values, each on one line
     * @throws DataDirectoryException if it is another one, or the file is damaged or missing; the message says what differs
     */
    static void check(Disk disk, String logDirectory, SortedMap<String, String> layout) throws IOException {
        if (!disk.exists(FILE)) {
            if (!disk.list(logDirectory).isEmpty()) {
                throw new DataDirectoryException(
                        "The file " + disk.describe(FILE) + ", which says how keys are placed, is"
                                + " missing, but there is data in " + disk.describe(logDirectory) + ".");
            }
            CheckedText.replace(disk, FILE, encode(layout));
            return;
        }
        String found = CheckedText.read(disk, FILE)
                .filter(lines -> lines.startsWith(FIRST_LINE))
                .orElseThrow(() -> new DataDirectoryException("The file " + disk.describe(FILE)
                        + ", which says how keys are placed, is damaged or was written by another release."));
        if (!found.equals(encode(layout))) {
            throw new DataDirectoryException("The data in " + disk.describe("") + " was written with "
                    + differences(decode(found), layout)
                    + ". Keys would be looked for where they are not: put the former value back. A cluster that holds"
                    + " nothing yet can start anew, all nodes with empty data directories.");
        }
    }

    private static String encode(SortedMap<String, String> layout) {
        StringBuilder lines = new StringBuilder(FIRST_LINE);
        layout.forEach((name, value) ->
                lines.append(name).append(BETWEEN).append(value).append('\n'));
        return lines.toString();
    }

    private static Map<String, String> decode(String lines) {
        Map<String, String> layout = new TreeMap<>();
        lines.substring(FIRST_LINE.length()).lines().forEach(line -> {
            String[] parts = line.split(BETWEEN, 2);
            layout.put(parts[0], parts[parts.length - 1]);
        });
        return layout;
    }

    private static String differences(Map<String, String> written, Map<String, String> configured) {
        TreeSet<String> names = new TreeSet<>(written.keySet());
        names.addAll(configured.keySet());
        StringJoiner differences = new StringJoiner("; ");
        for (String name : names) {
            String then = written.getOrDefault(name, "nothing");
            String now = configured.getOrDefault(name, "nothing");
            if (!then.equals(now)) {
                differences.add(name + BETWEEN + then + ", and the configuration says " + now);
            }
        }
        return differences.toString();
    }
}
