package io.ringleader.jepsen;

import io.ringleader.linearizability.Answer.Status;
import io.ringleader.linearizability.Command;
import io.ringleader.linearizability.History;
import io.ringleader.linearizability.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether items that are set once, with a time to live, are there until it is over and no longer. This is sharper than what the
 * check of linearizability can say, which has to allow for all that may come between. Stateless.
 */
final class ExpiryCheck {
    /** The clocks of the nodes and the clients are one; this is for the millisecond to which times are rounded, and adjustments. */
    static final Duration TOLERANCE = Duration.ofMillis(100);

    private static final int SHOWN_MAX = 20;

    private ExpiryCheck() {}

    static Finding check(History history) {
        Map<String, Operation> sets = new HashMap<>();
        for (Operation o : history.operations()) {
            boolean isSet = o.command() instanceof Command.Store && o.key().startsWith(Workloads.SET_ONCE);
            if (isSet && o.isCompleted()) {
                sets.put(o.key(), o);
            }
        }
        List<Object> early = new ArrayList<>();
        List<Object> late = new ArrayList<>();
        long judged = 0;
        for (Operation read : history.operations()) {
            Operation set = sets.get(read.key());
            if (set == null || read == set || !read.isCompleted() || read.invokedAt() < set.completedAt()) {
                continue;
            }
            judged++;
            long exptimeNanos = Duration.ofSeconds(((Command.Store) set.command()).exptime())
                    .toNanos();
            boolean isHit = read.answer().status() == Status.HIT;
            if (isHit && read.invokedNanos() > set.completedNanos() + exptimeNanos + TOLERANCE.toNanos()) {
                late.add(read + " after " + set);
            } else if (!isHit && read.completedNanos() < set.invokedNanos() + exptimeNanos - TOLERANCE.toNanos()) {
                early.add(read + " after " + set);
            }
        }
        Map<String, Object> details = new LinkedHashMap<>();
        details.put(Finding.SUBJECTS, (long) sets.size());
        details.put("reads", judged);
        details.put("gone-too-early", early.stream().limit(SHOWN_MAX).toList());
        details.put("there-too-late", late.stream().limit(SHOWN_MAX).toList());
        return new Finding("expiry", Finding.of(early.isEmpty() && late.isEmpty()), details);
    }
}
