package io.ringleader.modelcheck;

import java.util.EnumMap;
import java.util.Map;

/**
 * How far the exploration goes. States beyond are not looked at.
 *
 * @param nodes voters, all of which start with empty disks
 * @param maxTerm no node gets beyond this term
 * @param maxInFlight messages in the network at once: more than that are lost, and it is any of them that may be lost
 * @param diskIsSlow whether writes wait for the disk, so that a crash can lose them; else they are durable at once
 * @param budgets how often other things may happen; those that are absent, never
 */
record Bounds(int nodes, long maxTerm, int maxInFlight, boolean diskIsSlow, Map<Budget, Integer> budgets) {
    static Bounds of(int nodes, long maxTerm, int maxInFlight) {
        return new Bounds(nodes, maxTerm, maxInFlight, false, Map.of());
    }

    Bounds with(Budget budget, int times) {
        if (times > Budget.MAX) {
            throw new IllegalArgumentException(
                    budget + " is counted up to " + Budget.MAX + ", " + times + " is too many.");
        }
        Map<Budget, Integer> more = new EnumMap<>(Budget.class);
        more.putAll(budgets);
        more.put(budget, times);
        return new Bounds(nodes, maxTerm, maxInFlight, diskIsSlow, more);
    }

    Bounds withSlowDisks() {
        return new Bounds(nodes, maxTerm, maxInFlight, true, budgets);
    }

    int budget(Budget budget) {
        return budgets.getOrDefault(budget, 0);
    }

    @Override
    public String toString() {
        return nodes + " nodes, terms to " + maxTerm + ", " + maxInFlight + " messages in flight, disks "
                + (diskIsSlow ? "slow" : "immediate") + ", " + budgets;
    }
}
