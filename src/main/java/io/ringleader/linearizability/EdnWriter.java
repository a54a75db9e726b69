package io.ringleader.linearizability;

import java.util.List;
import java.util.Map;

/** Writes the part of EDN that histories are made of, in ASCII and without line feeds. Stateless. */
public final class EdnWriter {
    private EdnWriter() {}

    /** @param form what {@link Edn} describes */
    public static void write(StringBuilder out, Object form) {
        if (form instanceof String string) {
            writeString(out, string);
        } else if (form instanceof List<?> list) {
            out.append('[');
            String separator = "";
            for (Object element : list) {
                write(out.append(separator), element);
                separator = " ";
            }
            out.append(']');
        } else if (form instanceof Map<?, ?> map) {
            out.append('{');
            String separator = "";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                write(out.append(separator), entry.getKey());
                write(out.append(' '), entry.getValue());
                separator = ", ";
            }
            out.append('}');
        } else if (form == null) {
            out.append("nil");
        } else {
            out.append(form);
        }
    }

    private static void writeString(StringBuilder out, String string) {
        out.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c >= ' ' && c < 0x7f) {
                out.append(c);
            } else {
                out.append(String.format("\\u%04x", (int) c));
            }
        }
        out.append('"');
    }
}
