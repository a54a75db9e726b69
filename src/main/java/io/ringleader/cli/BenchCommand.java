package io.ringleader.cli;

import io.ringleader.bench.AnswerKind;
import io.ringleader.bench.BenchException;
import io.ringleader.bench.BenchOptions;
import io.ringleader.bench.BenchResult;
import io.ringleader.bench.LoadGenerator;
import io.ringleader.config.HostPort;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ringleader bench}: puts a load on servers and tells how long the answers took. */
@Command(
        name = "bench",
        description = {
            "Puts a load on servers that speak memcached's text protocol, and tells how long the answers took.",
            "Without --rate, each request is sent when an earlier one is answered. With it, requests are due at equal"
                    + " distances and latency counts from then, however late they could be sent.",
            "It stores keys of 20 bytes, key:0000000000000000 and so on, and leaves them there.",
            "Exit codes: 0 done, whatever the servers answered, 1 failed or a wrong answer was seen, 2 called wrongly."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false)
final class BenchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--servers",
            paramLabel = "HOST:PORT",
            split = ",",
            defaultValue = "127.0.0.1:11211",
            description = "One or more; connections are spread over them.")
    private List<String> servers;

    @Option(names = "--protocol", defaultValue = "memcached", description = "One of ${COMPLETION-CANDIDATES}.")
    private BenchOptions.Protocol protocol;

    @Option(names = "--connections", paramLabel = "N", defaultValue = "50", description = "Of all threads together.")
    private int connections;

    @Option(
            names = "--pipeline",
            paramLabel = "N",
            defaultValue = "1",
            description = "Requests that one connection has under way at most.")
    private int pipeline;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1", description = "Of the generator.")
    private int threads;

    @Option(
            names = "--rate",
            paramLabel = "PER-SECOND",
            defaultValue = "0",
            description = "Of all connections together; 0: as fast as they are answered.")
    private double rate;

    @Option(names = "--keys", paramLabel = "N", defaultValue = "100000", description = "How many different keys.")
    private long keys;

    @Option(
            names = "--distribution",
            defaultValue = "uniform",
            description = "How often each key is asked for, one of ${COMPLETION-CANDIDATES}.")
    private BenchOptions.Distribution distribution;

    @Option(
            names = "--value-bytes",
            paramLabel = "N|MIN-MAX",
            defaultValue = "100",
            description = "Length of values; with a range, drawn evenly from it.")
    private String valueBytes;

    @Option(
            names = "--get-ratio",
            paramLabel = "0..1",
            defaultValue = "0.9",
            description = "0: sets only; 1: gets only.")
    private double getRatio;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "10", description = "That count.")
    private double seconds;

    @Option(names = "--warmup-seconds", paramLabel = "S", defaultValue = "3", description = "Before, and do not.")
    private double warmupSeconds;

    @Option(names = "--preload", description = "Set every key once beforehand.")
    private boolean preload;

    @Option(names = "--verify", description = "Compare the values found with those that were stored.")
    private boolean verify;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of the choice of keys.")
    private long seed;

    @Option(
            names = "--pids",
            paramLabel = "PID",
            split = ",",
            description = "Processes of the servers on this machine: tells how much processor time they use.")
    private List<Long> pids;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the result there, too.")
    private Path json;

    @Option(names = "--csv", paramLabel = "FILE", description = "Add the result to this file, too.")
    private Path csv;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        BenchOptions options = options();
        ServerCpu cpu = new ServerCpu(pids == null ? List.of() : pids);
        BenchResult result;
        try {
            options.check();
        } catch (BenchException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        try {
            result = new LoadGenerator(options, new Progress(out, cpu)).run();
        } catch (BenchException e) {
            throw new CommandFailedException(e.getMessage());
        }
        double done = result.perSecond() * options.seconds();
        double perMillion = pids == null || done == 0 ? Double.NaN : cpu.seconds() / done * 1e6;
        out.print(result.asText(perMillion));
        out.flush();
        try {
            if (json != null) {
                Files.writeString(json, result.asJson(perMillion));
            }
            if (csv != null) {
                String old = Files.exists(csv) ? Files.readString(csv) : "";
                String rows = result.asCsv(perMillion);
                Files.writeString(csv, (old.isEmpty() ? BenchResult.csvHeader() : old) + rows);
            }
        } catch (IOException e) {
            throw new CommandFailedException("the result cannot be written: " + e);
        }
        return result.kinds().get(AnswerKind.WRONG_ANSWER) > 0 ? ExitCode.SOFTWARE : ExitCode.OK;
    }

    private BenchOptions options() {
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (String server : servers) {
            try {
                addresses.add(HostPort.of(server).toSocketAddress());
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), "--servers: " + e.getMessage());
            }
        }
        String[] range = valueBytes.split("-", -1);
        int[] lengths = new int[2];
        try {
            lengths[0] = Integer.parseInt(range[0]);
            lengths[1] = range.length == 1 ? lengths[0] : Integer.parseInt(range[1]);
        } catch (NumberFormatException e) {
            range = new String[3];
        }
        if (range.length > 2) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--value-bytes is \"" + valueBytes + "\" but must be a number, or two such as 10-1000.");
        }
        return new BenchOptions(
                protocol,
                addresses,
                connections,
                pipeline,
                threads,
                keys,
                distribution,
                lengths[0],
                lengths[1],
                getRatio,
                warmupSeconds,
                seconds,
                rate,
                preload,
                verify,
                seed);
    }

    /** Prints a line each second. */
    private record Progress(PrintWriter out, ServerCpu cpu) implements LoadGenerator.Observer {
        @Override
        public void counting() {
            cpu.begin();
        }

        @Override
        public void counted() {
            cpu.end();
        }

        @Override
        public void second(LoadGenerator.Progress progress) {
            out.printf(
                    Locale.ROOT,
                    "%-8s %4d s %10.0f per second  p50 %8.0f us  p99 %8.0f us  errors %d%n",
                    progress.phase(),
                    progress.second(),
                    progress.perSecond(),
                    progress.p50Nanos() / 1e3,
                    progress.p99Nanos() / 1e3,
                    progress.errors());
            out.flush();
        }
    }
}
