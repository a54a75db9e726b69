package io.ringleader.linearizability;

import io.ringleader.linearizability.Answer.Status;
import io.ringleader.linearizability.Command.Mode;
import io.ringleader.linearizability.KeyState.Item;
import io.ringleader.linearizability.KeyState.Window;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * One operation on one key: gathers the states that the command can leave behind if it is to give this answer. Several if
 * something is unknown: the answer, a cas id, the time. Used by one thread for one step.
 */
final class KeyStep {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final MemcachedModel.Settings settings;
    private final Answer answer;
    private final long earliestNanos;
    private final long latestNanos;
    private final Set<KeyState> next = new LinkedHashSet<>();

    /** @param answer null if the outcome is unknown: then any will do */
    KeyStep(MemcachedModel.Settings settings, Answer answer, long earliestNanos, long latestNanos) {
        this.settings = settings;
        this.answer = answer == null ? Answer.any() : answer;
        this.earliestNanos = earliestNanos;
        this.latestNanos = latestNanos;
    }

    Collection<KeyState> next() {
        return next;
    }

    /** Adds the states after the command, if it finds the key as it is in {@code now}. */
    void execute(KeyState now, Command command) {
        if (command instanceof Command.Fetch c) {
            fetch(now, c);
        } else if (command instanceof Command.Store c) {
            store(now, c);
        } else if (command instanceof Command.Delete c) {
            delete(now, c);
        } else if (command instanceof Command.Count c) {
            count(now, c);
        } else if (command instanceof Command.Touch c) {
            if (now.item() == null) {
                add(Status.NOT_FOUND, now);
            } else {
                add(Status.TOUCHED, now.with(now.item().withExpiry(expiryOf(c.exptime()))));
            }
        } else if (command instanceof Command.FlushAll c) {
            flush(now, c);
        }
    }

    private void fetch(KeyState now, Command.Fetch c) {
        if (now.item() == null && c.vivifyExptime() == null) {
            add(Status.MISS, now);
        } else if (now.item() == null) {
            Item made = Item.fresh("", 0, expiryOf(c.vivifyExptime()), false, true);
            if (isAnswered(Status.HIT) && agrees(answer.won(), true) && showsContent(made)) {
                addBound(now.with(made));
            }
        } else if (isAnswered(Status.HIT) && shows(now.item(), c)) {
            Item item = now.item();
            Item touched = c.exptime() == null ? item : item.withExpiry(expiryOf(c.exptime()));
            boolean mustWin = c.wins() && item.stale() && !item.taken();
            boolean canWin = mustWin || (!item.taken() && canBeToRenew(touched, c));
            boolean canLose = !mustWin && (item.taken() || canNotBeToRenew(touched, c));
            if (canWin && agrees(answer.won(), true)) {
                addBound(now.with(touched.withMarks(item.stale(), true)));
            }
            if (canLose && agrees(answer.won(), false)) {
                addBound(now.with(touched));
            }
        }
    }

    /** Whether the answer can have been made from the item. */
    private boolean shows(Item item, Command.Fetch c) {
        return showsContent(item)
                && agrees(answer.stale(), item.stale())
                && agrees(answer.taken(), item.taken())
                && (c.exptime() != null || answer.ttlSeconds() == null || canHaveLeft(item, answer.ttlSeconds()));
    }

    private boolean showsContent(Item item) {
        return agrees(answer.value(), item.value()) && agrees(answer.clientFlags(), item.clientFlags());
    }

    private boolean canHaveLeft(Item item, long ttlSeconds) {
        if (item.expiry().isNever() || ttlSeconds == -1) {
            return item.expiry().isNever() && ttlSeconds == -1;
        }
        return ttlSeconds >= leastLeftSeconds(item.expiry()) && ttlSeconds <= mostLeftSeconds(item.expiry());
    }

    private boolean canBeToRenew(Item item, Command.Fetch c) {
        return mayRenew(item, c) && leastLeftSeconds(item.expiry()) < mostLeftSeconds(expiryOf(c.recacheExptime()));
    }

    private boolean canNotBeToRenew(Item item, Command.Fetch c) {
        return !mayRenew(item, c) || mostLeftSeconds(item.expiry()) >= leastLeftSeconds(expiryOf(c.recacheExptime()));
    }

    private static boolean mayRenew(Item item, Command.Fetch c) {
        return c.recacheExptime() != null
                && c.recacheExptime() != 0
                && !item.expiry().isNever();
    }

    private long leastLeftSeconds(Window expiry) {
        return roundedUp(Times.minus(expiry.fromNanos(), latestNanos));
    }

    private long mostLeftSeconds(Window expiry) {
        return roundedUp(Times.minus(expiry.toNanos(), earliestNanos));
    }

    private static long roundedUp(long nanos) {
        return nanos <= 0 ? 0 : (nanos - 1) / NANOS_PER_SECOND + 1;
    }

    private void store(KeyState now, Command.Store c) {
        if (c.mode() == Mode.ADD) {
            if (now.item() == null) {
                put(now, c.value(), c.clientFlags(), expiryOf(c.exptime()), c.newCas());
            } else {
                add(Status.NOT_STORED, now);
            }
        } else if (now.item() == null) {
            storeNew(now, c);
        } else {
            storeOver(now, c);
        }
    }

    private void storeNew(KeyState now, Command.Store c) {
        if (c.mode().extendsValue()) {
            if (c.vivifyExptime() == null) {
                add(Status.NOT_STORED, now);
            } else {
                put(now, c.value(), c.clientFlags(), expiryOf(c.vivifyExptime()), c.newCas());
            }
        } else if (c.compare() != null) {
            add(Status.NOT_FOUND, now);
        } else if (c.mode() == Mode.REPLACE) {
            add(Status.NOT_STORED, now);
        } else {
            put(now, c.value(), c.clientFlags(), expiryOf(c.exptime()), c.newCas());
        }
    }

    private void storeOver(KeyState now, Command.Store c) {
        if (c.compare() == null) {
            change(now, c);
            return;
        }
        if (now.canHaveCas(c.compare())) {
            change(now.bind(c.compare()), c);
        }
        if (!now.canHaveOtherCas(c.compare())) {
            return;
        }
        Long cas = now.item().cas();
        boolean mayInvalidate = c.invalidate() && !c.mode().extendsValue();
        boolean canBeAbove = cas == null || Long.compareUnsigned(c.compare(), cas) < 0;
        boolean canBeBelow = Long.compareUnsigned(c.compare(), cas == null ? now.casFloor() : cas) > 0;
        if (mayInvalidate && canBeAbove) {
            KeyState above = cas == null ? now.raiseFloor(c.compare()) : now;
            Item stale = Item.fresh(
                    c.value(),
                    c.clientFlags(),
                    now.item().expiry(),
                    true,
                    now.item().taken());
            put(above, stale, Status.STORED, c.newCas());
        }
        if (!mayInvalidate || canBeBelow) {
            add(Status.EXISTS, now.exclude(c.compare()));
        }
    }

    /** Stores over an item whose cas id is right or was not asked for. */
    private void change(KeyState now, Command.Store c) {
        Item old = now.item();
        if (!c.mode().extendsValue()) {
            put(now, c.value(), c.clientFlags(), expiryOf(c.exptime()), c.newCas());
        } else if ((long) old.value().length() + c.value().length() > settings.itemMaxBytes()) {
            add(Status.NOT_STORED, now);
        } else {
            String value = c.mode() == Mode.APPEND ? old.value() + c.value() : c.value() + old.value();
            put(now, value, old.clientFlags(), old.expiry(), c.newCas());
        }
    }

    private void delete(KeyState now, Command.Delete c) {
        if (now.item() == null) {
            add(Status.NOT_FOUND, now);
            return;
        }
        if (c.compare() != null && now.canHaveOtherCas(c.compare())) {
            add(Status.EXISTS, now.exclude(c.compare()));
        }
        if (c.compare() == null || now.canHaveCas(c.compare())) {
            deleteMatching(c.compare() == null ? now : now.bind(c.compare()), c);
        }
    }

    private void deleteMatching(KeyState now, Command.Delete c) {
        if (!c.stale() && !c.empty()) {
            add(Status.DELETED, now.with(null));
            return;
        }
        Item old = now.item();
        String value = c.empty() ? "" : old.value();
        int clientFlags = c.empty() ? 0 : old.clientFlags();
        Window expiry = old.expiry();
        if (c.empty() || c.exptime() != null) {
            expiry = c.exptime() == null ? Window.NEVER : expiryOf(c.exptime());
        }
        if (c.stale() || c.newCas() != null) {
            put(now, Item.fresh(value, clientFlags, expiry, c.stale(), false), Status.DELETED, c.newCas());
        } else {
            Item emptied = new Item(value, clientFlags, old.cas(), old.notCas(), expiry, false, false);
            add(Status.DELETED, now.with(emptied));
        }
    }

    private void count(KeyState now, Command.Count c) {
        Item old = now.item();
        if (old == null) {
            if (c.vivifyExptime() == null) {
                add(Status.NOT_FOUND, now);
            } else {
                String text = Long.toUnsignedString(c.initial());
                putNumber(now, Item.fresh(text, 0, expiryOf(c.vivifyExptime()), false, false), c.initial(), c);
            }
            return;
        }
        if (old.value().isEmpty()) {
            // As memcached, which sees that nothing is no number before it looks at the cas id.
            add(Status.NON_NUMERIC, now);
            return;
        }
        if (c.compare() != null && now.canHaveOtherCas(c.compare())) {
            add(Status.EXISTS, now.exclude(c.compare()));
        }
        if (c.compare() == null || now.canHaveCas(c.compare())) {
            countMatching(c.compare() == null ? now : now.bind(c.compare()), c);
        }
    }

    private void countMatching(KeyState now, Command.Count c) {
        Item old = now.item();
        Long number = Numbers.parse(old.value());
        if (number == null) {
            add(Status.NON_NUMERIC, now);
            return;
        }
        long counted = c.subtract() ? Numbers.decrement(number, c.delta()) : number + c.delta();
        // A shorter number is padded, so that a client which knows the length of the value still does (memcached's
        // rule).
        String text = Numbers.padded(counted, old.value().length());
        Window expiry = c.exptime() == null ? old.expiry() : expiryOf(c.exptime());
        putNumber(now, Item.fresh(text, old.clientFlags(), expiry, old.stale(), old.taken()), counted, c);
    }

    private void putNumber(KeyState now, Item made, long number, Command.Count c) {
        if (agrees(answer.number(), number)) {
            put(now, made, Status.NUMBER, c.newCas());
        }
    }

    private void flush(KeyState now, Command.FlushAll c) {
        Window at = c.delaySeconds() <= 0 ? Window.PAST : expiryOf(c.delaySeconds());
        if (latestNanos >= at.fromNanos()) {
            add(Status.OK, now.with(null).withFlush(Window.NEVER));
        }
        if (earliestNanos < at.toNanos()) {
            add(Status.OK, now.withFlush(at));
        }
    }

    private void put(KeyState now, String value, int clientFlags, Window expiry, Long newCas) {
        put(now, Item.fresh(value, clientFlags, expiry, false, false), Status.STORED, newCas);
    }

    /** A new version: with the id that the client chose, or with the next one, which nobody has seen. */
    private void put(KeyState now, Item made, Status status, Long newCas) {
        if (isAnswered(status)) {
            addBound(now.with(newCas == null ? made : made.withCas(newCas)));
        }
    }

    /** Adds the state if its item can have the cas id that was answered, if one was. */
    private void addBound(KeyState after) {
        if (answer.cas() == null) {
            next.add(settled(after));
        } else if (after.canHaveCas(answer.cas())) {
            next.add(settled(after.bind(answer.cas())));
        }
    }

    private void add(Status status, KeyState after) {
        if (isAnswered(status)) {
            next.add(settled(after));
        }
    }

    /** An item that is certainly over is no item: so that states which cannot be told apart are equal. */
    private KeyState settled(KeyState state) {
        boolean over = state.item() != null && state.item().expiry().toNanos() <= earliestNanos;
        return over ? state.with(null) : state;
    }

    private boolean isAnswered(Status status) {
        return answer.status() == status || answer.status() == Status.ANY;
    }

    private static boolean agrees(Object answered, Object actual) {
        return answered == null || answered.equals(actual);
    }

    /** When something that was given this exptime by this operation is over. */
    private Window expiryOf(long exptime) {
        if (exptime == 0) {
            return Window.NEVER;
        }
        if (exptime < 0) {
            return Window.PAST;
        }
        if (exptime <= Command.MAX_RELATIVE_SECONDS) {
            long nanos = exptime * NANOS_PER_SECOND;
            return around(Times.plus(earliestNanos, nanos), Times.plus(latestNanos, nanos));
        }
        long at = Times.minus(Times.seconds(exptime), settings.unixNanosAtStart());
        return around(at, at);
    }

    private Window around(long fromNanos, long toNanos) {
        // One less than NEVER: it is not known when it comes, but not that it never does.
        long from = Math.min(Times.minus(fromNanos, settings.toleranceNanos()), Long.MAX_VALUE - 1);
        return new Window(from, Times.plus(toNanos, settings.toleranceNanos()));
    }
}
