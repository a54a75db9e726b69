package io.ringleader.trace;

import java.io.IOException;
import java.lang.reflect.RecordComponent;

/**
 * Writes a trace: a line that says what it is, and a line for each event. All of it is printable ASCII, whatever the bytes of
 * clients; see docs/formats.md. Stateless but for where it writes to; one thread.
 */
public final class TraceWriter {
    static final String FIRST_LINE = "ringleader-trace 1";
    private static final int TIME_WIDTH = 14;

    private TraceWriter() {}

    public static void write(Iterable<TraceEvent> events, Appendable out) throws IOException {
        out.append(FIRST_LINE).append('\n');
        for (TraceEvent event : events) {
            out.append(line(event)).append('\n');
        }
    }

    /** The line of one event, without its line feed. */
    public static String line(TraceEvent event) {
        StringBuilder line = new StringBuilder(160);
        String time = Long.toString(event.atNanos());
        line.append(" ".repeat(Math.max(0, TIME_WIDTH - time.length()))).append(time);
        EventShape shape = EventShape.of(event);
        line.append(' ').append(shape.word());
        for (RecordComponent field : shape.fields()) {
            line.append(' ').append(field.getName()).append('=');
            Object value = shape.value(event, field);
            if (value instanceof String text) {
                quote(text, line);
            } else if (value instanceof Enum<?> constant) {
                line.append(EventShape.wordOf(constant));
            } else {
                line.append(value);
            }
        }
        return line.toString();
    }

    private static void quote(String text, StringBuilder line) {
        line.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> line.append("\\\"");
                case '\\' -> line.append("\\\\");
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (c >= ' ' && c <= '~') {
                        line.append(c);
                    } else {
                        line.append(String.format("\\u%04x", (int) c));
                    }
                }
            }
        }
        line.append('"');
    }
}
