package io.ringleader.jepsen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ringleader.jepsen.Finding.Validity;
import io.ringleader.linearizability.Answer;
import io.ringleader.linearizability.Command;
import io.ringleader.linearizability.History;
import io.ringleader.linearizability.HistoryRecorder;
import io.ringleader.linearizability.Operation.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.Test;

/** The checks of a run find what is wrong in histories that are made by hand, and nothing in good ones. */
class ChecksTest {
    private static final long SECOND = 1_000_000_000L;

    private final HistoryRecorder recorder = new HistoryRecorder();
    private long nanos;

    private void asked(String key, Command command, Answer answer) {
        recorder.completed(recorder.invoke(1, key, command, nanos++), answer, nanos++);
    }

    private void unknown(String key, Command command) {
        recorder.unknown(recorder.invoke(1, key, command, nanos++), nanos++);
    }

    private void notApplied(String key, Command command) {
        recorder.notApplied(recorder.invoke(1, key, command, nanos++), nanos++);
    }

    private History history() {
        return recorder.history();
    }

    private void counterFrom(long start) {
        asked("c", Command.add(Long.toString(start)), Answer.stored());
    }

    @Test
    void aCounterThatAnUnknownIncrementMayOrMayNotHaveRaisedIsWithinItsBounds() {
        counterFrom(Workloads.COUNTER_START);
        asked("c", Command.incr(3), Answer.number(5_000_003));
        unknown("c", Command.incr(4));
        unknown("c", Command.decr(2));
        for (long value : new long[] {5_000_001, 5_000_003, 5_000_007}) {
            asked("c", Command.get(), Answer.hit(Long.toString(value)));
        }
        assertThat(CounterCheck.check(history()).validity()).isEqualTo(Validity.VALID);
    }

    @Test
    void aCounterThatWasCountedTwiceOrNotAtAllIsOutsideOfItsBounds() {
        counterFrom(Workloads.COUNTER_START);
        asked("c", Command.incr(3), Answer.number(5_000_003));
        notApplied("c", Command.incr(5));
        asked("c", Command.get(), Answer.hit("5000006"));
        asked("c", Command.get(), Answer.hit("5000000"));
        asked("c", Command.get(), Answer.hit("5000008"));
        Finding finding = CounterCheck.check(history());
        assertThat(finding.validity()).isEqualTo(Validity.INVALID);
        assertThat(finding.details()).containsEntry("outside", 3L);
    }

    private void setOfOneTwoAndPerhapsThree() {
        asked("s", Command.add("1 "), Answer.stored());
        asked("s", Command.append("2 "), Answer.stored());
        unknown("s", Command.append("3 "));
        notApplied("s", Command.append("4 "));
    }

    @Test
    void noCheckStumblesOverAFlush() {
        asked("k", Command.set("a"), Answer.stored());
        asked(null, Command.flushAll(), Answer.ok());
        counterFrom(Workloads.COUNTER_START);
        asked("c", Command.incr(3), Answer.number(5_000_003));
        asked("s", Command.add("1 "), Answer.stored());
        assertThat(CounterCheck.check(history()).validity()).isEqualTo(Validity.VALID);
        assertThat(SetCheck.check(history()).hasSubjects())
                .as("sets that somebody may have flushed are not judged")
                .isFalse();
        assertThat(ExpiryCheck.check(history()).hasSubjects()).isFalse();
    }

    private ListAssert<Object> assertThatSet(String name) {
        return assertThat((List<?>) SetCheck.check(history()).details().get(name))
                .asInstanceOf(InstanceOfAssertFactories.LIST);
    }

    @Test
    void aSetHoldsWhatWasAcknowledgedAndPerhapsWhatIsUnknown() {
        setOfOneTwoAndPerhapsThree();
        asked("s", Command.get(), Answer.hit("1 2 "));
        asked("s", Command.get(), Answer.hit("1 2 3 "));
        Finding finding = SetCheck.check(history());
        assertThat(finding.validity()).isEqualTo(Validity.VALID);
        assertThat(finding.details())
                .containsEntry("acknowledged", 2L)
                .containsEntry("reads", 2L)
                .containsEntry("recovered", 1L);
    }

    @Test
    void aLostElementIsMissingInTheLastReadAndAStaleOneInAnEarlierRead() {
        setOfOneTwoAndPerhapsThree();
        asked("s", Command.get(), Answer.hit("2 "));
        asked("s", Command.get(), Answer.hit("1 "));
        assertThatSet("lost").containsExactly("2 of s");
        assertThatSet("stale").containsExactly("1 of s");
        assertThat(SetCheck.check(history()).validity()).isEqualTo(Validity.INVALID);
    }

    @Test
    void aSetThatIsGoneHasLostEverything() {
        setOfOneTwoAndPerhapsThree();
        asked("s", Command.get(), Answer.miss());
        assertThatSet("lost").containsExactly("1 of s", "2 of s");
    }

    @Test
    void anElementThatIsThereTwiceOrWasNeverGivenIsFound() {
        setOfOneTwoAndPerhapsThree();
        asked("s", Command.get(), Answer.hit("1 2 3 3 4 9 "));
        assertThatSet("duplicated").containsExactly("3 of s");
        assertThatSet("invented").containsExactly("4 of s", "9 of s");
        assertThat(SetCheck.check(history()).validity()).isEqualTo(Validity.INVALID);
    }

    private Validity expiry(long readAtNanos, Answer answer) {
        String key = Workloads.SET_ONCE + 1;
        asked(key, Command.set("v", 0, 2), Answer.stored());
        nanos = readAtNanos;
        asked(key, Command.get(), answer);
        return ExpiryCheck.check(history()).validity();
    }

    @Test
    void aCheckOfCertainKeysSaysThatThereWereNone() {
        asked("k", Command.set("a"), Answer.stored());
        asked("k", Command.get(), Answer.hit("a"));
        assertThat(List.of(CounterCheck.check(history()), SetCheck.check(history()), ExpiryCheck.check(history())))
                .noneMatch(Finding::hasSubjects);
        setOfOneTwoAndPerhapsThree();
        assertThat(SetCheck.check(history()).hasSubjects()).isTrue();
    }

    @Test
    void anItemIsThereUntilItsTimeIsOver() {
        assertThat(expiry(2 * SECOND - SECOND / 5, Answer.hit("v"))).isEqualTo(Validity.VALID);
    }

    @Test
    void anItemIsGoneWhenItsTimeIsOver() {
        assertThat(expiry(2 * SECOND + SECOND / 5, Answer.miss())).isEqualTo(Validity.VALID);
    }

    @Test
    void anItemThatIsGoneTooEarlyIsFound() {
        assertThat(expiry(2 * SECOND - SECOND / 5, Answer.miss())).isEqualTo(Validity.INVALID);
    }

    @Test
    void anItemThatStaysForTooLongIsFound() {
        assertThat(expiry(2 * SECOND + SECOND / 5, Answer.hit("v"))).isEqualTo(Validity.INVALID);
    }

    @Test
    void aHistoryWithAStaleReadIsNotLinearizableAndItsKeyIsKept() throws InterruptedException {
        asked("good", Command.set("a"), Answer.stored());
        asked("bad", Command.set("a"), Answer.stored());
        asked("bad", Command.set("b"), Answer.stored());
        asked("bad", Command.get(), Answer.hit("a"));
        asked("good", Command.get(), Answer.hit("a"));
        LinearizableCheck check = new LinearizableCheck(0, Duration.ofSeconds(30));
        assertThat(check.check(history()).validity()).isEqualTo(Validity.INVALID);
        assertThat(check.invalid()).containsOnlyKeys("bad");
        assertThat(check.explanation()).contains("bad");
    }

    @Test
    void aFlushTakesPartInTheHistoryOfEveryKey() throws InterruptedException {
        asked("k", Command.set("a"), Answer.stored());
        asked(null, Command.flushAll(), Answer.ok());
        asked("k", Command.get(), Answer.miss());
        assertThat(new LinearizableCheck(0, Duration.ofSeconds(30))
                        .check(history())
                        .validity())
                .isEqualTo(Validity.VALID);
        asked("k", Command.get(), Answer.hit("a"));
        assertThat(new LinearizableCheck(0, Duration.ofSeconds(30))
                        .check(history())
                        .validity())
                .isEqualTo(Validity.INVALID);
    }

    @Test
    void aKeyForWhichThereWasNoTimeIsUnknown() throws InterruptedException {
        for (int i = 0; i < 30; i++) {
            unknown("k", Command.append(i + " "));
            unknown("k", Command.add(i + " "));
        }
        asked("k", Command.get(), Answer.hit("7 77 "));
        assertThat(new LinearizableCheck(0, Duration.ZERO).check(history()).validity())
                .isEqualTo(Validity.UNKNOWN);
    }

    @Test
    void aRunInWhichAFunctionNeverHadAnAnswerIsNotValid() {
        asked("k", Command.get(), Answer.miss());
        for (int i = 0; i < 30; i++) {
            unknown("k", Command.set("v" + i));
        }
        List<String> functions = new ArrayList<>(Collections.nCopies(31, "set"));
        functions.set(0, "read");
        assertThat(StatsCheck.check(history(), functions).validity()).isEqualTo(Validity.INVALID);
    }

    @Test
    void onlyDocumentedErrorsSayThatThereWasNoEffect() throws Replies.StrangeAnswerException {
        Request set = Request.set("k", "v", 0);
        assertThat(Replies.line("SERVER_ERROR not applied: partition 3 ...", set)
                        .outcome())
                .isEqualTo(Outcome.NOT_APPLIED);
        assertThat(Replies.line("SERVER_ERROR not read: busy, partition 3", Request.read("k"))
                        .outcome())
                .isEqualTo(Outcome.NOT_APPLIED);
        assertThat(Replies.line("SERVER_ERROR outcome unknown, it may have been ...", set)
                        .outcome())
                .isEqualTo(Outcome.UNKNOWN);
        assertThat(Replies.line("SERVER_ERROR not applied: partition 3 ...", Request.flushAll())
                        .outcome())
                .as("other partitions may have been flushed")
                .isEqualTo(Outcome.UNKNOWN);
        assertThatThrownBy(() -> Replies.line("SERVER_ERROR out of memory storing object", set))
                .isInstanceOf(Replies.StrangeAnswerException.class)
                .hasMessageContaining("out of memory");
    }

    @Test
    void aKeyIsRetiredWhenItWasAskedForOftenOrItsOutcomesAreUnknown() {
        KeyPool pool = new KeyPool("k", 1, 10);
        Random random = new Random(1);
        for (int i = 0; i < 10; i++) {
            assertThat(pool.pick(random).key()).isEqualTo("k0");
        }
        assertThat(pool.pick(random)).isEqualTo(new KeyPool.Pick("k1", 0));
        for (int i = 0; i < 10; i++) {
            pool.outcomeUnknown("k1");
        }
        assertThat(pool.pick(random)).isEqualTo(new KeyPool.Pick("k2", 0));
        assertThat(pool.all()).containsExactly("k0", "k1", "k2");
    }
}
