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
        long nowMillis = items.timeMillis();
        long newExpiry = c.has(Options.TOUCH) ? items.expiryOf(c.exptime()) : item.expiresAtMillis();
        boolean won = !item.has(Item.TAKEN)
                && ((c.has(Options.WIN_STALE) && item.has(Item.STALE))
                        || isToBeRenewed(c, c.has(Options.RECACHE_BEFORE) ? item.expiresAtMillis() : newExpiry));
        long ttlSeconds = Item.ttlSeconds(c.has(Options.TTL_BEFORE) ? item.expiresAtMillis() : newExpiry, nowMillis);
        int facts = factsOf(item) | (value ? Facts.VALUE : 0) | (won ? Facts.WON : 0);
        ResultWriter.fetched(results, facts, item, ttlSeconds, item.idleSeconds(nowMillis));
        hintsAnswered = true;
        noteAccess(c, item, nowMillis);
        if (won || c.has(Options.TOUCH)) {
            replace(
                    item,
                    shared.draftLike(item)
                            .expiresAtMillis(newExpiry)
                            .marks(won ? item.marks() | Item.TAKEN : item.marks()));
        }
    }

    private boolean isToBeRenewed(CommandReader c, long expiresAtMillis) {
        long wantedMillis = items.expiryOf(c.recacheExptime());
        return c.has(Options.RECACHE)
                && wantedMillis != Item.NEVER
                && expiresAtMillis != Item.NEVER
                && Item.ttlSeconds(expiresAtMillis, items.timeMillis())
                        < Item.ttlSeconds(wantedMillis, items.timeMillis());
    }

    private void vivify(CommandReader c, ByteWriter results) {
        long expiresAtMillis = items.expiryOf(exptimeOfMade(c));
        if (!items.isPast(expiresAtMillis) && !shared.hasRoom(c, 0)) {
            ResultWriter.code(results, shared.counted(Result.OUT_OF_MEMORY));
            return;
        }
        ItemDraft made =
                shared.draft(c).cas(nextCas(c)).expiresAtMillis(expiresAtMillis).marks(Item.TAKEN);
        made.hitBefore = !c.has(Options.UNSEEN);
        store(c, made);
        boolean value = c.has(Options.VALUE) && !(c.has(Options.COMPARE) && made.cas == c.cas());
        int facts = Facts.CREATED | Facts.WON | (value ? Facts.VALUE : 0);
        ResultWriter.vivified(results, facts, made, ttlOfMade(c, made));
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
        int marks = stale ? Item.STALE | (old.marks() & Item.TAKEN) : 0;
        int clientFlags = joins ? old.clientFlags() : c.clientFlags();
        ItemDraft made = shared.draft(c);
        made = joins ? made.joined(old, c, c.mode() == Op.APPEND) : made.valueOf(c);
        store(
                c,
                made.clientFlags(clientFlags)
                        .cas(nextCas(c))
                        .expiresAtMillis(expiresAtMillis)
                        .marks(marks));
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
        // an empty value is a new one, which nobody has read
        ItemDraft kept = empty
                ? shared.draft(c)
                : shared.draft(c).valueOf(old).clientFlags(old.clientFlags()).hintsOf(old);
        replace(old, kept.cas(cas).expiresAtMillis(expiresAtMillis).marks(stale ? Item.STALE : 0));
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
        long shownExpiry = c.has(Options.TTL_BEFORE) ? old.expiresAtMillis() : expiresAtMillis;
        ItemDraft next = shared.numbered(c, old, nextCas(c), expiresAtMillis);
        store(c, next);
        long ttlSeconds = Item.ttlSeconds(shownExpiry, items.timeMillis());
        ResultWriter.counted(results, 0, next, ttlSeconds, shared.computed());
    }

    private void makeNumber(CommandReader c, ByteWriter results) {
        if (!c.has(Options.VIVIFY)) {
            ResultWriter.code(results, Result.NOT_FOUND);
            return;
        }
        ItemDraft made = shared.number(c, c.initial());
        int length = made.valueLength();
        long expiresAtMillis = items.expiryOf(exptimeOfMade(c));
        if (length > shared.itemMaxBytes()) {
            ResultWriter.code(results, shared.counted(Result.TOO_LARGE));
        } else if (!items.isPast(expiresAtMillis) && !shared.hasRoom(c, length)) {
            ResultWriter.code(results, shared.counted(Result.OUT_OF_MEMORY));
        } else {
            store(c, made.cas(nextCas(c)).expiresAtMillis(expiresAtMillis));
            ResultWriter.counted(results, Facts.CREATED, made, ttlOfMade(c, made), c.initial());
        }
    }

    private static long exptimeOfMade(CommandReader c) {
        return c.has(Options.TTL_BETWEEN) && c.has(Options.TTL_BEFORE) ? c.exptime() : c.vivifyExptime();
    }

    private long ttlOfMade(CommandReader c, ItemDraft made) {
        if (c.has(Options.TTL_BETWEEN)) {
            long exptime = c.has(Options.TTL_BEFORE) ? c.vivifyExptime() : c.exptime();
            long expiresAtMillis = items.expiryOf(exptime);
            return Item.ttlSeconds(expiresAtMillis, items.timeMillis());
        }
        return c.has(Options.TTL_BEFORE) ? -1 : made.ttlSeconds(items.timeMillis());
    }

    private long nextCas(CommandReader c) {
        return c.has(Options.NEW_CAS) ? c.newCas() : items.nextCas();
    }

    /** Keeps a new value, unless it is over already. */
    private void store(CommandReader c, ItemDraft made) {
        counters.itemsStored++;
        if (items.isPast(made.expiresAtMillis)) {
            items.removeKey(c.buffer(), c.keyOffset(), c.keyLength());
        } else {
            items.put(made);
        }
    }

    private void replace(Item old, ItemDraft next) {
        if (items.isPast(next.expiresAtMillis)) {
            items.remove(old);
        } else {
            items.put(next);
        }
    }
}
