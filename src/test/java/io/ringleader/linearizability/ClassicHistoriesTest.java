package io.ringleader.linearizability;

import static io.ringleader.linearizability.Answer.hit;
import static io.ringleader.linearizability.Answer.miss;
import static io.ringleader.linearizability.Answer.number;
import static io.ringleader.linearizability.Answer.stored;
import static io.ringleader.linearizability.Command.append;
import static io.ringleader.linearizability.Command.cas;
import static io.ringleader.linearizability.Command.delete;
import static io.ringleader.linearizability.Command.get;
import static io.ringleader.linearizability.Command.incr;
import static io.ringleader.linearizability.Command.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.ringleader.linearizability.Verdict.Evidence;
import io.ringleader.linearizability.Verdict.KeyVerdict;
import io.ringleader.linearizability.Verdict.Linearized;
import io.ringleader.linearizability.Verdict.Result;
import org.junit.jupiter.api.Test;

/** Histories that every text on the matter has, good and bad. */
class ClassicHistoriesTest {
    private static final Checker CHECKER = Checker.memcached(MemcachedModel.Settings.STANDARD);

    private static Result judge(Intervals intervals) {
        return CHECKER.check(intervals.history()).result();
    }

    @Test
    void anEmptyHistoryIsValid() {
        assertThat(judge(new Intervals())).isEqualTo(Result.VALID);
    }

    @Test
    void aReadDuringAWriteMaySeeTheOldOrTheNewValue() {
        for (Answer seen : new Answer[] {hit("a"), hit("b")}) {
            assertThat(judge(new Intervals()
                            .done(0, 1, set("a"), stored())
                            .done(2, 9, set("b"), stored())
                            .done(3, 4, get(), seen)))
                    .isEqualTo(Result.VALID);
        }
    }

    @Test
    void aReadThatReturnsTheOldValueAfterTheNewOneWasSeenIsStale() {
        assertThat(judge(new Intervals()
                        .done(0, 1, set("a"), stored())
                        .done(2, 9, set("b"), stored())
                        .done(3, 4, get(), hit("b"))
                        .done(5, 6, get(), hit("a"))))
                .isEqualTo(Result.INVALID);
    }

    @Test
    void aReadThatReturnsTheOldValueAfterTheWriteWasAcknowledgedIsStale() {
        assertThat(judge(new Intervals()
                        .done(0, 1, set("a"), stored())
                        .done(2, 3, set("b"), stored())
                        .done(4, 5, get(), hit("a"))))
                .isEqualTo(Result.INVALID);
    }

    @Test
    void aMissAfterAnAcknowledgedSetIsALostWrite() {
        assertThat(judge(new Intervals().done(0, 1, set("a"), stored()).done(2, 3, get(), miss())))
                .isEqualTo(Result.INVALID);
    }

    @Test
    void anUpdateThatIsOverwrittenByOneThatDidNotSeeItIsLost() {
        assertThat(judge(new Intervals()
                        .done(0, 1, set("0"), stored())
                        .done(2, 5, incr(1), number(1))
                        .done(3, 6, incr(1), number(1))))
                .isEqualTo(Result.INVALID);
    }

    @Test
    void aValueThatNobodyWroteIsNotRead() {
        assertThat(judge(new Intervals().done(0, 1, set("a"), stored()).done(2, 3, get(), hit("b"))))
                .isEqualTo(Result.INVALID);
    }

    @Test
    void aWriteThatWasNotAppliedIsNotRead() {
        assertThat(judge(new Intervals()
                        .done(0, 1, set("a"), stored())
                        .notApplied(2, 3, set("b"))
                        .done(2, 5, get(), hit("b"))))
                .isEqualTo(Result.INVALID);
    }

    @Test
    void anUnknownWriteMayBeConfirmedByALaterRead() {
        assertThat(judge(new Intervals()
                        .done(0, 1, set("a"), stored())
                        .lost(2, set("b"))
                        .done(3, 4, get(), hit("a"))
                        .done(90, 91, get(), hit("b"))
                        .done(92, 93, get(), hit("b"))))
                .isEqualTo(Result.VALID);
    }

    @Test
    void anUnknownWriteMayNeverTakeEffect() {
        assertThat(judge(new Intervals()
                        .done(0, 1, set("a"), stored())
                        .lost(2, set("b"))
                        .done(90, 91, get(), hit("a"))))
                .isEqualTo(Result.VALID);
    }

    @Test
    void anUnknownWriteThatWasSeenIsNotUndone() {
        assertThat(judge(new Intervals()
                        .done(0, 1, set("a"), stored())
                        .lost(2, set("b"))
                        .done(3, 4, get(), hit("b"))
                        .done(5, 6, get(), hit("a"))))
                .isEqualTo(Result.INVALID);
    }

    @Test
    void anUnknownWriteDoesNotTakeEffectBeforeItWasAskedFor() {
        assertThat(judge(new Intervals()
                        .done(0, 1, set("a"), stored())
                        .done(2, 3, get(), hit("b"))
                        .lost(4, set("b"))))
                .isEqualTo(Result.INVALID);
    }

    @Test
    void anUnknownIncrementIsAppliedAtMostOnce() {
        Intervals once =
                new Intervals().done(0, 1, set("5"), stored()).lost(2, incr(1)).done(3, 4, incr(1), number(7));
        assertThat(judge(once)).isEqualTo(Result.VALID);
        assertThat(judge(once.done(5, 6, get(), hit("8")))).isEqualTo(Result.INVALID);
    }

    @Test
    void anIncrementThatIsAppliedTwiceIsSeen() {
        assertThat(judge(new Intervals()
                        .done(0, 1, set("5"), stored())
                        .done(2, 3, incr(1), number(6))
                        .done(4, 5, get(), hit("7"))))
                .isEqualTo(Result.INVALID);
    }

    @Test
    void anAppendThatIsAppliedTwiceIsSeen() {
        assertThat(judge(new Intervals()
                        .done(0, 1, set("a"), stored())
                        .done(2, 3, append("b"), stored())
                        .done(4, 5, get(), hit("abb"))))
                .isEqualTo(Result.INVALID);
    }

    @Test
    void ofTwoCompareAndSetsWithOneIdOnlyOneSucceeds() {
        Intervals start = new Intervals()
                .done(0, 1, set("a"), stored())
                .done(2, 3, get(), hit("a").withCas(7))
                .done(4, 9, cas("b", 7), stored());
        assertThat(judge(start)).isEqualTo(Result.VALID);
        assertThat(judge(start.done(5, 8, cas("c", 7), stored()))).isEqualTo(Result.INVALID);
    }

    @Test
    void theOtherCompareAndSetIsRefused() {
        assertThat(judge(new Intervals()
                        .done(0, 1, set("a"), stored())
                        .done(2, 3, get(), hit("a").withCas(7))
                        .done(4, 9, cas("b", 7), stored())
                        .done(5, 8, cas("c", 7), Answer.exists())
                        .done(10, 11, get(), hit("b").withCas(9))))
                .isEqualTo(Result.VALID);
    }

    @Test
    void keysAreJudgedEachByItself() {
        Verdict verdict = CHECKER.check(new Intervals()
                .done("good", 0, 1, set("a"), stored())
                .done("bad", 0, 1, set("a"), stored())
                .done("good", 2, 3, get(), hit("a"))
                .done("bad", 2, 3, get(), hit("z"))
                .history());
        assertThat(verdict.result()).isEqualTo(Result.INVALID);
        assertThat(verdict.keys()).extracting(KeyVerdict::result).containsExactly(Result.VALID, Result.INVALID);
        assertThat(verdict.firstInvalid().orElseThrow().key()).isEqualTo("bad");
    }

    @Test
    void aValidHistoryComesWithAMomentForEachOperation() {
        Verdict verdict = CHECKER.check(new Intervals()
                .done(0, 9, set("a"), stored())
                .done(1, 2, get(), miss())
                .done(3, 8, delete(), Answer.deleted())
                .done(4, 5, get(), hit("a"))
                .lost(6, set("never"))
                .history());
        assertThat(verdict.isValid()).isTrue();
        KeyVerdict key = verdict.keys().get(0);
        assertThat(key.linearization())
                .extracting(done -> done.operation().id())
                .containsExactly(1, 0, 3, 2);
        assertThat(key.linearization())
                .extracting(Linearized::atNanos)
                .isSorted()
                .allSatisfy(at -> assertThat(at).isBetween(0L, 9_000_000L));
        for (Linearized done : key.linearization()) {
            assertThat(done.atNanos())
                    .isBetween(done.operation().invokedNanos(), done.operation().completedNanos());
        }
        assertThat(verdict.explain()).startsWith("VALID: 1 keys, 4 operations");
    }

    @Test
    void theEvidenceIsTheFirstReturnThatNothingExplains() {
        Verdict verdict = CHECKER.check(new Intervals()
                .done(0, 1, set("a"), stored())
                .done(2, 9, set("b"), stored())
                .lost(2, set("c"))
                .done(3, 4, get(), hit("b"))
                .done(5, 6, get(), hit("a"))
                .done(20, 21, get(), hit("nonsense"))
                .history());
        Evidence evidence = verdict.firstInvalid().orElseThrow().evidence();
        assertThat(evidence.unplaceable().id()).isEqualTo(4);
        assertThat(evidence.prefix()).extracting(done -> done.operation().id()).containsExactly(0, 1, 3);
        assertThat(evidence.pending()).extracting(Operation::id).containsExactly(2);
        assertThat(evidence.states()).containsExactlyInAnyOrder("value \"b\", cas above 0", "value \"c\", cas above 0");
        assertThat(verdict.explain())
                .contains("INVALID: 1 keys", "#4 client 4 [5000 us, 6000 us] get \"k\" -> HIT value=\"a\"")
                .doesNotContain("nonsense");
    }

    @Test
    void aSearchThatBecomesTooLargeIsUndecided() {
        Intervals many = new Intervals().done(0, 1, set("0"), stored());
        for (int i = 1; i <= 12; i++) {
            many.done(2, 100, append(Integer.toHexString(i)), stored());
        }
        History history = many.done(101, 102, get(), hit("impossible")).history();
        MemcachedModel model = new MemcachedModel(MemcachedModel.Settings.STANDARD);
        Verdict verdict = new Checker(model, new Limits(1000, 1_000_000)).check(history);
        assertThat(verdict.result()).isEqualTo(Result.UNDECIDED);
        assertThat(verdict.explain()).contains("given up after 1001 steps", "the limits are 1000 and 1000000");
        assertThat(new Checker(model, new Limits(1_000_000_000, 1000))
                        .check(history)
                        .result())
                .isEqualTo(Result.UNDECIDED);
    }
}
