package io.ringleader.failover;

import io.ringleader.it.TextClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What clients did to shared counters and to lists of their own, and what must be there afterwards. A counter only rises, so whoever
 * asks after an answer has come must not hear of less than that answer said. Any thread.
 */
final class Ledger {
    /** Enough for one in almost every of 64 partitions. */
    static final int COUNTERS = 256;

    static final int TOKENS_PER_LIST = 250;

    private final String prefix;
    private final AtomicLongArray acknowledged = new AtomicLongArray(COUNTERS);
    private final AtomicLongArray unknown = new AtomicLongArray(COUNTERS);
    /** The highest value that an answer had. */
    private final AtomicLongArray floors = new AtomicLongArray(COUNTERS);

    private final ConcurrentLinkedQueue<String> wentBack = new ConcurrentLinkedQueue<>();

    /** @param unknown operations of which no client knows whether they had an effect */
    record Verdict(long unknown, List<String> lost, List<String> doubled, List<String> wentBack) {
        boolean isClean() {
            return lost.isEmpty() && doubled.isEmpty() && wentBack.isEmpty();
        }
    }

    Ledger(String prefix) {
        this.prefix = prefix;
    }

    String counterKey(int counter) {
        return prefix + "counter" + counter;
    }

    String listKey(int client, int token) {
        return prefix + "list" + client + "-" + token / TOKENS_PER_LIST;
    }

    static String token(int client, int token) {
        return client + ":" + token + ";";
    }

    void begin(TextClient client) throws IOException {
        for (int counter = 0; counter < COUNTERS; counter++) {
            if (!client.set(counterKey(counter), "0").equals("STORED")) {
                throw new IOException(counterKey(counter) + " was not stored.");
            }
        }
    }

    /** To be asked before a question is sent. */
    long floor(int counter) {
        return floors.get(counter);
    }

    void incremented(int counter, long floorBefore, long value) {
        acknowledged.incrementAndGet(counter);
        seen(counter, floorBefore + 1, value);
    }

    void incrementUnknown(int counter) {
        unknown.incrementAndGet(counter);
    }

    /** An answer must have at least this value. */
    void seen(int counter, long atLeast, long value) {
        if (value < atLeast) {
            wentBack.add(counterKey(counter) + " was " + value + ", and " + atLeast + " before");
        }
        floors.accumulateAndGet(counter, value, Math::max);
    }

    /** Asks for all keys and compares; nothing may be under way any more. */
    Verdict judge(TextClient client, List<FaultClient> clients) throws IOException {
        List<String> lost = new ArrayList<>();
        List<String> doubled = new ArrayList<>();
        long unknowns = 0;
        for (int counter = 0; counter < COUNTERS; counter++) {
            long value =
                    Long.parseLong(client.get(counterKey(counter)).orElse("-1").strip());
            if (value < acknowledged.get(counter)) {
                lost.add(counterKey(counter) + " is " + value + " after " + acknowledged.get(counter));
            } else if (value > acknowledged.get(counter) + unknown.get(counter)) {
                doubled.add(counterKey(counter) + " is " + value + " after " + acknowledged.get(counter) + " and "
                        + unknown.get(counter) + " unknown");
            }
            unknowns += unknown.get(counter);
        }
        for (FaultClient each : clients) {
            judgeLists(client, each, lost, doubled);
            unknowns += each.tokens().stream()
                    .filter(outcome -> outcome != Outcome.DONE && outcome.mayHaveEffect)
                    .count();
        }
        return new Verdict(unknowns, lost, doubled, List.copyOf(wentBack));
    }

    /** What is in a list and was never appended, or was not applied, counts as doubled: there is more than there should be. */
    private void judgeLists(TextClient client, FaultClient owner, List<String> lost, List<String> doubled)
            throws IOException {
        List<Outcome> tokens = owner.tokens();
        Set<String> allowed = new HashSet<>();
        Set<String> required = new HashSet<>();
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.get(i).mayHaveEffect) {
                allowed.add(token(owner.number(), i));
            }
            if (tokens.get(i) == Outcome.DONE) {
                required.add(token(owner.number(), i));
            }
        }
        for (int first = 0; first < tokens.size(); first += TOKENS_PER_LIST) {
            String list = client.get(listKey(owner.number(), first)).orElse("");
            for (String found : list.isEmpty() ? new String[0] : list.split("(?<=;)")) {
                if (!allowed.remove(found)) {
                    doubled.add(found + " in " + listKey(owner.number(), first));
                }
                required.remove(found);
            }
        }
        required.forEach(missing -> lost.add("token " + missing));
    }
}
