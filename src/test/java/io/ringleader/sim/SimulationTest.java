package io.ringleader.sim;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.ringleader.sim.workload.MixedWorkload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.slf4j.LoggerFactory;

/** Whole clusters in simulated worlds, a fixed set of seeds. {@code make sim SEED=n} repeats one. */
class SimulationTest {
    /** From here on, few seeds are enough to see everything that has to be seen. */
    private static final long FIRST_SEED = 220_000;

    private static final int SEEDS = 200;
    private static final int SEEDS_RUN_TWICE = 20;

    @BeforeAll
    static void beQuiet() {
        ((Logger) LoggerFactory.getLogger("io.ringleader")).setLevel(Level.OFF);
    }

    @Test
    void nothingIsBrokenAndEverythingThatCanGoWrongDid() {
        ConcurrentLinkedQueue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
        onAllCores(FIRST_SEED, SEEDS, seed -> outcomes.add(Simulation.run(seed)));
        assertThat(outcomes).hasSize(SEEDS);
        outcomes.stream().filter(outcome -> !outcome.passed()).forEach(outcome -> TracePage.write(outcome.seed()));
        assertThat(outcomes.stream().filter(outcome -> !outcome.passed())).isEmpty();
        Coverage sum = new Coverage();
        outcomes.forEach(outcome -> sum.add(outcome.coverage()));
        assertThat(sum.missing(Simulation.expectedCoverage()))
                .as("what never happened in all these runs")
                .isEmpty();
        assertThat(100 * sum.count(MixedWorkload.KEYS_UNDECIDED))
                .as("keys whose history was too hard to judge, in hundredths")
                .isLessThan(sum.count(MixedWorkload.KEYS_JUDGED));
    }

    @Test
    void aSeedDoesTheSameEachTime() {
        onAllCores(FIRST_SEED, SEEDS_RUN_TWICE, seed -> {
            Outcome first = Simulation.run(seed);
            Outcome second = Simulation.run(seed);
            assertThat(second.eventHash()).as("the event hash of seed " + seed).isEqualTo(first.eventHash());
            assertThat(second.events()).isEqualTo(first.events());
            assertThat(second.coverage()).hasToString(first.coverage().toString());
        });
    }

    @Test
    void anotherSeedDoesSomethingElse() {
        assertThat(Simulation.run(1).eventHash()).isNotEqualTo(Simulation.run(2).eventHash());
    }

    /** Where a bug was once, with what it was. */
    @TestFactory
    Stream<DynamicTest> aBugThatWasFoundStaysFixed() throws IOException {
        return regressionSeeds().stream()
                .map(line -> DynamicTest.dynamicTest(line, () -> {
                    Outcome outcome = Simulation.run(Long.parseLong(line.split(" ")[0]));
                    if (!outcome.passed()) {
                        TracePage.write(outcome.seed());
                    }
                    assertThat(outcome.passed()).as(outcome.toString()).isTrue();
                }));
    }

    private static List<String> regressionSeeds() throws IOException {
        try (InputStream in = SimulationTest.class.getResourceAsStream("/sim/regression-seeds.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        }
    }

    private static void onAllCores(long first, int count, LongConsumer run) {
        LongStream.range(first, first + count).parallel().forEach(run);
    }
}
