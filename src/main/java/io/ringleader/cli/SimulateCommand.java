package io.ringleader.cli;

import io.ringleader.sim.Outcome;
import io.ringleader.sim.Simulation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ringleader simulate}: runs whole clusters in simulated worlds, one after the other or for some time on all cores. */
@Command(
        name = "simulate",
        description =
                "Runs a whole cluster in a simulated world where everything goes wrong, from a seed; the same seed does the"
                        + " same again. With --minutes, runs random seeds on all cores and goes on when one fails.",
        mixinStandardHelpOptions = true)
final class SimulateCommand implements Callable<Integer> {
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

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (System.getenv(LOG_LEVEL) == null) {
            // Nodes that crash all the time have much to say.
            System.setProperty(LOG_LEVEL, "off");
        }
        PrintWriter out = spec.commandLine().getOut();
        long first = seed != null ? seed : new Random().nextLong() >>> 16;
        boolean passed = minutes == null ? runCount(first, out) : runMinutes(first, out);
        return passed ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private boolean runCount(long first, PrintWriter out) throws IOException {
        long failed = 0;
        for (long next = first; next < first + count; next++) {
            Outcome outcome = Simulation.run(next);
            out.println(outcome);
            if (count == 1) {
                out.println(outcome.plan());
                out.print(outcome.coverage());
            }
            out.flush();
            if (history != null) {
                Files.writeString(history, outcome.historyAsEdn());
            }
            failed += outcome.passed() ? 0 : 1;
        }
        return failed == 0;
    }

    private boolean runMinutes(long first, PrintWriter out) throws InterruptedException {
        int workers = threads != null ? threads : Runtime.getRuntime().availableProcessors();
        return new Soak(first, workers, out).run((long) (minutes * 60_000));
    }
}
