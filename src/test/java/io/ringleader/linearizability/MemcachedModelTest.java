package io.ringleader.linearizability;

import static io.ringleader.linearizability.Answer.deleted;
import static io.ringleader.linearizability.Answer.exists;
import static io.ringleader.linearizability.Answer.hit;
import static io.ringleader.linearizability.Answer.miss;
import static io.ringleader.linearizability.Answer.nonNumeric;
import static io.ringleader.linearizability.Answer.notFound;
import static io.ringleader.linearizability.Answer.notStored;
import static io.ringleader.linearizability.Answer.number;
import static io.ringleader.linearizability.Answer.ok;
import static io.ringleader.linearizability.Answer.stored;
import static io.ringleader.linearizability.Answer.touched;
import static io.ringleader.linearizability.Command.add;
import static io.ringleader.linearizability.Command.append;
import static io.ringleader.linearizability.Command.cas;
import static io.ringleader.linearizability.Command.decr;
import static io.ringleader.linearizability.Command.delete;
import static io.ringleader.linearizability.Command.flushAll;
import static io.ringleader.linearizability.Command.get;
import static io.ringleader.linearizability.Command.getAndTouch;
import static io.ringleader.linearizability.Command.incr;
import static io.ringleader.linearizability.Command.prepend;
import static io.ringleader.linearizability.Command.replace;
import static io.ringleader.linearizability.Command.set;
import static io.ringleader.linearizability.Command.touch;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the model allows and what it does not, command by command. Times are in milliseconds, the tolerance is a second. */
class MemcachedModelTest {
    private static final Command META_GET = new Command.Fetch(null, null, null, true);
    private static final Command MARK_STALE = new Command.Delete(null, null, null, true, false);

    private static boolean isPossible(Intervals intervals) {
        return Checker.memcached(new MemcachedModel.Settings(1_000_000_000L, 5_000_000_000_000_000L, 8))
                .check(intervals.history())
                .isValid();
    }

    /** One operation after the other: commands and their answers. */
    private static boolean isPossible(Object... commandsAndAnswers) {
        Intervals intervals = new Intervals();
        for (int i = 0; i < commandsAndAnswers.length; i += 2) {
            intervals.done(2L * i, 2L * i + 1, (Command) commandsAndAnswers[i], (Answer) commandsAndAnswers[i + 1]);
        }
        return isPossible(intervals);
    }

    @Test
    void conditionsOfStoresAreKept() {
        assertThat(isPossible(add("a"), stored(), add("b"), notStored(), get(), hit("a")))
                .isTrue();
        assertThat(isPossible(add("a"), stored(), add("b"), stored())).isFalse();
        assertThat(isPossible(replace("a"), notStored(), get(), miss())).isTrue();
        assertThat(isPossible(replace("a"), stored())).isFalse();
        assertThat(isPossible(append("a"), notStored(), prepend("a"), notStored()))
                .isTrue();
        assertThat(isPossible(set("b"), stored(), append("c"), stored(), prepend("a"), stored(), get(), hit("abc")))
                .isTrue();
        assertThat(isPossible(set("b"), stored(), append("c"), notStored())).isFalse();
        assertThat(isPossible(set("12345678"), stored(), append("9"), notStored()))
                .isTrue();
        assertThat(isPossible(set("12345678"), stored(), append("9"), stored())).isFalse();
        assertThat(isPossible(delete(), notFound(), set("a"), stored(), delete(), deleted(), get(), miss()))
                .isTrue();
        assertThat(isPossible(set("a"), stored(), delete(), notFound())).isFalse();
    }

    @Test
    void clientFlagsComeBackAndStayOnAppend() {
        assertThat(isPossible(set("a", 5, 0), stored(), append("b"), stored(), get(), hit("ab", 5)))
                .isTrue();
        assertThat(isPossible(set("a", 5, 0), stored(), append("b"), stored(), get(), hit("ab", 0)))
                .isFalse();
    }

    @Test
    void numbersCountAsMemcachedCounts() {
        assertThat(isPossible(set("18446744073709551615"), stored(), incr(2), number(1)))
                .isTrue();
        assertThat(isPossible(set("3"), stored(), decr(5), number(0), get(), hit("0")))
                .isTrue();
        assertThat(isPossible(set("100"), stored(), decr(1), number(99), get(), hit("99 ")))
                .isTrue();
        assertThat(isPossible(set("100"), stored(), decr(1), number(99), get(), hit("99")))
                .isFalse();
        assertThat(isPossible(set("a"), stored(), incr(1), nonNumeric())).isTrue();
        assertThat(isPossible(set("1"), stored(), incr(1), nonNumeric())).isFalse();
        assertThat(isPossible(incr(1), notFound())).isTrue();
        assertThat(isPossible(incr(1), number(1))).isFalse();
    }

    @Test
    void oneCasIdIsOneVersion() {
        assertThat(isPossible(set("a"), stored(), get(), hit("a").withCas(5), get(), hit("a").withCas(5)))
                .isTrue();
        assertThat(isPossible(set("a"), stored(), get(), hit("a").withCas(5), get(), hit("a").withCas(6)))
                .isFalse();
        assertThat(isPossible(
                        set("a"), stored(), get(), hit("a").withCas(5), set("a"), stored(), get(), hit("a").withCas(5)))
                .isFalse();
    }

    @Test
    void casIdsRise() {
        assertThat(isPossible(
                        set("a"), stored(), get(), hit("a").withCas(5), set("b"), stored(), get(), hit("b").withCas(6)))
                .isTrue();
        assertThat(isPossible(
                        set("a"), stored(), get(), hit("a").withCas(5), set("b"), stored(), get(), hit("b").withCas(4)))
                .isFalse();
        assertThat(isPossible(set("a"), stored().withCas(5), delete(), deleted(), set("b"), stored().withCas(5)))
                .isFalse();
    }

    @Test
    void aTouchKeepsTheCasIdAndEveryChangeGivesANewOne() {
        Answer five = hit("1").withCas(5);
        assertThat(isPossible(set("1"), stored(), get(), five, touch(0), touched(), get(), five))
                .isTrue();
        assertThat(isPossible(set("1"), stored(), get(), five, incr(0), number(1), get(), five))
                .isFalse();
        assertThat(isPossible(set("1"), stored(), get(), five, append(""), stored(), get(), five))
                .isFalse();
    }

    @Test
    void aComparisonSaysWhatTheUnseenCasIdIs() {
        assertThat(isPossible(set("a"), stored(), cas("b", 7), exists(), get(), hit("a").withCas(7)))
                .isFalse();
        assertThat(isPossible(set("a"), stored(), cas("b", 7), exists(), get(), hit("a").withCas(8)))
                .isTrue();
        assertThat(isPossible(set("a"), stored(), cas("b", 7), stored(), get(), hit("b").withCas(7)))
                .isFalse();
        assertThat(isPossible(set("a"), stored(), get(), hit("a").withCas(7), cas("b", 7), exists()))
                .isFalse();
        assertThat(isPossible(cas("b", 7), notFound())).isTrue();
    }

    @Test
    void anUnknownCompareAndSetEitherHappenedOrNot() {
        Intervals before = new Intervals()
                .done(0, 1, set("a"), stored())
                .done(2, 3, get(), hit("a").withCas(7))
                .lost(4, cas("b", 7));
        assertThat(isPossible(before.done(5, 6, get(), hit("b").withCas(8)))).isTrue();
        assertThat(isPossible(before.done(7, 8, cas("c", 7), stored()))).isFalse();
    }

    @Test
    void anItemIsThereUntilItsDeadlineAndGoneAfterIt() {
        Intervals set = new Intervals().done(0, 0, set("a", 0, 10), stored());
        assertThat(isPossible(set.done(8_000, 8_999, get(), hit("a")))).isTrue();
        assertThat(isPossible(set.done(9_000, 9_001, get(), hit("a")).done(9_002, 9_003, get(), miss())))
                .isTrue();
        assertThat(isPossible(set.done(9_004, 9_005, get(), hit("a")))).isFalse();
        Intervals early = new Intervals().done(0, 0, set("a", 0, 10), stored());
        assertThat(isPossible(early.done(8_000, 8_999, get(), miss()))).isFalse();
        Intervals late = new Intervals().done(0, 0, set("a", 0, 10), stored());
        assertThat(isPossible(late.done(11_000, 11_001, get(), hit("a")))).isFalse();
    }

    @Test
    void touchesMoveTheDeadline() {
        for (Command move : new Command[] {touch(100), getAndTouch(100)}) {
            Answer answer = move instanceof Command.Touch ? touched() : hit("a");
            Intervals moved =
                    new Intervals().done(0, 0, set("a", 0, 10), stored()).done(5_000, 5_000, move, answer);
            assertThat(isPossible(moved.done(60_000, 60_001, get(), hit("a").withTtl(45))))
                    .isTrue();
            assertThat(isPossible(moved.done(60_002, 60_003, get(), hit("a").withTtl(10))))
                    .isFalse();
        }
        assertThat(isPossible(set("a"), stored(), touch(-1), touched(), get(), miss()))
                .isTrue();
        assertThat(isPossible(set("a"), stored(), touch(-1), touched(), get(), hit("a")))
                .isFalse();
        assertThat(isPossible(set("a"), stored(), getAndTouch(-1), hit("a"), get(), miss()))
                .isTrue();
    }

    @Test
    void aLargeExptimeIsAUnixTime() {
        // The history begins at 5,000,000 seconds of Unix time.
        Intervals set = new Intervals().done(0, 0, set("a", 0, 5_000_010), stored());
        assertThat(isPossible(set.done(8_000, 8_001, get(), hit("a")).done(12_000, 12_001, get(), miss())))
                .isTrue();
        assertThat(isPossible(set("a", 0, 4_999_000), stored(), get(), hit("a")))
                .isFalse();
    }

    @Test
    void anUnknownSetMayExpireAnyTimeAfterItsTimeToLive() {
        Intervals set = new Intervals().lost(0, set("a", 0, 10));
        assertThat(isPossible(set.done(90_000, 90_001, get(), hit("a")).done(90_002, 90_003, get(), miss())))
                .isTrue();
        Intervals early = new Intervals().lost(0, set("a", 0, 10)).done(1, 2, get(), hit("a"));
        assertThat(isPossible(early.done(3, 4, get(), miss()))).isFalse();
    }

    @Test
    void aFlushTakesEverythingAtOnceOrWhenItsDelayIsOver() {
        assertThat(isPossible(set("a"), stored(), flushAll(), ok(), get(), miss()))
                .isTrue();
        assertThat(isPossible(set("a"), stored(), flushAll(), ok(), get(), hit("a")))
                .isFalse();
        Intervals planned = new Intervals()
                .done(0, 0, flushAll(10), ok())
                .done(5_000, 5_000, set("a"), stored())
                .done(6_000, 6_000, get(), hit("a"));
        assertThat(isPossible(planned)).isTrue();
        assertThat(isPossible(planned.done(12_000, 12_001, get(), miss()))).isTrue();
        assertThat(isPossible(planned.done(12_002, 12_003, get(), hit("a")))).isFalse();
        Intervals replaced = new Intervals()
                .done(0, 0, flushAll(10), ok())
                .done(1, 1, flushAll(100), ok())
                .done(2, 2, set("a"), stored());
        assertThat(isPossible(replaced.done(50_000, 50_001, get(), hit("a")))).isTrue();
    }

    @Test
    void aFlushTakesPartInTheHistoryOfEveryKey() {
        Intervals flushed = new Intervals()
                .done("a", 0, 1, set("1"), stored())
                .done("b", 0, 1, set("2"), stored())
                .done(2, 9, flushAll(), ok());
        assertThat(isPossible(flushed.done("a", 3, 4, get(), miss()).done("b", 5, 6, get(), hit("2"))))
                .as("seen by one key before another")
                .isTrue();
        assertThat(isPossible(flushed.done("b", 10, 11, get(), hit("2")))).isFalse();
    }

    @Test
    void aStaleItemIsWonOnce() {
        Answer won = hit("a").withMarks(true, false, true);
        Answer lost = hit("a").withMarks(true, true, false);
        assertThat(isPossible(set("a"), stored(), MARK_STALE, deleted(), META_GET, won, META_GET, lost))
                .isTrue();
        assertThat(isPossible(set("a"), stored(), MARK_STALE, deleted(), META_GET, won, META_GET, won))
                .isFalse();
        assertThat(isPossible(set("a"), stored(), MARK_STALE, deleted(), get(), hit("a"), META_GET, lost))
                .as("a classic get wins nothing")
                .isFalse();
        assertThat(isPossible(
                        set("a"),
                        stored(),
                        MARK_STALE,
                        deleted(),
                        META_GET,
                        won,
                        set("b"),
                        stored(),
                        META_GET,
                        hit("b").withMarks(false, false, false)))
                .isTrue();
    }

    @Test
    void anInvalidatingStoreWithAnOlderIdIsStoredStale() {
        Answer seven = hit("a").withCas(7);
        Command older = new Command.Store(Command.Mode.SET, "b", 0, 0, 6L, null, null, true);
        Command newer = new Command.Store(Command.Mode.SET, "b", 0, 0, 8L, null, null, true);
        Answer stale = hit("b").withMarks(true, false, true);
        assertThat(isPossible(set("a"), stored(), get(), seven, older, stored(), META_GET, stale))
                .isTrue();
        assertThat(isPossible(set("a"), stored(), get(), seven, older, exists()))
                .isFalse();
        assertThat(isPossible(set("a"), stored(), get(), seven, newer, exists()))
                .isTrue();
        assertThat(isPossible(set("a"), stored(), get(), seven, newer, stored()))
                .isFalse();
    }

    @Test
    void whatIsMissingIsMadeIfThatIsAskedFor() {
        Command vivify = new Command.Fetch(null, 0L, null, true);
        Answer made = hit("").withMarks(false, false, true);
        assertThat(isPossible(vivify, made, vivify, hit("").withMarks(false, true, false)))
                .isTrue();
        assertThat(isPossible(vivify, made, vivify, made)).isFalse();
        assertThat(isPossible(vivify, miss())).isFalse();
        Command count = new Command.Count(false, 5, null, null, null, 0L, 40);
        assertThat(isPossible(count, number(40), count, number(45), get(), hit("45")))
                .isTrue();
        assertThat(isPossible(count, number(45))).isFalse();
    }

    @Test
    void anAnswerThatWasNotHeardIsStillGivenBeforeTheReturn() {
        assertThat(isPossible(set("a"), Answer.any(), get(), hit("a"))).isTrue();
        assertThat(isPossible(set("a"), Answer.any(), get(), miss())).isFalse();
        assertThat(isPossible(set("b"), stored(), add("a"), Answer.any(), get(), hit("b")))
                .isTrue();
    }
}
