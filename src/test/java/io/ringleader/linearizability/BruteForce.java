package io.ringleader.linearizability;

import java.util.ArrayList;
import java.util.List;

/** Tries every order of a few operations, without any of the checker's short cuts. */
final class BruteForce {
    private BruteForce() {}

    static boolean isLinearizable(Model<KeyState> model, History history) {
        return Checker.byKey(history).values().stream()
                .allMatch(operations -> canGoOn(model, model.initial(), operations, Long.MIN_VALUE));
    }

    private static boolean canGoOn(Model<KeyState> model, KeyState state, List<Operation> left, long nowNanos) {
        if (left.stream().noneMatch(Operation::isCompleted)) {
            return true;
        }
        int firstReturn = left.stream().mapToInt(Operation::deadline).min().orElseThrow();
        long latest = left.stream().mapToLong(Operation::deadlineNanos).min().orElseThrow();
        for (Operation o : left) {
            if (o.invokedAt() < firstReturn) {
                List<Operation> rest = new ArrayList<>(left);
                rest.remove(o);
                long now = Math.max(nowNanos, o.invokedNanos());
                for (KeyState next : model.step(state, o, now, latest)) {
                    if (canGoOn(model, next, rest, now)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
