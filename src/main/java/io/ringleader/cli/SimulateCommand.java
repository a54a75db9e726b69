package io.ringleader.cli;

import io.ringleader.sim.Outcome;
import io.ringleader.sim.Simulation;
import io.ringleader.trace.HtmlTrace;
import io.ringleader.trace.TraceEvent;
import io.ringleader.trace.TraceRing;
import io.ringleader.trace.TraceWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ringleader simulate}: runs whole clusters in simulated worlds, one after the other or for some time on all cores. */
@Command(
        name = "simulate",
        description =
                "Runs a whole cluster in a simulated world where everything goes wrong, from a seed; the same seed does the"
                        + " same again. With --minutes, runs random seeds on all cores and goes on when one fails.",
        mixinStandardHelpOptions = true)
final class SimulateCommand implements Callable<Integer> {
    private static final long TRACE_BYTES = 64L << 20;
    private static final String LOG_LEVEL = "RINGLEADER_LOG_LEVEL";

    @Spec
    private CommandSpec spec;

    @Option(names = "--seed", paramLabel = "N", description = "The first seed; without it, a random one.")
    private Long seed;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "1",
            description = "Run this many seeds, one after the other. Default: ${DEFAULT-VALUE}.")
    private long count;

    @Option(names = "--minutes", paramLabel = "M", description = "Run seeds, counted up from the first, for that long.")
    private Double minutes;

    @Option(names = "--threads", paramLabel = "N", description = "With --minutes: instead of one per core.")
    private Integer threads;

    @Option(
            names = "--history",
            paramLabel = "FILE",
            description = "Write what the clients of the (last) run asked and heard, as EDN.")
    private Path history;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "Write what happens to this file, one line per event (docs/formats.md).")
    private Path traceFile;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Write what happens to this file, as a page for a browser (docs/verification.md).")
    private Path htmlFile;

    @Option(
            names = "--trace-bytes",
            paramLabel = "N",
            defaultValue = "" + TRACE_BYTES,
            description = "Remember the last events up to this many bytes of memory. Default: ${DEFAULT-VALUE}.")
    private long traceBytes;

    @Override
    public Integer call() throws InterruptedException {
        boolean traced = traceFile != null || htmlFile != null;
        if (traced && (count != 1 || minutes != null)) {
            throw new ParameterException(
                    spec.commandLine(), "--trace and --html show one run: they go with neither --count nor --minutes.");
        }
        if (traceBytes <= 0) {
            throw new ParameterException(
                    spec.commandLine(), "--trace-bytes must be positive and is " + traceBytes + ".");
        }
        if (System.getenv(LOG_LEVEL) == null) {
            // Nodes that crash all the time have much to say.
            System.setProperty(LOG_LEVEL, "off");
        }
        PrintWriter out = spec.commandLine().getOut();
        long first = seed != null ? seed : new Random().nextLong() >>> 16;
        boolean passed = minutes == null ? runCount(first, out) : runMinutes(first, out);
        return passed ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private boolean runCount(long first, PrintWriter out) {
        long failed = 0;
        for (long next = first; next < first + count; next++) {
            Outcome outcome = traceFile == null && htmlFile == null ? Simulation.run(next) : runTraced(next, out);
            out.println(outcome);
            if (count == 1) {
                out.println(outcome.plan());
                out.print(outcome.coverage());
            }
            out.flush();
            if (history != null) {
                write(history, to -> to.append(outcome.historyAsEdn()), out);
            }
            failed += outcome.passed() ? 0 : 1;
        }
        return failed == 0;
    }

    private Outcome runTraced(long next, PrintWriter out) {
        TraceRing ring = new TraceRing(traceBytes);
        Outcome outcome = Simulation.run(next, ring);
        List<TraceEvent> events = outcome.withClients(ring.events());
        if (traceFile != null) {
            write(traceFile, to -> TraceWriter.write(events, to), out);
        }
        if (htmlFile != null) {
            write(htmlFile, to -> HtmlTrace.write(events, "Ringleader, seed " + next, to), out);
        }
        return outcome;
    }

    private interface Content {
        void writeTo(Appendable to) throws IOException;
    }

    private static void write(Path file, Content content, PrintWriter out) {
        try (Writer to = Files.newBufferedWriter(file)) {
            content.writeTo(to);
        } catch (IOException e) {
            throw new CommandFailedException("The run cannot be written to " + file + ": " + e);
        }
        out.println("Written: " + file);
    }

    private boolean runMinutes(long first, PrintWriter out) throws InterruptedException {
        int workers = threads != null ? threads : Runtime.getRuntime().availableProcessors();
        return new Soak(first, workers, out).run((long) (minutes * 60_000));
    }
}
