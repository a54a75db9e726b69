package io.ringleader.jepsen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The keys of a workload. A few are in use at a time; one that was asked for often enough, or whose outcomes are unknown too often,
 * is retired and a new one takes its place: the search for an order of a key's operations stays short. Any thread.
 */
final class KeyPool {
    /** Each may be anywhere in the order or nowhere. */
    private static final int UNKNOWN_MAX = 3;

    /** @param ordinal how many were asked for this key before, by whomever */
    record Pick(String key, int ordinal) {}

    private static final class Use {
        final String key;
        int asked;
        int unknown;

        Use(String key) {
            this.key = key;
        }
    }

    private final String prefix;
    private final int operationsPerKey;
    private final List<Use> active = new ArrayList<>();
    private final Map<String, Use> uses = new HashMap<>();
    private final List<String> all = new ArrayList<>();

    /** @param activeKeys how many are in use at a time */
    KeyPool(String prefix, int activeKeys, int operationsPerKey) {
        this.prefix = prefix;
        this.operationsPerKey = operationsPerKey;
        for (int i = 0; i < activeKeys; i++) {
            active.add(next());
        }
    }

    private Use next() {
        Use use = new Use(prefix + all.size());
        all.add(use.key);
        uses.put(use.key, use);
        return use;
    }

    synchronized Pick pick(Random random) {
        int at = random.nextInt(active.size());
        Use use = active.get(at);
        if (use.asked >= operationsPerKey || use.unknown >= UNKNOWN_MAX) {
            use = next();
            active.set(at, use);
        }
        return new Pick(use.key, use.asked++);
    }

    synchronized void outcomeUnknown(String key) {
        Use use = uses.get(key);
        if (use != null) {
            use.unknown++;
        }
    }

    /** All that were ever in use. */
    synchronized List<String> all() {
        return List.copyOf(all);
    }
}
