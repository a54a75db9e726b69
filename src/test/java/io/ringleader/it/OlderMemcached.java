package io.ringleader.it;

import io.ringleader.it.Script.Packet;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Where memcached 1.6.18, which Debian 12 has, differs from current memcached, and so from Ringleader. What touches one of
 * these points is left out of random scripts when the reference is not current; of 1.6.18 each point is also checked by
 * itself.
 */
enum OlderMemcached {
    LEADING_SPACE(
            "a leading space is skipped",
            " get none\\r\\n",
            List.of("END"),
            List.of("ERROR"),
            command -> command.line.startsWith(" ")),
    NUL(
            "NUL cuts the line",
            "get \\0 none\\r\\n",
            List.of("ERROR"),
            List.of("END"),
            command -> command.line.contains("\0")),
    TOO_FEW_WORDS(
            "ERROR also for a known command with too few words",
            "touch a\\r\\n",
            List.of("ERROR"),
            List.of("CLIENT_ERROR bad command line format"),
            Command::hasTooFewWords),
    SHORT_LINE(
            "ERROR for a line shorter than two characters",
            "\\r\\n",
            List.of("ERROR"),
            List.of("CLIENT_ERROR bad command line format"),
            Command::hasShortLine),
    NOT_SWALLOWED(
            "a value is swallowed only for \"too large\"",
            "set a x 0 5\\r\\nhello\\r\\n",
            List.of("CLIENT_ERROR bad command line format", "ERROR"),
            List.of("CLIENT_ERROR bad command line format"),
            command -> (command.isStorage() && !command.isGoodStorage())
                    || (command.words[0].equals("ms") && command.words.length > 1 && command.words[1].length() > 250)),
    GAT_WITHOUT_KEY(
            "gat without a key answers END",
            "gat 1\\r\\n",
            List.of("END"),
            List.of("CLIENT_ERROR bad command line format"),
            command -> command.words[0].startsWith("gat") && command.words.length < 3),
    DELETE_WORDS(
            "delete takes no further words but 0",
            "delete none 5\\r\\n",
            List.of("CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]"),
            List.of("NOT_FOUND"),
            command -> command.words[0].equals("delete") && command.words.length > 2),
    LONE_MINUS(
            "a lone minus is no number",
            "touch none -\\r\\n",
            List.of("CLIENT_ERROR invalid exptime argument"),
            List.of("NOT_FOUND"),
            command -> Arrays.asList(command.words).contains("-")),
    LONG_EXPTIME(
            "touch, gat and flush_all take an exptime of 64 bits",
            "touch none 2147483648\\r\\n",
            List.of("NOT_FOUND"),
            List.of("CLIENT_ERROR invalid exptime argument"),
            command -> command.words[0].matches("touch|gats?|flush_all")
                    && Arrays.stream(command.words)
                            .anyMatch(word -> word.matches("-?\\d{10,}") && !word.equals("2147483647"))),
    PLUS(
            "a delta may have a plus",
            "incr none +1\\r\\n",
            List.of("NOT_FOUND"),
            List.of("CLIENT_ERROR invalid numeric delta argument"),
            command -> Arrays.stream(command.words).anyMatch(word -> word.startsWith("+"))),
    TOO_MANY_WORDS(
            "ERROR for a command with too many words",
            "replace none 0 0 1 x get\\r\\nx\\r\\n",
            List.of("ERROR", "ERROR"),
            List.of("NOT_STORED"),
            Command::hasTooManyWords),
    UNKNOWN_WITH_NOREPLY(
            "an unknown command is answered even with noreply",
            "nonsense noreply\\r\\n",
            List.of("ERROR"),
            List.of(),
            Command::isUnknownWithNoreply),
    NOREPLY_AS_ARGUMENT(
            "noreply in the place of an argument is that argument",
            "delete noreply\\r\\n",
            List.of("NOT_FOUND"),
            List.of(),
            Command::hasNoreplyAsArgument),
    META_NEWER_FLAGS(
            "meta commands have no flags E and x",
            "mg none E7\\r\\n",
            List.of("CLIENT_ERROR invalid flag"),
            List.of("EN"),
            command -> command.hasFlag("[Ex].*")),
    META_SIZE(
            "ms has no flag s",
            "ms none 2 MR s\\r\\nhi\\r\\n",
            List.of("NS"),
            List.of("NS s2"),
            command -> command.words[0].equals("ms") && command.hasFlag("s.*")),
    META_MODE(
            "a mode is exactly one letter",
            "mg none MIncr\\r\\n",
            List.of("CLIENT_ERROR incorrect length for M token"),
            List.of("EN"),
            command -> command.hasFlag("M|M..+")),
    META_NO_FLAG(
            "what cannot begin a flag is an invalid or duplicate one",
            "mg none !\\r\\n",
            List.of("CLIENT_ERROR invalid flag"),
            List.of("CLIENT_ERROR bad command line format"),
            command -> command.hasFlag("[^0-9A-z].*")),
    META_NUMBERS(
            "exptimes in flags have 64 bits and may have a plus, client flags are cut to 32",
            "mg none T2147483648\\r\\n",
            List.of("EN"),
            List.of("CLIENT_ERROR bad token in command line format"),
            command -> command.hasFlag("[TNR](?!2147483647\\z)(\\+.*|-|-?\\d{10,})|F(?!4294967295\\z)\\d{10,}")),
    META_DELETE_ERRORS(
            "md has one error for everything that is wrong with its flags",
            "md none Tx\\r\\n",
            List.of("CLIENT_ERROR invalid or duplicate flag"),
            List.of("CLIENT_ERROR bad token in command line format"),
            command -> command.words[0].equals("md") && command.hasWrongFlag()),
    META_VIVIFY(
            "ms in the modes append and prepend makes no item",
            "ms none 2 MA N-1\\r\\nhi\\r\\n",
            List.of("NS"),
            List.of("HD"),
            command -> command.words[0].equals("ms") && command.hasFlag("N.*") && command.hasFlag("M[AP]")),
    META_QUIET_VIVIFY(
            "ma that makes its item is answered even if it is quiet",
            "ma none q N-1\\r\\n",
            List.of("HD"),
            List.of(),
            command -> command.words[0].equals("ma") && command.hasFlag("q.*") && command.hasFlag("N.*")),
    META_ARITHMETIC_LONG_KEY(
            "ma with a key that is too long has a bad format",
            "ma " + "k".repeat(251) + "\\r\\n",
            List.of("CLIENT_ERROR bad command line format"),
            List.of("CLIENT_ERROR invalid or duplicate flag"),
            command -> command.words[0].equals("ma") && command.words.length > 1 && command.words[1].length() > 250),
    VERBOSITY_ALONE(
            "verbosity without an argument answers ERROR",
            "verbosity\\r\\n",
            List.of("ERROR"),
            List.of("CLIENT_ERROR bad command line format"),
            command -> command.words[0].equals("verbosity"));

    /** The version this table is about. */
    static final String VERSION = "1.6.18";

    final String wording;
    final String example;
    final List<String> older;
    final List<String> current;
    private final Predicate<Command> touched;

    OlderMemcached(
            String wording, String example, List<String> older, List<String> current, Predicate<Command> touched) {
        this.wording = wording;
        this.example = example;
        this.older = older;
        this.current = current;
        this.touched = touched;
    }

    /** Leaves out all that an older memcached answers in another way. */
    static Script without(Script script) {
        List<Packet> packets = new ArrayList<>();
        for (Packet packet : script.packets()) {
            List<String> commands = packet.commands().stream()
                    .map(Command::of)
                    .filter(command -> !command.hasNegatedTime()
                            && !command.isComparingGet()
                            && Arrays.stream(values()).noneMatch(point -> point.touched.test(command)))
                    .map(Command::notation)
                    .toList();
            if (!commands.isEmpty()) {
                packets.add(new Packet(commands, packet.ending()));
            }
        }
        return new Script(packets);
    }

    /** The first line of a command, and what comes behind it. */
    private record Command(String line, String[] words, String data, boolean shortLine, String notation) {
        private static final int STORAGE_WORDS = 5;
        /** With its end. */
        private static final int LINE_BYTES_MIN = 4;

        static Command of(String notation) {
            StringBuilder text = new StringBuilder();
            for (byte[] part : Script.parts(notation, key -> "1")) {
                text.append(new String(part, StandardCharsets.ISO_8859_1));
            }
            int end = text.indexOf("\n");
            String line = end < 0 ? text.toString() : text.substring(0, end).replaceFirst("\r\\z", "");
            return new Command(
                    line,
                    line.replaceAll("^ +| +\\z", "").split(" +"),
                    end < 0 ? "" : text.substring(end + 1),
                    end < LINE_BYTES_MIN - 1,
                    notation);
        }

        /** The time left that 1.6.18 shows in {@code me} is negative. That is no point of the table: no answer is always the same. */
        boolean hasNegatedTime() {
            return words[0].equals("me");
        }

        /** 1.6.18 does not compare. That is no point of the table: there would have to be an item with a known CAS id. */
        boolean isComparingGet() {
            return words[0].equals("mg") && hasFlag("C.*") && hasFlag("v.*");
        }

        boolean isStorage() {
            return words[0].matches("set|add|replace|append|prepend|cas");
        }

        private boolean isMeta() {
            return words[0].matches("m[gsda]");
        }

        /** One whose value is read. */
        private boolean isMetaSet() {
            return words[0].equals("ms") && words.length > 2 && words[2].matches("\\d{1,9}");
        }

        private List<String> flags() {
            int first = words[0].equals("ms") ? 3 : 2;
            return isMeta() && words.length > first ? Arrays.asList(words).subList(first, words.length) : List.of();
        }

        boolean hasFlag(String pattern) {
            return flags().stream().anyMatch(flag -> flag.matches(pattern));
        }

        /** Unknown, twice, or with a token that is none. */
        boolean hasWrongFlag() {
            long letters =
                    flags().stream().map(flag -> flag.charAt(0)).distinct().count();
            return letters < flags().size()
                    || hasFlag(
                            "(?![bkvqtcsfhluIMOPLTNRCFJD]).*|[TNR](?!-?\\d+\\z).*|[CFJD](?!\\d+\\z).*|C18446744073709551616")
                    || (hasFlag("b.*")
                            && !words[1].matches("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"));
        }

        boolean hasTooFewWords() {
            return switch (words[0]) {
                case "mg", "ms", "md", "ma" -> words.length < 2;
                case "get", "gets", "gat", "gats", "delete" -> words.length < 2;
                case "incr", "decr", "touch" -> words.length < 3;
                case "set", "add", "replace", "append", "prepend" -> words.length < STORAGE_WORDS;
                case "cas" -> words.length < STORAGE_WORDS + 1;
                default -> false;
            };
        }

        boolean isUnknownWithNoreply() {
            return words[words.length - 1].equals("noreply")
                    && !isStorage()
                    && !words[0].matches(
                            "m[gsdnae]|gets?|gats?|delete|incr|decr|touch|flush_all|verbosity|stats|version|quit");
        }

        boolean hasTooManyWords() {
            return switch (words[0]) {
                case "set", "add", "replace", "append", "prepend" -> words.length > STORAGE_WORDS + 1;
                case "cas" -> words.length > STORAGE_WORDS + 2;
                case "incr", "decr", "touch" -> words.length > 4;
                case "verbosity", "flush_all" -> words.length > 3;
                default -> false;
            };
        }

        boolean hasNoreplyAsArgument() {
            int words = words().length;
            return words()[words - 1].equals("noreply")
                    && (words()[0].equals("delete") ? words == 2 : words()[0].matches("incr|decr|touch") && words == 3);
        }

        /** Also one that begins as the value of a command that takes none. */
        boolean hasShortLine() {
            Stream<String> more = isStorage() || isMetaSet() ? Stream.of(surplus()) : data.lines();
            return shortLine || more.anyMatch(text -> text.length() < 2);
        }

        boolean isGoodStorage() {
            boolean cas = words[0].equals("cas");
            return words.length >= STORAGE_WORDS + (cas ? 1 : 0)
                    && words[1].length() <= 250
                    && words[2].matches("\\d{1,10}")
                    && words[3].matches("-?\\d{1,10}")
                    && words[4].matches("\\d{1,9}")
                    && (!cas || words[5].matches("\\d{1,19}"));
        }

        /** The line that follows the value and its line end. Empty if too little has come: what is left of the next line may be. */
        String surplus() {
            if (!isMetaSet() && !isGoodStorage()) {
                return "none";
            }
            int bytes = Integer.parseInt(words[isMetaSet() ? 2 : 4]) + 2;
            if (data.length() == bytes) {
                return "none";
            }
            if (data.length() < bytes) {
                return "";
            }
            String rest = data.substring(bytes);
            int end = rest.indexOf('\n');
            return end < 0 ? rest : rest.substring(0, end).replaceFirst("\r\\z", "");
        }
    }
}
