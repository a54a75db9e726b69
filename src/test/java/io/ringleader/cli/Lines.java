package io.ringleader.cli;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lines that some other thread or process writes, to wait for. */
final class Lines {
    private static final long PATIENCE_SECONDS = 60;

    private final LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>();
    private final List<String> seen = new ArrayList<>();

    /** What is written to the stream becomes lines here. */
    PrintStream stream() {
        return new PrintStream(
                new OutputStream() {
                    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

                    @Override
                    public synchronized void write(int b) {
                        if (b == '\n') {
                            queue.add(line.toString(StandardCharsets.UTF_8));
                            line.reset();
                        } else {
                            line.write(b);
                        }
                    }
                },
                true,
                StandardCharsets.UTF_8);
    }

    /** The lines of a stream, read by a thread of its own. */
    static Lines of(InputStream in) {
        Lines lines = new Lines();
        Thread reader = new Thread(() -> {
            try (Scanner scanner = new Scanner(in, StandardCharsets.UTF_8)) {
                while (scanner.hasNextLine()) {
                    lines.queue.add(scanner.nextLine());
                }
            }
        });
        reader.setDaemon(true);
        reader.start();
        return lines;
    }

    /** Waits for a line in which the pattern is found; earlier lines are passed over. */
    MatchResult await(String pattern) throws InterruptedException {
        Pattern compiled = Pattern.compile(pattern);
        while (true) {
            String line = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null) {
                throw new IllegalStateException("No line matches " + pattern + " after " + seen);
            }
            seen.add(line);
            Matcher matcher = compiled.matcher(line);
            if (matcher.find()) {
                return matcher.toMatchResult();
            }
        }
    }

    /** All lines so far. */
    List<String> all() {
        queue.drainTo(seen);
        return List.copyOf(seen);
    }
}
