package io.ringleader.sim.workload;

import io.ringleader.linearizability.Answer;
import io.ringleader.linearizability.Answer.Status;
import io.ringleader.linearizability.Command;
import io.ringleader.linearizability.Command.Mode;
import io.ringleader.linearizability.History;
import io.ringleader.linearizability.HistoryRecorder;
import io.ringleader.linearizability.Operation.Outcome;
import io.ringleader.sim.Coverage;
import io.ringleader.sim.VirtualWorld;
import io.ringleader.sim.workload.Key.Sequel;
import io.ringleader.sim.workload.Key.Times;
import io.ringleader.sim.workload.Key.Use;
import java.util.ArrayList;
import java.util.List;

/** Takes down what is asked and heard, and remembers of each key what is needed to ask on. */
final class Journal {
    private static final String PREFIX = "workload: ";
    static final String CAS_WON = PREFIX + "a compare-and-swap won";
    static final String CAS_LOST = PREFIX + "a compare-and-swap lost";
    static final String RENEWAL_WON = PREFIX + "the renewal of a stale item won";
    static final String EXPIRED = PREFIX + "an item expired";
    static final String FLUSHED = PREFIX + "an item flushed";

    private final VirtualWorld world;
    private final Coverage coverage;
    private final Ears ears;
    private final HistoryRecorder recorder = new HistoryRecorder();
    private int operations;
    private long answered;

    Journal(VirtualWorld world, Coverage coverage, Ears ears) {
        this.world = world;
        this.coverage = coverage;
        this.ears = ears;
    }

    static String succeeded(String kind) {
        return PREFIX + kind + " succeeded";
    }

    /** It found no item, or one that did not allow it. */
    static String failed(String kind) {
        return PREFIX + kind + " found nothing to do";
    }

    static String unknown(String kind) {
        return PREFIX + kind + " had an unknown outcome";
    }

    History history() {
        return recorder.history();
    }

    int operations() {
        return operations;
    }

    /** Operations that were answered with something other than an error. */
    long answered() {
        return answered;
    }

    /** Notes that the request is about to be sent; returns the numbers of its operations. */
    int[] asks(int client, Request request) {
        int[] numbers = new int[request.operations()];
        for (int i = 0; i < numbers.length; i++) {
            Key key = request.key(i);
            numbers[i] = recorder.invoke(client, key == null ? null : key.name, request.command(), now());
            operations++;
            if (key != null) {
                key.operations++;
                key.underWay++;
                key.sequel = request.isPureRead() ? key.sequel : Sequel.UNCLEAR;
            }
        }
        return numbers;
    }

    void hears(Request request, int[] numbers, List<Heard> answers) {
        for (int i = 0; i < numbers.length; i++) {
            Key key = request.key(i);
            Heard heard = ears.hear(key == null ? null : key.name, request.command(), answers.get(i));
            take(numbers[i], heard);
            cover(request, heard);
            if (key != null) {
                key.underWay--;
                learn(key, request, heard);
            }
        }
    }

    /** No answer was wanted: the operations stay as they are. */
    void hearsNothing(Request request) {
        for (Key key : request.keys()) {
            key.underWay--;
            learn(key, request, request.lost());
        }
    }

    private void take(int number, Heard heard) {
        switch (heard.outcome()) {
            case COMPLETED -> {
                answered++;
                recorder.completed(number, heard.answer(), now());
            }
            case NOT_APPLIED -> recorder.notApplied(number, now());
            case UNKNOWN -> recorder.unknown(number, now());
        }
    }

    private long now() {
        return world.elapsedNanos();
    }

    private void cover(Request request, Heard heard) {
        if (heard.outcome() == Outcome.UNKNOWN) {
            coverage.saw(unknown(request.kind()));
        } else if (heard.isKnown()) {
            Answer answer = heard.answer();
            boolean none = switch (answer.status()) {
                case MISS, NOT_FOUND, NOT_STORED, EXISTS -> true;
                default -> false;
            };
            coverage.saw(none ? failed(request.kind()) : succeeded(request.kind()));
            if (request.command() instanceof Command.Store store && store.compare() != null) {
                coverage.saw(none ? CAS_LOST : CAS_WON);
            }
            if (Boolean.TRUE.equals(answer.won()) && Boolean.TRUE.equals(answer.stale())) {
                coverage.saw(RENEWAL_WON);
            }
        }
    }

    private void learn(Key key, Request request, Heard heard) {
        if (heard.outcome() == Outcome.UNKNOWN) {
            key.unknown++;
        }
        if (heard.isKnown() && heard.answer().cas() != null) {
            key.sawCas(heard.answer().cas());
        }
        if (key.use == Use.WORDS && request.command() instanceof Command.Store store && store.mode() != Mode.ADD) {
            key.words.computeIfAbsent(store.value(), word -> new Times()).add(heard, Status.STORED);
        } else if (key.use == Use.TALLY && request.command() instanceof Command.Count) {
            key.counted.add(heard, Status.NUMBER);
        }
        if (heard.isKnown()) {
            learnSequel(key, request.command(), heard.answer().status());
        }
    }

    private void learnSequel(Key key, Command command, Status status) {
        if (status == Status.STORED && key.underWay == 0 && command instanceof Command.Store store) {
            boolean setsTime = store.mode() == Mode.SET || store.mode() == Mode.ADD || store.mode() == Mode.REPLACE;
            if (setsTime && store.exptime() >= 0) {
                key.sequel = store.exptime() == 0 ? Sequel.STORED : Sequel.STORED_TO_EXPIRE;
            }
        } else if (status == Status.MISS && key.sequel == Sequel.STORED_TO_EXPIRE) {
            coverage.saw(EXPIRED);
        } else if (status == Status.MISS && key.sequel == Sequel.STORED_AND_FLUSHED) {
            coverage.saw(FLUSHED);
        }
    }

    /** What must be seen over a suite of runs, if the clients ask for these kinds of things. */
    static List<String> expectedCoverage() {
        List<String> expected = new ArrayList<>(List.of(CAS_WON, CAS_LOST, RENEWAL_WON, EXPIRED, FLUSHED));
        for (Kind kind : Kind.values()) {
            expected.add(succeeded(kind.toString()));
            if (kind.canFail()) {
                expected.add(failed(kind.toString()));
            }
            if (kind.isWrite()) {
                expected.add(unknown(kind.toString()));
            }
        }
        return expected;
    }
}
