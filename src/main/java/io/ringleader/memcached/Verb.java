package io.ringleader.memcached;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The first word of a line. */
enum Verb {
    GET("get", Operation.GET),
    SET("set", Operation.SET),
    GETS("gets", Operation.GETS),
    CAS("cas", Operation.CAS),
    DELETE("delete", Operation.DELETE),
    INCR("incr", Operation.INCR),
    DECR("decr", Operation.DECR),
    TOUCH("touch", Operation.TOUCH),
    GAT("gat", Operation.GAT),
    GATS("gats", Operation.GATS),
    ADD("add", Operation.ADD),
    REPLACE("replace", Operation.REPLACE),
    APPEND("append", Operation.APPEND),
    PREPEND("prepend", Operation.PREPEND),
    FLUSH_ALL("flush_all", Operation.FLUSH_ALL),
    STATS("stats", null),
    VERSION("version", null),
    VERBOSITY("verbosity", null),
    QUIT("quit", null),
    META_GET("mg", null),
    META_SET("ms", null),
    META_DELETE("md", null),
    META_ARITHMETIC("ma", null),
    META_NOTHING("mn", null),
    META_DEBUG("me", null),
    UNKNOWN("", null);

    private static final int WORD_BYTES_MAX = 9;
    private static final Verb[][] BY_LENGTH = byLength();

    private final byte[] word;
    /** Null for those that never reach the store, and for the meta commands, whose flags say what they are. */
    private final Operation op;

    Verb(String word, Operation op) {
        this.word = word.getBytes(StandardCharsets.US_ASCII);
        this.op = op;
    }

    Operation op() {
        return op;
    }

    /** The verb that is exactly these bytes, or {@link #UNKNOWN}. */
    static Verb of(byte[] array, int from, int length) {
        if (length > WORD_BYTES_MAX) {
            return UNKNOWN;
        }
        for (Verb verb : BY_LENGTH[length]) {
            if (Arrays.equals(array, from, from + length, verb.word, 0, length)) {
                return verb;
            }
        }
        return UNKNOWN;
    }

    private static Verb[][] byLength() {
        Verb[][] table = new Verb[WORD_BYTES_MAX + 1][];
        for (int length = 0; length <= WORD_BYTES_MAX; length++) {
            int wanted = length;
            table[length] = Arrays.stream(values())
                    .filter(verb -> verb.word.length == wanted)
                    .toArray(Verb[]::new);
        }
        return table;
    }
}
