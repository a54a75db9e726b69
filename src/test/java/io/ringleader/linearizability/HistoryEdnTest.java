package io.ringleader.linearizability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.linearizability.SimulatedClients.Options;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HistoryEdnTest {
    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void whatIsWrittenIsReadAgainAsTheSameHistory(@ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int clients) {
        History history = SimulatedClients.run(
                seed, Options.of(clients, 100).keys(3).unknown(5).timed(0).withMeta());
        String text = HistoryEdn.write(history);
        assertThat(HistoryEdn.read(text)).isEqualTo(history);
        assertThat(HistoryEdn.read("[" + text + "]")).isEqualTo(history);
    }

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void aProcessDoesOneThingAtATimeAndNothingAfterAnUnknownOutcome(@ForAll long seed) {
        HistoryRecorder recorder = new HistoryRecorder();
        Random random = new Random(seed);
        for (int i = 0; i < 40; i++) {
            recorder.invoke(random.nextInt(2), "k", Command.get(), i);
            int id = random.nextInt(i + 1);
            if (recorder.history().operations().get(id).completedAt() == Operation.NEVER) {
                if (random.nextInt(5) == 0) {
                    recorder.unknown(id, i);
                } else {
                    recorder.completed(id, Answer.miss(), i);
                }
            }
        }
        History history = recorder.history();
        String text = HistoryEdn.write(history);
        Map<Object, Object> last = new HashMap<>();
        EdnReader reader = new EdnReader(text);
        while (reader.hasNext()) {
            Map<?, ?> event = (Map<?, ?>) reader.next();
            Object type = event.get(Edn.keyword("type"));
            Object before = last.put(event.get(Edn.keyword("process")), type);
            boolean begins = type.equals(Edn.keyword("invoke"));
            assertThat(before)
                    .isIn(begins ? new Object[] {null, Edn.keyword("ok")} : new Object[] {Edn.keyword("invoke")});
        }
        assertThat(HistoryEdn.read(text)).isEqualTo(history);
    }

    @Test
    void anEventIsOneLineInJepsensWords() {
        HistoryRecorder recorder = new HistoryRecorder();
        int set = recorder.invoke(4, "k\u00ff", Command.set("a\"\n", 7, 60), 1000);
        recorder.completed(set, Answer.stored().withCas(-1), 2000);
        int flush = recorder.invoke(4, null, Command.flushAll(), 3000);
        int count = recorder.invoke(4, "k\u00ff", Command.decr(-1), 3000);
        recorder.notApplied(count, 4000);
        recorder.unknown(flush, 5000);
        assertThat(HistoryEdn.write(recorder.history()).lines())
                .containsExactly(
                        "{:index 0, :time 1000, :process 0, :client 4, :type :invoke, :f :set,"
                                + " :value [\"k\\u00ff\" {:value \"a\\\"\\u000a\", :flags 7, :exptime 60}]}",
                        "{:index 1, :time 2000, :process 0, :client 4, :type :ok, :f :set,"
                                + " :value [\"k\\u00ff\" {:status :stored, :cas 18446744073709551615}]}",
                        "{:index 2, :time 3000, :process 0, :client 4, :type :invoke, :f :flush-all,"
                                + " :value [nil {:delay 0}]}",
                        "{:index 3, :time 3000, :process 1, :client 4, :type :invoke, :f :decr,"
                                + " :value [\"k\\u00ff\" {:delta 18446744073709551615}]}",
                        "{:index 4, :time 4000, :process 1, :client 4, :type :fail, :f :decr,"
                                + " :value [\"k\\u00ff\" {:delta 18446744073709551615}]}",
                        "{:index 5, :time 5000, :process 0, :client 4, :type :info, :f :flush-all,"
                                + " :value [nil {:delay 0}]}");
        assertThat(HistoryEdn.read(HistoryEdn.write(recorder.history()))).isEqualTo(recorder.history());
    }

    @Test
    void eventsOfOtherProcessesCommentsAndRecordTagsArePassedOver() {
        History history = HistoryEdn.read("; a history\n"
                + "#jepsen.history.Op{:process 2 :type :invoke :f :get :value [\"k\" {}]}\n"
                + "{:process :nemesis :type :info :f :kill :value nil} #_{:what 1.5e3 :else #{1 2}}\n"
                + "{:process 2 :type :ok :f :get :value (\"k\" {:status :miss}), :error ##NaN}");
        assertThat(history.operations()).hasSize(1);
        assertThat(history.operations().get(0).answer()).isEqualTo(Answer.miss());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{:a 1 | 1 | 1 | never closed",
                "{:a} | 1 | 1 | as many values as keys",
                "{:a 1 :a 2} | 1 | 1 | twice",
                "#{1 1} | 1 | 1 | twice",
                "~  } | 2 | 3 | closes nothing",
                "[1 2} | 1 | 5 | closes nothing",
                "\"abc | 1 | 1 | never closed",
                "[\"a\\q\"] | 1 | 4 | no escape",
                "\"\\u12g4\" | 1 | 2 | four hexadecimal digits",
                "1x | 1 | 1 | not a number",
                "[: 1] | 1 | 2 | no name",
                "#1 | 1 | 1 | '#'",
                "##Nope | 1 | 1 | no number",
                "\\a | 1 | 1 | characters are not used",
                "~~nil | 3 | 1 | should be a map",
                "{:process 1 :type :ok :f :get} | 1 | 1 | none under way",
                "~ {:process 1 :type :what} | 2 | 2 | none under way",
                "{:process 1 :type 3} | 1 | 1 | :type should be a keyword",
                "{:process 1 :type :invoke :f :get :value 3} | 1 | 1 | a key and a map in a vector",
                "{:process 1 :type :invoke :f :get :value [nil {}]} | 1 | 1 | every command but",
                "{:process 1 :type :invoke :f :mget :value [\"k\" {}]} | 1 | 1 | no command :mget",
                "{:process 1 :type :invoke :f :set :value [\"k\" {}]} | 1 | 1 | no :value",
                "{:process 1 :type :invoke :f :get :value [\"k\" {:x 1}]} | 1 | 1 | [:x] are not understood",
                "{:process 1 :type :invoke :f :incr :value [\"k\" {:delta -1}]} | 1 | 1 | unsigned integer of 64 bits",
                "{:process 1 :type :invoke :f :incr :value [\"k\" {:delta 18446744073709551616}]} | 1 | 1 | unsigned",
            })
    void badInputIsRefusedWithItsPlace(String text, int line, int column, String problem) {
        assertThatThrownBy(() -> HistoryEdn.read(text.replace('~', '\n')))
                .isInstanceOfSatisfying(EdnException.class, e -> {
                    assertThat(e).hasMessageStartingWith("Line " + line + ", column " + column + ": ");
                    assertThat(e).hasMessageContaining(problem);
                    assertThat(List.of(e.line(), e.column())).containsExactly(line, column);
                });
    }

    @Test
    void deepNestingIsRefusedAndNotFollowed() {
        assertThatThrownBy(() -> HistoryEdn.read("[".repeat(1_000_000)))
                .isInstanceOf(EdnException.class)
                .hasMessageContaining("nested");
        assertThatThrownBy(() -> HistoryEdn.read("#a ".repeat(1_000_000)))
                .isInstanceOf(EdnException.class)
                .hasMessageContaining("nested");
        assertThatThrownBy(() -> HistoryEdn.read("#_ ".repeat(1_000_000)))
                .isInstanceOf(EdnException.class)
                .hasMessageContaining("nested");
    }

    @Property(tries = 2000, shrinking = ShrinkingMode.OFF)
    void damagedTextIsReadOrRefusedButNeverAnythingElse(@ForAll long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder(
                HistoryEdn.write(SimulatedClients.run(seed, Options.of(2, 6).unknown(20))));
        for (int i = 0; i < 3; i++) {
            text.setCharAt(random.nextInt(text.length()), " {}[]()\"#:;_\\1-na".charAt(random.nextInt(17)));
        }
        try {
            assertThat(HistoryEdn.read(text.toString()).size()).isLessThanOrEqualTo(6);
        } catch (EdnException e) {
            assertThat(e.getMessage()).startsWith("Line ");
        }
    }
}
