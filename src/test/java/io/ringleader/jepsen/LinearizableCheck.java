package io.ringleader.jepsen;

import io.ringleader.jepsen.Finding.Validity;
import io.ringleader.linearizability.Checker;
import io.ringleader.linearizability.Command;
import io.ringleader.linearizability.History;
import io.ringleader.linearizability.Limits;
import io.ringleader.linearizability.MemcachedModel;
import io.ringleader.linearizability.Operation;
import io.ringleader.linearizability.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Whether the history of each key is linearizable. Keys are judged side by side and within a time. Used by one thread. */
final class LinearizableCheck {
    /** A few seconds for one key. */
    private static final Limits LIMITS = new Limits(4_000_000, 400_000);

    private static final int SHOWN_MAX = 20;

    private final Checker checker;
    private final Duration limit;
    private final Map<String, History> invalid = new LinkedHashMap<>();
    private final StringBuilder explanation = new StringBuilder();

    LinearizableCheck(long toleranceMillis, Duration limit) {
        this.limit = limit;
        MemcachedModel.Settings settings = new MemcachedModel.Settings(
                Duration.ofMillis(toleranceMillis).toNanos(), 0, MemcachedModel.Settings.STANDARD.itemMaxBytes());
        checker = new Checker(new MemcachedModel(settings), LIMITS);
    }

    Finding check(History history) throws InterruptedException {
        Map<String, History> parts = byKey(history);
        List<String> undecided = new ArrayList<>();
        ExecutorService workers =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        try {
            Map<String, Future<Verdict>> verdicts = new LinkedHashMap<>();
            parts.forEach((key, part) -> verdicts.put(key, workers.submit(() -> checker.check(part))));
            workers.shutdown();
            if (!workers.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                verdicts.values().forEach(verdict -> verdict.cancel(true));
            }
            for (Map.Entry<String, Future<Verdict>> each : verdicts.entrySet()) {
                Verdict verdict = verdict(each.getValue());
                if (verdict == null || verdict.result() == Verdict.Result.UNDECIDED) {
                    undecided.add(each.getKey());
                } else if (verdict.result() == Verdict.Result.INVALID) {
                    invalid.put(each.getKey(), parts.get(each.getKey()));
                    explanation
                            .append("Key ")
                            .append(each.getKey())
                            .append(":\n")
                            .append(verdict.explain())
                            .append("\n\n");
                }
            }
        } finally {
            workers.shutdownNow();
        }
        return finding(parts, undecided);
    }

    private static Verdict verdict(Future<Verdict> future) throws InterruptedException {
        try {
            return future.get();
        } catch (CancellationException e) {
            return null;
        } catch (ExecutionException e) {
            throw new IllegalStateException("The checker failed.", e);
        }
    }

    private Finding finding(Map<String, History> parts, List<String> undecided) {
        Validity validity = !invalid.isEmpty()
                ? Validity.INVALID
                : undecided.isEmpty() && !parts.isEmpty() ? Validity.VALID : Validity.UNKNOWN;
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("keys", (long) parts.size());
        details.put("invalid-keys", invalid.keySet().stream().limit(SHOWN_MAX).toList());
        details.put("undecided-keys", undecided.stream().limit(SHOWN_MAX).toList());
        details.put("undecided", (long) undecided.size());
        details.put("longest", (long)
                parts.values().stream().mapToInt(History::size).max().orElse(0));
        return new Finding("linearizable", validity, details);
    }

    /** Histories of keys for which there is no order, with numbers of their own. */
    Map<String, History> invalid() {
        return invalid;
    }

    /** Why there is none, in words; operations are numbered within their key. */
    String explanation() {
        return explanation.toString();
    }

    /** A flush takes part in the history of every key. */
    private static Map<String, History> byKey(History history) {
        List<Operation> flushes = history.operations().stream()
                .filter(o -> o.command() instanceof Command.FlushAll)
                .toList();
        Map<String, List<Operation>> parts = history.operations().stream()
                .filter(o -> o.key() != null)
                .collect(Collectors.groupingBy(
                        Operation::key, LinkedHashMap::new, Collectors.toCollection(ArrayList::new)));
        Map<String, History> histories = new LinkedHashMap<>();
        parts.forEach((key, part) -> {
            part.addAll(flushes);
            part.sort((one, other) -> Integer.compare(one.id(), other.id()));
            histories.put(key, renumbered(part));
        });
        return histories;
    }

    private static History renumbered(List<Operation> operations) {
        List<Operation> renumbered = new ArrayList<>();
        for (Operation o : operations) {
            renumbered.add(new Operation(
                    renumbered.size(),
                    o.client(),
                    o.key(),
                    o.command(),
                    o.outcome(),
                    o.answer(),
                    o.invokedAt(),
                    o.completedAt(),
                    o.invokedNanos(),
                    o.completedNanos()));
        }
        return new History(renumbered);
    }
}
