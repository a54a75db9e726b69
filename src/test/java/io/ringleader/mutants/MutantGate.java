package io.ringleader.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lets the harnesses loose on every mutant, each in a process of its own, and prints a table. Takes minutes, so it runs only when
 * asked: {@code make mutants}; {@code ONLY=regex} takes those mutants alone whose names match the regular expression.
 */
class MutantGate {
    private static final int REASON_CHARS_MAX = 110;
    private static final long LIMIT_MINUTES = 15;

    /** @param line what {@link Trial} printed */
    private record Verdict(Mutant mutant, String[] line) {
        boolean caught() {
            return line[0].equals(Trial.CAUGHT);
        }

        String row() {
            String what = caught() ? line[1] : "**nothing**";
            String seeds = caught() ? line[2] : "";
            String seconds = caught() ? line[3] : "";
            String reason = caught() ? line[4] : line[0];
            String shown = reason.length() > REASON_CHARS_MAX ? reason.substring(0, REASON_CHARS_MAX) + "…" : reason;
            return "| `" + mutant.name() + "` | " + mutant.breaks() + " | " + what + " | " + seeds + " | " + seconds
                    + " | " + shown.replace("|", "\\|") + " |";
        }
    }

    @TempDir
    Path directory;

    @Test
    void everyMutantIsCaught() throws Exception {
        String only = System.getProperty("ringleader.mutants.only", "");
        List<Mutant> mutants = Mutant.all().stream()
                .filter(each -> each.name().matches(".*(" + only + ").*"))
                .toList();
        if (only.isEmpty()) {
            assertThat(trial(Optional.empty()))
                    .as("without a mutation nothing fails")
                    .containsExactly(Trial.SURVIVED);
        }
        System.out.println("| mutant | breaks | caught by | seeds | seconds | as |");
        System.out.println("| --- | --- | --- | --- | --- | --- |");
        List<Verdict> verdicts = judge(mutants);
        assertThat(verdicts.stream()
                        .filter(each -> !each.caught())
                        .map(each -> each.mutant().name()))
                .as("mutants that nothing notices")
                .isEmpty();
    }

    private List<Verdict> judge(List<Mutant> mutants) throws Exception {
        ExecutorService workers =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        try {
            List<Future<Verdict>> futures = new ArrayList<>();
            for (Mutant mutant : mutants) {
                futures.add(workers.submit(() -> new Verdict(mutant, trial(Optional.of(mutant)))));
            }
            List<Verdict> verdicts = new ArrayList<>();
            for (Future<Verdict> future : futures) {
                verdicts.add(future.get());
                System.out.println(verdicts.get(verdicts.size() - 1).row());
            }
            return verdicts;
        } finally {
            workers.shutdownNow();
        }
    }

    private String[] trial(Optional<Mutant> mutant) throws IOException, InterruptedException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        if (mutant.isPresent()) {
            Path classes = directory.resolve(mutant.get().name());
            new MutantCompiler(classPath).compile(mutant.get(), classes);
            classPath = classes + File.pathSeparator + classPath;
        }
        Path output = directory.resolve(mutant.map(Mutant::name).orElse("original") + ".txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-cp",
                classPath,
                Trial.class.getName()));
        mutant.map(Mutant::packageName).ifPresent(command::add);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
        process.destroyForcibly();
        return verdict(output, ended);
    }

    private static String[] verdict(Path output, boolean ended) {
        try {
            List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
            return lines.stream()
                    .filter(line -> line.startsWith(Trial.CAUGHT) || line.equals(Trial.SURVIVED))
                    .findFirst()
                    .orElseGet(() -> (ended ? "no verdict: " : "no verdict in time: ")
                            + lines.stream().limit(20).collect(Collectors.joining(" ")))
                    .split("\t");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
