package io.ringleader.config;

import io.ringleader.config.ConfigFile.BadValueException;
import java.util.List;
import java.util.Optional;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** Reads the values of one table and reports what is of the wrong type, out of range, missing or unknown. */
final class TableReader {
    private final String name;
    private final String path;
    private final TomlTable table;
    private final Problems problems;

    /**
     * @param name of the table in {@link Schema#KEYS}
     * @param path how to name this table to people: a name, or {@code node[2]}
     */
    TableReader(String name, String path, TomlTable table, Problems problems) {
        this.name = name;
        this.path = path;
        this.table = table;
        this.problems = problems;
        for (String key : table.keySet()) {
            TomlPosition position = table.inputPositionOf(List.of(key));
            problems.standsAt(path(key), position == null ? 0 : position.line());
        }
        reportUnknownKeys();
    }

    /** A parse of one string that may fail with a reason. */
    interface Parser<T> {
        T parse(String text) throws BadValueException;
    }

    String path(String key) {
        return path + "." + key;
    }

    boolean has(String key) {
        return value(key) != null;
    }

    private Object value(String key) {
        return table.get(List.of(key));
    }

    /** The number, or its fallback if it is absent or wrong; what is wrong is reported. */
    long number(Schema.Number number) {
        Object value = value(number.name());
        if (value == null) {
            return number.fallback();
        }
        String remedy = "Use a whole number from " + number.min() + " to " + number.max() + ".";
        if (!(value instanceof Long found)) {
            problems.error(path(number.name()), describe(value) + " is not a whole number.", remedy);
            return number.fallback();
        }
        if (found < number.min() || found > number.max()) {
            problems.error(path(number.name()), found + " is out of range.", remedy);
            return number.fallback();
        }
        return found;
    }

    double decimal(String key, double fallback, double min, double max) {
        Object value = value(key);
        if (value == null) {
            return fallback;
        }
        String remedy = "Use a number from " + min + " to " + max + ".";
        if (!(value instanceof java.lang.Number found)) {
            problems.error(path(key), describe(value) + " is not a number.", remedy);
            return fallback;
        }
        if (!(found.doubleValue() >= min && found.doubleValue() <= max)) {
            problems.error(path(key), found + " is out of range.", remedy);
            return fallback;
        }
        return found.doubleValue();
    }

    boolean flag(String key) {
        Object value = value(key);
        if (value == null || value instanceof Boolean) {
            return Boolean.TRUE.equals(value);
        }
        problems.error(path(key), describe(value) + " is not a truth value.", "Write true or false, without quotes.");
        return false;
    }

    /** The parsed string; empty if it is absent or wrong. */
    <T> Optional<T> text(String key, Parser<T> parser) {
        Object value = value(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof String text)) {
            // without the value: it may be the secret
            problems.error(path(key), "It is not a string.", "Put the value in quotes.");
            return Optional.empty();
        }
        try {
            return Optional.of(parser.parse(text));
        } catch (BadValueException e) {
            problems.error(path(key), e.problem, e.remedy);
            return Optional.empty();
        }
    }

    void require(String key, String example) {
        if (!has(key)) {
            problems.error(path(key), "It is missing.", "Add " + key + " = " + example + ".");
        }
    }

    private void reportUnknownKeys() {
        List<String> known = Schema.KEYS.get(name);
        for (String key : table.keySet()) {
            if (!known.contains(key)) {
                problems.error(path(key), "There is no such setting.", Nearest.suggestion(key, known));
            }
        }
    }

    static String describe(Object value) {
        if (value instanceof TomlTable) {
            return "A table";
        }
        if (value instanceof TomlArray) {
            return "An array";
        }
        return value instanceof String text ? "The string \"" + text + "\"" : value.toString();
    }
}
