package io.ringleader.store;

import static io.ringleader.store.Command.add;
import static io.ringleader.store.Command.append;
import static io.ringleader.store.Command.cas;
import static io.ringleader.store.Command.decr;
import static io.ringleader.store.Command.delete;
import static io.ringleader.store.Command.flushAll;
import static io.ringleader.store.Command.gat;
import static io.ringleader.store.Command.get;
import static io.ringleader.store.Command.incr;
import static io.ringleader.store.Command.prepend;
import static io.ringleader.store.Command.replace;
import static io.ringleader.store.Command.set;
import static io.ringleader.store.Command.touch;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemcachedRulesTest {
    private final StoreDriver store = new StoreDriver();

    @Test
    void setStoresValueAndFlagsWhateverWasThere() {
        assertThat(store.run(set("k", 5, 0, "one"))).isEqualTo("STORED");
        assertThat(store.read("k")).isEqualTo("VALUE k 5 1 'one'");
        assertThat(store.run(set("k", -1, 0, ""))).isEqualTo("STORED");
        assertThat(store.read("k")).isEqualTo("VALUE k -1 2 ''");
    }

    @Test
    void addStoresOnlyWhatIsMissing() {
        assertThat(store.run(add("k", "one"))).isEqualTo("STORED");
        assertThat(store.run(add("k", "two"))).isEqualTo("NOT_STORED");
        assertThat(store.value("k")).isEqualTo("one");
    }

    @Test
    void addStoresOverAnExpiredItem() {
        store.given(set("k", 0, 1, "one")).advanceMillis(1000);
        assertThat(store.run(add("k", "two"))).isEqualTo("STORED");
        assertThat(store.value("k")).isEqualTo("two");
    }

    @Test
    void replaceStoresOnlyWhatIsThere() {
        assertThat(store.run(replace("k", "one"))).isEqualTo("NOT_STORED");
        assertThat(store.value("k")).isNull();
        store.given(set("k", "one")).given(replace("k", "two"));
        assertThat(store.value("k")).isEqualTo("two");
    }

    @Test
    void casStoresOnlyOverTheItemThatWasRead() {
        assertThat(store.run(cas("k", 1, "x"))).isEqualTo("NOT_FOUND");
        store.given(set("k", "one"));
        long read = store.casOf("k");
        assertThat(store.run(cas("k", read + 1, "two"))).isEqualTo("EXISTS");
        assertThat(store.value("k")).isEqualTo("one");
        assertThat(store.run(cas("k", read, "two"))).isEqualTo("STORED");
        assertThat(store.value("k")).isEqualTo("two");
        assertThat(store.run(cas("k", read, "three"))).isEqualTo("EXISTS");
    }

    @Test
    void aDeletedAndStoredAgainItemHasANewCasId() {
        store.given(set("k", "one"));
        long read = store.casOf("k");
        store.run(delete("k"));
        store.given(set("k", "one"));
        assertThat(store.run(cas("k", read, "two"))).isEqualTo("EXISTS");
    }

    @Test
    void appendAndPrependKeepFlagsAndExpiry() {
        store.given(set("k", 9, 10, "b")).given(append("k", "c")).given(prepend("k", "a"));
        assertThat(store.value("k")).isEqualTo("abc");
        assertThat(store.flagsOf("k")).isEqualTo(9);
        store.advanceMillis(10_000).tick();
        assertThat(store.value("k")).isNull();
    }

    @Test
    void appendAndPrependToNothingAreNotStored() {
        assertThat(store.all(append("k", "x"), prepend("k", "x"))).containsExactly("NOT_STORED", "NOT_STORED");
    }

    @Test
    void appendThatWouldMakeTheValueTooLargeIsNotStored() {
        store.limits(1000, 4).given(set("k", "abc")).given(append("k", "d"));
        assertThat(store.all(append("k", "e"), prepend("k", "e"))).containsExactly("NOT_STORED", "NOT_STORED");
        assertThat(store.value("k")).isEqualTo("abcd");
    }

    @Test
    void aTooLargeValueIsRefusedAndTheOldOneStays() {
        store.limits(1000, 4).given(set("k", "abcd"));
        assertThat(store.all(set("k", "12345"), add("n", "12345"), replace("k", "12345"), cas("k", 1, "12345")))
                .containsOnly("TOO_LARGE");
        assertThat(store.all(append("k", "12345"), prepend("missing", "12345"))).containsOnly("TOO_LARGE");
        assertThat(store.value("k")).isEqualTo("abcd");
        assertThat(store.store.counters().tooLarge()).isEqualTo(6);
    }

    @Test
    void deleteRemovesWhatIsThere() {
        store.given(set("k", "one"));
        assertThat(store.all(delete("k"), delete("k"))).containsExactly("DELETED", "NOT_FOUND");
        assertThat(store.value("k")).isNull();
        assertThat(store.store.usedBytes()).isZero();
    }

    @Test
    void deleteOfAnExpiredItemIsNotFound() {
        store.given(set("k", 0, 1, "one")).advanceMillis(1000);
        assertThat(store.run(delete("k"))).isEqualTo("NOT_FOUND");
    }

    @Test
    void casIdChangesOnEveryChangeButNotOnTouchAndGat() {
        store.given(set("k", "1"));
        long first = store.casOf("k");
        store.all(touch("k", 100), gat("k", 100), get("k"));
        assertThat(store.casOf("k")).isEqualTo(first);
        long last = first;
        for (Command change : new Command[] {
            set("k", "1"), replace("k", "1"), append("k", "2"), prepend("k", "1"), incr("k", 1), decr("k", 1)
        }) {
            store.run(change);
            assertThat(store.casOf("k")).as("after %s", change).isGreaterThan(last);
            last = store.casOf("k");
        }
    }

    @Test
    void refusedCommandsChangeNothingNotEvenTheCasCounter() {
        store.limits(220, 4).given(set("k", "x"));
        long digest = contentDigest();
        store.all(
                add("k", "y"),
                replace("n", "y"),
                cas("k", 99, "y"),
                set("k", "12345"),
                append("k", "1234"),
                set("a key that does not fit any more", "y"),
                incr("k", 1),
                delete("n"),
                touch("n", 1));
        assertThat(contentDigest()).isEqualTo(digest);
        store.given(set("k", "x"));
        assertThat(store.casOf("k")).isEqualTo(2);
    }

    @Test
    void incrAddsAndDecrSubtracts() {
        store.given(set("k", "10"));
        assertThat(store.all(incr("k", 5), decr("k", 4))).containsExactly("NUMBER 15", "NUMBER 11");
        assertThat(store.value("k")).isEqualTo("11");
    }

    @Test
    void incrWrapsAtTwoToTheSixtyFour() {
        store.given(set("k", "18446744073709551615"));
        assertThat(store.run(incr("k", 2))).isEqualTo("NUMBER 1");
        store.given(set("k", "1"));
        assertThat(store.run(incr("k", -1L))).isEqualTo("NUMBER 0");
    }

    @Test
    void decrStopsAtZero() {
        store.given(set("k", "5"));
        assertThat(store.run(decr("k", 6))).isEqualTo("NUMBER 0");
        store.given(set("k", "18446744073709551615"));
        assertThat(store.run(decr("k", 1))).isEqualTo("NUMBER 18446744073709551614");
        assertThat(store.run(decr("k", -1L))).isEqualTo("NUMBER 0");
    }

    @Test
    void aShorterNumberIsPaddedWithSpacesToTheOldLength() {
        store.given(set("k", "100"));
        assertThat(store.run(decr("k", 1))).isEqualTo("NUMBER 99");
        assertThat(store.value("k")).isEqualTo("99 ");
        assertThat(store.run(decr("k", 90))).isEqualTo("NUMBER 9");
        assertThat(store.value("k")).isEqualTo("9  ");
        assertThat(store.run(incr("k", 9990))).isEqualTo("NUMBER 9999");
        assertThat(store.value("k")).isEqualTo("9999");
    }

    @Test
    void incrKeepsFlagsAndExpiry() {
        store.given(set("k", 3, 10, "9"));
        store.run(incr("k", 1));
        assertThat(store.flagsOf("k")).isEqualTo(3);
        store.advanceMillis(10_000).tick();
        assertThat(store.value("k")).isNull();
    }

    @Test
    void incrAndDecrOfNothingAreNotFound() {
        assertThat(store.all(incr("k", 1), decr("k", 1))).containsExactly("NOT_FOUND", "NOT_FOUND");
    }

    @Test
    void incrThatWouldMakeTheValueTooLargeIsRefused() {
        store.given(set("k", "99")).limits(1000, 2);
        assertThat(store.run(incr("k", 1))).isEqualTo("TOO_LARGE");
        assertThat(store.value("k")).isEqualTo("99");
        assertThat(store.run(decr("k", 1))).isEqualTo("NUMBER 98");
    }

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                " 12,13,'13 '",
                "12 ,13,'13 '",
                "0012,13,'13  '",
                "000000000000000000012,13,'13                   '",
                "+5,6,'6 '",
                "-0,1,'1 '",
                "12 apples,13,'13       '",
                "18446744073709551614,18446744073709551615,18446744073709551615"
            })
    void theseTextsAreNumbers(String text, String answer, String stored) {
        store.given(set("k", text));
        assertThat(store.run(incr("k", 1))).isEqualTo("NUMBER " + answer);
        assertThat(store.value("k")).isEqualTo(stored);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "abc",
                "12abc",
                "-1",
                "1.5",
                "18446744073709551616",
                "99999999999999999999",
                "--1",
                "+",
                "- 1",
                "0x10"
            })
    void theseTextsAreNotNumbers(String text) {
        store.given(set("k", text));
        assertThat(store.all(incr("k", 1), decr("k", 1))).containsOnly("NON_NUMERIC");
        assertThat(store.value("k")).isEqualTo(text);
    }

    @Test
    void touchGivesANewExpiryToWhatIsThere() {
        store.given(set("k", 0, 1, "one"));
        assertThat(store.all(touch("k", 10), touch("n", 10))).containsExactly("TOUCHED", "NOT_FOUND");
        store.advanceMillis(9_999).tick();
        assertThat(store.value("k")).isEqualTo("one");
        store.advanceMillis(1).tick();
        assertThat(store.value("k")).isNull();
    }

    @Test
    void touchWithZeroLetsTheItemLiveForEver() {
        store.given(set("k", 0, 1, "one"));
        store.run(touch("k", 0));
        store.advanceMillis(1_000_000_000_000L).tick();
        assertThat(store.value("k")).isEqualTo("one");
    }

    @Test
    void touchWithANegativeExptimeExpiresAtOnce() {
        store.given(set("k", "one"));
        assertThat(store.run(touch("k", -1))).isEqualTo("TOUCHED");
        assertThat(store.value("k")).isNull();
    }

    @Test
    void gatAnswersTheValueAndTouchesIt() {
        store.given(set("k", 4, 1, "one"));
        assertThat(store.all(gat("k", 10), gat("n", 10))).containsExactly("VALUE k 4 1 'one'", "MISS");
        store.advanceMillis(9_999).tick();
        assertThat(store.value("k")).isEqualTo("one");
    }

    @Test
    void gatWithANegativeExptimeAnswersTheValueOnce() {
        store.given(set("k", "one"));
        assertThat(store.all(gat("k", -1), gat("k", -1))).containsExactly("VALUE k 0 1 'one'", "MISS");
    }

    @Test
    void aNegativeExptimeAnswersStoredAndIsNeverSeen() {
        store.given(set("k", "old"));
        assertThat(store.all(set("k", 0, -1, "one"), get("k"))).containsExactly("STORED", "MISS");
        assertThat(store.store.usedBytes()).isZero();
    }

    @Test
    void thirtyDaysAreRelativeAndOneSecondMoreIsAUnixTimeLongPast() {
        store.given(set("k", 0, 2_592_000, "one")).given(set("n", 0, 2_592_001, "one"));
        assertThat(store.value("n")).isNull();
        store.advanceMillis(2_592_000_000L - 1).tick();
        assertThat(store.value("k")).isEqualTo("one");
        store.advanceMillis(1).tick();
        assertThat(store.value("k")).isNull();
    }

    @Test
    void anAbsoluteExptimeIsComparedInMilliseconds() {
        store.advanceMillis(500).given(set("k", 0, StoreDriver.START_MILLIS / 1000 + 1, "one"));
        store.advanceMillis(499).tick();
        assertThat(store.value("k")).isEqualTo("one");
        store.advanceMillis(1).tick();
        assertThat(store.value("k")).isNull();
    }

    @Test
    void anAbsoluteExptimeThatIsNowIsExpired() {
        store.given(set("k", 0, StoreDriver.START_MILLIS / 1000, "one"));
        assertThat(store.value("k")).isNull();
    }

    @Test
    void exptimesBeyondAllTimeNeverComeTrue() {
        store.given(set("k", 0, Long.MAX_VALUE, "one"));
        store.all(flushAll(Long.MAX_VALUE));
        store.advanceMillis(1_000_000_000_000_000L).tick();
        assertThat(store.value("k")).isEqualTo("one");
        assertThat(store.store.dueAt(Long.MAX_VALUE - 1)).isFalse();
    }

    @Test
    void flushAllAtOnceRemovesEverythingBeforeItAndNothingAfter() {
        assertThat(store.all(set("a", "1"), set("b", 0, 100, "1"), flushAll(0), set("c", "1"), get("a"), get("b")))
                .containsExactly("STORED", "STORED", "OK", "STORED", "MISS", "MISS");
        assertThat(store.value("c")).isEqualTo("1");
        assertThat(store.store.itemCount()).isEqualTo(1);
        store.all(flushAll(-5));
        assertThat(store.store.usedBytes()).isZero();
    }

    @Test
    void aDelayedFlushAlsoRemovesWhatWasStoredAfterItWasOrdered() {
        store.given(set("a", "1"));
        store.run(flushAll(2));
        store.advanceMillis(1_999).given(set("b", "1"));
        assertThat(store.value("a")).isEqualTo("1");
        store.advanceMillis(1);
        assertThat(store.all(set("c", "1"), get("a"), get("b"))).containsExactly("STORED", "MISS", "MISS");
        assertThat(store.value("c")).isEqualTo("1");
        store.advanceMillis(100_000).tick();
        assertThat(store.value("c")).isEqualTo("1");
    }

    @Test
    void aLaterFlushReplacesAPendingOne() {
        store.given(set("a", "1"));
        store.run(flushAll(2));
        store.run(flushAll(10));
        store.advanceMillis(2_000).tick();
        assertThat(store.value("a")).isEqualTo("1");
        store.run(flushAll(0));
        store.given(set("b", "1"));
        store.advanceMillis(10_000).tick();
        assertThat(store.value("b")).isEqualTo("1");
    }

    @Test
    void aGetThroughTheLogAnswersLikeARead() {
        store.given(set("k", 1, 0, "one"));
        assertThat(store.run(get("k"))).isEqualTo(store.read("k"));
        assertThat(store.run(get("n"))).isEqualTo("MISS");
    }

    private long contentDigest() {
        // Index, time and session move with every entry; the items, flush and cas counter are compared.
        SnapshotCapture c = store.store.beginCapture();
        SnapshotCapture still = new SnapshotCapture(
                c.partition,
                0,
                0,
                c.lastCas,
                c.flushAtMillis,
                new Session[0],
                c.itemCount,
                c.shards,
                c.pages,
                new Leases().take());
        return Arrays.hashCode(Results.snapshot(still));
    }
}
