package io.ringleader.mutants;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles the one changed file of a mutant against the classes of the rest. */
final class MutantCompiler {
    private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    private final String classPath;

    MutantCompiler(String classPath) {
        this.classPath = classPath;
    }

    /** The classes go into the directory, which is created; it has to come first on the class path. */
    void compile(Mutant mutant, Path directory) throws IOException {
        Files.createDirectories(directory);
        String text = mutant.mutated();
        JavaFileObject source =
                new SimpleJavaFileObject(URI.create("mutant:///" + mutant.file()), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return text;
                    }
                };
        StringWriter messages = new StringWriter();
        List<String> options = List.of("-proc:none", "--release", "17", "-cp", classPath, "-d", directory.toString());
        if (!compiler.getTask(messages, null, null, options, null, List.of(source))
                .call()) {
            throw new IllegalStateException("The mutant " + mutant.name() + " does not compile:\n" + messages);
        }
    }
}
