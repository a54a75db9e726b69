package io.ringleader.store;

/**
 * What the general operations do, see {@link Options}. A command that is refused changes nothing. Owned by the store thread.
 */
final class GeneralExecutor {
    private final CommandExecutor shared;
    private final Items items;
    private final StoreCounters counters;
    /** A result has hints in it, which must not become part of the replicated state. */
    boolean hintsAnswered;

    GeneralExecutor(CommandExecutor shared, Items items, StoreCounters counters) {
        this.shared = shared;
        this.items = items;
        this.counters = counters;
    }

    /**
     * A fetch that only looks, as of a time at which everything is visible that is now.
     *
     * @param item may be null
     */
    static void look(CommandReader c, Item item, long nowMillis, ByteWriter results) {
        if (item == null) {
            ResultWriter.code(results, Result.MISS);
            return;
        }
        if (c.has(Options.WIN_STALE) && item.has(Item.STALE) && !item.has(Item.TAKEN)) {
            ResultWriter.needsLog(results, item, item.idleSeconds(nowMillis));
        } else {
            int facts = factsOf(item) | (answersValue(c, item) ? Facts.VALUE : 0);
            ResultWriter.fetched(results, facts, item, item.ttlSeconds(nowMillis), item.idleSeconds(nowMillis));
        }
        noteAccess(c, item, nowMillis);
    }

    /** What the result of a GET or FETCH of the item takes at most. */
    static long resultBytes(CommandReader c, Item item) {
        boolean value = c.op() == Op.GET || answersValue(c, item);
        return ResultWriter.fetchedBytes(item.keyLength(), value ? item.valueLength() : 0);
    }

    void fetch(CommandReader c, ByteWriter results) {
        counters.gets++;
        counters.touches += c.has(Options.TOUCH) ? 1 : 0;
        Item item = shared.visible(c);
        if (item != null) {
            fetch(c, item, results);
        } else if (c.has(Options.VIVIFY)) {
            vivify(c, results);
        } else {
            ResultWriter.code(results, Result.MISS);
        }
    }

    private void fetch(CommandReader c, Item item, ByteWriter results) {
        boolean value = answersValue(c, item);
        if (value && !shared.admitsValue(ResultWriter.fetchedBytes(item.keyLength(), item.valueLength()))) {
            ResultWriter.code(results, shared.counted(Result.OUT_OF_MEMORY));
            return;
        }
        counters.getHits++;
        counters.touchHits += c.has(Options.TOUCH) ? 1 : 0;
        Item touched = c.has(Options.TOUCH) ? item.withExpiry(items.expiryOf(c.exptime())) : item;
        boolean won = !item.has(Item.TAKEN)
                && ((c.has(Options.WIN_STALE) && item.has(Item.STALE))
                        || isToBeRenewed(c, c.has(Options.RECACHE_BEFORE) ? item : touched));
        Item next = won ? touched.withMarks(item.marks() | Item.TAKEN) : touched;
        long nowMillis = items.timeMillis();
        long ttlSeconds = (c.has(Options.TTL_BEFORE) ? item : touched).ttlSeconds(nowMillis);
        int facts = factsOf(item) | (value ? Facts.VALUE : 0) | (won ? Facts.WON : 0);
        ResultWriter.fetched(results, facts, item, ttlSeconds, item.idleSeconds(nowMillis));
        hintsAnswered = true;
        noteAccess(c, next, nowMillis);
        if (next != item) {
            replace(item, next);
        }
    }

    private boolean isToBeRenewed(CommandReader c, Item item) {
        long wantedMillis = items.expiryOf(c.recacheExptime());
        return c.has(Options.RECACHE)
                && wantedMillis != Item.NEVER
                && item.expiresAtMillis() != Item.NEVER
                && item.ttlSeconds(items.timeMillis()) < Item.ttlSeconds(wantedMillis, items.timeMillis());
    }

    private void vivify(CommandReader c, ByteWriter results) {
        long expiresAtMillis = items.expiryOf(exptimeOfMade(c));
        if (!items.isPast(expiresAtMillis) && !shared.hasRoom(c, 0)) {
            ResultWriter.code(results, shared.counted(Result.OUT_OF_MEMORY));
            return;
        }
        Item made = shared.newItem(c, CommandExecutor.newData(c, 0), 0, nextCas(c), expiresAtMillis, Item.TAKEN);
        store(c, made);
        int facts = Facts.CREATED | Facts.WON | (answersValue(c, made) ? Facts.VALUE : 0);
        ResultWriter.fetched(results, facts, made, ttlOfMade(c, made), 0);
        noteAccess(c, made, items.timeMillis());
    }

    private static int factsOf(Item item) {
        return (item.hitBefore() ? Facts.HIT_BEFORE : 0)
                | (item.has(Item.STALE) ? Facts.STALE : 0)
                | (item.has(Item.TAKEN) ? Facts.TAKEN : 0);
    }

    private static boolean answersValue(CommandReader c, Item item) {
        return c.has(Options.VALUE) && !(c.has(Options.COMPARE) && item.cas() == c.cas());
    }

    private static void noteAccess(CommandReader c, Item item, long nowMillis) {
        if (!c.has(Options.UNSEEN)) {
            item.accessedAt(nowMillis);
        }
    }

    void store(CommandReader c, ByteWriter results) {
        counters.stores++;
        Item old = shared.visible(c);
        boolean extending = c.mode() == Op.APPEND || c.mode() == Op.PREPEND;
        byte refusal = refusal(c, old, extending);
        if (refusal != 0) {
            ResultWriter.code(results, shared.counted(refusal));
            return;
        }
        boolean joins = extending && old != null;
        boolean stale = !extending && old != null && mismatches(c, old);
        long expiresAtMillis;
        if (joins || stale) {
            expiresAtMillis = old.expiresAtMillis();
        } else {
            expiresAtMillis = items.expiryOf(extending ? c.vivifyExptime() : c.exptime());
        }
        long length = c.valueLength() + (joins ? (long) old.valueLength() : 0);
        if (!items.isPast(expiresAtMillis) && !shared.hasRoom(c, length)) {
            ResultWriter.code(results, shared.counted(Result.OUT_OF_MEMORY));
            return;
        }
        byte[] data =
                joins ? CommandExecutor.extendedData(c, old, c.mode() == Op.APPEND) : CommandExecutor.valueData(c);
        int marks = stale ? Item.STALE | (old.marks() & Item.TAKEN) : 0;
        int clientFlags = joins ? old.clientFlags() : c.clientFlags();
        Item made = shared.newItem(c, data, clientFlags, nextCas(c), expiresAtMillis, marks);
        store(c, made);
        int facts = (stale ? Facts.STALE : 0) | (old == null ? Facts.CREATED : 0);
        ResultWriter.changed(results, facts, made, made.ttlSeconds(items.timeMillis()));
    }

    /** Why the value must not be stored, or 0. */
    private byte refusal(CommandReader c, Item old, boolean extending) {
        if (c.valueLength() > shared.itemMaxBytes()) {
            return Result.TOO_LARGE;
        }
        if (c.mode() == Op.ADD) {
            return old == null ? 0 : Result.NOT_STORED;
        }
        if (old == null) {
            return refusalOfMissing(c, extending);
        }
        if (mismatches(c, old) && !mayBecomeStale(c, old, extending)) {
            counters.casMismatches++;
            return Result.EXISTS;
        }
        boolean tooLong = extending && (long) old.valueLength() + c.valueLength() > shared.itemMaxBytes();
        if (tooLong) {
            return Result.NOT_STORED;
        }
        counters.casHits += c.has(Options.COMPARE) ? 1 : 0;
        return 0;
    }

    private byte refusalOfMissing(CommandReader c, boolean extending) {
        if (extending) {
            return c.has(Options.VIVIFY) ? 0 : Result.NOT_STORED;
        }
        if (c.has(Options.COMPARE)) {
            counters.casMisses++;
            return Result.NOT_FOUND;
        }
        return c.mode() == Op.REPLACE ? Result.NOT_STORED : 0;
    }

    private static boolean mismatches(CommandReader c, Item item) {
        return c.has(Options.COMPARE) && item.cas() != c.cas();
    }

    private static boolean mayBecomeStale(CommandReader c, Item old, boolean extending) {
        return c.has(Options.STALE) && !extending && Long.compareUnsigned(c.cas(), old.cas()) < 0;
    }

    byte remove(CommandReader c) {
        Item old = shared.visible(c);
        if (old == null || mismatches(c, old)) {
            counters.deleteMisses++;
            return old == null ? Result.NOT_FOUND : Result.EXISTS;
        }
        counters.deleteHits++;
        boolean stale = c.has(Options.STALE);
        boolean empty = c.has(Options.EMPTY);
        if (!stale && !empty) {
            items.remove(old);
            return Result.DELETED;
        }
        long expiresAtMillis = empty || c.has(Options.TOUCH) ? items.expiryOf(c.exptime()) : old.expiresAtMillis();
        long cas = stale || c.has(Options.NEW_CAS) ? nextCas(c) : old.cas();
        byte[] data = empty ? CommandExecutor.newData(c, 0) : old.data();
        int clientFlags = empty ? 0 : old.clientFlags();
        Item kept = shared.newItem(c, data, clientFlags, cas, expiresAtMillis, stale ? Item.STALE : 0);
        // an empty value is a new one, which nobody has read
        replace(old, empty ? kept : kept.withHintsOf(old));
        return Result.DELETED;
    }

    void arithmetic(CommandReader c, ByteWriter results) {
        boolean increment = !c.has(Options.SUBTRACT);
        Item old = shared.visible(c);
        if (old == null) {
            shared.countDelta(increment, false);
            makeNumber(c, results);
            return;
        }
        // memcached sees that nothing is no number before it looks at the cas id
        boolean exists = old.valueLength() > 0 && mismatches(c, old);
        byte refusal = exists ? Result.EXISTS : shared.compute(c, old, increment);
        if (refusal != 0) {
            ResultWriter.code(results, shared.counted(refusal));
            return;
        }
        shared.countDelta(increment, true);
        long expiresAtMillis = c.has(Options.TOUCH) ? items.expiryOf(c.exptime()) : old.expiresAtMillis();
        Item next = shared.numbered(c, old, nextCas(c), expiresAtMillis);
        store(c, next);
        long ttlSeconds = (c.has(Options.TTL_BEFORE) ? old : next).ttlSeconds(items.timeMillis());
        ResultWriter.counted(results, 0, next, ttlSeconds, shared.computed());
    }

    private void makeNumber(CommandReader c, ByteWriter results) {
        if (!c.has(Options.VIVIFY)) {
            ResultWriter.code(results, Result.NOT_FOUND);
            return;
        }
        byte[] data = shared.numberData(c, c.initial(), 0);
        int length = data.length - c.keyLength();
        long expiresAtMillis = items.expiryOf(exptimeOfMade(c));
        if (length > shared.itemMaxBytes()) {
            ResultWriter.code(results, shared.counted(Result.TOO_LARGE));
        } else if (!items.isPast(expiresAtMillis) && !shared.hasRoom(c, length)) {
            ResultWriter.code(results, shared.counted(Result.OUT_OF_MEMORY));
        } else {
            Item made = shared.newItem(c, data, 0, nextCas(c), expiresAtMillis, 0);
            store(c, made);
            ResultWriter.counted(results, Facts.CREATED, made, ttlOfMade(c, made), c.initial());
        }
    }

    private static long exptimeOfMade(CommandReader c) {
        return c.has(Options.TTL_BETWEEN) && c.has(Options.TTL_BEFORE) ? c.exptime() : c.vivifyExptime();
    }

    private long ttlOfMade(CommandReader c, Item made) {
        if (c.has(Options.TTL_BETWEEN)) {
            long exptime = c.has(Options.TTL_BEFORE) ? c.vivifyExptime() : c.exptime();
            long expiresAtMillis = items.expiryOf(exptime);
            return expiresAtMillis == Item.NEVER ? -1 : Item.ttlSeconds(expiresAtMillis, items.timeMillis());
        }
        return c.has(Options.TTL_BEFORE) ? -1 : made.ttlSeconds(items.timeMillis());
    }

    private long nextCas(CommandReader c) {
        return c.has(Options.NEW_CAS) ? c.newCas() : items.nextCas();
    }

    /** Keeps a new value, unless it is over already. */
    private void store(CommandReader c, Item made) {
        counters.itemsStored++;
        if (items.isPast(made.expiresAtMillis())) {
            items.removeKey(c.buffer(), c.keyOffset(), c.keyLength());
        } else {
            items.put(made);
        }
    }

    private void replace(Item old, Item next) {
        if (items.isPast(next.expiresAtMillis())) {
            items.remove(old);
        } else {
            items.put(next);
        }
    }
}
