package io.ringleader.sim.workload;

import io.ringleader.linearizability.Checker;
import io.ringleader.linearizability.History;
import io.ringleader.linearizability.Limits;
import io.ringleader.linearizability.MemcachedModel;
import io.ringleader.linearizability.Operation;
import io.ringleader.linearizability.Verdict;
import io.ringleader.linearizability.Verdict.KeyVerdict;
import io.ringleader.linearizability.Verdict.Result;
import io.ringleader.sim.Coverage;
import io.ringleader.sim.MachineClock;
import io.ringleader.sim.SimCluster;
import io.ringleader.sim.workload.Key.Times;
import io.ringleader.sim.workload.Key.Use;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Says whether what the clients heard can be right; fails the run if not. */
final class Judgement {
    private static final long NANOS_PER_MILLI = 1_000_000L;
    /** About a fifth of a second for one key. */
    private static final Limits LIMITS = new Limits(300_000, 100_000);

    private final SimCluster cluster;
    private final Mix mix;
    private final Coverage coverage;
    /** Null as long as nothing was judged. */
    private Verdict verdict;

    Judgement(SimCluster cluster, Mix mix, Coverage coverage) {
        this.cluster = cluster;
        this.mix = mix;
        this.coverage = coverage;
    }

    Optional<Verdict> verdict() {
        return Optional.ofNullable(verdict);
    }

    void judge(History history, List<Key> keys) {
        MemcachedModel.Settings settings = new MemcachedModel.Settings(
                mix.toleranceMillis() * NANOS_PER_MILLI,
                MachineClock.WALL_ORIGIN_MILLIS * NANOS_PER_MILLI,
                mix.itemMaxBytes());
        verdict = new Checker(new MemcachedModel(settings), LIMITS).check(history);
        for (KeyVerdict key : verdict.keys()) {
            coverage.saw(MixedWorkload.KEYS_JUDGED);
            if (key.result() == Result.UNDECIDED) {
                coverage.saw(MixedWorkload.KEYS_UNDECIDED);
            }
        }
        if (verdict.result() == Result.INVALID) {
            throw cluster.failure("The history is not linearizable.\n" + verdict.explain(), null);
        }
        if (mix.flushes() == 0) {
            Map<String, String> last = lastValues(history);
            keys.forEach(key -> requireOnce(key, last.get(key.name)));
        }
    }

    /** What was found at the end; nothing for a key that is not there. */
    private static Map<String, String> lastValues(History history) {
        Map<String, String> last = new HashMap<>();
        for (Operation each : history.operations()) {
            if (each.isCompleted() && each.answer().value() != null) {
                last.put(each.key(), each.answer().value());
            }
        }
        return last;
    }

    /** Follows from the history too, but this is said in one sentence, and also of a key whose search was given up. */
    private void requireOnce(Key key, String value) {
        if (key.use == Use.WORDS) {
            requireWords(key, value == null ? "" : value);
        } else if (key.use == Use.TALLY && !key.counted.canBe(value == null ? 0 : Long.parseLong(value))) {
            throw cluster.failure(key + " was counted up " + key.counted + ", but is " + value, null);
        }
    }

    private void requireWords(Key key, String value) {
        Map<String, Long> found = new TreeMap<>();
        Arrays.stream(value.split("(?<=;)"))
                .filter(word -> !word.isEmpty())
                .forEach(word -> found.merge(word, 1L, Long::sum));
        for (Map.Entry<String, Times> word : key.words.entrySet()) {
            long times = found.getOrDefault(word.getKey(), 0L);
            if (!word.getValue().canBe(times)) {
                throw cluster.failure(
                        key + " was given " + word.getKey() + " " + word.getValue() + ", but holds it " + times
                                + " times",
                        null);
            }
        }
        if (!key.words.keySet().containsAll(found.keySet())) {
            throw cluster.failure(key + " holds what nobody gave it: " + value, null);
        }
    }
}
