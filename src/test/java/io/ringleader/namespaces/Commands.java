package io.ringleader.namespaces;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs of the system to their end. Any thread. */
final class Commands {
    private static final long LIMIT_SECONDS = 30;

    private Commands() {}

    /** What the command printed. @throws IOException if it fails; the message has what it said */
    static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(String.join(" ", command) + " did not end within " + LIMIT_SECONDS + " s.");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted in " + String.join(" ", command), e);
        }
        if (process.exitValue() != 0) {
            throw new IOException(
                    String.join(" ", command) + " failed with code " + process.exitValue() + ": " + output.strip());
        }
        return output;
    }

    /** Words separated by spaces. */
    static String words(String command) throws IOException {
        return run(command.split(" "));
    }

    static List<String> lines(String command) throws IOException {
        return words(command).lines().toList();
    }
}
