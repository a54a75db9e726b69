package io.ringleader.it;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Compares the answers of the reference with ours, over one script. They are to be equal but for CAS ids, of which equality
 * and order are to agree for each key; for seconds that have passed or are left, which may differ by the time between the two;
 * and for what tells of memcached's memory.
 */
final class AnswerComparison {
    private static final Pattern META_STATUS = Pattern.compile("HD|VA|EN|NF|NS|EX");
    private static final Pattern NUMBER = Pattern.compile("-?\\d+");
    private static final Pattern YES_NO = Pattern.compile("yes|no");
    private static final long SECONDS_APART_MAX = 2;
    private static final String VERSION_LINE = "bin 0b status=0 ";
    private static final Pattern VERSION = Pattern.compile(".*\\d+\\.\\d+\\.\\d+");

    private record CasPair(long reference, long ours) {}

    private final Map<String, List<CasPair>> casByKey = new HashMap<>();
    private final boolean hintsAgree;

    /** @param hintsAgree whether the node that answers has seen every access; else when and whether there was one is not compared */
    AnswerComparison(boolean hintsAgree) {
        this.hintsAgree = hintsAgree;
    }

    /** What is wrong, if anything. */
    Optional<String> compare(List<Answer> reference, List<Answer> ours) {
        int both = Math.min(reference.size(), ours.size());
        for (int i = 0; i < both; i++) {
            Optional<String> wrong = compare(reference.get(i), ours.get(i));
            if (wrong.isPresent()) {
                return Optional.of("answer " + (i + 1) + ": " + wrong.get());
            }
        }
        return reference.size() == ours.size()
                ? Optional.empty()
                : Optional.of("memcached has " + reference.size() + " answers, Ringleader " + ours.size());
    }

    private Optional<String> compare(Answer reference, Answer ours) {
        String[] expected = Difference.withPlainKey(reference.words());
        String[] actual = Difference.withPlainKey(ours.words());
        boolean same = expected.length == actual.length && dataAgree(reference, ours);
        String key = expected[0].equals(Answer.BINARY) ? reference.binaryKey() : key(actual);
        for (int i = 0; i < expected.length && same; i++) {
            same = wordsAgree(expected, i, actual[i], key);
        }
        return same
                ? Optional.empty()
                : Optional.of(
                        "memcached " + reference + ", Ringleader " + ours + ", CAS ids before " + casByKey.get(key));
    }

    private static boolean dataAgree(Answer reference, Answer ours) {
        if (reference.line().startsWith(VERSION_LINE)) {
            return VERSION.matcher(reference.data()).matches()
                    && VERSION.matcher(ours.data()).matches();
        }
        return Objects.equals(reference.data(), ours.data());
    }

    /** The key an answer tells of, or an empty text. */
    private static String key(String[] words) {
        if ((words[0].equals("VALUE") || words[0].equals("ME")) && words.length > 1) {
            return words[1];
        }
        for (int i = 1; i < words.length && META_STATUS.matcher(words[0]).matches(); i++) {
            if (words[i].startsWith("k")) {
                return words[i].substring(1);
            }
        }
        return "";
    }

    private boolean wordsAgree(String[] expected, int at, String actual, String key) {
        String word = expected[at];
        if (expected[0].equals("VALUE") && at == 4) {
            return casAgree(key, word, actual);
        }
        if (expected[0].equals(Answer.BINARY) && word.startsWith("cas=") && actual.startsWith("cas=")) {
            return casAgree(key, word.substring(4), actual.substring(4));
        }
        if (expected[0].equals("ME") && at >= 1) {
            return at == 1 ? Difference.areTextsOfOneKey(word, actual) : fieldsAgree(word, actual, key);
        }
        boolean isFlag = META_STATUS.matcher(expected[0]).matches() && at >= (expected[0].equals("VA") ? 2 : 1);
        if (!isFlag || word.isEmpty() || actual.isEmpty() || word.charAt(0) != actual.charAt(0)) {
            return word.equals(actual);
        }
        return switch (word.charAt(0)) {
            case 'c' -> casAgree(key, word.substring(1), actual.substring(1));
            case 't' -> secondsAgree(word.substring(1), actual.substring(1));
            case 'l' -> hintIsThere(actual.substring(1)) || secondsAgree(word.substring(1), actual.substring(1));
            case 'h' -> hintIsThere(actual.substring(1)) || word.equals(actual);
            default -> word.equals(actual);
        };
    }

    /** For the fields of {@code me}. */
    private boolean fieldsAgree(String expected, String actual, String key) {
        int length = expected.indexOf('=') + 1;
        if (length == 0 || !actual.startsWith(expected.substring(0, length))) {
            return false;
        }
        String value = actual.substring(length);
        return switch (expected.substring(0, length)) {
            case "cas=" -> casAgree(key, expected.substring(length), value);
            // memcached shows as a negative number what does not fit into 31 bits
            case "exp=" ->
                secondsAgree(expected.substring(length), value)
                        || secondsAgree(expected.substring(length), signed(value));
            case "la=" -> hintIsThere(value) || secondsAgree(expected.substring(length), value);
            case "fetch=" -> (!hintsAgree && YES_NO.matcher(value).matches()) || expected.equals(actual);
            // places in memcached's memory
            case "cls=", "size=" -> NUMBER.matcher(value).matches();
            default -> expected.equals(actual);
        };
    }

    private boolean hintIsThere(String hint) {
        return !hintsAgree && NUMBER.matcher(hint).matches();
    }

    private static String signed(String number) {
        return NUMBER.matcher(number).matches() ? Integer.toString((int) Long.parseLong(number)) : number;
    }

    private static boolean secondsAgree(String expected, String actual) {
        if (!NUMBER.matcher(expected).matches() || !NUMBER.matcher(actual).matches()) {
            return expected.equals(actual);
        }
        if (expected.equals("-1") || actual.equals("-1")) {
            return expected.equals(actual);
        }
        long seconds = Long.parseLong(expected);
        // one that has passed is shown by memcached as an unsigned number of 32 bits
        int left = (int) seconds;
        return Math.abs(seconds - Long.parseLong(actual)) <= SECONDS_APART_MAX
                || Math.abs(left - Long.parseLong(actual)) <= SECONDS_APART_MAX
                || (left < 0 && actual.equals("0"));
    }

    private boolean casAgree(String key, String expected, String actual) {
        CasPair pair;
        try {
            pair = new CasPair(Long.parseUnsignedLong(expected), Long.parseUnsignedLong(actual));
        } catch (NumberFormatException e) {
            return false;
        }
        if (pair.reference == 0 || pair.ours == 0) {
            return pair.reference == pair.ours;
        }
        if (key.isEmpty()) {
            return true;
        }
        List<CasPair> earlier = casByKey.computeIfAbsent(key, k -> new ArrayList<>());
        boolean agree = earlier.stream()
                .allMatch(other -> Integer.signum(Long.compareUnsigned(other.reference, pair.reference))
                        == Integer.signum(Long.compareUnsigned(other.ours, pair.ours)));
        earlier.add(pair);
        return agree;
    }
}
