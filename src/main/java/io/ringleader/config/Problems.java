package io.ringleader.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Collects what is wrong with one file, and knows on which line each setting stands. */
final class Problems {
    private final String file;
    private final Map<String, Integer> lines = new HashMap<>();
    private int nodesWritten;
    private final List<ConfigProblem> errors = new ArrayList<>();
    private final List<ConfigProblem> warnings = new ArrayList<>();

    Problems(String file) {
        this.file = file;
    }

    /** A node stands in the file, whether or not it can be read. */
    void nodeStandsAt(String path, int line) {
        nodesWritten++;
        standsAt(path, line);
    }

    int nodesWritten() {
        return nodesWritten;
    }

    void standsAt(String key, int line) {
        lines.put(key, line);
    }

    /** The line of the key; of its table if the file does not have the key; 0 if it has neither. */
    int lineOf(String key) {
        Integer line = lines.get(key);
        int dot = key.lastIndexOf('.');
        return line != null ? line : dot > 0 ? lineOf(key.substring(0, dot)) : 0;
    }

    void error(String key, String problem, String remedy) {
        error(lineOf(key), key, problem, remedy);
    }

    void error(int line, String key, String problem, String remedy) {
        errors.add(new ConfigProblem(file, line, key, problem, remedy));
    }

    void warn(String key, String problem, String remedy) {
        warnings.add(new ConfigProblem(file, lineOf(key), key, problem, remedy));
    }

    List<ConfigProblem> warnings() {
        return warnings;
    }

    boolean any() {
        return !errors.isEmpty();
    }

    boolean isWrong(String key) {
        return errors.stream().anyMatch(error -> error.key().equals(key));
    }

    void throwIfAny() throws ConfigException {
        if (!errors.isEmpty()) {
            errors.sort(Comparator.comparingInt(ConfigProblem::line));
            throw new ConfigException(errors);
        }
    }
}
