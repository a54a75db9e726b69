package io.ringleader.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.linearizability.Answer;
import io.ringleader.linearizability.Checker;
import io.ringleader.linearizability.Command;
import io.ringleader.linearizability.History;
import io.ringleader.linearizability.HistoryRecorder;
import io.ringleader.linearizability.MemcachedModel;
import io.ringleader.linearizability.Verdict;
import io.ringleader.trace.TraceEvent;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClientsInTraceTest {
    private static final TraceEvent RUN = new TraceEvent.Run(0, 1, 3, 4, 3, "simulated");

    private final HistoryRecorder recorder = new HistoryRecorder();

    private List<TraceEvent> addTo(List<TraceEvent> events) {
        History history = recorder.history();
        Verdict verdict =
                Checker.memcached(new MemcachedModel.Settings(0, 0, 1 << 20)).check(history);
        return new ClientsInTrace(events, new ClusterOptions().config().ring(), Optional.of(verdict)).add(history);
    }

    private void asked(int client, Command command, long fromNanos, Answer answer, long toNanos) {
        recorder.completed(recorder.invoke(client, "k", command, fromNanos), answer, toNanos);
    }

    private static List<Long> effectNanos(List<TraceEvent> events) {
        return events.stream()
                .filter(TraceEvent.Completed.class::isInstance)
                .map(event -> ((TraceEvent.Completed) event).linearizedNanos())
                .toList();
    }

    @Test
    void whatIsExplainedHasItsPointAndWhatIsNotHasNone() {
        asked(0, Command.get(), 10, Answer.miss(), 20);
        asked(0, Command.get(), 30, Answer.hit("nobody stored it"), 40);

        List<Long> points = effectNanos(addTo(List.of(RUN)));
        assertThat(points).hasSize(2);
        assertThat(points.get(0)).isBetween(10L, 20L);
        assertThat(points.get(1)).isEqualTo(TraceEvent.NOT_KNOWN);
    }

    @Test
    void whatIsNotJudgedHasNoPoints() {
        asked(0, Command.get(), 10, Answer.miss(), 20);

        List<TraceEvent> all = new ClientsInTrace(
                        List.of(RUN), new ClusterOptions().config().ring(), Optional.empty())
                .add(recorder.history());
        assertThat(effectNanos(all)).containsExactly(TraceEvent.NOT_KNOWN);
    }

    @Test
    void ofATraceThatForgotItsBeginningOnlyWhatWasNotOverByThenIsThere() {
        int early = recorder.invoke(0, "k", Command.get(), 10);
        int late = recorder.invoke(1, "k", Command.get(), 10);
        recorder.invoke(2, "k", Command.get(), 10);
        recorder.completed(early, Answer.miss(), 20);
        recorder.completed(late, Answer.miss(), 120);

        List<TraceEvent> all = addTo(List.of(RUN, new TraceEvent.Note(100, 0, "forgotten")));
        assertThat(all.stream()
                        .filter(TraceEvent.Invoked.class::isInstance)
                        .map(event -> ((TraceEvent.Invoked) event).client()))
                .containsExactly(2, 3);
        assertThat(effectNanos(all)).hasSize(1);
    }

    @Test
    void clientsKeepTheirColumnsAndAFailureStaysTheLastThing() {
        asked(0, Command.get(), 10, Answer.miss(), 50);
        TraceEvent known = new TraceEvent.Invoked(5, 7, 1, 0, "k", "get");
        TraceEvent failed = new TraceEvent.Failed(50, "it is over");

        List<TraceEvent> all = addTo(List.of(RUN, known, failed));
        assertThat(all).hasSize(5).startsWith(RUN, known).endsWith(failed);
        assertThat(((TraceEvent.Invoked) all.get(2)).client()).isEqualTo(8);
    }
}
