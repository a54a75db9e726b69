package io.ringleader.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.linearizability.Operation.Outcome;
import io.ringleader.linearizability.SimulatedClients.Options;
import io.ringleader.linearizability.Verdict.KeyVerdict;
import io.ringleader.linearizability.Verdict.Linearized;
import io.ringleader.linearizability.Verdict.Result;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CheckerPropertyTest {
    private static Verdict judge(History history, Options options) {
        return Checker.memcached(options.settings()).check(history);
    }

    private static void requireValid(long seed, Options options) {
        Verdict verdict = judge(SimulatedClients.run(seed, options), options);
        assertThat(verdict.result()).as(() -> verdict.explain()).isEqualTo(Result.VALID);
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void whatALinearizableObjectDoesIsValid(@ForAll long seed, @ForAll @IntRange(min = 1, max = 10) int clients) {
        requireValid(seed, Options.of(clients, 1500).keys(3));
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void soItIsIfAnswersGetLost(@ForAll long seed, @ForAll @IntRange(min = 1, max = 10) int clients) {
        requireValid(seed, Options.of(clients, 1500).keys(5).unknown(3));
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void soItIsIfItemsExpire(@ForAll long seed, @ForAll @IntRange(min = 1, max = 10) int clients) {
        requireValid(seed, Options.of(clients, 1500).keys(5).unknown(1).timed(0));
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void soItIsIfTheClockIsWrongWithinTheTolerance(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 10) int clients) {
        requireValid(seed, Options.of(clients, 1000).keys(5).unknown(1).timed(300));
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void soItIsWithTheOptionsOfTheMetaProtocol(@ForAll long seed, @ForAll @IntRange(min = 1, max = 10) int clients) {
        requireValid(seed, Options.of(clients, 1500).keys(5).unknown(1).timed(0).withMeta());
    }

    @Property(tries = 3000, shrinking = ShrinkingMode.OFF)
    void smallHistoriesAreJudgedAsByTryingEveryOrder(
            @ForAll long seed,
            @ForAll @IntRange(min = 2, max = 5) int clients,
            @ForAll @IntRange(min = 2, max = 7) int size,
            @ForAll boolean timed,
            @ForAll boolean meta) {
        Options options = Options.of(clients, size).unknown(20);
        options = timed ? options.timed(50) : options;
        options = meta ? options.withMeta() : options;
        History history = damaged(SimulatedClients.run(seed, options), new Random(seed));
        Verdict verdict = judge(history, options);
        boolean expected = BruteForce.isLinearizable(new MemcachedModel(options.settings()), history);
        assertThat(verdict.result()).as(() -> verdict.explain()).isEqualTo(expected ? Result.VALID : Result.INVALID);
        verdict.keys().forEach(CheckerPropertyTest::requireAnOrderInRealTime);
    }

    @Test
    void mostForgottenChangesAreFound() {
        int found = 0;
        for (int seed = 0; seed < 200; seed++) {
            Options options = Options.of(5, 60).forgetting(20 + seed % 20);
            found += judge(SimulatedClients.run(seed, options), options).result() == Result.INVALID ? 1 : 0;
        }
        assertThat(found).isBetween(80, 200);
    }

    @Test
    void someHistoriesThatAreTriedInEveryOrderAreInvalid() {
        int invalid = 0;
        for (int seed = 0; seed < 300; seed++) {
            Options options = Options.of(4, 7).unknown(20);
            History history = damaged(SimulatedClients.run(seed, options), new Random(seed));
            invalid += judge(history, options).result() == Result.INVALID ? 1 : 0;
        }
        assertThat(invalid).isBetween(60, 290);
    }

    @Test
    void tenThousandOperationsOnTwentyKeysAreJudgedInSeconds() {
        Options options = Options.of(10, 10_000).keys(20).unknown(1);
        requireValid(1, options);
        requireValid(2, options.timed(100).withMeta());
    }

    private static void requireAnOrderInRealTime(KeyVerdict key) {
        List<Linearized> order = key.linearization();
        for (int i = 0; i < order.size(); i++) {
            Operation o = order.get(i).operation();
            assertThat(order.get(i).atNanos()).isBetween(o.invokedNanos(), o.deadlineNanos());
            for (Linearized later : order.subList(i, order.size())) {
                assertThat(later.operation().deadline()).isGreaterThan(o.invokedAt());
            }
        }
    }

    /** The same operations, of which two have exchanged their answers. */
    private static History damaged(History history, Random random) {
        List<Operation> operations = new ArrayList<>(history.operations());
        List<Integer> completed = new ArrayList<>();
        operations.stream().filter(Operation::isCompleted).forEach(o -> completed.add(o.id()));
        Collections.shuffle(completed, random);
        if (completed.size() >= 2) {
            Operation a = operations.get(completed.get(0));
            Operation b = operations.get(completed.get(1));
            operations.set(a.id(), answered(a, b.answer()));
            operations.set(b.id(), answered(b, a.answer()));
        }
        return new History(operations);
    }

    private static Operation answered(Operation o, Answer answer) {
        return new Operation(
                o.id(),
                o.client(),
                o.key(),
                o.command(),
                Outcome.COMPLETED,
                answer,
                o.invokedAt(),
                o.completedAt(),
                o.invokedNanos(),
                o.completedNanos());
    }
}
