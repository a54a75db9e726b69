package io.ringleader.linearizability;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads EDN, form by form, see {@link Edn}. A tag is dropped and what is tagged is read: so records that Clojure has printed,
 * like {@code #jepsen.history.Op{...}}, are maps. Owned by one thread.
 */
final class EdnReader {
    /** Deeper nesting is refused, since reading it would take a deep stack. */
    static final int MAX_DEPTH = 100;

    private final String text;
    private int at;
    private int depth;

    EdnReader(String text) {
        this.text = text;
    }

    /** Whether another form follows. */
    boolean hasNext() {
        skipBlank();
        return at < text.length();
    }

    /** @throws EdnException if what follows is not a whole form */
    Object next() {
        skipBlank();
        if (at == text.length()) {
            throw error(at, "the text ends where a form was expected.");
        }
        int start = at;
        char c = text.charAt(at);
        switch (c) {
            case '(', '[', '{' -> {
                at++;
                return c == '{' ? map(start) : forms(start, c == '(' ? ')' : ']');
            }
            case '"' -> {
                at++;
                return string(start);
            }
            case '#' -> {
                at++;
                return dispatch(start);
            }
            case ')', ']', '}' -> throw error(at, "'" + c + "' closes nothing.");
            case '\\' -> throw error(at, "characters are not used in histories.");
            default -> {
                return atom(start);
            }
        }
    }

    /** The place of the next form, for errors that are about its meaning. */
    int position() {
        skipBlank();
        return at;
    }

    EdnException error(int position, String problem) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < position; i++) {
            if (text.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new EdnException(line, position - lineStart + 1, problem);
    }

    private void skipBlank() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == ';') {
                while (at < text.length() && text.charAt(at) != '\n') {
                    at++;
                }
            } else if (c == '#' && at + 1 < text.length() && text.charAt(at + 1) == '_') {
                at += 2;
                enter(at);
                next();
                depth--;
            } else if (isBlank(c)) {
                at++;
            } else {
                return;
            }
        }
    }

    private Object dispatch(int start) {
        if (at < text.length() && text.charAt(at) == '{') {
            at++;
            return set(start);
        }
        if (at < text.length() && text.charAt(at) == '#') {
            at++;
            return symbolicNumber(start);
        }
        if (at == text.length() || !Character.isLetter(text.charAt(at))) {
            throw error(start, "'#' is not followed by a set, a tag or a discarded form.");
        }
        token();
        enter(start);
        Object tagged = next();
        depth--;
        return tagged;
    }

    private Object symbolicNumber(int start) {
        String name = token();
        return switch (name) {
            case "Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            case "NaN" -> Double.NaN;
            default -> throw error(start, "there is no number ##" + name + ".");
        };
    }

    private List<Object> forms(int start, char end) {
        enter(start);
        // Not List.of: nil is a form.
        List<Object> forms = new ArrayList<>();
        while (true) {
            skipBlank();
            if (at == text.length()) {
                throw error(start, "what is opened here is never closed with '" + end + "'.");
            }
            if (text.charAt(at) == end) {
                at++;
                depth--;
                return forms;
            }
            forms.add(next());
        }
    }

    private Map<Object, Object> map(int start) {
        List<Object> forms = forms(start, '}');
        if (forms.size() % 2 != 0) {
            throw error(start, "a map has as many values as keys, but this one has " + forms.size() + " forms.");
        }
        Map<Object, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < forms.size(); i += 2) {
            if (map.containsKey(forms.get(i))) {
                throw error(start, "the map has the key " + forms.get(i) + " twice.");
            }
            map.put(forms.get(i), forms.get(i + 1));
        }
        return map;
    }

    private Set<Object> set(int start) {
        List<Object> forms = forms(start, '}');
        Set<Object> set = new LinkedHashSet<>(forms);
        if (set.size() != forms.size()) {
            throw error(start, "the set has an element twice.");
        }
        return set;
    }

    private void enter(int start) {
        if (++depth > MAX_DEPTH) {
            throw error(start, "forms are nested more than " + MAX_DEPTH + " deep.");
        }
    }

    private String string(int start) {
        StringBuilder string = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return string.toString();
            }
            string.append(c == '\\' ? escaped() : c);
        }
        throw error(start, "the string that begins here is never closed.");
    }

    private char escaped() {
        int start = at - 1;
        char c = at < text.length() ? text.charAt(at++) : 0;
        switch (c) {
            case 't':
                return '\t';
            case 'r':
                return '\r';
            case 'n':
                return '\n';
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case '\\', '"':
                return c;
            case 'u':
                String hex = text.substring(at, Math.min(text.length(), at + 4));
                if (!hex.matches("[0-9a-fA-F]{4}")) {
                    throw error(start, "\\u is not followed by four hexadecimal digits.");
                }
                at += 4;
                return (char) Integer.parseInt(hex, 16);
            default:
                throw error(start, "there is no escape of that kind in a string.");
        }
    }

    private Object atom(int start) {
        String token = token();
        switch (token) {
            case "nil":
                return null;
            case "true":
                return true;
            case "false":
                return false;
            default:
                break;
        }
        if (token.startsWith(":")) {
            if (token.length() == 1 || token.startsWith("::")) {
                throw error(start, "a keyword has no name.");
            }
            return new Edn.Keyword(token.substring(1));
        }
        if (token.matches("[-+]?[0-9].*")) {
            return number(start, token);
        }
        return new Edn.Symbol(token);
    }

    private Object number(int start, String token) {
        if (token.matches("[-+]?[0-9]+N?")) {
            BigInteger integer = new BigInteger(token.replace("N", ""));
            return integer.bitLength() < Long.SIZE ? (Object) integer.longValue() : integer;
        }
        if (token.matches("[-+]?[0-9]+(\\.[0-9]*)?([eE][-+]?[0-9]+)?M?")) {
            return Double.valueOf(token.replace("M", ""));
        }
        throw error(start, "'" + token + "' is not a number.");
    }

    /** Everything up to what ends a token. */
    private String token() {
        int start = at;
        while (at < text.length() && !isBlank(text.charAt(at)) && "()[]{}\";".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(start, at);
    }

    private static boolean isBlank(char c) {
        return c == ',' || Character.isWhitespace(c);
    }
}
