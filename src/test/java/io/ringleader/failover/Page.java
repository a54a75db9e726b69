package io.ringleader.failover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Puts a table between two comments of docs/operations.md, if that was asked for. */
final class Page {
    private static final Path PAGE = Path.of("docs/operations.md");

    private Page() {}

    /** @param name of the table, as in {@code <!-- name: begin -->} */
    static void write(String name, String table) throws IOException {
        if (!Boolean.getBoolean("ringleader.failover.write")) {
            return;
        }
        String page = Files.readString(PAGE);
        String begin = "<!-- " + name + ": begin -->\n";
        int from = page.indexOf(begin);
        int to = page.indexOf("<!-- " + name + ": end -->");
        if (from < 0 || to < from) {
            throw new IOException(PAGE + " has no place for the table of " + name + ".");
        }
        Files.writeString(PAGE, page.substring(0, from + begin.length()) + table + page.substring(to));
    }
}
