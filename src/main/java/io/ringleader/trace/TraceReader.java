package io.ringleader.trace;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads what {@link TraceWriter} has written, and nothing else: every field of a line must be there, in its order. */
public final class TraceReader {
    private static final int SHOWN_CHARS = 80;

    private TraceReader() {}

    /** @throws TraceFormatException naming the first line that is wrong */
    public static List<TraceEvent> read(Reader text) throws IOException, TraceFormatException {
        BufferedReader lines = new BufferedReader(text);
        String first = lines.readLine();
        if (!TraceWriter.FIRST_LINE.equals(first)) {
            throw new TraceFormatException(
                    1,
                    "it must be \"" + TraceWriter.FIRST_LINE + "\" and is "
                            + (first == null ? "missing." : "\"" + shown(first) + "\"."));
        }
        List<TraceEvent> events = new ArrayList<>();
        int number = 1;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            events.add(new Line(line, number).event());
        }
        return events;
    }

    private static String shown(String text) {
        return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "...";
    }

    /** A line and how far it was read. */
    private static final class Line {
        private final String text;
        private final int number;
        private int at;

        Line(String text, int number) {
            this.text = text;
            this.number = number;
        }

        TraceEvent event() throws TraceFormatException {
            while (at < text.length() && text.charAt(at) == ' ') {
                at++;
            }
            List<Object> arguments = new ArrayList<>();
            arguments.add(number("the time", word(), Long.MIN_VALUE, Long.MAX_VALUE));
            space();
            String word = word();
            EventShape shape = EventShape.ofWord(word);
            if (shape == null) {
                throw wrong("no event is called \"" + shown(word) + "\"; known are " + EventShape.words() + ".");
            }
            for (RecordComponent field : shape.fields()) {
                space();
                String start = field.getName() + "=";
                if (!text.startsWith(start, at)) {
                    throw wrong("\"" + start + "\" is expected at column " + (at + 1) + ", there is \""
                            + shown(text.substring(at)) + "\".");
                }
                at += start.length();
                arguments.add(value(field));
            }
            if (at != text.length()) {
                throw wrong("after the last field there is \"" + shown(text.substring(at)) + "\".");
            }
            return shape.make(arguments);
        }

        private Object value(RecordComponent field) throws TraceFormatException {
            Class<?> type = field.getType();
            String name = field.getName();
            if (type == String.class) {
                return quoted(name);
            }
            String word = word();
            if (type == long.class) {
                return number(name, word, Long.MIN_VALUE, Long.MAX_VALUE);
            }
            if (type == int.class) {
                return (int) number(name, word, Integer.MIN_VALUE, Integer.MAX_VALUE);
            }
            if (type == boolean.class) {
                if (!word.equals("true") && !word.equals("false")) {
                    throw wrong(name + " must be true or false and is \"" + shown(word) + "\".");
                }
                return word.equals("true");
            }
            for (Object constant : type.getEnumConstants()) {
                if (EventShape.wordOf((Enum<?>) constant).equals(word)) {
                    return constant;
                }
            }
            String known = Stream.of(type.getEnumConstants())
                    .map(constant -> EventShape.wordOf((Enum<?>) constant))
                    .collect(Collectors.joining(", "));
            throw wrong(name + " must be one of " + known + " and is \"" + shown(word) + "\".");
        }

        private long number(String name, String word, long min, long max) throws TraceFormatException {
            try {
                long number = Long.parseLong(word);
                if (number >= min && number <= max) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // told below, with the name of the field
            }
            throw wrong(name + " must be a number from " + min + " to " + max + " and is \"" + shown(word) + "\".");
        }

        private String word() {
            int start = at;
            while (at < text.length() && text.charAt(at) != ' ') {
                at++;
            }
            return text.substring(start, at);
        }

        private void space() throws TraceFormatException {
            if (at >= text.length() || text.charAt(at) != ' ') {
                throw wrong("it ends too early.");
            }
            at++;
        }

        private String quoted(String name) throws TraceFormatException {
            StringBuilder value = new StringBuilder();
            if (next(name) != '"') {
                throw wrong(name + " must be in double quotes.");
            }
            for (char c = next(name); c != '"'; c = next(name)) {
                value.append(c == '\\' ? escaped(name) : c);
            }
            return value.toString();
        }

        private char escaped(String name) throws TraceFormatException {
            char c = next(name);
            switch (c) {
                case '"', '\\':
                    return c;
                case 'n':
                    return '\n';
                case 'r':
                    return '\r';
                case 't':
                    return '\t';
                case 'u':
                    int code = 0;
                    for (int i = 0; i < 4; i++) {
                        int digit = Character.digit(next(name), 16);
                        if (digit < 0) {
                            throw wrong("after \\u in " + name + " there must be four hexadecimal digits.");
                        }
                        code = code << 4 | digit;
                    }
                    return (char) code;
                default:
                    throw wrong("\\" + c + " in " + name + " means nothing.");
            }
        }

        private char next(String name) throws TraceFormatException {
            if (at >= text.length()) {
                throw wrong("the text of " + name + " does not end.");
            }
            return text.charAt(at++);
        }

        private TraceFormatException wrong(String problem) {
            return new TraceFormatException(number, problem);
        }
    }
}
