package io.ringleader.linearizability;

import io.ringleader.linearizability.Operation.Outcome;
import io.ringleader.linearizability.Verdict.KeyVerdict;
import io.ringleader.linearizability.Verdict.Result;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Judges histories, key by key. Linearizability is local (Herlihy and Wing 1990, theorem 1): a history of many objects is
 * linearizable if and only if that of each object is. Horn and Kroening (2015) call this P-compositionality, and it is what
 * makes checking feasible: the search is exponential in what is under way at once on one key, not on all.
 *
 * <p>A {@code flush_all} is the one command that is not of one key. It takes part in the history of each key as an operation
 * of that key, so it may take effect for different keys at different moments between its invocation and its return. What is
 * lost: a {@code flush_all} that is seen to have emptied one key and, later but still before it returned, not another, is
 * accepted. Ringleader promises no more than that, since every partition carries out a flush by itself. A second loss: that
 * cas ids are unique over the keys of a partition is not checked.
 *
 * <p>Stateless.
 */
public final class Checker {
    private final Model<?> model;
    private final Limits limits;

    public Checker(Model<?> model, Limits limits) {
        this.model = model;
        this.limits = limits;
    }

    /** As memcached, see {@link MemcachedModel}, for histories that begin with an empty store. */
    public static Checker memcached(MemcachedModel.Settings settings) {
        return new Checker(new MemcachedModel(settings), Limits.STANDARD);
    }

    public Verdict check(History history) {
        List<KeyVerdict> keys = new ArrayList<>();
        Result result = Result.VALID;
        for (Map.Entry<String, List<Operation>> part : byKey(history).entrySet()) {
            KeyVerdict verdict = new Search<>(model, part.getValue(), limits).run(part.getKey());
            keys.add(verdict);
            if (verdict.result() == Result.INVALID || (result == Result.VALID && verdict.result() != Result.VALID)) {
                result = verdict.result();
            }
        }
        return new Verdict(result, List.copyOf(keys));
    }

    /** The history of each key in the order of invocations. What certainly had no effect is left out. */
    static Map<String, List<Operation>> byKey(History history) {
        Map<String, List<Operation>> parts = new LinkedHashMap<>();
        List<Operation> flushes = new ArrayList<>();
        for (Operation o : history.operations()) {
            if (o.outcome() == Outcome.NOT_APPLIED) {
                continue;
            }
            if (o.key() == null) {
                flushes.add(o);
                parts.values().forEach(part -> part.add(o));
            } else {
                parts.computeIfAbsent(o.key(), key -> new ArrayList<>(flushes)).add(o);
            }
        }
        return parts;
    }
}
