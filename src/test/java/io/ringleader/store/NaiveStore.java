package io.ringleader.store;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@link PartitionStore} should do, said as plainly as possible: a sorted map of strings, everything recomputed on each
 * question, arithmetic with big integers, numbers by a regular expression.
 */
final class NaiveStore {
    record Entry(int flags, long cas, long expiresAt, String value) {}

    record Slot(long incarnation, long sequence, List<String> results) {}

    private static final Pattern NUMBER =
            Pattern.compile("[ \\t\\n\\x0B\\f\\r]*([+-]?)(\\d+)([ \\t\\n\\x0B\\f\\r\\x00].*)?", Pattern.DOTALL);
    private static final BigInteger TWO_64 = BigInteger.ONE.shiftLeft(64);

    final TreeMap<String, Entry> entries = new TreeMap<>();
    final Map<Integer, Slot> slots = new HashMap<>();
    long time;
    private long lastCas;
    private Long flushAt;
    private long partitionMax;
    private int itemMax;

    /** The results, or null for a stale batch. */
    List<String> apply(
            long stampedTime,
            long newPartitionMax,
            int newItemMax,
            int node,
            long incarnation,
            long sequence,
            List<Command> commands) {
        partitionMax = newPartitionMax;
        itemMax = newItemMax;
        time = Math.max(time, stampedTime);
        if (flushAt != null && flushAt <= time) {
            entries.clear();
            flushAt = null;
        }
        for (int i = 0; i < PartitionStore.PURGED_PER_ENTRY + commands.size(); i++) {
            purgeOne();
        }
        if (node == 0) {
            return List.of();
        }
        Slot slot = slots.get(node);
        if (slot != null && slot.incarnation == incarnation && slot.sequence == sequence) {
            return slot.results;
        }
        if (slot != null
                && (incarnation < slot.incarnation || (incarnation == slot.incarnation && sequence < slot.sequence))) {
            return null;
        }
        List<String> results = new ArrayList<>();
        for (Command command : commands) {
            results.add(execute(command));
        }
        slots.put(node, new Slot(incarnation, sequence, results));
        return results;
    }

    Entry visible(String key) {
        Entry entry = entries.get(key);
        return entry == null || isOver(entry.expiresAt) ? null : entry;
    }

    long usedBytes() {
        return entries.entrySet().stream()
                .mapToLong(e -> e.getKey().length() + e.getValue().value.length() + Item.OVERHEAD_BYTES)
                .sum();
    }

    boolean dueAt(long now) {
        return (flushAt != null && flushAt <= now)
                || entries.values().stream().anyMatch(e -> e.expiresAt > time && e.expiresAt <= now);
    }

    String read(String key) {
        Entry entry = visible(key);
        return entry == null ? "MISS" : Results.value(key, entry.flags, entry.cas, entry.value);
    }

    private boolean isOver(long expiresAt) {
        return expiresAt != 0 && expiresAt <= time;
    }

    private boolean purgeOne() {
        return entries.entrySet().stream()
                .filter(e -> isOver(e.getValue().expiresAt))
                .min(Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().expiresAt)
                        .thenComparing(Map.Entry::getKey))
                .map(e -> entries.remove(e.getKey()) != null)
                .orElse(false);
    }

    private String execute(Command c) {
        Entry old = c.op() == Op.FLUSH_ALL ? null : visible(c.key());
        return switch (c.op()) {
            case Op.GET -> read(c.key());
            case Op.GAT -> {
                String answer = read(c.key());
                touch(c, old);
                yield answer;
            }
            case Op.TOUCH -> {
                touch(c, old);
                yield old == null ? "NOT_FOUND" : "TOUCHED";
            }
            case Op.DELETE -> {
                if (old != null) {
                    entries.remove(c.key());
                }
                yield old == null ? "NOT_FOUND" : "DELETED";
            }
            case Op.FLUSH_ALL -> {
                long at = c.exptime() <= 0 ? time : expiry(c.exptime());
                if (at <= time) {
                    entries.clear();
                }
                flushAt = at <= time ? null : Long.valueOf(at);
                yield "OK";
            }
            case Op.INCR, Op.DECR -> delta(c, old);
            default -> store(c, old);
        };
    }

    private void touch(Command c, Entry old) {
        if (old != null) {
            keep(c.key(), new Entry(old.flags, old.cas, expiry(c.exptime()), old.value));
        }
    }

    private String store(Command c, Entry old) {
        if (c.value().length() > itemMax) {
            return "TOO_LARGE";
        }
        switch (c.op()) {
            case Op.ADD -> {
                if (old != null) {
                    return "NOT_STORED";
                }
            }
            case Op.REPLACE, Op.APPEND, Op.PREPEND -> {
                if (old == null) {
                    return "NOT_STORED";
                }
            }
            case Op.CAS -> {
                if (old == null) {
                    return "NOT_FOUND";
                }
                if (old.cas != c.cas()) {
                    return "EXISTS";
                }
            }
            default -> {}
        }
        boolean extends_ = c.op() == Op.APPEND || c.op() == Op.PREPEND;
        String value =
                c.op() == Op.APPEND ? old.value + c.value() : c.op() == Op.PREPEND ? c.value() + old.value : c.value();
        if (extends_ && value.length() > itemMax) {
            return "NOT_STORED";
        }
        long expiresAt = extends_ ? old.expiresAt : expiry(c.exptime());
        if (!isOver(expiresAt) && !fits(c.key(), value)) {
            return "OUT_OF_MEMORY";
        }
        keep(c.key(), new Entry(extends_ ? old.flags : c.flags(), ++lastCas, expiresAt, value));
        return "STORED";
    }

    private String delta(Command c, Entry old) {
        if (old == null) {
            return "NOT_FOUND";
        }
        Matcher m = NUMBER.matcher(old.value);
        if (!m.matches() || new BigInteger(m.group(2)).compareTo(TWO_64) >= 0) {
            return "NON_NUMERIC";
        }
        BigInteger number = new BigInteger(m.group(2));
        if (m.group(1).equals("-")) {
            number = number.negate().mod(TWO_64);
            if (number.testBit(63)) {
                return "NON_NUMERIC";
            }
        }
        BigInteger delta = new BigInteger(Long.toUnsignedString(c.delta()));
        BigInteger result = c.op() == Op.INCR
                ? number.add(delta).mod(TWO_64)
                : number.subtract(delta).max(BigInteger.ZERO);
        String text = result.toString();
        if (text.length() > old.value.length() && text.length() > itemMax) {
            return "TOO_LARGE";
        }
        String padded = text + " ".repeat(Math.max(0, old.value.length() - text.length()));
        if (!fits(c.key(), padded)) {
            return "OUT_OF_MEMORY";
        }
        keep(c.key(), new Entry(old.flags, ++lastCas, old.expiresAt, padded));
        return "NUMBER " + text;
    }

    private boolean fits(String key, String value) {
        for (int purged = 0; ; purged++) {
            Entry old = entries.get(key);
            long before = old == null ? 0 : Item.OVERHEAD_BYTES + key.length() + old.value.length();
            long after = Item.OVERHEAD_BYTES + key.length() + value.length();
            if (after <= before || usedBytes() - before + after <= partitionMax) {
                return true;
            }
            if (purged == Items.MAX_PURGED_PER_REFUSAL || !purgeOne()) {
                return false;
            }
        }
    }

    /** What is over already is not kept at all. */
    private void keep(String key, Entry entry) {
        if (isOver(entry.expiresAt)) {
            entries.remove(key);
        } else {
            entries.put(key, entry);
        }
    }

    private long expiry(long exptime) {
        if (exptime == 0) {
            return 0;
        }
        return exptime < 0 ? -1 : exptime <= 2_592_000 ? time + exptime * 1000 : exptime * 1000;
    }
}
