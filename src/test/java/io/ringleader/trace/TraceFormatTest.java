package io.ringleader.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.raft.Role;
import java.io.IOException;
import java.io.StringReader;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceFormatTest {
    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void whatWasWrittenIsReadAsItWas(@ForAll("traces") List<TraceEvent> events) throws Exception {
        String text = write(events);

        assertThat(TraceReader.read(new StringReader(text))).isEqualTo(events);
        assertThat(text).matches("[ -~\n]*");
        assertThat(text.lines()).hasSize(events.size() + 1);
    }

    @Provide
    Arbitrary<List<TraceEvent>> traces() {
        List<Arbitrary<TraceEvent>> kinds = new ArrayList<>();
        for (String word : EventShape.words()) {
            kinds.add(events(EventShape.ofWord(word)));
        }
        return Arbitraries.oneOf(kinds).list().ofMaxSize(20);
    }

    private static Arbitrary<TraceEvent> events(EventShape shape) {
        List<Arbitrary<Object>> values = new ArrayList<>();
        values.add(Arbitraries.longs().asGeneric());
        for (RecordComponent field : shape.fields()) {
            values.add(values(field.getType()));
        }
        return Combinators.combine(values).as(shape::make);
    }

    private static Arbitrary<Object> values(Class<?> type) {
        if (type == long.class) {
            return Arbitraries.longs().asGeneric();
        } else if (type == int.class) {
            return Arbitraries.integers().asGeneric();
        } else if (type == boolean.class) {
            return Arbitraries.of(true, false).asGeneric();
        } else if (type == String.class) {
            return Arbitraries.strings().all().ofMaxLength(30).asGeneric();
        }
        return Arbitraries.of(type.getEnumConstants());
    }

    @Test
    void everyKindOfEventHasAWord() {
        assertThat(EventShape.words()).hasSize(TraceEvent.class.getPermittedSubclasses().length);
    }

    /** If this fails the format has changed: docs/formats.md and the number in the first line must change with it. */
    @Test
    void theLinesStayAsTheyAre() throws IOException {
        List<TraceEvent> events = List.of(
                new TraceEvent.Run(0, 42, 3, 4, 3, "swarm"),
                new TraceEvent.Life(5, 1, TraceEvent.Phase.START, ""),
                new TraceEvent.Recovered(6, 1, 0, 2, 3, 10, 1, 12),
                new TraceEvent.RoleChanged(7, 1, 0, 3, Role.PRE_CANDIDATE, 0, "heard of nobody"),
                new TraceEvent.TermChanged(8, 1, 0, 3, 1),
                new TraceEvent.Sent(9, 77, 0, 1, 2, "RequestVote", 3, "last 12@2"),
                new TraceEvent.Delivered(10, 77, 0, 1, 2, "RequestVote", 3),
                new TraceEvent.Dropped(11, 77, 0, 1, 2, "RequestVote", 3, "the link is cut"),
                new TraceEvent.Synced(12, 1, TraceEvent.NO_PARTITION, 0, "wal, 96 bytes"),
                new TraceEvent.Appended(13, 1, 0, 13, 14, 3),
                new TraceEvent.Truncated(14, 2, 0, 13),
                new TraceEvent.Committed(15, 1, 0, 13),
                new TraceEvent.Applied(16, 1, 0, 13),
                new TraceEvent.SnapshotTaken(17, 1, 0, 13, 3),
                new TraceEvent.SnapshotInstalled(18, 2, 0, 13, 3),
                new TraceEvent.LinkChanged(19, 1, 2, TraceEvent.LinkState.CUT, "one way"),
                new TraceEvent.ClockSkewed(20, 1, -500, "jump"),
                new TraceEvent.DiskFault(21, 1, "EIO"),
                new TraceEvent.Invoked(22, 1, 8, 0, "a \"key\"\n\u00ff", "set"),
                new TraceEvent.Completed(23, 1, 8, TraceEvent.NOT_KNOWN, "", true),
                new TraceEvent.Note(24, 0, "phase 2"),
                new TraceEvent.Failed(25, "Election Safety"));

        assertThat(write(events)).isEqualTo("""
                        ringleader-trace 1
                                     0 run seed=42 nodes=3 partitions=4 replicas=3 title="swarm"
                                     5 life node=1 phase=start detail=""
                                     6 recover node=1 partition=0 term=2 vote=3 snapshotIndex=10 snapshotTerm=1 lastIndex=12
                                     7 role node=1 partition=0 term=3 role=pre-candidate leader=0 reason="heard of nobody"
                                     8 term node=1 partition=0 term=3 vote=1
                                     9 send id=77 partition=0 from=1 to=2 kind="RequestVote" term=3 summary="last 12@2"
                                    10 deliver id=77 partition=0 from=1 to=2 kind="RequestVote" term=3
                                    11 drop id=77 partition=0 from=1 to=2 kind="RequestVote" term=3 reason="the link is cut"
                                    12 sync node=1 partition=-1 index=0 what="wal, 96 bytes"
                                    13 append node=1 partition=0 fromIndex=13 toIndex=14 term=3
                                    14 truncate node=2 partition=0 fromIndex=13
                                    15 commit node=1 partition=0 index=13
                                    16 apply node=1 partition=0 index=13
                                    17 snapshot node=1 partition=0 index=13 term=3
                                    18 install node=2 partition=0 index=13 term=3
                                    19 link from=1 to=2 state=cut detail="one way"
                                    20 clock node=1 skewMillis=-500 detail="jump"
                                    21 disk node=1 fault="EIO"
                                    22 invoke client=1 operation=8 partition=0 key="a \\"key\\"\\n\\u00ff" text="set"
                                    23 complete client=1 operation=8 linearizedNanos=-1 result="" unknown=true
                                    24 note node=0 text="phase 2"
                                    25 fail message="Election Safety"
                        """);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    x note node=0 text=""               | the time must be a number from
                    5                                   | it ends too early
                    5 nonsense node=0                   | no event is called "nonsense"; known are [run, life
                    5 note text=""                      | "node=" is expected at column 8, there is "text=
                    5 note node=0                       | it ends too early
                    5 note node=99999999999 text=""     | node must be a number from -2147483648 to 2147483647
                    5 note node=0 text=hello            | text must be in double quotes
                    5 note node=0 text="hello           | the text of text does not end
                    5 note node=0 text="\\q"            | \\q in text means nothing
                    5 note node=0 text="\\u12"          | after \\u in text there must be four hexadecimal digits
                    5 note node=0 text="" more          | after the last field there is " more"
                    5 life node=1 phase=sleep detail="" | phase must be one of start, stop, crash, kill, pause, resume
                    5 complete client=1 operation=1 linearizedNanos=1 result="" unknown=maybe | unknown must be true or false
                    """)
    void whatIsWrongIsSaidWithItsLine(String line, String problem) {
        String text = TraceWriter.FIRST_LINE + "\n4 note node=0 text=\"\"\n" + line + "\n";

        assertThatThrownBy(() -> TraceReader.read(new StringReader(text)))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageStartingWith("Line 3 of the trace: ")
                .hasMessageContaining(problem);
    }

    @Test
    void whatIsNoTraceIsRefused() {
        assertThatThrownBy(() -> TraceReader.read(new StringReader("")))
                .isInstanceOf(TraceFormatException.class)
                .hasMessage("Line 1 of the trace: it must be \"ringleader-trace 1\" and is missing.");
        assertThatThrownBy(() -> TraceReader.read(new StringReader("ringleader-trace 2\n")))
                .hasMessageEndingWith("and is \"ringleader-trace 2\".");
    }

    private static String write(List<TraceEvent> events) throws IOException {
        StringBuilder text = new StringBuilder();
        TraceWriter.write(events, text);
        return text.toString();
    }
}
