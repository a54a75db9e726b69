package io.ringleader.it;

import io.ringleader.it.Script.Ending;
import io.ringleader.it.Script.Packet;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
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
    LONG_STORAGE_LINE("long-storage-line"),
    KEY_TEXT_IS_THAT_OF_THE_REQUEST("key-text-is-that-of-the-request"),
    REFUSAL_DOES_NOT_CLOSE("refusal-does-not-close"),
    /** Memcached keeps the id of a refused {@code ms}, and of a binary connection, for the next store. */
    CAS_IDS_GROW("cas-ids-grow");

    private static final Pattern ARITHMETIC = Pattern.compile("incr|decr|ma |op=[01][56]");
    private static final Pattern RETRIEVAL = Pattern.compile("get|gat|mg |op=(0[09cd]|1[cde]|2[34])");
    private static final Pattern META_STATUS = Pattern.compile("HD|VA|EN|NF|NS|EX");
    private static final Base64.Decoder BASE64 = Base64.getDecoder();

    final String documentedName;

    Difference(String documentedName) {
        this.documentedName = documentedName;
    }

    /**
     * Whether {@link #PADDING_DOES_NOT_DEPEND_ON_THE_PIPELINE} or {@link #CAS_IDS_GROW} asks for a packet to end before this
     * command.
     */
    static boolean endsPacket(List<String> commands, String next) {
        if (!commands.isEmpty() && hasBadData(commands.get(commands.size() - 1))) {
            return true;
        }
        return ARITHMETIC.matcher(next.replace("\\|", "")).find()
                && commands.stream()
                        .anyMatch(command ->
                                RETRIEVAL.matcher(command.replace("\\|", "")).find());
    }

    /** Whether this is an {@code ms} whose value is not as long as it says. */
    private static boolean hasBadData(String command) {
        if (!command.replace("\\|", "").startsWith("ms ")) {
            return false;
        }
        StringBuilder text = new StringBuilder();
        for (byte[] part : Script.parts(command, key -> "1")) {
            text.append(new String(part, StandardCharsets.ISO_8859_1));
        }
        String[] lineAndData = text.toString().split("\n", 2);
        String[] words = lineAndData[0].trim().split(" +");
        return words.length > 2
                && words[2].matches("\\d{1,9}")
                && !(lineAndData[1].length() == Integer.parseInt(words[2]) + 2 && lineAndData[1].endsWith("\r\n"));
    }

    /** {@link #LONG_KEY_IN_GET}: memcached adds an empty line to its error. */
    static List<Answer> withoutStrayLines(List<Answer> answers) {
        return answers.stream().filter(answer -> !answer.line().isEmpty()).toList();
    }

    /**
     * {@link #KEY_TEXT_IS_THAT_OF_THE_REQUEST}: of an answer to a meta command, a key in base64 and the {@code b} behind it become
     * the key itself, so that it does not matter which of the two is shown.
     */
    static String[] withPlainKey(String[] words) {
        for (int i = 1; i + 1 < words.length && META_STATUS.matcher(words[0]).matches(); i++) {
            if (words[i].startsWith("k") && words[i + 1].equals("b")) {
                List<String> plain = new ArrayList<>(List.of(words));
                plain.remove(i + 1);
                byte[] key = BASE64.decode(words[i].substring(1));
                plain.set(i, "k" + new String(key, StandardCharsets.ISO_8859_1));
                return plain.toArray(String[]::new);
            }
        }
        return words;
    }

    /** {@link #KEY_TEXT_IS_THAT_OF_THE_REQUEST}, of the answers to {@code me}, where nothing tells base64 from the key itself. */
    static boolean areTextsOfOneKey(String reference, String ours) {
        if (reference.equals(ours)) {
            return true;
        }
        try {
            return new String(BASE64.decode(reference), StandardCharsets.ISO_8859_1).equals(ours);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** {@link #REFUSAL_DOES_NOT_CLOSE}: what memcached answers, without its closing. */
    static List<Answer> withoutClosing(Packet packet, List<Answer> answers) {
        int last = answers.size() - 1;
        return packet.ending() == Ending.REFUSED
                        && last >= 0
                        && answers.get(last).equals(Answer.CLOSED)
                ? answers.subList(0, last)
                : answers;
    }
}
