package io.ringleader.it;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Makes requests of the binary protocol, good and bad ones, in {@link BinaryNotation}. */
final class BinaryCommands {
    private static final Arbitrary<String> KEY = Arbitraries.frequencyOf(
            Tuple.of(8, Arbitraries.of("a", "b", "n")),
            Tuple.of(1, Arbitraries.of("missing", "x\\x20\\r\\n\\0\\xff", ClassicCommands.LONGEST_KEY)));

    private static final List<String> READS = List.of("00", "09", "0c", "0d");
    private static final List<String> STORES = List.of("01", "02", "03", "11", "12", "13");
    private static final List<String> EXTENSIONS = List.of("0e", "0f", "19", "1a");
    private static final List<String> COUNTS = List.of("05", "06", "15", "16");
    private static final List<String> TOUCHES = List.of("1c", "1d", "1e", "23", "24");

    /** 0, 100 s, 30 days, a second more, 2038, the highest. */
    private static final Arbitrary<String> EXPTIME = Arbitraries.of(
            "00000000", "00000000", "00000064", "00278d00", "00278d01", "7fffffff", "80000000", "ffffffff");

    private static final Arbitrary<String> FLAGS = Arbitraries.of("00000000", "00000005", "ffffffff");
    private static final Arbitrary<String> DELTA =
            Arbitraries.of("0000000000000001", "0000000000000000", "000000000000005a", "ffffffffffffffff");
    private static final Arbitrary<String> INITIAL =
            Arbitraries.of("0000000000000000", "000000000000000d", "ffffffffffffffff");
    static final String NOOP = "{bin op=0a}";
    private static final int TOO_LARGE_BYTES = (1 << 20) + 1;

    private record Entry(String key, String value) {}

    private BinaryCommands() {}

    /** After which the connection goes on. */
    static Arbitrary<String> commands() {
        return commands(
                Combinators.combine(KEY, value(Arbitraries.of(ClassicCommands.VALUES)))
                        .as(Entry::new),
                KEY);
    }

    /** Among meta commands: such as leave the items as those need it, numbers at n only. */
    static Arbitrary<String> commandsBesideMeta() {
        Arbitrary<Entry> texts = Combinators.combine(KEY, value(MetaCommands.value()))
                .as(Entry::new)
                .filter(entry -> !entry.key.equals("n"));
        Arbitrary<Entry> numbers = value(MetaCommands.number()).map(value -> new Entry("n", value));
        return commands(Arbitraries.frequencyOf(Tuple.of(3, texts), Tuple.of(1, numbers)), Arbitraries.just("n"));
    }

    /**
     * @param entries what is stored, and where
     * @param numberKey of items that are counted
     */
    private static Arbitrary<String> commands(Arbitrary<Entry> entries, Arbitrary<String> numberKey) {
        Arbitrary<String> store = Combinators.combine(Arbitraries.of(STORES), entries, FLAGS, EXPTIME, cas())
                .as((op, entry, flags, exptime, cas) -> "op=" + op + " key=" + entry.key + " extras=" + flags + exptime
                        + entry.value + casOf(cas, entry.key));
        Arbitrary<String> tooLarge = Combinators.combine(Arbitraries.of("02", "12", "03", "0e", "19"), KEY)
                .as((op, key) -> "op=" + op + " key=" + key
                        + (op.startsWith("0e") || op.startsWith("19") ? "" : " extras=0000000000000000") + " fill="
                        + TOO_LARGE_BYTES);
        Arbitrary<String> read =
                Combinators.combine(Arbitraries.of(READS), KEY).as((op, key) -> "op=" + op + " key=" + key);
        Arbitrary<String> touch = Combinators.combine(Arbitraries.of(TOUCHES), KEY, EXPTIME)
                .as((op, key, exptime) -> "op=" + op + " key=" + key + " extras=" + exptime);
        Arbitrary<String> extend = Combinators.combine(Arbitraries.of(EXTENSIONS), entries, cas())
                .as((op, entry, cas) -> "op=" + op + " key=" + entry.key + entry.value + casOf(cas, entry.key));
        Arbitrary<String> count = Combinators.combine(Arbitraries.of(COUNTS), numberKey, DELTA, INITIAL, EXPTIME, cas())
                .as((op, key, delta, initial, exptime, cas) ->
                        "op=" + op + " key=" + key + " extras=" + delta + initial + exptime + casOf(cas, key));
        Arbitrary<String> delete = Combinators.combine(Arbitraries.of("04", "14"), KEY, cas())
                .as((op, key, cas) -> "op=" + op + " key=" + key + casOf(cas, key));
        return broken(Arbitraries.frequencyOf(
                Tuple.of(30, store),
                Tuple.of(25, read),
                Tuple.of(8, touch),
                Tuple.of(10, extend),
                Tuple.of(16, count),
                Tuple.of(8, delete),
                Tuple.of(3, others()),
                Tuple.of(1, tooLarge)));
    }

    private static Arbitrary<String> others() {
        return Arbitraries.of(
                "op=08",
                "op=18",
                "op=08 extras=00000000",
                "op=0a",
                "op=0b",
                "op=10",
                "op=10 key=settings",
                "op=10 key=reset",
                "op=10 key=nonsense",
                // no key and extras: memcached would skip too much
                "op=1f",
                "op=30",
                "op=ff value=hello",
                "op=20",
                "op=21 key=PLAIN value=\\0user\\0word",
                "op=22 key=PLAIN");
    }

    /** The field. */
    private static Arbitrary<String> value(Arbitrary<String> values) {
        return values.map(value -> value.isEmpty() ? "" : " value=" + value.replace(" ", "\\x20"));
    }

    /** Mostly none; else the one seen, one that no item has, or none that could be. */
    private static Arbitrary<String> cas() {
        return Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.just("")),
                Tuple.of(3, Arbitraries.just("seen")),
                Tuple.of(1, Arbitraries.of("seen-1", "18446744073709551000")));
    }

    private static String casOf(String cas, String key) {
        return cas.isEmpty() ? "" : " cas=" + cas.replace("seen", key.substring(0, 1));
    }

    private static Arbitrary<String> broken(Arbitrary<String> fields) {
        Arbitrary<String> cut = Arbitraries.frequencyOf(
                Tuple.of(9, Arbitraries.just("")),
                Tuple.of(
                        1,
                        Arbitraries.integers().between(1, 60).withoutEdgeCases().map(at -> " cut=" + at)));
        return Combinators.combine(fields, cut).as((text, pause) -> "{bin " + text + pause + "}");
    }

    /** Of the wrong shape: memcached answers and closes, Ringleader answers and goes on. */
    static Arbitrary<String> refused() {
        return Arbitraries.of(
                        "op=00",
                        "op=09",
                        "op=0c key=a extras=00000000",
                        "op=0d key=a value=x",
                        "op=00 key=" + ClassicCommands.LONGEST_KEY + "k",
                        "op=11 key=" + ClassicCommands.LONGEST_KEY + "k extras=0000000000000000 value=x",
                        "op=01 key=a extras=00000000 value=x",
                        "op=02 key=a value=x",
                        "op=13 extras=0000000000000000 value=x",
                        "op=01 key=a extras=000000000000000000000000 value=x",
                        "op=04",
                        "op=14 key=a extras=00000000",
                        "op=04 key=a value=x",
                        "op=05 key=n",
                        "op=06 key=n extras=0000000000000001",
                        "op=15 key=n extras=0000000000000001000000000000000000000000 value=x",
                        "op=16 extras=0000000000000001000000000000000000000000",
                        "op=07 key=a",
                        "op=17 value=x",
                        "op=08 key=a",
                        "op=18 extras=0000000000000000",
                        "op=08 extras=00000000 value=x",
                        "op=0a key=a",
                        "op=0a value=x",
                        "op=0b extras=00000000",
                        "op=0e value=x",
                        "op=1a key=a extras=00000000 value=x",
                        "op=10 key=settings extras=00000000",
                        "op=1c key=a",
                        "op=1d extras=00000000",
                        "op=24 key=a extras=0000000000000000",
                        "op=20 key=a",
                        "op=21",
                        "op=22 key=a extras=00000000")
                .map(text -> "{bin " + text + "}");
    }

    /** After which both close. */
    static Arbitrary<String> closing() {
        return Arbitraries.of(
                        "op=07",
                        "op=17",
                        "op=00 key=a magic=81",
                        "op=0a magic=00",
                        "op=00 key=abc body=2",
                        "op=01 key=abc extras=0000000000000000 body=10",
                        "op=01 key=a extras=0000000000000000 body=1073741825",
                        "op=00 key=a body=4294967295")
                .map(text -> "{bin " + text + "}");
    }
}
