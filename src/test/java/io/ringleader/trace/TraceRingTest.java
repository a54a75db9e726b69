package io.ringleader.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TraceRingTest {
    @Test
    void whatFitsIsAllThere() {
        List<TraceEvent> all = ExampleRun.eventful();
        TraceRing ring = new TraceRing(64 << 20);
        all.forEach(ring::record);

        assertThat(ring.events()).isEqualTo(all);
    }

    @Test
    void ofALongRunTheLastEventsStayWithinTheBytes() {
        List<TraceEvent> all = ExampleRun.eventful();
        TraceRing ring = new TraceRing(20_000);
        all.forEach(ring::record);

        List<TraceEvent> kept = ring.events();
        assertThat(kept.get(0)).isEqualTo(all.get(0));
        List<TraceEvent> last = kept.subList(kept.size() - 100, kept.size());
        assertThat(last).isEqualTo(all.subList(all.size() - 100, all.size()));
        assertThat(kept).hasSizeLessThan(300);
    }

    /** Wherever it is cut: the state after the last event is that of the whole trace. */
    @Test
    void whatIsForgottenIsInTheStateAtTheBeginning() {
        List<TraceEvent> all = ExampleRun.eventful();
        List<TraceEvent> whole = stateAfter(all);
        for (long maxBytes = 1; maxBytes < 800_000; maxBytes = maxBytes * 3 + 1_000) {
            TraceRing ring = new TraceRing(maxBytes);
            all.forEach(ring::record);

            assertThat(stateAfter(ring.events()))
                    .as("a ring of %s bytes", maxBytes)
                    .isEqualTo(whole);
        }
    }

    /** The events may differ in how often a state is told, so it is folded again. */
    private static List<TraceEvent> stateAfter(List<TraceEvent> events) {
        TraceFold fold = new TraceFold();
        events.forEach(fold::add);
        List<TraceEvent> state = new ArrayList<>(fold.events(0, 0));
        assertThat(Stream.of(TraceEvent.Run.class, TraceEvent.Recovered.class, TraceEvent.Appended.class))
                .allSatisfy(type -> assertThat(state).hasAtLeastOneElementOfType(type));
        return state;
    }

    @Test
    void aTraceOfNoBytesIsRefused() {
        assertThatThrownBy(() -> new TraceRing(0)).hasMessage("A trace must be allowed some bytes, not 0.");
    }

    @Test
    void aRecorderThatIsOffSaysSo() {
        TraceRecorder.OFF.record(new TraceEvent.Note(0, 0, "nobody hears this"));

        assertThat(TraceRecorder.OFF.isOn()).isFalse();
    }
}
