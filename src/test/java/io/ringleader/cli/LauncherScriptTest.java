package io.ringleader.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code bin/ringleader} at a place where a fake Java says how it was called. */
@Timeout(60)
class LauncherScriptTest {
    private static final Path SCRIPT = Path.of("bin", "ringleader");

    @TempDir
    Path directory;

    private record Result(int code, String output) {}

    @Test
    void beforeTheBuildItSaysWhatToDo() throws Exception {
        Result result = run(install(), Map.of());
        assertThat(result.code).isEqualTo(1);
        assertThat(result.output).contains("there is no ringleader.jar in ", "Run 'make build' first.");
    }

    @Test
    void theJavaOfJavaHomeIsUsedWithTheFlagsOfTheUserLast() throws Exception {
        Path script = install();
        Path jar = Files.createFile(
                Files.createDirectory(directory.resolve("target")).resolve("ringleader.jar"));
        Map<String, String> environment =
                Map.of("JAVA_HOME", fakeJavaHome().toString(), "RINGLEADER_JAVA_OPTS", "-Xmx1g -Dx=y");
        Result result = run(script, environment, "check", "a file");
        assertThat(result.code).isEqualTo(42);
        assertThat(result.output)
                .contains("<-XX:+UseG1GC>", "<-Xmx1g><-Dx=y><-jar>")
                .endsWith("<check><a file>\n");
        assertThat(result.output).contains(jar.getFileName().toString());
    }

    @Test
    void theHeapIsNotMadeSmallUnlessThereIsLittle() throws Exception {
        Path script = install();
        Files.createFile(script.resolveSibling("ringleader.jar"));
        String home = fakeJavaHome().toString();
        assertThat(run(script, Map.of("JAVA_HOME", home)).output).contains("<-Xms256m>");
        for (String plenty : List.of("-Xmx256g", "-Xmx1024m -Dx=y", "-Xmx300m")) {
            assertThat(run(script, Map.of("JAVA_HOME", home, "RINGLEADER_JAVA_OPTS", plenty)).output)
                    .contains("<-Xms256m>");
        }
        for (String little : List.of("-Xmx64m", "-Dx=y -Xmx255M", "-Xmx8m -Dx=y", "-Xmx65536k")) {
            assertThat(run(script, Map.of("JAVA_HOME", home, "RINGLEADER_JAVA_OPTS", little)).output)
                    .as("the virtual machine refuses a heap that is more at first than it may be")
                    .doesNotContain("<-Xms256m>");
        }
    }

    @Test
    void aJarBesideTheScriptIsFoundAlsoThroughALink() throws Exception {
        Path script = install();
        Files.createFile(script.resolveSibling("ringleader.jar"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("bin", "ringleader"));
        Result result = run(link, Map.of("JAVA_HOME", fakeJavaHome().toString()));
        assertThat(result.output).endsWith("<-jar><" + directory.toRealPath() + "/bin/ringleader.jar>\n");
    }

    @Test
    void aJavaHomeWithoutJavaIsRefused() throws Exception {
        Path script = install();
        Files.createFile(script.resolveSibling("ringleader.jar"));
        Result result = run(script, Map.of("JAVA_HOME", "/nonexistent"));
        assertThat(result.code).isEqualTo(1);
        assertThat(result.output).contains("JAVA_HOME is /nonexistent, but there is no /nonexistent/bin/java.");
    }

    private Path install() throws IOException {
        Path bin = Files.createDirectory(directory.resolve("bin"));
        return Files.copy(SCRIPT, bin.resolve("ringleader"), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    }

    private Path fakeJavaHome() throws IOException {
        Path home = directory.resolve("java home");
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nprintf '<%s>' \"$@\"\necho\nexit 42\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        return home;
    }

    private static Result run(Path script, Map<String, String> environment, String... args) throws Exception {
        String[] command = new String[args.length + 1];
        command[0] = script.toString();
        System.arraycopy(args, 0, command, 1, args.length);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeAll(java.util.Set.of("JAVA_HOME", "RINGLEADER_JAVA_OPTS"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), output);
    }
}
