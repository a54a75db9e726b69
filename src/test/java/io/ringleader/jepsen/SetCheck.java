package io.ringleader.jepsen;

import io.ringleader.linearizability.Answer.Status;
import io.ringleader.linearizability.Command;
import io.ringleader.linearizability.History;
import io.ringleader.linearizability.Operation;
import io.ringleader.linearizability.Operation.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Whether values that only ever grow by unique elements hold each acknowledged one exactly once, in every read after the
 * acknowledgement, and none that was never given. Used once.
 */
final class SetCheck {
    private static final int SHOWN_MAX = 20;
    private static final String ELEMENT = "\\d+ ";

    private final Map<String, Map<String, Operation>> elements = new TreeMap<>();
    private final Map<String, Operation> lastReads = new HashMap<>();
    private final Set<String> lost = new LinkedHashSet<>();
    private final Set<String> stale = new LinkedHashSet<>();
    private final Set<String> duplicated = new LinkedHashSet<>();
    private final Set<String> invented = new LinkedHashSet<>();
    private long reads;
    private long recovered;

    private SetCheck() {}

    static Finding check(History history) {
        return new SetCheck().judge(history);
    }

    private Finding judge(History history) {
        gather(history);
        List<Operation> seen = history.operations().stream()
                .filter(o -> o.isCompleted() && o.command() instanceof Command.Fetch && elements.containsKey(o.key()))
                .toList();
        for (Operation read : seen) {
            lastReads.merge(read.key(), read, (one, other) -> one.completedAt() > other.completedAt() ? one : other);
        }
        seen.forEach(this::judgeRead);
        Map<String, Object> details = new LinkedHashMap<>();
        details.put(Finding.SUBJECTS, (long) elements.size());
        details.put("attempts", (long) all().size());
        details.put(
                "acknowledged", all().stream().filter(SetCheck::isAcknowledged).count());
        details.put("reads", reads);
        details.put("recovered", recovered);
        put(details, "lost", lost);
        put(details, "stale", stale);
        put(details, "duplicated", duplicated);
        put(details, "invented", invented);
        boolean isValid = lost.isEmpty() && stale.isEmpty() && duplicated.isEmpty() && invented.isEmpty();
        return new Finding("set", Finding.of(isValid), details);
    }

    private static void put(Map<String, Object> details, String name, Set<String> found) {
        details.put(name + "-count", (long) found.size());
        details.put(name, found.stream().limit(SHOWN_MAX).toList());
    }

    private List<Operation> all() {
        return elements.values().stream()
                .flatMap(each -> each.values().stream())
                .toList();
    }

    /** Keys that are only added and appended to, by elements, in a history without a flush. */
    private void gather(History history) {
        Set<String> others = new LinkedHashSet<>();
        for (Operation o : history.operations()) {
            if (o.command() instanceof Command.FlushAll) {
                elements.clear();
                return;
            }
            boolean isElement = o.command() instanceof Command.Store store
                    && (store.mode() == Command.Mode.ADD || store.mode() == Command.Mode.APPEND)
                    && store.value().matches(ELEMENT);
            if (isElement) {
                String element = ((Command.Store) o.command()).value();
                elements.computeIfAbsent(o.key(), key -> new LinkedHashMap<>()).put(element.strip(), o);
            } else if (!(o.command() instanceof Command.Fetch)) {
                others.add(o.key());
            }
        }
        elements.keySet().removeAll(others);
    }

    private static boolean isAcknowledged(Operation o) {
        return o.isCompleted() && o.answer().status() == Status.STORED;
    }

    private void judgeRead(Operation read) {
        reads++;
        Map<String, Operation> given = elements.get(read.key());
        boolean isLast = lastReads.get(read.key()) == read;
        String value = read.answer().status() == Status.HIT ? read.answer().value() : "";
        List<String> found = new ArrayList<>(List.of(value.split(" ")));
        found.remove("");
        Set<String> distinct = new LinkedHashSet<>(found);
        if (distinct.size() < found.size()) {
            found.stream()
                    .collect(Collectors.groupingBy(each -> each, LinkedHashMap::new, Collectors.counting()))
                    .forEach((element, times) -> note(times > 1, duplicated, element, read));
        }
        for (String element : distinct) {
            Operation o = given.get(element);
            boolean mayBeThere = o != null
                    && (isAcknowledged(o) || o.outcome() == Outcome.UNKNOWN)
                    && o.invokedAt() < read.completedAt();
            note(!mayBeThere, invented, element, read);
            recovered += isLast && mayBeThere && !isAcknowledged(o) ? 1 : 0;
        }
        given.forEach((element, o) -> {
            boolean mustBeThere = isAcknowledged(o) && o.completedAt() < read.invokedAt();
            note(mustBeThere && !distinct.contains(element), isLast ? lost : stale, element, read);
        });
    }

    private static void note(boolean isWrong, Set<String> where, String element, Operation read) {
        if (isWrong) {
            where.add(element + " of " + read.key());
        }
    }
}
