package io.ringleader.it;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * Makes meta commands, good and bad ones, and classic commands on the same items. What the items a and b hold is never a number
 * and may be stale; n holds digits only and is never stale nor won, since memcached's arithmetic clears the marks if the number
 * gets longer.
 */
final class MetaCommands {
    private static final int FLAGS_MAX = 5;
    private static final String END = "\\r\\n";

    /** With what is to stand behind the key, since base64 needs its flag. YQ== is a. */
    private static final Arbitrary<String> ANY_KEY = Arbitraries.frequencyOf(
            Tuple.of(12, Arbitraries.of("a", "a", "b")),
            Tuple.of(2, Arbitraries.of("YQ== b", "AQD/ b")),
            Tuple.of(1, Arbitraries.of("missing", ClassicCommands.LONGEST_KEY)));

    private static final Arbitrary<String> NUMBER_KEY =
            Arbitraries.frequencyOf(Tuple.of(6, Arbitraries.just("n")), Tuple.of(1, Arbitraries.just("bg== b")));

    private static final Arbitrary<String> BAD_KEY = Arbitraries.of(
            "", ClassicCommands.LONGEST_KEY + "k", "YQ b", "a b", "YQ= b", "YQ==", "\\x01\\xff", "a\\t", "a\\x00b");

    /** Stands in flags for the key of their command. */
    private static final String THE_KEY = "KEY";

    private static final List<String> EXPTIMES =
            List.of("0", "100", "100", "1000", "2592000", "2147483647", "-1", "2592001", "-100");

    /** Far above what a server gives by itself: so that both agree on what is higher. */
    private static final List<String> NEW_CAS =
            List.of("E1000000000000000", "E2000000000000001", "E18446744073709551615");

    private static final Arbitrary<String> ANY_SHOWN = Arbitraries.of("v", "k", "c", "t", "s", "f", "q");
    private static final Arbitrary<String> ANY_IGNORED = Arbitraries.of("P1", "Lfoo", "L", "P", "\\x20", "O1", "Oabc");
    private static final Arbitrary<String> OPAQUE = Arbitraries.of("O1", "Oopaque", "O" + "o".repeat(31));
    private static final Arbitrary<String> ACCESS = Arbitraries.of("h", "l", "u");
    private static final Arbitrary<String> BAD_FLAG = Arbitraries.of(
            "z",
            "1",
            "!",
            "T",
            "Tx",
            "T1x",
            "T99999999999",
            "N",
            "Nx",
            "R",
            "R-",
            "C",
            "Cx",
            "C-1",
            "E",
            "E-1",
            "F",
            "Fx",
            "F4294967296",
            "F-1",
            "M",
            "Mx",
            "J",
            "Jx",
            "J-1",
            "D",
            "Dx",
            "D-1",
            "S2",
            "noreply",
            "v",
            "k",
            "\\t",
            "\\xe9",
            "~",
            "C18446744073709551616",
            "T2147483648",
            "T+1");

    /** A CAS id that was seen at {@link #THE_KEY}, one beside it that no item has, or one that no item has ever had. */
    private static final Arbitrary<String> COMPARE =
            Arbitraries.of("C{cas:KEY}", "C{cas:KEY}", "C{cas:KEY-1}", "C0", "C18446744073709551000");

    /** More than are taken, whatever they are. */
    private static final String TOO_MANY = "v k t c s f h l u q P1 L1 O1 F1 J1 D1 x T1 N1";

    /** As {@link ClassicCommands#TOO_LARGE}. */
    static final String TOO_LARGE = "ms b 1048577" + END + "{fill:1048577}" + END + "delete b noreply" + END;

    private MetaCommands() {}

    static Arbitrary<String> commands() {
        return Arbitraries.frequencyOf(
                Tuple.of(30, get()),
                Tuple.of(30, set()),
                Tuple.of(12, delete()),
                Tuple.of(18, arithmetic()),
                Tuple.of(3, debug()),
                Tuple.of(2, Arbitraries.of("mn" + END, "mn x" + END, "mn\\n")),
                Tuple.of(5, malformed()),
                Tuple.of(10, classicCommands()));
    }

    /** Such as leave the items as described. */
    static Arbitrary<String> classicCommands() {
        Arbitrary<String> key = Arbitraries.of("a", "b", "a");
        Arbitrary<String> anyKey = Arbitraries.of("a", "b", "n", "missing");
        Arbitrary<String> exptime = Arbitraries.of("0", "100", "-1", "1000");
        Arbitrary<String> storage = Combinators.combine(
                        Arbitraries.of("set", "add", "replace", "append", "prepend"),
                        key,
                        Arbitraries.of("0", "5", "4294967295"),
                        exptime,
                        value())
                .as((verb, name, flags, time, data) ->
                        verb + " " + name + " " + flags + " " + time + " " + length(data) + END + data + END);
        Arbitrary<String> cas = Combinators.combine(key, value())
                .as((name, data) -> "cas " + name + " 3 0 " + length(data) + " {cas:" + name + "}" + END + data + END);
        Arbitrary<String> numbers = Combinators.combine(
                        Arbitraries.of("incr", "decr"), Arbitraries.of("1", "90", "12345"))
                .as((verb, delta) -> verb + " n " + delta + END);
        Arbitrary<String> number = number().map(data -> "set n 0 0 " + length(data) + " noreply" + END + data + END);
        return Arbitraries.oneOf(
                storage,
                cas,
                numbers,
                number,
                anyKey.map(name -> "get " + name + END),
                anyKey.map(name -> "gets " + name + " n" + END),
                anyKey.map(name -> "delete " + name + END),
                Combinators.combine(anyKey, exptime).as((name, time) -> "touch " + name + " " + time + END),
                Combinators.combine(anyKey, exptime).as((name, time) -> "gats " + time + " " + name + END),
                Arbitraries.just("flush_all" + END));
    }

    /** No digits: see above. */
    static Arbitrary<String> value() {
        return Arbitraries.of(
                "", "x", "hello", "\\r\\nx", "END\\r\\n", "\\0\\xff", "mg a v", "vvvvvvvvvvvvvvvvvvvvvvvv");
    }

    static Arbitrary<String> number() {
        return Arbitraries.of("0", "7", "10", "99", "100", "18446744073709551615", "007", "5 ");
    }

    private static int length(String data) {
        return Script.parts(data, key -> "0").get(0).length;
    }

    private static Arbitrary<String> exptimes(String flag) {
        return Arbitraries.of(EXPTIMES).map(time -> flag + time);
    }

    /** Usual flags, each at most once but for an accident. */
    private static Arbitrary<String> flags(Arbitrary<String> usual) {
        Arbitrary<List<String>> list = usual.list().ofMaxSize(FLAGS_MAX).uniqueElements(flag -> flag.charAt(0));
        return Arbitraries.frequencyOf(
                Tuple.of(14, list.map(MetaCommands::joined)),
                Tuple.of(
                        1,
                        Combinators.combine(
                                        list, BAD_FLAG, Arbitraries.integers().between(0, FLAGS_MAX))
                                .as((flags, bad, at) -> joined(flags.subList(0, Math.min(at, flags.size()))) + " " + bad
                                        + joined(flags.subList(Math.min(at, flags.size()), flags.size())))));
    }

    private static String joined(List<String> flags) {
        return flags.isEmpty() ? "" : " " + String.join(" ", flags);
    }

    private static Arbitrary<String> key(Arbitrary<String> usual) {
        return Arbitraries.frequencyOf(Tuple.of(40, usual), Tuple.of(1, BAD_KEY));
    }

    /** A line of a verb, a key, flags. */
    private static Arbitrary<String> lines(String verb, Arbitrary<String> keys, Arbitrary<String> flags) {
        return Combinators.combine(keys, flags).as((key, list) -> verb + " " + key + named(list, key) + END);
    }

    private static String named(String flags, String key) {
        String name = key.startsWith("YQ==") ? "a" : key.startsWith("bg==") ? "n" : key.split(" ")[0];
        return flags.replace(THE_KEY, name);
    }

    private static Arbitrary<String> get() {
        Arbitrary<String> usual = Arbitraries.frequencyOf(
                Tuple.of(10, ANY_SHOWN),
                Tuple.of(3, ACCESS),
                Tuple.of(2, OPAQUE),
                Tuple.of(2, ANY_IGNORED),
                Tuple.of(2, exptimes("T")),
                Tuple.of(2, COMPARE),
                Tuple.of(1, Arbitraries.of(NEW_CAS)),
                Tuple.of(1, Arbitraries.of("F5", "Mx", "J1", "D2", "I", "x")));
        // far from any time left that the items may have, for a second may pass
        Arbitrary<String> winning = Arbitraries.frequencyOf(
                Tuple.of(10, usual),
                Tuple.of(1, exptimes("N")),
                Tuple.of(1, Arbitraries.of("R30", "R500", "R-1", "R0")));
        return Arbitraries.frequencyOf(
                Tuple.of(4, lines("mg", key(ANY_KEY), flags(winning))),
                Tuple.of(1, lines("mg", NUMBER_KEY, flags(usual))));
    }

    private static Arbitrary<String> set() {
        Arbitrary<String> usual = Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.of("F5", "F0", "F4294967295", "F007")),
                Tuple.of(3, exptimes("T")),
                Tuple.of(4, Arbitraries.of("c", "s", "k", "q")),
                Tuple.of(2, OPAQUE),
                Tuple.of(4, Arbitraries.of("MS", "ME", "MA", "MP", "MR", "MAppend", "MEx")),
                Tuple.of(2, exptimes("N")),
                Tuple.of(4, COMPARE),
                Tuple.of(1, Arbitraries.of(NEW_CAS)),
                Tuple.of(1, Arbitraries.of("v", "t", "f", "h", "l", "u", "x", "R30", "J1", "D2", "P1", "Lfoo")));
        Arbitrary<String> marking = Arbitraries.frequencyOf(Tuple.of(12, usual), Tuple.of(1, Arbitraries.just("I")));
        return Arbitraries.frequencyOf(
                Tuple.of(4, set(key(ANY_KEY), value(), flags(marking))),
                Tuple.of(1, set(NUMBER_KEY, number(), flags(usual))));
    }

    private static Arbitrary<String> set(Arbitrary<String> keys, Arbitrary<String> values, Arbitrary<String> flags) {
        Arbitrary<Integer> wrongBy =
                Arbitraries.frequencyOf(Tuple.of(30, Arbitraries.just(0)), Tuple.of(1, Arbitraries.of(-1, 1, 2)));
        return Combinators.combine(keys, flags, values, wrongBy).as((key, list, data, wrong) -> {
            String[] words = key.split(" ", 2);
            String rest = words.length > 1 ? " " + words[1] : "";
            return "ms " + words[0] + " " + Math.max(0, length(data) + wrong) + rest + named(list, key) + END + data
                    + END;
        });
    }

    private static Arbitrary<String> delete() {
        Arbitrary<String> usual = Arbitraries.frequencyOf(
                Tuple.of(2, Arbitraries.just("x")),
                Tuple.of(4, Arbitraries.of("q", "k")),
                Tuple.of(2, OPAQUE),
                Tuple.of(3, exptimes("T")),
                Tuple.of(4, COMPARE),
                Tuple.of(1, Arbitraries.of(NEW_CAS)),
                Tuple.of(1, Arbitraries.of("v", "t", "c", "s", "h", "l", "u", "N5", "R30", "MS", "J1", "D2")));
        Arbitrary<String> marking = Arbitraries.frequencyOf(Tuple.of(5, usual), Tuple.of(2, Arbitraries.just("I")));
        return Arbitraries.frequencyOf(
                Tuple.of(4, lines("md", key(ANY_KEY), flags(marking))),
                Tuple.of(1, lines("md", NUMBER_KEY, flags(usual))));
    }

    private static Arbitrary<String> arithmetic() {
        Arbitrary<String> usual = Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.of("MI", "M+", "MD", "M-", "MIncr")),
                Tuple.of(3, Arbitraries.of("D0", "D1", "D5", "D90", "D18446744073709551615")),
                Tuple.of(2, Arbitraries.of("J0", "J13", "J18446744073709551615")),
                // only where the number cannot get longer: memcached then gives both to the item that it drops
                Tuple.of(2, exptimes("MD T")),
                Tuple.of(1, Arbitraries.of(NEW_CAS).map(cas -> "MD " + cas)),
                Tuple.of(6, Arbitraries.of("t", "c", "v", "k", "q")),
                Tuple.of(2, OPAQUE),
                Tuple.of(3, COMPARE),
                Tuple.of(1, Arbitraries.of("f", "s", "h", "l", "u", "x", "I", "F5", "R30", "P1")));
        // nothing is made where no number may be
        Arbitrary<String> making = Arbitraries.frequencyOf(Tuple.of(7, usual), Tuple.of(1, exptimes("N")));
        return Arbitraries.frequencyOf(
                Tuple.of(4, lines("ma", NUMBER_KEY, flags(making))),
                Tuple.of(1, lines("ma", key(ANY_KEY), flags(usual))));
    }

    /** Not with a key in base64, which memcached does not decode. */
    private static Arbitrary<String> debug() {
        return Arbitraries.of("me a" + END, "me b" + END, "me n" + END, "me missing" + END, "me a x" + END);
    }

    private static Arbitrary<String> malformed() {
        return Arbitraries.of(
                "mg" + END,
                "ms" + END,
                "ms a" + END,
                "md" + END,
                "ma" + END,
                "me" + END,
                "me " + ClassicCommands.LONGEST_KEY + "k" + END,
                "mx a" + END,
                "mg a " + TOO_MANY + END,
                "md a " + TOO_MANY + END,
                "ma n " + TOO_MANY + END,
                "ms a 2 " + TOO_MANY + END + "hi" + END,
                "ms a S2" + END + "hi" + END,
                "ms a -1" + END + "hi" + END,
                "ms a x" + END + "hi" + END,
                "ms a 2147483646" + END + "hi" + END,
                "ms a 2 MA" + END + "hi\\n",
                "mg  a   v  k " + END,
                "mg a v\\n",
                " mg a v" + END,
                "mg a\\tv" + END,
                "md a O" + "o".repeat(32) + END,
                "mg missing O" + "o".repeat(32) + END,
                "ms a 2 O" + "o".repeat(32) + END + "hi" + END,
                "md a T1 T2" + END,
                "mg a v v" + END);
    }
}
