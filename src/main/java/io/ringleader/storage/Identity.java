package io.ringleader.storage;

import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whose data directory it is, as a {@link CheckedText}:
 *
 * <pre>
 * ringleader data directory, format 1
 * cluster NAME
 * node NUMBER
 * incarnation NUMBER
 * crc32c EIGHT HEX DIGITS OF ALL LINES BEFORE
 * </pre>
 *
 * @param cluster name of the cluster
 * @param node id of the node
 * @param incarnation rises with every start
 */
record Identity(String cluster, int node, long incarnation) {
    private static final Pattern LINES = Pattern.compile("ringleader data directory, format 1\\n"
            + "cluster ([^\\n]+)\\nnode (\\d{1,9})\\nincarnation (\\d{1,18})\\n");

    void write(Disk disk, String path) throws IOException {
        CheckedText.replace(
                disk,
                path,
                "ringleader data directory, format 1\ncluster " + cluster + "\nnode " + node + "\nincarnation "
                        + incarnation + "\n");
    }

    /** Empty if the file is damaged or of another version. */
    static Optional<Identity> read(Disk disk, String path) throws IOException {
        return CheckedText.read(disk, path)
                .map(LINES::matcher)
                .filter(Matcher::matches)
                .map(lines ->
                        new Identity(lines.group(1), Integer.parseInt(lines.group(2)), Long.parseLong(lines.group(3))));
    }
}
