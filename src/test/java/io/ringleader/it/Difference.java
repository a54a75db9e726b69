package io.ringleader.it;

import io.ringleader.it.Script.Packet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What is different from memcached on purpose. Each stands with its reason in docs/compatibility.md under the name it has
 * here.
 */
enum Difference {
    NO_EVICTION("no-eviction"),
    REFUSED_SET_CHANGES_NOTHING("refused-set-changes-nothing"),
    ITEM_LIMIT_IS_OF_THE_VALUE("item-limit-is-of-the-value"),
    LONG_KEY_IN_GET("long-key-in-get"),
    GET_LINE_HAS_AN_END("get-line-has-an-end"),
    /** Memcached reads on, in what an earlier item has left behind the value. */
    WHITE_SPACE_IS_NO_NUMBER("white-space-is-no-number"),
    /** In memcached an item that waits to be sent is not changed in place, and so is not padded. */
    PADDING_DOES_NOT_DEPEND_ON_THE_PIPELINE("padding-does-not-depend-on-the-pipeline"),
    /** In memcached a later {@code flush_all} with a delay brings back what an earlier one without has hidden. */
    WHAT_IS_FLUSHED_STAYS_SO("what-is-flushed-stays-so"),
    LONG_STORAGE_LINE("long-storage-line");

    private static final Pattern ARITHMETIC = Pattern.compile("incr|decr|ma ");
    private static final Pattern RETRIEVAL = Pattern.compile("get|gat|mg ");

    final String documentedName;

    Difference(String documentedName) {
        this.documentedName = documentedName;
    }

    /** Whether {@link #PADDING_DOES_NOT_DEPEND_ON_THE_PIPELINE} asks for a packet to end before this command. */
    static boolean endsPacket(List<String> commands, String next) {
        return ARITHMETIC.matcher(next.replace("\\|", "")).find()
                && commands.stream()
                        .anyMatch(command ->
                                RETRIEVAL.matcher(command.replace("\\|", "")).find());
    }

    /** {@link #LONG_KEY_IN_GET}: memcached adds an empty line to its error. */
    static List<Answer> withoutStrayLines(Packet packet, List<Answer> answers) {
        return answers.stream().filter(answer -> !answer.line().isEmpty()).toList();
    }
}
