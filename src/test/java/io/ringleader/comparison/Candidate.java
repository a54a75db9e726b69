package io.ringleader.comparison;

import io.ringleader.bench.BenchOptions.Protocol;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A system to be measured: starts its processes with an empty data directory and stops them. Used by one thread. */
abstract class Candidate {
    private static final long READY_NANOS = 180_000_000_000L;
    private static final long LOOK_NANOS = 50_000_000L;
    private static final long STOP_SECONDS = 20;

    final String name;
    final Protocol protocol;
    final List<InetSocketAddress> servers = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private final List<String> commands = new ArrayList<>();

    Candidate(String name, Protocol protocol) {
        this.name = name;
        this.protocol = protocol;
        Runtime.getRuntime().addShutdownHook(new Thread(() -> processes.forEach(Process::destroyForcibly)));
    }

    /** What it promises about a write that was acknowledged. */
    abstract String promise();

    /** Or null if it is not installed. */
    abstract String version();

    /** Starts all processes and waits until they serve. */
    abstract void start(Path directory) throws IOException;

    static InetSocketAddress local(int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }

    void launch(Path log, String... command) throws IOException {
        String[] quoted = Stream.of(command)
                .map(word -> word.isEmpty() || word.contains(" ") ? "'" + word + "'" : word)
                .toArray(String[]::new);
        commands.add(String.join(" ", quoted).replace(log.getParent().toString(), "DIR"));
        processes.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start());
    }

    /** How its processes were started last. */
    List<String> commands() {
        return List.copyOf(commands);
    }

    List<Long> pids() {
        return processes.stream().map(Process::pid).toList();
    }

    void stop() throws InterruptedException {
        processes.forEach(Process::destroy);
        for (Process process : processes) {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        }
        processes.clear();
        servers.clear();
    }

    /** Kills all processes at once, as {@code kill -9} does; the servers stay known. */
    void kill() throws InterruptedException {
        processes.forEach(Process::destroyForcibly);
        for (Process process : processes) {
            process.waitFor();
        }
        processes.clear();
    }

    interface Condition {
        boolean holds() throws IOException;
    }

    void await(String what, Condition condition) throws IOException {
        long begun = System.nanoTime();
        while (true) {
            for (Process process : processes) {
                if (!process.isAlive()) {
                    throw new IOException("A process of " + name + " ended with code " + process.exitValue()
                            + "; its log is in the work directory.");
                }
            }
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (IOException e) {
                // it does not listen yet
            }
            if (System.nanoTime() - begun > READY_NANOS) {
                throw new IOException(name + ": not within " + READY_NANOS / 1_000_000_000 + " s: " + what + ".");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Sends a line and reads lines up to one that begins in a given way; all of them. */
    static List<String> ask(InetSocketAddress server, String line, String... last) throws IOException {
        try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            List<String> lines = new ArrayList<>();
            for (String read = in.readLine(); read != null; read = in.readLine()) {
                lines.add(read);
                if (Stream.of(last).anyMatch(read::startsWith)) {
                    return lines;
                }
            }
            throw new IOException(server + " closed the connection after " + lines + ".");
        }
    }

    /** What a program prints, or null if there is none. */
    static String output(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return text.strip();
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    static String firstLine(String text) {
        return text == null ? null : text.lines().findFirst().orElse("");
    }

    static Path emptied(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (var files = Files.walk(directory)) {
                for (Path file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        return Files.createDirectories(directory);
    }
}
