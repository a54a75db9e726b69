package io.ringleader.linearizability;

import io.ringleader.linearizability.KeyState.Window;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * One key of memcached as Ringleader has it: the sequential specification of the classic, meta and binary commands. What each
 * command does is in {@link KeyStep}; here is what happens by itself as time passes. Stateless.
 *
 * <p><b>Expiry.</b> An item that was given a time to live may be gone from its deadline less the tolerance on, and must be
 * gone from its deadline plus the tolerance on; between the two, both is right. The deadline itself is only known as well as
 * the moment at which the command took effect, so it is a window too. The tolerance has to cover how far the clocks that
 * stamp the log are apart, counted twice: for the one that set the deadline and the one that found it passed.
 *
 * <p><b>Not modelled</b>, so that nothing is said about it:
 *
 * <ul>
 *   <li>Memory: a refusal for want of room changes nothing and is recorded as {@link Operation.Outcome#NOT_APPLIED}, and so
 *       is a value too large for an item.
 *   <li>What nodes count by themselves: {@code mg}'s h (hit before) and l (last access), {@code me}, statistics.
 *   <li>{@code mg}'s C, which leaves the value out; record such an answer without a value.
 *   <li>The time left that {@code mg} answers when it changes it by the same command, which depends on the order of flags.
 *   <li>How much cas ids rise by: an unseen id is only known to be above those seen before, not by how many.
 *   <li>An id that a client chose itself (E) is believed to be chosen well: if it is one that was or will be given out,
 *       comparisons mistake one version for the other, as they do in memcached.
 * </ul>
 */
public final class MemcachedModel implements Model<KeyState> {
    private final Settings settings;

    /**
     * @param toleranceNanos by how much an expiry may be early or late
     * @param unixNanosAtStart the Unix time of the servers at 0 nanoseconds of the history, for exptimes that are Unix times
     * @param itemMaxBytes the largest value; what append and prepend would make larger is not stored
     */
    public record Settings(long toleranceNanos, long unixNanosAtStart, int itemMaxBytes) {
        /** A tolerance of a second, the history begins at the Unix epoch, items of 1 MiB. */
        public static final Settings STANDARD = new Settings(1_000_000_000L, 0, 1 << 20);
    }

    public MemcachedModel(Settings settings) {
        this.settings = settings;
    }

    @Override
    public KeyState initial() {
        return KeyState.EMPTY;
    }

    @Override
    public Collection<KeyState> step(KeyState state, Operation operation, long earliestNanos, long latestNanos) {
        KeyStep step = new KeyStep(settings, operation.answer(), earliestNanos, latestNanos);
        for (KeyState now : seen(state, earliestNanos, latestNanos)) {
            step.execute(now, operation.command());
        }
        return step.next();
    }

    /** What the operation can find, depending on whether what may happen by itself by then has happened. */
    private static Set<KeyState> seen(KeyState state, long earliestNanos, long latestNanos) {
        Set<KeyState> seen = new LinkedHashSet<>();
        Window flush = state.flush();
        if (earliestNanos < flush.toNanos()) {
            addExpired(seen, state, earliestNanos, latestNanos);
        }
        if (!flush.isNever() && latestNanos >= flush.fromNanos()) {
            seen.add(state.with(null).withFlush(Window.NEVER));
        }
        return seen;
    }

    private static void addExpired(Set<KeyState> seen, KeyState state, long earliestNanos, long latestNanos) {
        if (state.item() == null) {
            seen.add(state);
            return;
        }
        Window expiry = state.item().expiry();
        if (earliestNanos < expiry.toNanos()) {
            seen.add(state);
        }
        if (!expiry.isNever() && latestNanos >= expiry.fromNanos()) {
            seen.add(state.with(null));
        }
    }
}
