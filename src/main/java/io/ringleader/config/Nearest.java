package io.ringleader.config;

import java.util.Collection;
import java.util.Comparator;

/** Finds the name that someone meant. */
final class Nearest {
    private Nearest() {}

    /** A sentence that names the nearest known name, or all of them if none is near. */
    static String suggestion(String name, Collection<String> known) {
        String nearest = known.stream()
                .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
                .orElseThrow();
        // more than a third of the letters wrong is not a slip of the finger
        if (distance(name, nearest) <= Math.max(2, nearest.length() / 3)) {
            return "Did you mean " + nearest + "?";
        }
        return "Known here: " + String.join(", ", known) + ".";
    }

    /** The Levenshtein distance: how many letters must be put in, left out or replaced. */
    static int distance(String one, String other) {
        int[] previous = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int[] current = new int[other.length() + 1];
            current[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = previous[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[other.length()];
    }
}
