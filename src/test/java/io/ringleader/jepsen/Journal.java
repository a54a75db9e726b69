package io.ringleader.jepsen;

import io.ringleader.linearizability.History;
import io.ringleader.linearizability.HistoryRecorder;
import java.util.ArrayList;
import java.util.List;

/** Takes down what all clients and the nemesis of a run do, with its time. Any thread. */
final class Journal {
    /**
     * Something that was done to the cluster. Immutable.
     *
     * @param nemesis by whose name it goes
     * @param description what, and to which nodes
     * @param fromNanos since the beginning of the run, when it was begun
     * @param toNanos when it was undone
     */
    record FaultSpan(String nemesis, String description, long fromNanos, long toNanos) {}

    /** How many operations are in the history, and how they ended so far. */
    record Counts(int asked, int ok, int fail, int info) {}

    private volatile long startNanos = System.nanoTime();
    private final HistoryRecorder recorder = new HistoryRecorder();
    private final List<FaultSpan> faults = new ArrayList<>();
    private final List<String> strange = new ArrayList<>();
    /** By the number of an operation. */
    private final List<String> functions = new ArrayList<>();

    private Counts counts = new Counts(0, 0, 0, 0);

    /** The run begins now. Before anything is taken down. */
    void begin() {
        startNanos = System.nanoTime();
    }

    /** Nanoseconds since the beginning of the run. */
    long nanos() {
        return System.nanoTime() - startNanos;
    }

    /** Before the request is sent: the numbers of its operations. */
    synchronized int[] asks(int client, Request request) {
        int[] ids = new int[request.operations()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = recorder.invoke(client, request.key(i), request.command(), nanos());
            functions.add(request.function());
        }
        counts = new Counts(counts.asked + ids.length, counts.ok, counts.fail, counts.info);
        return ids;
    }

    synchronized void hears(int[] ids, List<Heard> heard) {
        for (int i = 0; i < ids.length; i++) {
            hears(ids[i], heard.get(i));
        }
    }

    private void hears(int id, Heard heard) {
        switch (heard.outcome()) {
            case COMPLETED -> {
                recorder.completed(id, heard.answer(), nanos());
                counts = new Counts(counts.asked, counts.ok + 1, counts.fail, counts.info);
            }
            case NOT_APPLIED -> {
                recorder.notApplied(id, nanos());
                counts = new Counts(counts.asked, counts.ok, counts.fail + 1, counts.info);
            }
            case UNKNOWN -> {
                recorder.unknown(id, nanos());
                counts = new Counts(counts.asked, counts.ok, counts.fail, counts.info + 1);
            }
        }
    }

    synchronized void strangeAnswer(String message) {
        strange.add(message);
    }

    synchronized void fault(FaultSpan span) {
        faults.add(span);
    }

    synchronized Counts counts() {
        return counts;
    }

    synchronized List<FaultSpan> faults() {
        return List.copyOf(faults);
    }

    synchronized List<String> strangeAnswers() {
        return List.copyOf(strange);
    }

    /** What each operation was, by its number. */
    synchronized List<String> functions() {
        return List.copyOf(functions);
    }

    synchronized History history() {
        return recorder.history();
    }
}
