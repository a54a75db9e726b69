package io.ringleader.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/**
 * A small change of the source that breaks a rule, as {@code src/test/resources/mutants/mutants.toml} lists them. The tests must
 * notice each; one that they do not notice shows what they do not look at.
 *
 * @param name what it does, in a few words with hyphens
 * @param breaks the rule that does not hold any more, with its source
 * @param file below {@code src/main/java/io/ringleader}
 * @param from text that occurs once in the file
 * @param to what takes its place
 */
record Mutant(String name, String breaks, String file, String from, String to) {
    private static final Path LIST = Path.of("src/test/resources/mutants/mutants.toml");
    private static final Path SOURCES = Path.of("src/main/java/io/ringleader");

    /** All that are listed, in order. */
    static List<Mutant> all() throws IOException {
        TomlParseResult list = Toml.parse(LIST);
        if (list.hasErrors()) {
            throw new IllegalStateException(LIST + ": " + list.errors());
        }
        List<Mutant> mutants = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Object each : list.getArrayOrEmpty("mutant").toList()) {
            Mutant mutant = of((TomlTable) each);
            if (!names.add(mutant.name())) {
                throw new IllegalStateException(LIST + " lists the mutant " + mutant.name() + " twice.");
            }
            mutants.add(mutant);
        }
        return mutants;
    }

    private static Mutant of(TomlTable table) {
        return new Mutant(
                required(table, "name"),
                required(table, "breaks"),
                required(table, "file"),
                required(table, "from"),
                required(table, "to"));
    }

    private static String required(TomlTable table, String key) {
        String value = table.getString(key);
        if (value == null) {
            throw new IllegalStateException(LIST + ": a mutant has no \"" + key + "\": " + table.toMap());
        }
        return value.strip();
    }

    Path source() {
        return SOURCES.resolve(file);
    }

    /** The package that is changed, below that of all. */
    String packageName() {
        return file.substring(0, file.indexOf('/'));
    }

    /** The changed source. Fails if the text to change is not there exactly once: the source has moved on. */
    String mutated() throws IOException {
        String source = Files.readString(source());
        int at = source.indexOf(from);
        if (at < 0 || source.indexOf(from, at + 1) >= 0) {
            throw new IllegalStateException("The mutant " + name + " changes a text that is "
                    + (at < 0 ? "not" : "more than once") + " in " + source() + ": " + from);
        }
        return source.substring(0, at) + to + source.substring(at + from.length());
    }
}
