package io.ringleader.config;

/**
 * Something wrong in a configuration file.
 *
 * @param file as the user named it
 * @param line counted from 1; 0 if the problem has no line
 * @param key the dotted name of the setting; empty if the problem is with the file itself
 * @param problem a sentence
 * @param remedy a sentence that says what would be right; may be empty
 */
public record ConfigProblem(String file, int line, String key, String problem, String remedy) {
    /** One line for people: {@code file:line: key: problem remedy}. */
    @Override
    public String toString() {
        return file + (line > 0 ? ":" + line : "") + ": " + (key.isEmpty() ? "" : key + ": ") + problem
                + (remedy.isEmpty() ? "" : " " + remedy);
    }
}
