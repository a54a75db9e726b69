package io.ringleader.mutants;

import java.io.IOException;
import java.nio.file.Path;

/** Mutants for those who run whole nodes of them. Stateless. */
public final class MutantClasses {
    private MutantClasses() {}

    /**
     * Compiles the mutant of that name into the directory, which is created and has to come before the original on the class path.
     *
     * @param classPath of the original
     * @throws IllegalArgumentException if there is no such mutant; the message lists those that there are
     */
    public static void compile(String name, String classPath, Path directory) throws IOException {
        Mutant mutant = Mutant.all().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no mutant \"" + name + "\" in " + names()));
        new MutantCompiler(classPath).compile(mutant, directory);
    }

    private static String names() {
        try {
            return Mutant.all().stream().map(Mutant::name).toList().toString();
        } catch (IOException e) {
            return "a list that cannot be read: " + e.getMessage();
        }
    }
}
