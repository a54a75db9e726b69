package io.ringleader.linearizability;

import java.util.List;

/**
 * What all clients did and heard, made by a {@link HistoryRecorder} or read from a file. Immutable.
 *
 * @param operations in the order of their invocations
 */
public record History(List<Operation> operations) {
    public History {
        operations = List.copyOf(operations);
        for (int i = 0; i < operations.size(); i++) {
            if (operations.get(i).id() != i) {
                throw new IllegalArgumentException("Operation " + i + " of a history has the number "
                        + operations.get(i).id() + ".");
            }
        }
    }

    public int size() {
        return operations.size();
    }
}
