package io.ringleader.sim;

import io.ringleader.trace.HtmlTrace;
import io.ringleader.trace.TraceRing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;

/** For people who have to understand why a seed failed. */
final class TracePage {
    private static final Path DIRECTORY = Path.of("target", "traces");
    private static final long RING_BYTES = 32L << 20;

    private TracePage() {}

    /** Runs the seed once more, looked at this time, and returns the page of what happened. */
    static Path write(long seed) {
        TraceRing ring = new TraceRing(RING_BYTES);
        Outcome outcome = Simulation.run(seed, ring);
        Path page = DIRECTORY.resolve("seed-" + seed + ".html");
        try {
            Files.createDirectories(DIRECTORY);
            try (Writer out = Files.newBufferedWriter(page)) {
                HtmlTrace.write(outcome.withClients(ring.events()), "Ringleader, seed " + seed, out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The page of seed " + seed + " cannot be written.", e);
        }
        return page;
    }
}
