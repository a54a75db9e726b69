package io.ringleader.linearizability;

import static io.ringleader.linearizability.Answer.hit;
import static io.ringleader.linearizability.Answer.miss;
import static io.ringleader.linearizability.Answer.stored;
import static io.ringleader.linearizability.Command.add;
import static io.ringleader.linearizability.Command.append;
import static io.ringleader.linearizability.Command.cas;
import static io.ringleader.linearizability.Command.delete;
import static io.ringleader.linearizability.Command.get;
import static io.ringleader.linearizability.Command.incr;
import static io.ringleader.linearizability.Command.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SimpleEdnTest {
    /** From the type of the event to its end. */
    private static Stream<String> events(String text) {
        return text.lines().map(line -> line.substring(line.indexOf(":type"), line.length() - 1));
    }

    @Test
    void aRegisterIsReadWrittenAndCompared() {
        History history = new Intervals()
                .done(0, 1, get(), miss())
                .done(2, 3, set("5"), stored())
                .done(4, 5, get(), hit("5").withCas(9))
                .done(6, 7, cas("x", 9), stored())
                .done(8, 9, cas("y", 9), Answer.exists())
                .done(10, 11, delete(), Answer.deleted())
                .done(12, 13, delete(), Answer.notFound())
                .lost(14, cas("z", 9))
                .history();
        assertThat(events(SimpleEdn.register(history, "k")))
                .containsExactly(
                        ":type :invoke, :f :read, :value nil",
                        ":type :ok, :f :read, :value :absent",
                        ":type :invoke, :f :write, :value 5",
                        ":type :ok, :f :write, :value 5",
                        ":type :invoke, :f :read, :value nil",
                        ":type :ok, :f :read, :value 5",
                        ":type :invoke, :f :cas, :value [5 \"x\"]",
                        ":type :ok, :f :cas, :value [5 \"x\"]",
                        ":type :invoke, :f :cas, :value [5 \"y\"]",
                        ":type :fail, :f :cas, :value [5 \"y\"]",
                        ":type :invoke, :f :write, :value :absent",
                        ":type :ok, :f :write, :value :absent",
                        ":type :invoke, :f :read, :value nil",
                        ":type :ok, :f :read, :value :absent",
                        ":type :invoke, :f :cas, :value [5 \"z\"]");
        assertThat(events(SimpleEdn.register(history, null))).contains(":type :ok, :f :cas, :value [\"k\" [5 \"x\"]]");
        assertThat(SimpleEdn.register(history, "other")).isEmpty();
    }

    @Test
    void aListIsAppendedToAndRead() {
        History history = new Intervals()
                .done(0, 1, get(), miss())
                .done(2, 3, append("1 "), Answer.notStored())
                .done(4, 5, add("2 "), stored())
                .done(6, 7, append("3 "), stored())
                .done(8, 9, get(), hit("2 3 "))
                .history();
        assertThat(events(SimpleEdn.listAppend(history)))
                .containsExactly(
                        ":type :invoke, :f :txn, :value [[:r \"k\" nil]]",
                        ":type :ok, :f :txn, :value [[:r \"k\" []]]",
                        ":type :invoke, :f :txn, :value [[:append \"k\" 1]]",
                        ":type :fail, :f :txn, :value [[:append \"k\" 1]]",
                        ":type :invoke, :f :txn, :value [[:append \"k\" 2]]",
                        ":type :ok, :f :txn, :value [[:append \"k\" 2]]",
                        ":type :invoke, :f :txn, :value [[:append \"k\" 3]]",
                        ":type :ok, :f :txn, :value [[:append \"k\" 3]]",
                        ":type :invoke, :f :txn, :value [[:r \"k\" nil]]",
                        ":type :ok, :f :txn, :value [[:r \"k\" [2 3]]]");
    }

    @Test
    void aRegisterThatIsOnlyReadAndWrittenHasNilForAMiss() {
        History history = new Intervals()
                .done(0, 1, get(), miss())
                .done(2, 3, set("1"), stored())
                .done(4, 5, get(), hit("1"))
                .history();
        assertThat(events(SimpleEdn.readWriteRegister(history)))
                .containsExactly(
                        ":type :invoke, :f :txn, :value [[:r \"k\" nil]]",
                        ":type :ok, :f :txn, :value [[:r \"k\" nil]]",
                        ":type :invoke, :f :txn, :value [[:w \"k\" 1]]",
                        ":type :ok, :f :txn, :value [[:w \"k\" 1]]",
                        ":type :invoke, :f :txn, :value [[:r \"k\" nil]]",
                        ":type :ok, :f :txn, :value [[:r \"k\" 1]]");
    }

    @Test
    void whatAShapeHasNoWordForIsRefused() {
        History counter = new Intervals().done(0, 1, incr(1), Answer.number(1)).history();
        assertThatThrownBy(() -> SimpleEdn.register(counter, null))
                .hasMessageContaining("#0")
                .hasMessageContaining("incr");
        assertThatThrownBy(() -> SimpleEdn.listAppend(counter)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SimpleEdn.readWriteRegister(counter)).isInstanceOf(IllegalArgumentException.class);
        History blind = new Intervals().done(0, 1, cas("a", 7), stored()).history();
        assertThatThrownBy(() -> SimpleEdn.register(blind, "k"))
                .hasMessageContaining("nobody has seen a value with its cas id");
    }
}
