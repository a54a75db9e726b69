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
    record Entry(int flags, long cas, long expiresAt, String value, boolean stale, boolean taken) {
        Entry(int flags, long cas, long expiresAt, String value) {
            this(flags, cas, expiresAt, value, false, false);
        }
    }

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
            case Op.FETCH -> fetch(c, old);
            case Op.STORE -> generalStore(c, old);
            case Op.REMOVE -> remove(c, old);
            case Op.ARITHMETIC -> arithmetic(c, old);
            default -> store(c, old);
        };
    }

    private void touch(Command c, Entry old) {
        if (old != null) {
            keep(c.key(), new Entry(old.flags, old.cas, expiry(c.exptime()), old.value, old.stale, old.taken));
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
        String text = computed(c, old, c.op() == Op.INCR);
        if (Character.isDigit(text.charAt(0))) {
            keepNumber(c, old, text, ++lastCas, old.expiresAt);
            return "NUMBER " + text;
        }
        return text;
    }

    /** The number, or why there is none. */
    private String computed(Command c, Entry old, boolean increment) {
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
        BigInteger result = increment
                ? number.add(delta).mod(TWO_64)
                : number.subtract(delta).max(BigInteger.ZERO);
        String text = result.toString();
        if (text.length() > old.value.length() && text.length() > itemMax) {
            return "TOO_LARGE";
        }
        return fits(c.key(), padded(text, old)) ? text : "OUT_OF_MEMORY";
    }

    private static String padded(String text, Entry old) {
        return text + " ".repeat(Math.max(0, old.value.length() - text.length()));
    }

    private void keepNumber(Command c, Entry old, String text, long cas, long expiresAt) {
        keep(c.key(), new Entry(old.flags, cas, expiresAt, padded(text, old), old.stale, old.taken));
    }

    private String fetch(Command c, Entry old) {
        if (old == null) {
            return c.has(Options.VIVIFY) ? vivify(c) : "MISS";
        }
        long touchedExpiry = c.has(Options.TOUCH) ? expiry(c.exptime()) : old.expiresAt;
        long judged = c.has(Options.RECACHE_BEFORE) ? old.expiresAt : touchedExpiry;
        long wanted = expiry(c.general().recache());
        boolean renew = c.has(Options.RECACHE) && wanted != 0 && judged != 0 && ttl(judged) < ttl(wanted);
        boolean won = !old.taken && (renew || (c.has(Options.WIN_STALE) && old.stale));
        int facts = (old.stale ? Facts.STALE : 0) | (old.taken ? Facts.TAKEN : 0) | (won ? Facts.WON : 0);
        keep(c.key(), new Entry(old.flags, old.cas, touchedExpiry, old.value, old.stale, old.taken || won));
        return answer(c, old, facts, c.has(Options.TTL_BEFORE) ? old.expiresAt : touchedExpiry);
    }

    private String answer(Command c, Entry entry, int facts, long expiresAt) {
        boolean value = c.has(Options.VALUE) && !(c.has(Options.COMPARE) && c.cas() == entry.cas);
        return Results.item(
                facts, c.key(), entry.flags, entry.cas, ttl(expiresAt), value ? entry.value : "", entry.value.length());
    }

    private String vivify(Command c) {
        long expiresAt = expiryOfMade(c);
        if (!isOver(expiresAt) && !fits(c.key(), "")) {
            return "OUT_OF_MEMORY";
        }
        Entry made = new Entry(0, cas(c), expiresAt, "", false, true);
        keep(c.key(), made);
        return answer(c, made, Facts.CREATED | Facts.WON, shownOfMade(c));
    }

    /** What the meta commands and the binary protocol make of the classic commands. */
    private String generalStore(Command c, Entry old) {
        byte mode = c.general().mode();
        boolean extending = mode == Op.APPEND || mode == Op.PREPEND;
        boolean differs = old != null && c.has(Options.COMPARE) && c.cas() != old.cas;
        boolean makesStale = differs
                && c.has(Options.STALE)
                && (mode == Op.SET || mode == Op.REPLACE)
                && Long.compareUnsigned(c.cas(), old.cas) < 0;
        if (c.value().length() > itemMax) {
            return "TOO_LARGE";
        }
        if (mode == Op.ADD && old != null) {
            return "NOT_STORED";
        }
        if (old == null && (mode == Op.SET || mode == Op.REPLACE) && c.has(Options.COMPARE)) {
            return "NOT_FOUND";
        }
        if (old == null && (mode == Op.REPLACE || (extending && !c.has(Options.VIVIFY)))) {
            return "NOT_STORED";
        }
        if (differs && mode != Op.ADD && !makesStale) {
            return "EXISTS";
        }
        boolean joins = extending && old != null;
        String value = !joins ? c.value() : mode == Op.APPEND ? old.value + c.value() : c.value() + old.value;
        if (joins && value.length() > itemMax) {
            return "NOT_STORED";
        }
        long expiresAt = c.has(Options.TOUCH) ? expiry(c.exptime()) : 0;
        expiresAt = extending ? expiry(c.general().vivify()) : expiresAt;
        expiresAt = joins || makesStale ? old.expiresAt : expiresAt;
        if (!isOver(expiresAt) && !fits(c.key(), value)) {
            return "OUT_OF_MEMORY";
        }
        Entry made =
                new Entry(joins ? old.flags : c.flags(), cas(c), expiresAt, value, makesStale, makesStale && old.taken);
        keep(c.key(), made);
        int facts = (makesStale ? Facts.STALE : 0) | (old == null ? Facts.CREATED : 0);
        return Results.item(facts, "", made.flags, made.cas, ttl(expiresAt), "", value.length());
    }

    private String remove(Command c, Entry old) {
        if (old == null) {
            return "NOT_FOUND";
        }
        if (c.has(Options.COMPARE) && c.cas() != old.cas) {
            return "EXISTS";
        }
        boolean stale = c.has(Options.STALE);
        boolean empty = c.has(Options.EMPTY);
        entries.remove(c.key());
        if (stale || empty) {
            long expiresAt = c.has(Options.TOUCH) ? expiry(c.exptime()) : empty ? 0 : old.expiresAt;
            long cas = stale || c.has(Options.NEW_CAS) ? cas(c) : old.cas;
            keep(c.key(), new Entry(empty ? 0 : old.flags, cas, expiresAt, empty ? "" : old.value, stale, false));
        }
        return "DELETED";
    }

    private String arithmetic(Command c, Entry old) {
        if (old == null) {
            return c.has(Options.VIVIFY) ? makeNumber(c) : "NOT_FOUND";
        }
        if (!old.value.isEmpty() && c.has(Options.COMPARE) && c.cas() != old.cas) {
            return "EXISTS";
        }
        String text = computed(c, old, !c.has(Options.SUBTRACT));
        if (!Character.isDigit(text.charAt(0))) {
            return text;
        }
        long expiresAt = c.has(Options.TOUCH) ? expiry(c.exptime()) : old.expiresAt;
        long cas = cas(c);
        keepNumber(c, old, text, cas, expiresAt);
        long shown = c.has(Options.TTL_BEFORE) ? old.expiresAt : expiresAt;
        return Results.item(
                0, "", old.flags, cas, ttl(shown), text, padded(text, old).length());
    }

    private String makeNumber(Command c) {
        String text = Long.toUnsignedString(c.general().initial());
        long expiresAt = expiryOfMade(c);
        if (text.length() > itemMax) {
            return "TOO_LARGE";
        }
        if (!isOver(expiresAt) && !fits(c.key(), text)) {
            return "OUT_OF_MEMORY";
        }
        long cas = cas(c);
        keep(c.key(), new Entry(0, cas, expiresAt, text));
        return Results.item(Facts.CREATED, "", 0, cas, ttl(shownOfMade(c)), text, text.length());
    }

    private long expiryOfMade(Command c) {
        boolean touchedLast = c.has(Options.TTL_BETWEEN) && c.has(Options.TTL_BEFORE);
        return touchedLast ? touch(c) : expiry(c.general().vivify());
    }

    private long shownOfMade(Command c) {
        if (!c.has(Options.TTL_BETWEEN)) {
            return c.has(Options.TTL_BEFORE) ? 0 : expiryOfMade(c);
        }
        return c.has(Options.TTL_BEFORE) ? expiry(c.general().vivify()) : touch(c);
    }

    private long touch(Command c) {
        return c.has(Options.TOUCH) ? expiry(c.exptime()) : 0;
    }

    private long cas(Command c) {
        return c.has(Options.NEW_CAS) ? c.general().newCas() : ++lastCas;
    }

    private long ttl(long expiresAt) {
        return expiresAt == 0 ? -1 : Math.max(0, (long) Math.ceil((expiresAt - time) / 1000.0));
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
