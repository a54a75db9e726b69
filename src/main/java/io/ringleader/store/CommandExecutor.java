package io.ringleader.store;

/**
 * What each command does to the items and what it answers: memcached's semantics, line by line. A command that is refused
 * changes nothing. Owned by the store thread.
 */
final class CommandExecutor {
    private final Items items;
    private final StoreCounters counters;
    private final NumericText numeric = new NumericText();
    private long partitionMaxBytes;
    private int itemMaxBytes;
    private long valueBytes;
    private long computed;
    private final GeneralExecutor general;
    private final ItemDraft draft = new ItemDraft();

    CommandExecutor(Items items, StoreCounters counters) {
        this.items = items;
        this.counters = counters;
        general = new GeneralExecutor(this, items, counters);
    }

    /** Starts a batch with the limits stamped on it. */
    void begin(long newPartitionMaxBytes, int newItemMaxBytes) {
        partitionMaxBytes = newPartitionMaxBytes;
        itemMaxBytes = newItemMaxBytes;
        valueBytes = 0;
        general.hintsAnswered = false;
    }

    int itemMaxBytes() {
        return itemMaxBytes;
    }

    /** Whether results of this batch have hints that only this node knows. */
    boolean hintsAnswered() {
        return general.hintsAnswered;
    }

    /** Executes the command under the cursor and appends its result. */
    void execute(CommandReader c, ByteWriter results) {
        switch (c.op()) {
            case Op.GET -> get(c, results);
            case Op.GAT -> getAndTouch(c, results);
            case Op.SET, Op.ADD, Op.REPLACE, Op.CAS -> ResultWriter.code(results, counted(store(c)));
            case Op.APPEND, Op.PREPEND -> ResultWriter.code(results, counted(extend(c)));
            case Op.DELETE -> ResultWriter.code(results, delete(c));
            case Op.INCR, Op.DECR -> add(c, results);
            case Op.TOUCH -> ResultWriter.code(results, touch(c));
            case Op.FLUSH_ALL -> {
                counters.flushes++;
                items.flushAll(c.exptime());
                ResultWriter.code(results, Result.OK);
            }
            case Op.FETCH -> general.fetch(c, results);
            case Op.STORE -> general.store(c, results);
            case Op.REMOVE -> ResultWriter.code(results, general.remove(c));
            case Op.ARITHMETIC -> general.arithmetic(c, results);
            default -> throw new IllegalStateException("There is no execution for " + Op.name(c.op()) + ".");
        }
    }

    private void get(CommandReader c, ByteWriter results) {
        Item item = visible(c);
        counters.gets++;
        if (item == null) {
            ResultWriter.code(results, Result.MISS);
            return;
        }
        counters.getHits++;
        if (answer(item, results)) {
            item.accessedAt(items.timeMillis());
        }
    }

    private void getAndTouch(CommandReader c, ByteWriter results) {
        Item item = visible(c);
        counters.gets++;
        counters.touches++;
        if (item == null) {
            ResultWriter.code(results, Result.MISS);
            return;
        }
        counters.getHits++;
        if (answer(item, results)) {
            item.accessedAt(items.timeMillis());
            counters.touchHits++;
            expire(item, c.exptime());
        }
    }

    /** Answers the value, unless the values of this batch would become more than is remembered for a repeat. */
    private boolean answer(Item item, ByteWriter results) {
        if (!admitsValue(ResultWriter.valueBytes(item.keyLength(), item.valueLength()))) {
            ResultWriter.code(results, counted(Result.OUT_OF_MEMORY));
            return false;
        }
        write(item, results);
        return true;
    }

    /** Whether this batch may answer so many bytes more; if so, they are noted. */
    boolean admitsValue(long bytes) {
        if (valueBytes > 0 && valueBytes + bytes > PartitionStore.MAX_BATCH_VALUE_BYTES) {
            return false;
        }
        valueBytes += bytes;
        return true;
    }

    static void write(Item item, ByteWriter results) {
        ResultWriter.value(
                results,
                item.data(),
                item.keyOffset(),
                item.keyLength(),
                item.clientFlags(),
                item.cas(),
                item.data(),
                item.valueOffset(),
                item.valueLength());
    }

    private byte store(CommandReader c) {
        counters.stores++;
        if (c.valueLength() > itemMaxBytes) {
            return Result.TOO_LARGE;
        }
        // a plain set does not care what is there
        Item old = c.op() == Op.SET ? null : visible(c);
        if (c.op() == Op.CAS) {
            if (old == null) {
                counters.casMisses++;
                return Result.NOT_FOUND;
            }
            if (old.cas() != c.cas()) {
                counters.casMismatches++;
                return Result.EXISTS;
            }
        } else if ((c.op() == Op.ADD && old != null) || (c.op() == Op.REPLACE && old == null)) {
            return Result.NOT_STORED;
        }
        byte result = storeUnconditionally(c);
        if (c.op() == Op.CAS && result == Result.STORED) {
            counters.casHits++;
        }
        return result;
    }

    private byte storeUnconditionally(CommandReader c) {
        long expiresAtMillis = items.expiryOf(c.exptime());
        if (items.isPast(expiresAtMillis)) {
            // It answers STORED and is never seen; keeping it until the purge would only take room.
            items.removeKey(c.buffer(), c.keyOffset(), c.keyLength());
            items.nextCas();
            counters.itemsStored++;
            return Result.STORED;
        }
        if (!hasRoom(c, c.valueLength())) {
            return Result.OUT_OF_MEMORY;
        }
        put(draft(c).valueOf(c)
                .clientFlags(c.clientFlags())
                .cas(items.nextCas())
                .expiresAtMillis(expiresAtMillis));
        return Result.STORED;
    }

    private byte extend(CommandReader c) {
        counters.stores++;
        if (c.valueLength() > itemMaxBytes) {
            return Result.TOO_LARGE;
        }
        Item old = visible(c);
        if (old == null) {
            return Result.NOT_STORED;
        }
        long length = (long) old.valueLength() + c.valueLength();
        if (length > itemMaxBytes) {
            return Result.NOT_STORED;
        }
        if (!hasRoom(c, length)) {
            return Result.OUT_OF_MEMORY;
        }
        put(draft(c).joined(old, c, c.op() == Op.APPEND)
                .clientFlags(old.clientFlags())
                .cas(items.nextCas())
                .expiresAtMillis(old.expiresAtMillis()));
        return Result.STORED;
    }

    private byte delete(CommandReader c) {
        Item item = visible(c);
        if (item == null) {
            counters.deleteMisses++;
            return Result.NOT_FOUND;
        }
        counters.deleteHits++;
        items.remove(item);
        return Result.DELETED;
    }

    private byte touch(CommandReader c) {
        counters.touches++;
        Item item = visible(c);
        if (item == null) {
            return Result.NOT_FOUND;
        }
        counters.touchHits++;
        // as in memcached, where a touch counts as a read
        item.accessedAt(items.timeMillis());
        expire(item, c.exptime());
        return Result.TOUCHED;
    }

    private void add(CommandReader c, ByteWriter results) {
        boolean increment = c.op() == Op.INCR;
        Item old = visible(c);
        if (old == null) {
            countDelta(increment, false);
            ResultWriter.code(results, Result.NOT_FOUND);
            return;
        }
        byte refusal = compute(c, old, increment);
        if (refusal != 0) {
            ResultWriter.code(results, counted(refusal));
            return;
        }
        put(numbered(c, old, items.nextCas(), old.expiresAtMillis()));
        countDelta(increment, true);
        ResultWriter.number(results, computed);
    }

    /** Computes what the item's number becomes. Returns 0, or why it cannot. */
    byte compute(CommandReader c, Item old, boolean increment) {
        if (!numeric.parse(old.data(), old.valueOffset(), old.valueLength())) {
            return Result.NON_NUMERIC;
        }
        computed = increment ? numeric.number() + c.delta() : decremented(numeric.number(), c.delta());
        int length = Math.max(numeric.format(computed), old.valueLength());
        if (length > old.valueLength() && length > itemMaxBytes) {
            return Result.TOO_LARGE;
        }
        return hasRoom(c, length) ? 0 : Result.OUT_OF_MEMORY;
    }

    /** The number that was computed last. */
    long computed() {
        return computed;
    }

    /** The item with the computed number in place of the old text, padded with spaces to its length. */
    ItemDraft numbered(CommandReader c, Item old, long cas, long expiresAtMillis) {
        ItemDraft next = number(c, computed)
                .padTo(old.valueLength())
                .clientFlags(old.clientFlags())
                .cas(cas)
                .expiresAtMillis(expiresAtMillis)
                .marks(old.marks());
        // as memcached, which changes a number in place only if it has room, and else makes an item that nobody has
        // read
        return next.valueLength() > old.valueLength() ? next : next.hintsOf(old);
    }

    /** An item that is the digits of the number. */
    ItemDraft number(CommandReader c, long number) {
        int digits = numeric.format(number);
        return draft(c).value(numeric.digits(), NumericText.MAX_DIGITS - digits, digits);
    }

    private static long decremented(long number, long delta) {
        return Long.compareUnsigned(delta, number) > 0 ? 0 : number - delta;
    }

    /** The draft of an item with the command's key, made now; the one before is no more. */
    ItemDraft draft(CommandReader c) {
        return draft.begin(c, items.timeMillis());
    }

    /** The draft of an item like that one; the one before is no more. */
    ItemDraft draftLike(Item item) {
        return draft.beginLike(item);
    }

    private void put(ItemDraft item) {
        items.put(item);
        counters.itemsStored++;
    }

    private void expire(Item item, long exptime) {
        long expiresAtMillis = items.expiryOf(exptime);
        if (items.isPast(expiresAtMillis)) {
            items.remove(item);
        } else {
            items.put(draftLike(item).expiresAtMillis(expiresAtMillis));
        }
    }

    Item visible(CommandReader c) {
        return items.visible(c.buffer(), c.keyOffset(), c.keyLength());
    }

    boolean hasRoom(CommandReader c, long valueLength) {
        return items.hasRoom(c.buffer(), c.keyOffset(), c.keyLength(), valueLength, partitionMaxBytes);
    }

    byte counted(byte result) {
        if (result == Result.OUT_OF_MEMORY) {
            counters.outOfMemory++;
        } else if (result == Result.TOO_LARGE) {
            counters.tooLarge++;
        }
        return result;
    }

    void countDelta(boolean increment, boolean hit) {
        if (increment && hit) {
            counters.incrHits++;
        } else if (increment) {
            counters.incrMisses++;
        } else if (hit) {
            counters.decrHits++;
        } else {
            counters.decrMisses++;
        }
    }
}
