package io.ringleader.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes classic text commands, good and bad ones. Used by one thread. */
final class ClassicCommands {
    static final String LONGEST_KEY = "k".repeat(250);
    private static final List<String> KEYS = List.of("a", "b", "c", "key-4", "\\x01\\xff", LONGEST_KEY);
    private static final List<String> STORAGE = List.of("set", "add", "replace", "append", "prepend", "cas");
    private static final List<String> FLAGS = List.of("0", "5", "4294967295", "4294967296", "007");
    private static final List<String> BAD_FLAGS = List.of("-1", "x", "1x", "+1", "1.5", "0x10", "99999999999999999999");
    private static final List<String> EXPTIMES =
            List.of("0", "0", "0", "100", "2592000", "2147483647", "-1", "2592001", "-100");
    private static final List<String> BAD_EXPTIMES =
            List.of("x", "1x", "2147483648", "-", "99999999999999999999", "1.5");
    /** None is all white space: {@link Difference#WHITE_SPACE_IS_NO_NUMBER}. */
    static final List<String> VALUES = List.of(
            "",
            "x",
            "hello",
            "12",
            "0",
            "100",
            " 12",
            "12 ",
            "007",
            "-1",
            "1.5",
            "18446744073709551615",
            "18446744073709551616",
            "99999999999999999999",
            "000000000000000000013",
            "00000000000000000013",
            "1 2",
            "\\r\\nx",
            "a\\r\\nb",
            "END\\r\\n",
            "\\0\\n\\xff",
            "get a",
            "  7  ");

    private static final List<String> DELTAS =
            List.of("1", "0", "5", "90", "18446744073709551615", "12345678901234567890");
    /** CAS ids that no item has. */
    private static final List<String> NO_CAS = List.of("0", "18446744073709551615", "12345678901234567890");

    private static final List<String> BAD_DELTAS = List.of("-1", "x", "18446744073709551616", "1x", "1.5", "+1");
    private static final List<String> BAD_LENGTHS =
            List.of("-1", "x", "2147483647", "2147483646", "99999999999", "1x", "+1");
    private static final List<String> JUNK = List.of(
            "noreply",
            "0",
            "1",
            "-1",
            "x",
            "a",
            "GET",
            "get",
            "set",
            "\\t",
            "\\x00",
            "\\r",
            "4294967296",
            LONGEST_KEY + "k",
            "*",
            "\\xc3\\xa9");
    private static final List<String> LINES = List.of(
            "\\r\\n",
            "\\n",
            "x\\r\\n",
            "  \\r\\n",
            "nonsense\\r\\n",
            "GET a\\r\\n",
            "get\\ta\\r\\n",
            "get\\r\\n",
            "set\\r\\n",
            "verbosity 1\\r\\n",
            "verbosity 1 noreply\\r\\n",
            "verbosity\\r\\n",
            "verbosity x\\r\\n",
            "stats reset\\r\\n",
            "stats nonsense\\r\\n",
            "gat 1\\r\\n",
            "touch a\\r\\n",
            "delete\\r\\n",
            "incr a\\r\\n",
            "cas a 0 0 1\\r\\nx\\r\\n",
            " get a\\r\\n",
            "get a\\n",
            "nonsense noreply\\r\\n",
            "getx a\\r\\n",
            "get a\\r\\r\\n",
            "flush_all x\\r\\n",
            "flush_all 0 0\\r\\n");
    /** After each the server closes. */
    static final List<String> CLOSING = List.of(
            "quit\\r\\n",
            "quit now\\r\\n",
            "GET / HTTP/1.1\\r\\n",
            "{fill:2049}",
            "set {fill:2049}",
            "set a 0 0 1 noreply\\r\\nx\\r\\nget a\\r\\nquit\\r\\n");

    /**
     * Memcached has no room for this value, and neither have we. It must begin a packet: behind a value that is longer than it was
     * said to be it would be a line that is too long. {@link Difference#REFUSED_SET_CHANGES_NOTHING}: memcached deletes the old
     * value.
     */
    static final String TOO_LARGE = "set a 0 0 1048577\\r\\n{fill:1048577}\\r\\ndelete a noreply\\r\\n";

    /** It must have a packet of its own: memcached throws away the answers before it. No item is read, as it would count. */
    static final String LONG_KEY_IN_GET = "get missing " + LONGEST_KEY + "k b\\r\\n";

    private final Random random;

    ClassicCommands(Random random) {
        this.random = random;
    }

    private String oneOf(List<String> list) {
        return list.get(random.nextInt(list.size()));
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    private String mostly(List<String> good, List<String> bad) {
        return oneOf(oneIn(25) ? bad : good);
    }

    private String key() {
        // two of the keys get most of what happens
        return oneIn(2) ? KEYS.get(random.nextInt(2)) : oneOf(KEYS);
    }

    private String noreply() {
        return oneIn(6) ? " noreply" : "";
    }

    String command() {
        int kind = random.nextInt(100);
        if (kind < 35) {
            return storage();
        }
        if (kind < 55) {
            return damaged(oneIn(2) ? "get" + keys() : "gets" + keys()) + end();
        }
        if (kind < 62) {
            return damaged((oneIn(2) ? "gat " : "gats ") + mostly(EXPTIMES, BAD_EXPTIMES) + keys()) + end();
        }
        if (kind < 77) {
            String verb = oneIn(2) ? "incr " : "decr ";
            return damaged(verb + key() + " " + mostly(DELTAS, BAD_DELTAS) + noreply()) + end();
        }
        if (kind < 84) {
            return damaged("touch " + key() + " " + mostly(EXPTIMES, BAD_EXPTIMES) + noreply()) + end();
        }
        if (kind < 92) {
            return damaged("delete " + key() + noreply()) + end();
        }
        if (kind < 94) {
            // Difference.WHAT_IS_FLUSHED_STAYS_SO: no delay
            return "flush_all" + (oneIn(2) ? "" : oneIn(2) ? " 0" : " -1") + noreply() + end();
        }
        return oneOf(LINES);
    }

    private String end() {
        return oneIn(10) ? "\\n" : "\\r\\n";
    }

    private String keys() {
        StringBuilder keys = new StringBuilder();
        for (int count = oneIn(3) ? 1 + random.nextInt(8) : 1; count > 0; count--) {
            keys.append(' ').append(oneIn(5) ? "missing" : key());
        }
        return keys.toString();
    }

    private String storage() {
        String verb = oneOf(STORAGE);
        String key = key();
        String value = oneIn(8) ? "v".repeat(random.nextInt(60)) : oneOf(VALUES);
        int length = Script.parts(value, name -> "").get(0).length;
        if (length > 0 && oneIn(25)) {
            length = Math.max(0, length + random.nextInt(5) - 2);
        }
        String bytes = oneIn(40) ? oneOf(BAD_LENGTHS) : Integer.toString(length);
        String cas = "";
        if (verb.equals("cas")) {
            cas = " " + (oneIn(3) ? mostly(NO_CAS, BAD_DELTAS) : "{cas:" + key + "}");
        }
        String line = verb + " " + key + " " + mostly(FLAGS, BAD_FLAGS) + " " + mostly(EXPTIMES, BAD_EXPTIMES) + " "
                + bytes + cas + noreply();
        return damaged(line) + end() + value + (oneIn(50) ? "\\n" : "\\r\\n");
    }

    /** Seldom changes a line: a word more, less, or another. */
    private String damaged(String line) {
        if (!oneIn(15)) {
            return line;
        }
        List<String> words = new ArrayList<>(List.of(line.split(" ")));
        int at = random.nextInt(words.size());
        switch (random.nextInt(6)) {
            case 0 -> words.remove(at);
            case 1 -> words.add(at, oneOf(JUNK));
            case 2 -> words.set(at, oneOf(JUNK));
            case 3 -> words.add(oneOf(JUNK));
            case 4 -> words.set(at, words.get(at) + " ");
            default -> words.add(at, words.get(at));
        }
        if (words.contains(LONGEST_KEY + "k") && words.get(0).matches("gets?|gats?")) {
            // Difference.LONG_KEY_IN_GET
            return line;
        }
        // what announces more bytes than it brings waits for more than the filler that Side sends behind it
        return words.size() > 4 && words.get(4).matches("\\d{4,9}|\\{cas:.*") ? line : String.join(" ", words);
    }
}
