package io.ringleader.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Owns what tests start: processes and directories. After a test that failed it prints the ends of all logs and keeps the
 * directories; in any case it kills the processes. Register it in an instance field to end things after each test, in a static
 * field to end them after the class.
 */
final class Processes implements AfterEachCallback, AfterAllCallback {
    private static final int LOG_TAIL_LINES = 60;
    private static final long EXIT_SECONDS = 20;
    private static final Path JAR = Path.of(System.getProperty("ringleader.jar", "target/ringleader.jar"));
    private static final Set<Process> ALIVE = ConcurrentHashMap.newKeySet();

    static {
        // the test run itself may be stopped from outside
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ALIVE.forEach(Processes::killWithChildren)));
    }

    private final boolean perClass;
    private final List<Process> started = new ArrayList<>();
    private final List<Path> logs = new ArrayList<>();
    private final List<Path> directories = new ArrayList<>();
    private boolean failed;

    private Processes(boolean perClass) {
        this.perClass = perClass;
    }

    static Processes untilEndOfTest() {
        return new Processes(false);
    }

    static Processes untilEndOfClass() {
        return new Processes(true);
    }

    /** The command that runs the jar in a small virtual machine: several run at once, beside the test. */
    static List<String> java(int heapMiB, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMiB + "m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR.toAbsolutePath().toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** An empty directory on the disk the project is built on. */
    Path directory() {
        try {
            Path parent = Files.createDirectories(JAR.toAbsolutePath().resolveSibling("it"));
            Path directory = Files.createTempDirectory(parent, "run");
            directories.add(directory);
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a process whose output, errors too, is appended to a file. Its input stays open as long as this process lives. */
    Process start(List<String> command, Path log) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        ALIVE.add(process);
        started.add(process);
        if (!logs.contains(log)) {
            logs.add(log);
        }
        return process;
    }

    /** SIGKILL, and waits for the end. */
    static void kill(Process process) {
        process.destroyForcibly();
        awaitExit(process);
    }

    /** @return the exit code */
    static int awaitExit(Process process) {
        try {
            if (!process.waitFor(EXIT_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("Process " + process.pid() + " is still there after " + EXIT_SECONDS + " s.");
            }
        } catch (InterruptedException e) {
            throw new AssertionError("Interrupted while process " + process.pid() + " was to end.", e);
        }
        ALIVE.remove(process);
        return process.exitValue();
    }

    /** Sends a signal by its name, such as {@code STOP}. */
    static void signal(ProcessHandle process, String name) throws IOException {
        Process kill = new ProcessBuilder("bash", "-c", "kill -" + name + " " + process.pid()).start();
        if (awaitExit(kill) != 0) {
            throw new IOException("SIG" + name + " could not be sent to process " + process.pid() + ".");
        }
    }

    private static void killWithChildren(Process process) {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        if (context.getExecutionException().isPresent()) {
            failed = true;
            printLogs(context.getDisplayName());
        }
        if (!perClass) {
            end();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (context.getExecutionException().isPresent()) {
            failed = true;
            printLogs(context.getDisplayName());
        }
        end();
    }

    private void printLogs(String test) throws IOException {
        for (Path log : logs) {
            List<String> lines = Files.readAllLines(log);
            int first = Math.max(0, lines.size() - LOG_TAIL_LINES);
            System.out.println("---- " + test + " failed; " + log + " ends with:");
            lines.subList(first, lines.size()).forEach(System.out::println);
        }
    }

    private void end() throws IOException {
        started.forEach(Processes::killWithChildren);
        started.forEach(Processes::awaitExit);
        started.clear();
        if (!failed) {
            for (Path directory : directories) {
                delete(directory);
            }
            directories.clear();
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
